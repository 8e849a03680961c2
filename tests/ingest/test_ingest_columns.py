"""Whole columns give what cell after cell gives."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.codes import id_check_char, id_checks, id_number_fault
from yibao_cli.ingest.cells import reader_for
from yibao_cli.ingest.columns import read_column
from yibao_cli.ingest.shown import ShownNumber
from yibao_cli.ingest.words import Doubt
from yibao_cli.kinds.fields import FieldSpec

TYPES = [
    "text", "name", "id", "id-number", "uscc", "mobile", "postcode",
    "money", "integer", "decimal", "date", "flag", "choice",
]  # fmt: skip
GOOD = {
    "text": ["中山路1号", "", "a b"],
    "name": ["王芳", "欧阳小芳", ""],
    "id": ["0012", "A1", ""],
    "id-number": [first + id_check_char(first) for first in ("13010219600101123", "11010520000229100")]
    + [""],
    "uscc": ["91350100M000100Y43", ""],
    "mobile": ["13800138000", ""],
    "postcode": ["050000", ""],
    "money": [12.5, 0.1 + 0.2, -3.0, "", "7.5", "-7.25"],
    "integer": [3.0, "12", ""],
    "decimal": [1.5, "1.50", -0.0],
    "date": ["2026-1-5", dt.date(2026, 1, 5), dt.datetime(2026, 1, 5), ""],  # noqa: DTZ001 - a cell has no zone
    "flag": ["是", "否", ""],
    "choice": ["男", "1", 2.0],
}
ODD = st.sampled_from(
    [
        " x", "x ", "#N/A", "a\nb", "\n", "\u200b", "１２", "王 芳", "1.005", "1,234.50", "昨天", "130102196002301234",
        "x\x00", None, True, 1, 1.0, 0, 1e13, float("nan"), float("inf"), 1.005, dt.time(1), ShownNumber(5.0, "05"),
        "١٢٣٤٥٦", "13O102196001011237", "9" * 40,
    ]
)  # fmt: skip


def field_of(kind):
    choices = {"男": ("1",), "女": ("2",)} if kind == "choice" else {}
    return FieldSpec(name="x", label="值", type=kind, choices=choices)


def one_by_one(read, cells):
    values = [read(cell) for cell in cells]
    doubts = [(i, v) for i, v in enumerate(values) if isinstance(v, Doubt)]
    return [v.value if isinstance(v, Doubt) else v for v in values], doubts


@pytest.mark.parametrize("kind", TYPES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_column_read_whole_is_the_column_read_cell_by_cell(kind, data):
    cells = data.draw(st.lists(st.sampled_from(GOOD[kind]), min_size=30, max_size=120))
    for odd in data.draw(st.lists(ODD, max_size=4)):
        cells.insert(data.draw(st.integers(0, len(cells))), odd)
    read = reader_for(field_of(kind))

    values, doubts = read_column(kind, read, tuple(cells))

    expected, expected_doubts = one_by_one(read, cells)
    assert [(type(v), v) for v in values] == [(type(v), v) for v in expected]
    assert doubts == expected_doubts


@pytest.mark.parametrize("kind", TYPES)
def test_a_clean_column_is_not_read_cell_by_cell(kind):
    cells = [GOOD[kind][0]] * 400
    reads = []
    read = reader_for(field_of(kind))

    read_column(kind, lambda cell: reads.append(cell) or read(cell), cells)

    assert len(reads) <= 1


@given(st.lists(st.from_regex(r"[0-9]{6}(19|20|00)[0-9]{2}(0[0-9]|1[0-3])[0-3][0-9]{4}", fullmatch=True)))
def test_many_id_numbers_are_judged_as_each_of_them(firsts):
    numbers = [first[:17] + id_check_char(first[:17]) for first in firsts]

    for number in numbers:
        assert id_checks(number.encode()) == (id_number_fault(number) is None)
    assert id_checks("".join(numbers).encode()) == all(id_number_fault(n) is None for n in numbers)


@given(st.integers(0, 16), st.sampled_from("0123456789"))
def test_a_wrong_digit_among_many_is_found(index, digit):
    right = GOOD["id-number"][0]
    wrong = right[:index] + digit + right[index + 1 :]

    assert id_checks((right * 5 + wrong).encode()) == (wrong == right)
