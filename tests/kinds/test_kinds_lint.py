from __future__ import annotations

import pytest

from builders import altered
from yibao_cli.config import shipped
from yibao_cli.kinds import Shelf, load_kind
from yibao_cli.kinds.lint import lint_kind

TEMPLATES = shipped("templates")
CONSTANTS = {
    "client": {"name": "石家庄冀岳供电公司", "phone": "0311-95598"},
    "mailing": {"period": "2026年9月"},
}


def found_in(tmp_path, words):
    templates = altered(tmp_path, "本单金额以元计", words, file="electricity/notes.j2")
    return {(f.place, f.words) for f in lint_kind(load_kind(templates, "electricity"), CONSTANTS)}


@pytest.mark.parametrize("name", Shelf(TEMPLATES).names)
def test_what_is_shipped_is_clean(name):
    assert lint_kind(load_kind(TEMPLATES, name)) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("请致电XXX", "XXX"),
        ("地址 ****", "****"),
        ("联系人____", "____"),
        ("某某公司", "某某"),
        ("于XX月缴费", "XX"),
        ("TODO 补", "TODO"),
        ("住房公积金账单", "公积金"),
        ("由盱眙县邮政局投递", "盱眙县邮政局"),
        ("江苏省盱眙县供电公司", "江苏省盱眙县供电公司"),
        ("请与邯郸市热力集团联系", "邯郸市热力集团"),
        ("详询唐山市热力总公司", "唐山市热力总公司"),
        ("国网河南省电力有限公司", "国网河南省电力有限公司"),
        ("保定市供水集团有限公司", "保定市供水集团有限公司"),
        ("天津市社保中心", "天津市社保中心"),
        ("邯郸市人力资源和社会保障局", "邯郸市人力资源和社会保障局"),
    ],
)
def test_what_must_not_be_printed_is_found_in_its_text(tmp_path, words, told):
    assert any(place == "@notes" and told in said for place, said in found_in(tmp_path, words))


@pytest.mark.parametrize(
    "words",
    [
        "石家庄冀岳供电公司",
        "可到各区供热分公司窗口办理",
        "请到本市供水公司",
        "每日 2 x 3",
        "市县供电营业厅",
        "A*B",
        "{% if category == 'XXX' %}是{% endif %}",
    ],
)
def test_what_may_be_printed_is_not_found(tmp_path, words):
    assert found_in(tmp_path, words) == set()


def test_a_placeholder_left_in_the_settings_is_found():
    constants = {**CONSTANTS, "client": {"name": "XX供电公司", "phone": "0311-xxxxxxx"}}

    found = {(f.place, f.words) for f in lint_kind(load_kind(TEMPLATES, "electricity"), constants)}

    assert ("client.phone", "xxxxxxx") in found


def test_another_clients_name_in_the_title_and_its_own_behind_a_verb():
    kind = load_kind(TEMPLATES, "electricity")
    client = {"name": "石家庄市热力集团有限公司"}

    def said(title):
        constants = {"client": client, "kind": {"name": title}, "mailing": {"period": "2026年9月"}}
        return {(f.place, f.words) for f in lint_kind(kind, constants)}

    assert said("邯郸市供电公司电费账单") == {("kind.name", "邯郸市供电公司")}
    assert said("详询石家庄市热力集团") == set()
