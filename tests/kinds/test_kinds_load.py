from __future__ import annotations

import pytest
from kinds_builders import refusal

from builders import altered
from yibao_cli.config import shipped
from yibao_cli.errors import InputNotFound
from yibao_cli.kinds import load_kind, load_product
from yibao_cli.kinds.kind import Kind

TEMPLATES = shipped("templates")
SHIPPED = sorted(p.parent.name for p in TEMPLATES.glob("*/kind.toml"))
PLACE = "medical/kind.toml"
FIRST_LAW = "opening + credited_employer + credited_personal + interest - spent + adjusted == closing"
CLOSING = 'name = "closing", label = "期末余额"'


def test_both_kinds_that_the_samples_need_are_shipped():
    assert {"medical", "electricity"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_kind_loads_and_survives_the_package(name):
    kind = load_kind(TEMPLATES, name)

    assert kind.id == name
    assert kind.variant_names[0] == "standard"
    assert Kind.model_validate_json(kind.model_dump_json()) == kind


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_kind_has_a_table_for_every_import(name):
    kind = load_kind(TEMPLATES, name)

    assert {"employers", "contracts", "returns"} <= set(kind.inputs)
    assert all(law.text for law in kind.laws)


def test_the_medical_kind_says_what_it_is():
    kind = load_kind(TEMPLATES, "medical")

    assert kind.slots == ("A", "B", "C")
    assert kind.variant_names == ("standard", "large")
    assert set(kind.texts_of_laws) == {"opening-to-closing", "lines-to-spent", "line-parts-to-total"}
    assert kind.panels_of("large")["address"] == kind.panels["address"]
    assert kind.panels_of("large")["statement"] != kind.panels["statement"]
    assert kind.texts["notes"].startswith("本单")


def test_a_kind_of_its_own_may_replace_a_common_table(tmp_path):
    own = '[inputs.employers]\nlabel = "小区"\nfields = [{ name = "employer_no", label = "号" }]\n\n[inputs.roster]'
    templates = altered(tmp_path, "[inputs.roster]", own)

    assert load_kind(templates, "medical").inputs["employers"].label == "小区"


def test_an_unknown_kind_is_not_found_and_the_known_ones_are_named():
    with pytest.raises(InputNotFound, match="there is no statement kind") as caught:
        load_kind(TEMPLATES, "../medical/none")

    assert "electricity" in caught.value.remedy


def test_an_unknown_product_is_refused(tmp_path):
    error = refusal(altered(tmp_path, 'product = "letter-sheet-6"', 'product = "papyrus"'))

    assert "papyrus" in error.message
    assert "letter-sheet-6" in error.remedy


def test_a_product_loads_by_its_name():
    assert load_product(TEMPLATES, "letter-sheet-6").panels["tuck"].ads


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('ads = "allowed"', 'ads = "allowed"\ncolour = "red"', "colour"),
        (
            '{ type = "text", text = "{{ piece }}",',
            '{ type = "text", txt = "", text = "",',
            "panels.address.items",
        ),
        ('key = "person_no"', 'key = "Person No"', "merge.key"),
        ('accounts = ["balances"]', 'accounts = ["balance"]', "balance"),
        ('key = "person_no"', 'key = "card_no"', "card_no"),
        ('name = "phone", label', 'name = "name", label', "field declared twice"),
        (CLOSING, 'name = "closing", label = "期初 余额（元）"', "means both opening and closing"),
        ('name = "county", label', 'name = "county", type = "choice", label', "choices belong"),
        ('[panels.tuck]\nslot = "A"', '[panels.tuck]\nslot = "D"', "panels.tuck.slot"),
        (
            '[panels.tuck]\nslot = "A"',
            '[panels.tuck]\nslot = "A"\nitems = [{type="rule",x=1,y=1,x2=2,y2=2}]',
            "tuck",
        ),
        ('ads = "allowed"', 'ads = "never"', "a panel has a slot"),
        ("overflow_text =", "overflow_column = 9, overflow_text =", "overflow_column"),
        ("blocks = 2", "blocks = 9", "blocks"),
        ('id = "medical"', "id = ", "not valid TOML"),
        ('id = "medical"', 'id = "medical"\nid = "medical"', "not valid TOML"),
    ],
)
def test_a_wrong_declaration_is_refused_with_its_file_and_key(tmp_path, old, new, key):
    error = refusal(altered(tmp_path, old, new))

    assert error.where == PLACE
    assert key in error.message


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("x = 224, y = 63,", "x = 231, y = 63,", "leaves the panel"),
        ("x = 224, y = 63,", "x = -1, y = 63,", "leaves the panel"),
        (
            "x = 42, y = 46, size = 13, width = 142, lines = 2",
            "x = 42, y = 118, size = 13, lines = 2",
            "leaves",
        ),
        ('{ type = "code", x = 200,', '{ type = "code", x = 220,', "leaves the panel"),
        ("rows = 17,", "rows = 40,", "leaves the panel"),
        ("[panels.back]", "[panels.bottom]", "has no panel bottom"),
        ("[panels.tuck]\nslot", "[panels.tuck]\n[panels.back]\nslot", "may not carry an ad"),
    ],
)
def test_what_does_not_fit_the_paper_is_refused(tmp_path, old, new, problem):
    templates = altered(tmp_path, old, new)
    if "panels.back" in new:
        path = templates / "medical/kind.toml"
        text = path.read_text(encoding="utf-8")
        before, own = text.split("[panels.back]", 1)[0], text[text.index("[panels.statement]") :]
        path.write_text(before + own, encoding="utf-8")

    error = refusal(templates)

    assert error.where == PLACE
    assert problem in error.message


@pytest.mark.parametrize(
    ("law", "problem"),
    [
        ("opening.__class__ == closing", "unknown field opening.__class__"),
        ("transactions.total == closing", "unknown field transactions.total"),
        ("abs(opening) == closing", "the only calls"),
        ("sum(transactions.account_paid, spent) == closing", "the only calls"),
        ("sum(opening) == closing", "the only calls"),
        ("sum(transactions.nothing) == closing", "cannot be summed"),
        ("sum(transactions.institution) == closing", "cannot be summed"),
        ("sum(balances.spent) == closing", "cannot be summed"),
        ("count(roster) == closing", "cannot be summed"),
        ("opening + nothing == closing", "unknown field nothing"),
        ("opening / 2 == closing", "Div"),
        ("opening ** 2 == closing", "Pow"),
        ("opening == 1.5", "whole numbers"),
        ("[x for x in opening] == closing", "ListComp"),
        ("(lambda: opening)() == closing", "the only calls"),
        ("opening <= closing", "one equation"),
        ("opening == closing == spent", "one equation"),
        ("opening == closing and spent == 0", "one equation"),
        ("opening + name == closing", "does not fit"),
        ("name == status", "between amounts"),
        ("opening ==", "not an expression"),
        ("__import__('os').system('true') == closing", "the only calls"),
    ],
)
def test_a_law_outside_the_language_is_refused_with_its_name(tmp_path, law, problem):
    error = refusal(altered(tmp_path, FIRST_LAW, law))

    assert error.where == PLACE
    assert error.message.startswith("laws.opening-to-closing: ")
    assert problem in error.message


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("status == '死亡'", "status == 3", "holds.H101", "different sorts"),
        ("status == '死亡'", "status", "holds.H101", "true or false"),
        ("status == '死亡'", "not status", "holds.H101", "does not fit"),
        ("status == '死亡'", "status in closing", "holds.H101", "wants a list"),
        ("status == '死亡'", "status in []", "holds.H101", "wants a list"),
        ("status == '死亡'", "status in ['a', 3]", "holds.H101", "does not fit"),
        ("status == '死亡'", "status is 'a'", "holds.H101", "does not fit"),
        ("status == '死亡'", "status < None", "holds.H101", "different sorts"),
        ("status == '死亡'", "large_type < ads_consent", "holds.H101", "have an order"),
        ("status == '死亡'", "1 < closing < 2", "holds.H101", "two things at a time"),
        ("status == '死亡'", "[closing]", "holds.H101", "List"),
        ("status == '死亡'", "state == '死亡'", "holds.H101", "unknown field state"),
        ('rule = "H101"', 'rule = "H999"', "holds.H999", "no rule H999"),
        ('rule = "H101"', 'rule = "I101"', "holds.I101", "no rule I101"),
        ("large_type or", "big_type or", "variants.large", "unknown field big_type"),
        (
            'table = "transactions"',
            'table = "balances"',
            "laws.line-parts-to-total",
            "not the table of lines",
        ),
        (
            "fund_paid + account_paid",
            "opening + account_paid",
            "laws.line-parts-to-total",
            "unknown field opening",
        ),
        ('"traded_on", "serial_no"]', '"traded_on", "closing"]', "merge.line_order", "closing"),
        ('print_order = ["postcode"', 'print_order = ["closing"', "merge.print_order", "closing"),
        ('control_totals = ["opening"', 'control_totals = ["name"', "merge.control_totals", "name"),
        ('amount = "closing"', 'amount = "balance"', "verify", "balance"),
    ],
)
def test_a_name_that_means_nothing_is_refused_with_its_key(tmp_path, old, new, key, problem):
    error = refusal(altered(tmp_path, old, new))

    assert error.where == PLACE
    assert error.message.startswith(f"{key}: ")
    assert problem in error.message


def test_ad_slots_without_a_house_panel_are_refused(tmp_path):
    templates = altered(tmp_path, "[[house]]", "[[house]]")
    path = templates / "medical/kind.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[[house]]")] + text[text.index("[inputs.roster]") :], encoding="utf-8")

    assert "needs a house panel" in refusal(templates).message


def test_an_error_in_a_common_file_names_that_file(tmp_path):
    error = refusal(altered(tmp_path, "[employers]", "[employers", file="common/tables.toml"))

    assert error.where == "common/tables.toml"
