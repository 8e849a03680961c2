"""Kinds, wording and settings of a workspace, before those that are shipped."""

from __future__ import annotations

import shutil

import pytest

from builders import altered
from yibao_cli.config import shipped
from yibao_cli.errors import InputNotFound, SettingsError
from yibao_cli.kinds import Shelf, load_kind
from yibao_cli.kinds.binding import bound_kind, settings_on

TEMPLATES = shipped("templates")
DAYS = {"starts": "2026-10-01", "ends": "2026-10-31", "posting": "2026-11-05"}


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def put(own, name, text):
    path = own / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def copied(own, source, kind_id, **changes):
    shutil.copytree(TEMPLATES / source, own / kind_id)
    path = own / kind_id / "kind.toml"
    text = path.read_text(encoding="utf-8").replace(f'id = "{source}"', f'id = "{kind_id}"')
    for old, new in changes.items():
        text = text.replace(f'{old} = "', f'{old} = "{new}', 1)
    path.write_text(text, encoding="utf-8")


def refusal(own, name):
    with pytest.raises(SettingsError) as caught:
        load_kind(TEMPLATES, name, own)
    assert caught.value.remedy
    return caught.value


def test_a_kind_of_the_workspace_is_found_and_listed(own):
    copied(own, "electricity", "water", name="水")

    assert load_kind(TEMPLATES, "water", own).name == "水电费对账单"
    assert "water" in Shelf(TEMPLATES, own).names
    with pytest.raises(InputNotFound) as caught:
        load_kind(TEMPLATES, "water")
    assert "water" not in caught.value.remedy


def test_a_kind_of_the_workspace_wins_over_a_shipped_one(own):
    copied(own, "medical", "medical", name="我们的")

    assert load_kind(TEMPLATES, "medical", own).name.startswith("我们的")
    assert not load_kind(TEMPLATES, "medical").name.startswith("我们的")


def test_a_kind_may_extend_the_shipped_one_of_its_own_name(own):
    text = (TEMPLATES / "medical-dl" / "kind.toml").read_text(encoding="utf-8")
    put(own, "medical/kind.toml", text.replace('id = "medical-dl"', 'id = "medical"'))

    assert load_kind(TEMPLATES, "medical", own).product == "window-DL"


def test_the_clients_wording_takes_the_place_of_one_text(own):
    put(own, "medical/notes.j2", "{{ client.name }} 的说明\n")

    kind, shipped_kind = load_kind(TEMPLATES, "medical", own), load_kind(TEMPLATES, "medical")

    assert kind.texts["notes"] == "{{ client.name }} 的说明"
    assert {k: v for k, v in kind.texts.items() if k != "notes"} == {
        k: v for k, v in shipped_kind.texts.items() if k != "notes"
    }


def test_the_clients_wording_counts_on_other_paper_too(own):
    put(own, "medical/notes.j2", "说明一")

    assert load_kind(TEMPLATES, "medical-dl", own).texts["notes"] == "说明一"
    put(own, "medical-dl/notes.j2", "说明二")
    assert load_kind(TEMPLATES, "medical-dl", own).texts["notes"] == "说明二"


def test_a_text_that_the_kind_does_not_have_is_refused(own):
    put(own, "medical/note.j2", "写错了名字")

    assert "note" in refusal(own, "medical").message


@pytest.mark.parametrize("text", ["{{ nobody }}", "{% for a in b %}{% endfor %}"])
def test_the_clients_wording_is_checked_as_any_text(own, text):
    put(own, "medical/notes.j2", text)

    refusal(own, "medical")


def test_wording_that_is_not_utf8_is_refused_with_its_file(own):
    put(own, "medical/notes.j2", "")
    (own / "medical" / "notes.j2").write_bytes("说明".encode("gbk"))

    assert refusal(own, "medical").where == "medical/notes.j2"


def test_the_clients_settings_take_the_place_of_one(own):
    put(own, "power-cut/settings.toml", '[[notice_days_home]]\nvalue = 3\nsource = "某省规定"\n')

    kind = load_kind(TEMPLATES, "power-cut", own)

    assert settings_on(kind, "2026-11-05")["notice_days_home"] == 3
    assert settings_on(kind, "2026-11-05")["overdue_days"] == 30


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[[notice_day]]\nvalue = 3\nsource = "某省规定"\n', "power-cut/settings.toml"),
        ("[[notice_days_home]]\nvalue = 3\n", "power-cut/kind.toml"),
        ('[[notice_days_home]]\nvalue = "three"\nsource = "某省规定"\n', "power-cut/kind.toml"),
        ("notice = ", "power-cut/settings.toml"),
    ],
)
def test_settings_without_a_name_a_source_or_the_right_sort_are_refused(own, text, where):
    put(own, "power-cut/settings.toml", text)

    assert refusal(own, "power-cut").where == where


def test_a_dated_setting_counts_from_its_day(own):
    text = '[[pay_how]]\nvalue = "旧"\nsource = "公告第一号"\n[[pay_how]]\nvalue = "新"\nsource = "公告第二号"\nsince = "2026-11-05"\n'
    put(own, "arrears/settings.toml", text)
    kind = load_kind(TEMPLATES, "arrears", own)

    assert [settings_on(kind, d)["pay_how"] for d in ("2026-11-04", "2026-11-05")] == ["旧", "新"]


def test_a_setting_without_a_value_yet_is_told(own):
    text = '[[pay_how]]\nvalue = "新"\nsource = "公告第二号"\nsince = "2027-01-01"\n'
    put(own, "arrears/settings.toml", text)
    kind = load_kind(TEMPLATES, "arrears", own)

    with pytest.raises(SettingsError, match="pay_how"):
        bound_kind(kind, DAYS)


def test_a_bound_kind_names_no_day_and_no_setting_any_more():
    kind = bound_kind(load_kind(TEMPLATES, "power-cut"), DAYS)

    whens = " ".join(h.when for h in kind.holds)
    assert "mailing." not in whens
    assert "settings." not in whens
    assert "days('2026-11-05', cut_on) < 7 + 3" in whens
    assert kind.laws[0].law == load_kind(TEMPLATES, "power-cut").laws[0].law


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('ads = "never"\nsensitive', 'ads = "allowed"\nsensitive', "carries no ads"),
        ('recheck = "payments"', 'recheck = "bank"', "bank"),
        ('optional = ["payments"]', 'optional = ["roster"]', "roster"),
        ("[[settings.recheck_days]]", "[[settings.other_days]]", "recheck_days"),
        ("settings.reminder_days)", "settings.remind)", "settings.remind"),
        ("days(overdue_from, cut_on)", "days(overdue_from, months)", "months is no day"),
        ("days(overdue_from, cut_on)", "days(overdue_from)", "from one day to another"),
        ("days(overdue_from, cut_on)", "days(mailing.period, cut_on)", "mailing.period is no day"),
        ("<= settings.overdue_days", "<= settings.legal_basis", "different sorts"),
    ],
)
def test_what_a_notice_may_not_do_is_refused(tmp_path, old, new, problem):
    templates = altered(tmp_path, old, new, file="power-cut/kind.toml")

    with pytest.raises(SettingsError) as caught:
        load_kind(templates, "power-cut")

    assert problem in caught.value.message


def test_a_law_counts_only_on_a_condition_that_is_one(tmp_path):
    templates = altered(
        tmp_path, 'when = "quantity != 0"', 'when = "quantity + 1"', file="medical-annual/kind.toml"
    )

    with pytest.raises(SettingsError, match="true or false"):
        load_kind(templates, "medical-annual")


def test_a_text_that_shows_a_field_is_one_paragraph(tmp_path):
    templates = altered(tmp_path, "{{ months }} 的电费", "{{ months }}\n的电费", file="power-cut/notice.j2")

    with pytest.raises(SettingsError, match="line break"):
        load_kind(templates, "power-cut")


@pytest.mark.parametrize("name", ["arrears", "power-cut"])
def test_kinds_that_put_people_under_pressure_are_sensitive_and_bear_no_greeting(name):
    kind = load_kind(TEMPLATES, name)

    assert kind.sensitive
    assert not kind.slots
    assert not any(
        "greeting" in item.text for p in kind.panels.values() for item in p.items if item.type == "text"
    )


@pytest.mark.parametrize("name", ["power-cut", "arrears", "contribution", "housing-fund"])
def test_every_setting_says_where_it_comes_from(name):
    for specs in load_kind(TEMPLATES, name).settings.values():
        assert all(len(s.source) > 5 for s in specs)
