from __future__ import annotations

import pytest

from builders import altered
from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError
from yibao_cli.kinds import load_kind, load_product
from yibao_cli.kinds.page import FieldRef, Source
from yibao_cli.kinds.sources import check_texts, text_of
from yibao_cli.kinds.texts import bound, text_source

TEMPLATES = shipped("templates")
SHEET, DL = "medical/kind.toml", "medical-dl/kind.toml"
FIRST = "[panels.address]\nitems = ["
MORE = "[panels.more]\nitems = ["
CODE_OF_MORE = '  { type = "code", x = 186, y = 8, module = 0.55 },\n  { type = "table", x = 8, y = 26'


def refusal(templates, file=SHEET):
    with pytest.raises(SettingsError) as caught:
        load_kind(templates, file.partition("/")[0])
    assert caught.value.where == file
    return caught.value


# ------------------------------------------------------------------ texts, before any data comes


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"{{ name }} 收"', '"{{ nome }} 收"', "panel address: the text «{{ nome }} 收»"),
        ('"{{ name }} 收"', '"{{ name }} {{ client.fax }}"', "unknown name fax"),
        ('"{{ name }} 收"', '"{{ name | shout }} 收"', "unknown filter shout"),
        ('"{{ name }} 收"', '"{{ name"', "panel address: the text «{{ name»"),
        ('"@notice"', '"@nowhere"', "panel back: there is no text file nowhere.j2"),
        ('"{{ institution }}"', '"{{ name }}"', "panel statement: the text «{{ name }}»"),
        ('"{{ institution }}"', '"{{ page }}"', "unknown name page"),
        (
            '"此前 {{ count }} 笔合计"',
            '"此前 {{ page }} 笔"',
            "panel statement: the text «此前 {{ page }} 笔»",
        ),
        ('text = "您的医保卡，只给自己用"', 'text = "{{ name }}"', "unknown name name"),
        ('"{{ name }} 收", x = 113', '"{{ name }} 收", face = "third", x = 113', "panels.address.items"),
        (
            '"{{ name }} 收", x = 113, y = 74, size = 17',
            '"{{ name }} 收", x = 113, y = 74, size = 3',
            "panels.address.items",
        ),
    ],
)
def test_a_text_that_means_nothing_is_refused_when_the_kind_is_loaded(tmp_path, old, new, said):
    error = refusal(altered(tmp_path, old, new))

    assert said in error.message
    assert error.remedy


def test_the_text_of_a_bar_code_is_taken_apart_too(tmp_path):
    item = '{ type = "barcode", text = "{{ nowhere }}", x = 20, y = 60, width = 60 },'

    error = refusal(altered(tmp_path, FIRST, f"{FIRST}\n  {item}"))

    assert error.message.startswith("panel address: ")
    assert "unknown name nowhere" in error.message


def test_a_text_in_a_variant_is_refused_too(tmp_path):
    error = refusal(altered(tmp_path, '"姓名 {{ name }}", x = 8, y = 21', '"姓名 {{ nmae }}", x = 8, y = 21'))

    assert error.message.startswith("panel statement: ")


def test_the_sources_of_a_kind_are_known_by_what_its_items_say():
    kind = load_kind(TEMPLATES, "medical-dl")

    sources = check_texts(kind)

    assert sources["{{ name }} 收"] == Source((FieldRef("name"), " 收"), fields=("name",))
    assert sources["@notes"].static
    assert text_of(kind, "@notes") == load_kind(TEMPLATES, "medical").texts["notes"]
    assert sources["第 {{ page }} 页 共 {{ pages }} 页"].fields == ("page", "pages")


# ------------------------------------------------------------------ what a page knows, folded in

KNOWN = frozenset({"name", "page", "pages"})


def test_what_is_fixed_becomes_part_of_the_literals():
    source = text_source("{{ name }} 第 {{ page }} 页 共 {{ pages }} 页", KNOWN, {})

    assert bound(source, {"page": "1"}) == Source(
        (FieldRef("name"), " 第 1 页 共 ", FieldRef("pages"), " 页"), fields=("name", "pages")
    )
    assert bound(source, {}) is source
    assert bound(source, {"county": "长安区"}) is source


def test_a_text_whose_fields_are_all_fixed_is_static():
    source = text_source("第 {{ page }}/{{ pages }} 页", KNOWN, {})

    assert bound(source, {"page": "1", "pages": "2"}) == Source(("第 1/2 页",))


def test_a_text_with_logic_over_what_is_fixed_is_static():
    source = text_source("{% if page == '1' %}首页{% else %}续页{% endif %}", KNOWN, {})

    assert bound(source, {"page": "1"}) == Source(("首页",))
    assert bound(source, {"page": "2"}) == Source(("续页",))


def test_a_text_with_logic_keeps_what_is_not_fixed():
    text = "{% if page == '1' %}{{ client.name }}{% else %}{{ name }}{% endif %}"
    source = text_source(text, KNOWN, {"client": {"name": "医保中心"}})

    folded = bound(source, {"page": "2"})

    assert folded.fields == ("name",)
    assert folded.constants == (("client", "name", "医保中心"), ("", "page", "2"))


# ------------------------------------------------------------------ lines that go on


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        # The letter-sheet has no further page, so nothing takes the lines.
        (SHEET, "blocks = 2, gap", 'overflow = "continue", blocks = 2, gap', "one table"),
        (DL, 'overflow = "continue"', 'overflow = "sum-oldest"', "one table"),
        (DL, CODE_OF_MORE, '  { type = "table", x = 8, y = 26', "a further page bears 0 codes"),
    ],
)
def test_lines_that_could_not_go_on_are_refused(tmp_path, file, old, new, said):
    error = refusal(altered(tmp_path, old, new, file=file), file)

    assert said in error.message


def test_lines_that_go_on_to_no_page_are_refused(tmp_path):
    path = altered(tmp_path, MORE, MORE, file=DL) / DL
    before, after = path.read_text(encoding="utf-8").split(MORE)
    path.write_text(before + after[after.index("[panels.blank]") :], encoding="utf-8")

    assert "one table" in refusal(tmp_path, DL).message


def test_a_second_table_of_lines_on_the_further_pages_is_refused(tmp_path):
    table = (
        '{ type = "table", x = 8, y = 284, rows = 2, columns = ['
        '{ header = "", text = "", width = 9 }, { header = "", text = "", width = 9 }] },'
    )

    error = refusal(altered(tmp_path, MORE, f"{MORE}\n  {table}", file=DL), DL)

    assert "one table" in error.message


def test_a_further_table_with_other_columns_is_refused(tmp_path):
    path = altered(tmp_path, MORE, MORE, file=DL) / DL
    before, after = path.read_text(encoding="utf-8").split(MORE)
    swapped = after.replace("{{ total | yuan }}", "{{ cash_paid | yuan }}", 1)
    path.write_text(before + MORE + swapped, encoding="utf-8")

    assert "other columns" in refusal(tmp_path, DL).message


@pytest.mark.parametrize("most", [-1, 99])
def test_a_product_has_no_more_pages_than_a_code_can_name(tmp_path, most):
    templates = altered(tmp_path, "most = 12", f"most = {most}", file="common/products.toml")

    with pytest.raises(SettingsError, match="most") as caught:
        load_kind(templates, "medical-dl")

    assert caught.value.where == "common/products.toml"


# ------------------------------------------------------------------ kinds on other paper


@pytest.mark.parametrize("name", ["medical-dl", "medical-c5", "medical-card"])
def test_a_kind_that_extends_another_has_its_tables_laws_and_texts(name):
    parent, kind = load_kind(TEMPLATES, "medical"), load_kind(TEMPLATES, name)

    assert (kind.inputs, kind.merge, kind.verify) == (parent.inputs, parent.merge, parent.verify)
    assert (kind.laws, kind.holds, kind.texts) == (parent.laws, parent.holds, parent.texts)


@pytest.mark.parametrize("name", ["medical-dl", "medical-c5", "medical-card"])
def test_a_kind_that_extends_another_has_paper_of_its_own(name):
    parent, kind = load_kind(TEMPLATES, "medical"), load_kind(TEMPLATES, name)

    assert (kind.id, kind.ads, kind.slots, kind.house) == (name, "never", (), ())
    assert set(kind.panels) == set(load_product(TEMPLATES, kind.product).panels)
    assert not [v for v, spec in kind.variants.items() if spec.panels == parent.variants[v].panels]


def test_a_kind_that_extends_another_and_names_no_variants_has_none(tmp_path):
    path = altered(tmp_path, 'id = "medical-card"', 'id = "medical-card"', file="medical-card/kind.toml")

    kept = (path / "medical-card/kind.toml").read_text(encoding="utf-8").partition("[variants.")[0]
    (path / "medical-card/kind.toml").write_text(kept, encoding="utf-8")

    assert load_kind(path, "medical-card").variant_names == ("standard",)


def test_a_kind_that_extends_another_may_have_a_text_and_a_law_of_its_own(tmp_path):
    law = '[[laws]]\nid = "own"\ntext = "期末不小"\nlaw = "closing == opening"\n\n[panels.address]'
    templates = altered(tmp_path, "[panels.address]", law, file=DL)
    (templates / "medical-dl" / "notes.j2").write_text("自己的说明", encoding="utf-8")

    kind = load_kind(templates, "medical-dl")

    assert kind.texts["notes"] == "自己的说明"
    assert kind.texts["notice"] == load_kind(TEMPLATES, "medical").texts["notice"]
    assert [law.id for law in kind.laws] == ["own"]


@pytest.mark.parametrize("base", ["medical-dl", "medical-c5", "nobody", "common"])
def test_a_kind_extends_one_that_stands_on_its_own(tmp_path, base):
    templates = altered(tmp_path, 'extends = "medical"', f'extends = "{base}"', file=DL)

    error = refusal(templates, DL)

    assert error.message == f"extends: {base} is no kind that stands on its own"
    assert error.remedy


def test_an_error_in_a_kind_that_is_extended_names_that_file(tmp_path):
    templates = altered(tmp_path, 'id = "medical"', "id = ")

    with pytest.raises(SettingsError, match="not valid TOML") as caught:
        load_kind(templates, "medical-dl")

    assert caught.value.where == SHEET


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('text = "{{ opening | yuan }}"', 'text = "{{ name | yuan }}"', "yuan wants a field of type money"),
        (
            'text = "{{ total | yuan }}"',
            'text = "{{ institution | yuan }}"',
            "yuan wants a field of type money",
        ),
        (
            'text = "数据截止 {{ cut_off }}   单位：元"',
            'text = "{{ name | date_zh }}"',
            "date_zh wants a field of type date",
        ),
        ('  { type = "code", x = 200, y = 44, module = 0.55 },\n', "", "the first page bears 0 codes"),
        (
            '  { type = "code", x = 200, y = 44, module = 0.55 },',
            '  { type = "code", x = 200, y = 44, module = 0.55 },\n  { type = "code", x = 180, y = 80 },',
            "the first page bears 2 codes",
        ),
    ],
)
def test_what_could_not_be_printed_is_refused_at_load(tmp_path, old, new, problem):
    assert problem in refusal(altered(tmp_path, old, new)).message
