from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import LINE_SCHEMA, MAILING, invented, make_part
from yibao_cli.codes import parse_sheet_code
from yibao_cli.compose import Printing, part_values
from yibao_cli.compose.columns import Columnar, source_column
from yibao_cli.kinds.geometry import ColumnSpec, TableItem
from yibao_cli.kinds.page import Layout, PagePlan, PlacedTable, VariantPlan
from yibao_cli.kinds.texts import text_source
from yibao_cli.money import fen

AMOUNTS = ("total", "fund_paid", "account_paid", "cash_paid")


def table_layout(rows, blocks, *, overflow_text="此前 {{ count }} 笔合计"):
    """A page with one table: a text column, then the amounts."""
    texts = ["{{ institution }}", *(f"{{{{ {name} | yuan }}}}" for name in AMOUNTS), ""]
    item = TableItem(
        x=0,
        y=0,
        rows=rows,
        blocks=blocks,
        overflow_text=overflow_text,
        overflow_column=0,
        columns=tuple(ColumnSpec(header="", text=t, width=10) for t in texts),
    )
    cells = tuple(text_source(t, frozenset({"institution", *AMOUNTS}), {}) for t in texts)
    table = PlacedTable(item, cells, text_source(overflow_text, frozenset({"count"}), {}), 0, 0)
    page = PagePlan(1, 210, 297, (), (), (), (table,), (), (), ())
    return Layout({"standard": VariantPlan((page,), most=1)}, (), (0.0, 0.0))


def values_of(layout, groups):
    """Table values for pieces with these groups of lines (dicts)."""
    rows, start = [], 0
    for i, group in enumerate(groups):
        rows.append(
            {
                "piece": f"{i:08d}",
                "variant": "standard",
                "postcode": None,
                "line_start": start,
                "line_stop": start + len(group),
            }
        )
        start += len(group)
    lines = pa.Table.from_pylist([line for group in groups for line in group], schema=LINE_SCHEMA)
    values = part_values(layout, pa.Table.from_pylist(rows), lines, MAILING)
    return values.values["standard", 1].tables[0]


def page_rows(table, i):
    """What stands on the page of piece i, row by row."""
    shown = [tuple(c[j] for c in table.columns) for j in range(table.start[i], table.stop[i])]
    return [*filter(None, [table.head[i]]), *shown, *filter(None, [table.foot[i]])]


MONEY = st.integers(-(10**9), 10**9)
LINE = st.fixed_dictionaries(
    {"institution": st.sampled_from(["甲医院", "乙药房", None]), **{n: MONEY | st.none() for n in AMOUNTS}}
)
GROUPS = st.lists(st.lists(LINE, max_size=12), min_size=1, max_size=5)


@settings(max_examples=60)
@given(GROUPS, st.integers(2, 4), st.integers(1, 2))
def test_the_sums_of_a_page_are_the_sums_of_all_lines(groups, rows, blocks):
    table = values_of(table_layout(rows, blocks), groups)

    for i, group in enumerate(groups):
        shown = page_rows(table, i)
        for column, name in enumerate(AMOUNTS, start=1):
            on_page = sum(fen(row[column]) for row in shown if row[column])
            assert on_page == sum(line[name] or 0 for line in group)


@settings(max_examples=60)
@given(GROUPS, st.integers(2, 4), st.integers(1, 2))
def test_a_page_shows_no_more_than_fits_and_gives_up_no_line_it_could_show(groups, rows, blocks):
    table = values_of(table_layout(rows, blocks), groups)

    for i, group in enumerate(groups):
        assert len(page_rows(table, i)) == min(len(group), rows * blocks)
        assert (table.head[i] is None) == (len(group) <= rows * blocks)


@settings(max_examples=60)
@given(GROUPS)
def test_the_newest_lines_stand_in_their_order_below_the_sum_of_the_oldest(groups):
    table = values_of(table_layout(2, 2), groups)

    for i, group in enumerate(groups):
        names = [row[0] for row in page_rows(table, i)]
        newest = [line["institution"] or "" for line in group]
        if table.head[i]:
            hidden = len(group) - 3
            assert names == [f"此前 {hidden} 笔合计", *newest[hidden:]]
        else:
            assert names == newest


def test_an_overflow_text_with_logic_is_said_too():
    text = "{% if count > 2 %}更早 {{ count }} 笔{% endif %}"
    line = {"institution": "甲", **dict.fromkeys(AMOUNTS, 100)}

    table = values_of(table_layout(2, 1, overflow_text=text), [[line] * 4])

    assert table.head == [("更早 3 笔", "3.00", "3.00", "3.00", "3.00", "")]


def test_a_piece_without_lines_shows_none():
    table = values_of(table_layout(2, 1), [[], []])

    assert page_rows(table, 0) == []
    assert table.head == [None, None]


def test_every_text_has_one_value_a_piece_and_every_piece_its_code():
    part = make_part(5, lines=40)

    large = [i for i, v in enumerate(part.values.variants) if v == "large"]
    assert part.values.pieces == part.pieces.column("piece").to_pylist()
    assert part.values.plans == [(1, 2)] * 5
    assert part.values.pages == 10
    for (variant, number), page in part.values.values.items():
        own = [p for i, p in enumerate(part.values.pieces) if (i in large) == (variant == "large")]
        assert page.count == len(own)
        assert {len(column) for column in page.texts.values()} == {len(own)}
        codes = [parse_sheet_code(c) for column in page.marks for c in column]
        assert [(c.mailing, c.piece, c.copy, c.page, c.pages) for c in codes] == (
            [(MAILING, p, 0, 1, 2) for p in own] if number == 1 else []
        )
        assert sorted(page.art) == {1: ["A"], 2: ["B", "C"]}[number]


def test_a_second_printing_says_so_in_its_codes():
    rows, details = invented(1, 0, seed=1, change={}, line={})
    pieces, lines = pa.Table.from_pylist(rows), pa.Table.from_pylist(details, schema=LINE_SCHEMA)

    values = part_values(make_part(1).layout, pieces, lines, Printing(MAILING, copy=2))

    ((code,),) = values.values["standard", 1].marks
    assert parse_sheet_code(code).copy == 2


@pytest.mark.parametrize("text", ["", "元", "{{ institution }}"])
def test_a_column_of_a_table_has_a_text_for_every_line(text):
    columns = Columnar(pa.table({"institution": ["甲", "乙"]}))

    assert len(source_column(text_source(text, frozenset({"institution"}), {}), columns, 2)) == 2
