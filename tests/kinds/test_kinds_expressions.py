from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.errors import SettingsError
from yibao_cli.kinds.expressions import parse_expression
from yibao_cli.kinds.fields import FieldSpec, TableSpec, normal_header


def test_an_expression_knows_its_fields_and_sums():
    law = parse_expression("spent + 1 == sum(lines.paid) - count(lines) + sum(lines.cash) and name in ['a']")

    assert law.fields == ("name", "spent")
    assert law.sums == (("lines", ""), ("lines", "cash"), ("lines", "paid"))


@given(st.text(max_size=30))
def test_any_text_is_an_expression_or_refused(text):
    try:
        expression = parse_expression(text)
    except SettingsError:
        return
    assert expression.text == text


@pytest.mark.parametrize(
    "text", ["a.b", "lines.paid.real + 1", "x if y else z", "f'{x}'", "x[0]", "b'x'", "1.5", "~x"]
)
def test_what_is_outside_the_language_is_refused(text):
    if text == "a.b":  # the grammar admits table.field; its place is judged with the kind
        assert parse_expression(text).fields == ()
        return
    with pytest.raises(SettingsError):
        parse_expression(text)


@given(st.text("期末 余额（元）()【】[]<>*_-:：ＩＤidA1\n", max_size=20))
def test_folding_a_header_twice_is_folding_it_once(text):
    once = normal_header(text)

    assert normal_header(once) == once


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("期末 余额（元）", "期末余额"),
        ("*姓名(必填)", "姓名"),
        ("ＩＤ＿号", "id号"),
        ("身份证号\n【18位】", "身份证号"),
        ("(必填)", ""),
    ],
)
def test_headers_are_folded_to_what_matters(written, folded):
    assert normal_header(written) == folded


def test_a_field_is_found_by_its_name():
    table = TableSpec(label="名册", fields=(FieldSpec(name="name", label="姓名"),))

    assert table.field("name").headers == ("姓名", "name")
    with pytest.raises(KeyError):
        table.field("phone")


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["opening"] * 5000) + " == closing",
        "not " * 3000 + "(opening == closing)",
        "(" * 150 + "opening" + ")" * 150 + "+" + "-" * 5000 + "1 == closing",
    ],
)
def test_an_expression_too_deep_to_be_looked_through_is_refused_in_a_short_message(text):
    with pytest.raises(SettingsError) as refused:
        parse_expression(text)

    assert len(str(refused.value)) < 300


def test_a_number_that_no_amount_reaches_is_refused():
    assert parse_expression("opening < 999999999999999")
    with pytest.raises(SettingsError, match="15 digits"):
        parse_expression("9999999999999999 * opening == closing")
