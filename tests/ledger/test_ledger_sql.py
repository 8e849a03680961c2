"""The condition language in SQL says what Python says of the same expression."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.errors import SettingsError
from yibao_cli.kinds.expressions import parse_expression
from yibao_cli.ledger.sql import BEYOND, condition_sql, difference_sql, identifier, literal

TYPES = {"a": "money", "b": "integer", "s": "choice", "t": "text", "f": "flag", "g": "flag"}
TEXTS = ["死亡", "转出", "", "it's", '"', "a;--", "%"]

NUMBERS = st.recursive(
    st.sampled_from(["a", "b"]) | st.integers(-9, 9).map(lambda n: f"({n})"),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner)
        | inner.map("(-{})".format)
    ),
    max_leaves=4,
)
WORDS = st.sampled_from(["s", "t"]) | st.sampled_from(TEXTS).map(repr)
LISTS = st.lists(st.sampled_from(TEXTS).map(repr), min_size=1, max_size=3).map(lambda v: f"[{', '.join(v)}]")
EQUAL, ORDER = st.sampled_from(["==", "!="]), st.sampled_from(["<", "<=", ">", ">="])
TRUTHS = st.recursive(
    st.sampled_from(["f", "g", "True", "False"])
    | st.builds("({} {} {})".format, NUMBERS, EQUAL | ORDER, NUMBERS)
    | st.builds("({} {} {})".format, WORDS, EQUAL, WORDS)
    | st.builds("({} {} {})".format, WORDS, st.sampled_from(["in", "not in"]), LISTS)
    | st.builds(
        "({} {} None)".format, st.sampled_from(["s", "t", "f"]), st.sampled_from(["is", "is not", "==", "!="])
    )
    | st.builds(
        "({} {} {})".format, st.sampled_from(["f", "g"]), EQUAL, st.sampled_from(["True", "False", "g"])
    ),
    lambda inner: (
        inner.map("(not {})".format)
        | st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
    ),
    max_leaves=6,
)
RECORDS = st.fixed_dictionaries(
    {
        "a": st.integers(-50, 50) | st.none(),
        "b": st.integers(-50, 50) | st.none(),
        "s": st.sampled_from(TEXTS) | st.none(),
        "t": st.sampled_from(TEXTS) | st.none(),
        "f": st.booleans() | st.none(),
        "g": st.booleans() | st.none(),
    }
)
_DB = duckdb.connect()


def computed(sql, record, more=""):
    """What SQL says of one record."""
    values = {
        "a": "BIGINT", "b": "BIGINT", "s": "VARCHAR", "t": "VARCHAR", "f": "BOOLEAN", "g": "BOOLEAN",
    }  # fmt: skip
    row = ", ".join(f"?::{t} AS {identifier(n)}" for n, t in values.items())
    return _DB.execute(f"SELECT {sql} FROM (SELECT {row}{more})", [record[n] for n in values]).fetchone()[0]


def in_python(text, record):
    """The same by Python itself; a blank amount counts as nothing."""
    names = {n: (v or 0) if TYPES[n] in {"money", "integer"} else v for n, v in record.items()}
    return eval(text, {"__builtins__": {}}, names)


@settings(max_examples=300, deadline=None)
@given(TRUTHS, RECORDS)
def test_a_condition_in_sql_is_the_condition_in_python(text, record):
    sql = condition_sql(parse_expression(text), TYPES)

    assert computed(sql, record) is bool(in_python(text, record))


@settings(max_examples=100, deadline=None)
@given(NUMBERS, NUMBERS, RECORDS)
def test_the_difference_of_a_law_in_sql_is_that_in_python(left, right, record):
    sql = difference_sql(parse_expression(f"{left} == {right}"), TYPES)

    assert computed(sql, record) == in_python(f"{left} - ({right})", record)


def test_a_sum_over_no_lines_is_nothing():
    sql = condition_sql(parse_expression("sum(lines.paid) == 0 and count(lines) < 1"), TYPES)

    record = dict.fromkeys(TYPES)
    assert computed(sql, record, ', NULL::BIGINT AS "sum_lines_paid", NULL::BIGINT AS "count_lines"') is True


@pytest.mark.parametrize("text", ["a", "a < b", "a == b == 1", "a == b and f"])
def test_only_an_equation_has_a_difference(text):
    with pytest.raises(SettingsError, match="one equation"):
        difference_sql(parse_expression(text), TYPES)


@pytest.mark.parametrize("text", ["x == 1", "1 < a < 2", "s in t", "s.t == 1"])
def test_what_has_no_meaning_in_sql_is_refused(text):
    with pytest.raises(SettingsError):
        condition_sql(parse_expression(text), TYPES)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20))
def test_a_quoted_text_comes_back_as_it_was(text):
    assert _DB.execute(f"SELECT {literal(text)}").fetchone()[0] == text
    assert _DB.execute(f"SELECT 1 AS {identifier('x' + text)}").description[0][0] == "x" + text


def test_a_difference_that_cannot_be_counted_breaks_the_law_of_its_own_row_alone():
    law = difference_sql(parse_expression("a * b * a == b"), TYPES)
    rows = "(VALUES (2::BIGINT, 1::BIGINT), (9000000000000000000, 9000000000000000000), (1, 5)) v(a, b)"

    found = [row[0] for row in duckdb.sql(f"SELECT {law} FROM {rows}").fetchall()]

    assert found == [3, BEYOND, 0]


def test_a_condition_that_cannot_be_counted_is_false_for_its_own_row_alone():
    condition = condition_sql(parse_expression("a * a * b > 1"), TYPES)
    rows = "(VALUES (2::BIGINT, 1::BIGINT), (9000000000000000000, 9000000000000000000)) v(a, b)"

    assert duckdb.sql(f"SELECT {condition} FROM {rows}").fetchall() == [(True,), (False,)]
