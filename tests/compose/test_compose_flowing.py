from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders import LINE_SCHEMA, MAILING, invented, make_part
from yibao_cli.codes import parse_sheet_code
from yibao_cli.compose import Printing, pages_of, part_values
from yibao_cli.compose.flowing import Flow, Stretch, flow_of, page_plans
from yibao_cli.kinds.page import BLANK, FURTHER
from yibao_cli.money import fen

FLOWS = st.builds(Flow, st.integers(2, 12), st.integers(3, 12), st.integers(0, 6))
LINES = st.integers(0, 90)
AMOUNTS = {3: "total", 4: "fund_paid", 5: "account_paid", 6: "cash_paid"}
WORD = 1  # the column of the medical table in which the sums are named


def room(flow, number):
    return flow.further if number else flow.first


def rows_on(stretch):
    """Rows that a page shows: its lines, and those that carry sums."""
    above = stretch.brought or bool(stretch.hidden)
    return stretch.stop - stretch.start + above + stretch.carried


# ------------------------------------------------------------------ every line once, in order, no page too many


@given(FLOWS, LINES)
def test_every_line_is_shown_once_in_order_or_counted_as_hidden(flow, lines):
    stretches = flow.stretches(lines)

    shown = [line for s in stretches for line in range(s.start, s.stop)]
    assert shown == list(range(stretches[0].hidden, lines))
    assert not any(s.hidden for s in stretches[1:])


@given(FLOWS, LINES)
def test_no_page_shows_more_rows_than_it_has(flow, lines):
    for number, stretch in enumerate(flow.stretches(lines)):
        assert rows_on(stretch) <= room(flow, number)
        assert stretch.start <= stretch.stop


@given(FLOWS, LINES)
def test_a_page_but_the_last_is_full_and_the_last_one_shows_a_line(flow, lines):
    *full, last = flow.stretches(lines)

    assert [rows_on(s) for s in full] == [room(flow, n) for n in range(len(full))]
    assert last.stop > last.start or lines == 0


@given(FLOWS, LINES)
def test_a_piece_has_no_page_more_than_its_lines_need(flow, lines):
    pages = len(flow.stretches(lines))
    fewer = Flow(flow.first, flow.further, pages - 2)

    assert 1 <= pages <= flow.most + 1
    assume(pages > 1)
    assert fewer.stretches(lines)[0].hidden > 0


@given(FLOWS, LINES)
def test_lines_are_hidden_only_when_all_pages_are_there_and_full(flow, lines):
    stretches = flow.stretches(lines)

    assume(stretches[0].hidden)
    assert len(stretches) == flow.most + 1
    assert [rows_on(s) for s in stretches] == [room(flow, n) for n in range(len(stretches))]
    # The row that sums them stands for two lines at least, else the line itself would stand there.
    assert stretches[0].hidden >= 2


@given(FLOWS, LINES)
def test_what_one_page_carries_the_next_one_brings(flow, lines):
    stretches = flow.stretches(lines)

    assert [s.carried for s in stretches] == [True] * (len(stretches) - 1) + [False]
    assert [s.brought for s in stretches] == [False] + [True] * (len(stretches) - 1)


@pytest.mark.parametrize(
    ("lines", "stretches"),
    [
        (0, [Stretch(0, 0)]),
        (4, [Stretch(0, 4)]),
        (5, [Stretch(0, 3, carried=True), Stretch(3, 5, brought=True)]),
        (7, [Stretch(0, 3, carried=True), Stretch(3, 7, brought=True)]),
        (
            8,
            [
                Stretch(0, 3, carried=True),
                Stretch(3, 6, brought=True, carried=True),
                Stretch(6, 8, brought=True),
            ],
        ),
        (
            11,  # 3 + 3 + 4 rows for lines, of which one sums those that are hidden
            [
                Stretch(2, 4, carried=True, hidden=2),
                Stretch(4, 7, brought=True, carried=True),
                Stretch(7, 11, brought=True),
            ],
        ),
    ],
)
def test_stretches_by_example(lines, stretches):
    assert Flow(4, 5, 2).stretches(lines) == stretches


def test_a_table_alone_hides_its_oldest_lines():
    assert Flow(4).stretches(6) == [Stretch(3, 6, hidden=3)]


# ------------------------------------------------------------------ page plans


LAYOUT = make_part(1, kind="medical-dl").layout


@pytest.mark.parametrize(
    ("lines", "plans"),
    [
        (0, (1, BLANK)),
        (29, (1, BLANK)),
        (30, (1, FURTHER)),
        (28 + 57, (1, FURTHER)),
        (28 + 57 + 1, (1, FURTHER, FURTHER, BLANK)),
        (28 + 10 * 56 + 57, (1, *[FURTHER] * 11)),
        (5000, (1, *[FURTHER] * 11)),
    ],
)
def test_a_piece_has_the_pages_of_its_lines_on_whole_sheets(lines, plans):
    assert page_plans(LAYOUT.variants["standard"], lines) == plans


@given(st.integers(0, 2000))
def test_the_number_of_pages_is_even_and_within_what_the_product_has(lines):
    assert len(page_plans(LAYOUT.variants["standard"], lines)) in range(2, 13, 2)


def test_a_kind_without_further_pages_has_the_same_pages_for_all():
    layout = make_part(1).layout

    assert {page_plans(layout.variants["large"], n) for n in (0, 11, 500)} == {(1, 2)}
    assert flow_of(layout.variants["large"]) == Flow(0)


def test_pages_are_counted_by_the_variant_and_the_lines_of_each_piece():
    layout = make_part(1, kind="medical-dl").layout

    assert pages_of(layout, ["standard"] * 4, [0, 86, 30, 86]) == [2, 4, 2, 4]
    assert pages_of(make_part(1).layout, ["large", "standard"], [500, 0]) == [2, 2]


# ------------------------------------------------------------------ sums from page to page


def page_rows(table, i):
    """Head, lines and foot of page i of a plan."""
    shown = [tuple(c[j] for c in table.columns) for j in range(table.start[i], table.stop[i])]
    return table.head[i], shown, table.foot[i]


def pages_with_lines(part):
    """Per piece its pages that show lines, as (head, lines, foot)."""
    tables = {plan: values.tables[0] for plan, values in part.values.values.items() if values.tables}
    at = dict.fromkeys(tables, -1)
    found = []
    for variant, numbers in zip(part.values.variants, part.values.plans, strict=True):
        pages = []
        for number in numbers:
            if (variant, number) in tables:
                at[variant, number] += 1
                pages.append(page_rows(tables[variant, number], at[variant, number]))
        found.append(pages)
    return found


def sums(rows):
    return [sum(fen(row[column]) for row in rows) for column in AMOUNTS]


def amounts(row):
    return [fen(row[column]) for column in AMOUNTS]


@pytest.mark.parametrize("kind", ["medical-dl", "medical-c5"])
def test_each_page_brings_what_the_one_before_carried_and_the_last_one_adds_up(kind):
    counts = [0, 1, 29, 30, 31, 85, 86, 200, 900]
    part = make_part(len(counts), change={i: {"lines": n} for i, n in enumerate(counts)}, kind=kind)
    starts = part.pieces["line_start"].to_pylist()

    for start, count, pages in zip(starts, counts, pages_with_lines(part), strict=True):
        lines = part.lines.slice(start, count).to_pylist()
        total = [sum(line[name] for line in lines) for name in AMOUNTS.values()]
        so_far = [0] * len(AMOUNTS)
        for number, (head, rows, foot) in enumerate(pages):
            if number:
                assert head[WORD] == "承前页"
                assert amounts(head) == so_far
            elif head is not None:  # lines that no page shows
                so_far = amounts(head)
            so_far = [a + b for a, b in zip(so_far, sums(rows), strict=True)]
            if number < len(pages) - 1:
                assert foot[WORD] == "过次页"
                assert amounts(foot) == so_far
            else:
                assert foot is None
        assert so_far == total


def test_lines_that_no_page_has_room_for_are_counted_and_summed():
    part = make_part(1, 1000, kind="medical-dl")
    ((head, rows, _foot), *further) = pages_with_lines(part)[0]

    shown = len(rows) + sum(len(own) for _head, own, _foot in further)
    assert head[WORD] == f"此前 {1000 - shown} 笔合计"
    hidden = part.lines.slice(0, 1000 - shown).to_pylist()
    assert amounts(head) == [sum(line[n] for line in hidden) for n in AMOUNTS.values()]


def test_a_table_that_goes_on_shows_its_own_pieces_lines_and_no_others():
    part = make_part(3, change={0: {"lines": 90}, 1: {"lines": 3}, 2: {"lines": 40}}, kind="medical-dl")

    for start, stop, pages in zip(
        part.pieces["line_start"].to_pylist(),
        part.pieces["line_stop"].to_pylist(),
        pages_with_lines(part),
        strict=True,
    ):
        days = [row[0] for _head, rows, _foot in pages for row in rows]
        assert days == part.lines["traded_on"].to_pylist()[start:stop]


def test_a_blank_amount_counts_as_nothing_in_a_carried_sum():
    part = make_part(1, 40, kind="medical-dl", line={"cash_paid": None})

    ((_head, _rows, foot), _second) = pages_with_lines(part)[0]

    assert foot[6] == "0.00"
    assert fen(foot[3]) == sum(part.lines["total"].to_pylist()[:28])


# ------------------------------------------------------------------ what each page knows of itself


def codes_of(part):
    """The sheet codes of a part, page after page, "" for a page that bears none."""
    streams = {plan: iter(values.marks[0]) for plan, values in part.values.values.items() if values.marks}
    return [
        [next(streams[variant, n]) if (variant, n) in streams else "" for n in numbers]
        for variant, numbers in zip(part.values.variants, part.values.plans, strict=True)
    ]


def test_each_page_with_a_code_says_its_own_number_of_as_many_as_there_are():
    part = make_part(4, change={0: {"lines": 90}, 1: {"lines": 0}, 2: {"lines": 31}}, kind="medical-dl")

    for piece, codes in zip(part.values.pieces, codes_of(part), strict=True):
        read = [parse_sheet_code(c) for c in codes]
        assert [(c.mailing, c.piece, c.page, c.pages) for c in read if c] == [
            (MAILING, piece, n, len(codes)) for n, c in enumerate(codes, 1) if c
        ]
        assert all(codes[:-1])  # a blank back alone bears none


def test_the_texts_of_a_further_page_are_those_of_its_piece():
    part = make_part(3, change={0: {"lines": 90}, 1: {"lines": 0}, 2: {"lines": 40}}, kind="medical-dl")
    further = part.values.values["standard", FURTHER]
    first, _second, third = part.values.pieces

    texts = {t.item.text: further.texts[t.source] for t in part.layout.variants["standard"].further.texts}

    assert further.count == 3
    names = part.pieces["name"].to_pylist()
    assert texts["姓名 {{ name }}   账单编号 {{ piece }}"] == [
        f"姓名 {names[0]}   账单编号 {first}",
        f"姓名 {names[0]}   账单编号 {first}",
        f"姓名 {names[2]}   账单编号 {third}",
    ]
    assert texts["第 {{ page }} 页 共 {{ pages }} 页"] == [
        "第 2 页 共 4 页",
        "第 3 页 共 4 页",
        "第 2 页 共 2 页",
    ]


def test_a_second_printing_says_so_on_every_page():
    rows, details = invented(1, 90, seed=1, change={}, line={})
    pieces, lines = pa.Table.from_pylist(rows), pa.Table.from_pylist(details, schema=LINE_SCHEMA)

    values = part_values(LAYOUT, pieces, lines, Printing(MAILING, copy=3))

    codes = [c for v in values.values.values() for column in v.marks for c in column]
    assert len(codes) == 3
    assert {parse_sheet_code(c).copy for c in codes} == {3}
