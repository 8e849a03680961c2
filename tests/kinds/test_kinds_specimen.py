from __future__ import annotations

import duckdb
import pytest

from yibao_cli.config import shipped
from yibao_cli.kinds import Shelf, load_kind
from yibao_cli.kinds.plausible import plausible
from yibao_cli.kinds.specimen import specimen
from yibao_cli.ledger.sql import condition_sql, law_sql, sum_column

TEMPLATES = shipped("templates")
DAYS = {"starts": "2026-07-01", "ends": "2026-09-30", "posting": "2026-10-08"}


@pytest.mark.parametrize("name", Shelf(TEMPLATES).names)
def test_the_figures_of_a_specimen_keep_the_laws_of_lines_and_of_what_lines_make(name):
    kind = load_kind(TEMPLATES, name)
    record, lines = specimen(kind, DAYS, 4)
    sums = {sum_column(kind.merge.lines, n): sum(line[n] for line in lines) for n in _money(kind)}
    values = {**record, **sums, sum_column(kind.merge.lines, ""): len(lines)}
    types = {f.name: f.type for t in kind.inputs for f in kind.inputs[t].fields}

    for law in kind.laws:
        rows = lines if law.table else [values]
        if law.condition is None and (law.table or law.expression.sums):
            assert [evaluated(law_sql(law, types), row) for row in rows] == [0] * len(rows), law.id


def _money(kind):
    return (
        [f.name for f in kind.inputs[kind.merge.lines].fields if f.type == "money"]
        if kind.merge.lines
        else []
    )


def evaluated(sql, row):
    columns = ", ".join(f'{_literal(v)} AS "{k}"' for k, v in row.items())
    return duckdb.sql(f"SELECT {sql} FROM (SELECT {columns})").fetchall()[0][0]


def _literal(value):
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else f"'{value}'"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-11-05", "2026-11-15", True),
        ("2026-11-05", "2026-11-14", False),
        (None, "2026-11-15", False),
        ("不是日期", "2026-11-15", False),
        ("2026-11-15", "2026-11-05", False),
    ],
)
def test_days_are_counted_from_one_to_the_other_and_a_blank_is_neither(first, last, expected):
    from yibao_cli.kinds.expressions import parse_expression  # noqa: PLC0415 - beside its one test

    sql = condition_sql(parse_expression("days(a, b) >= 10"), {"a": "date", "b": "date"})

    assert evaluated(sql, {"a": first, "b": last}) is expected


@pytest.mark.parametrize("name", Shelf(TEMPLATES).names)
def test_days_of_a_specimen_lie_in_its_period_in_the_order_of_their_columns(name):
    kind = load_kind(TEMPLATES, name)
    record, lines = specimen(kind, DAYS, 5)
    table = kind.inputs[kind.merge.accounts[0]]
    days = [record[f.name] for f in table.fields if f.type == "date"]
    dated = [f.name for f in kind.inputs[kind.merge.lines].fields if f.type == "date"] if lines else []

    assert days == sorted(days)
    assert all(DAYS["starts"] <= day <= DAYS["ends"] for day in days)
    for field in dated:
        told = [line[field] for line in lines]
        assert told == sorted(told)


def test_the_lines_of_a_specimen_fill_more_than_one_bar():
    _record, lines = specimen(load_kind(TEMPLATES, "medical-annual"), DAYS, 5)

    assert len({line["service"] for line in lines}) > 3


@pytest.mark.parametrize("name", Shelf(TEMPLATES).names)
def test_the_longest_values_have_the_fields_of_the_specimen_and_are_as_long(name):
    kind = load_kind(TEMPLATES, name)
    record, _lines = specimen(kind, DAYS, 0)
    longest = plausible(kind, DAYS)

    assert longest.keys() == record.keys()
    assert all(len(str(longest[k])) >= len(str(v)) for k, v in record.items() if v is not None)
