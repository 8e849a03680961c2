"""The texts of a part's pieces, computed column by column, and laid out in rows of pages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from yibao_cli.codes import SheetCode, copy_number
from yibao_cli.compose.charts import Texts, chart_sums
from yibao_cli.compose.columns import Columnar, source_column
from yibao_cli.compose.flowing import Flow, Stretch, flow_of, page_plans
from yibao_cli.compose.marks import omr_bits
from yibao_cli.kinds.geometry import CodeItem, OmrItem
from yibao_cli.kinds.texts import FILTERS, text_renderer
from yibao_cli.kinds.values import PageValues, PartValues, TableValues

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from yibao_cli.kinds.page import Layout, PagePlan, PlacedMark, PlacedTable, Source, VariantPlan
    from yibao_cli.kinds.values import Row

# What every row of pages knows of itself, beside the fields of its piece.
_PAGE, _PAGES = "page", "pages"
_TOWN_DIGITS = 4  # of a postcode: province, postal area, county or city


@dataclass(frozen=True)
class Printing:
    """Which printing of which mailing. copy: 0 for the first one; sheet: of the part that comes first."""

    mailing: str
    copy: int = 0
    sheet: int = 0


def part_values(layout: Layout, pieces: pa.Table, lines: pa.Table, printing: str | Printing) -> PartValues:
    """Compute every text of the pieces of one part.

    pieces: one row a piece, in print order, with `line_start` and `line_stop`: its range in `lines`.
    lines: the part's lines, in the order of the pieces. printing: the name of a mailing stands for its first.
    """
    printing = printing if isinstance(printing, Printing) else Printing(printing)
    variants: list[str] = pieces.column("variant").to_pylist()
    counts = _line_counts(pieces)
    plans = [page_plans(layout.variants[v], n) for v, n in zip(variants, counts, strict=True)]
    pages = list(map(len, plans))
    sheets = list(accumulate(((p + 1) // 2 for p in pages), initial=printing.sheet))
    values: dict[tuple[str, int], PageValues] = {}
    for name, variant in layout.variants.items():
        rows = [i for i, v in enumerate(variants) if v == name]
        if rows:
            shown, details = _subset(pieces, lines, rows)
            sums = chart_sums(shown, details, variant)
            own = _Pieces((shown, details), [pages[i] for i in rows], [sheets[i] for i in rows], sums)
            values |= {(name, n): v for n, v in own.values(variant, printing).items()}
    return PartValues(pieces.column("piece").to_pylist(), variants, plans, values, _groups(pieces))


def _groups(pieces: pa.Table) -> list[tuple[str, str]]:
    """Numbers of the bag and bundle of each piece; of unsorted ones its town's post and its office."""
    if {"bag", "bundle"} <= set(pieces.column_names):
        numbers = (pieces.column(name).to_pylist() for name in ("bag", "bundle"))
        return [(str(bag), str(bundle)) for bag, bundle in zip(*numbers, strict=True)]
    postcodes = (p or "" for p in pieces.column("postcode").to_pylist())
    return [(p[:_TOWN_DIGITS], p) for p in postcodes]


def _line_counts(pieces: pa.Table) -> list[int]:
    start, stop = (pieces.column(c).to_numpy() for c in ("line_start", "line_stop"))
    counts: list[int] = (stop - start).tolist()
    return counts


def _subset(pieces: pa.Table, lines: pa.Table, rows: list[int]) -> tuple[pa.Table, pa.Table]:
    """Some pieces with their lines alone: what one variant shows is computed once, for it."""
    if len(rows) == pieces.num_rows:
        return pieces, lines
    own = pieces.take(rows)
    start, stop = (own.column(c).to_numpy() for c in ("line_start", "line_stop"))
    stops = np.cumsum(stop - start)
    taken = [np.arange(a, b) for a, b in zip(start, stop, strict=True)]
    for name, column in (("line_start", stops - (stop - start)), ("line_stop", stops)):
        own = own.set_column(own.column_names.index(name), name, pa.array(column, pa.int64()))
    return own, lines.take(np.concatenate(taken))


class _Pieces:
    """The pieces of one variant, on their way to rows of pages.

    tables: the pieces and their lines. pages: of each piece; sheets: number in the part of each piece's first
    sheet, from 0. sums: of charts, by their fields.
    """

    def __init__(
        self,
        tables: tuple[pa.Table, pa.Table],
        pages: list[int],
        sheets: list[int],
        sums: Mapping[tuple[str, ...], NDArray[np.int64]],
    ) -> None:
        self._of_piece, self._of_line = map(Columnar, tables)
        self._sums = sums
        self._pages = pages
        self._sheets = sheets
        self._cell_texts: dict[Source, list[str]] = {}

    def values(self, variant: VariantPlan, printing: Printing) -> dict[int, PageValues]:
        """By number of the page plan what fills it."""
        stretches = self._stretches(variant)
        everyone = list(range(len(self._pages)))
        found = {}
        for place, plan in enumerate(variant.first, 1):
            shown = {} if variant.flowing is None else {variant.flowing[0]: [s[0] for s in stretches]}
            rows = _Rows(everyone, [place] * len(everyone), shown)
            found[plan.number] = self._page_values(plan, rows, printing)
        if variant.flowing is not None and variant.further is not None:
            numbers = [(i, n) for i, s in enumerate(stretches) for n in range(1, len(s))]
            shown = {variant.flowing[1]: [stretches[i][n] for i, n in numbers]}
            places = [len(variant.first) + n for _i, n in numbers]
            found[variant.further.number] = self._page_values(
                variant.further, _Rows([i for i, _n in numbers], places, shown), printing
            )
        if variant.blank is not None:
            odd = [i for i, s in enumerate(stretches) if (len(variant.first) + len(s) - 1) % 2]
            rows = _Rows(odd, [self._pages[i] for i in odd], {})
            found[variant.blank.number] = self._page_values(variant.blank, rows, printing)
        return found

    def _stretches(self, variant: VariantPlan) -> list[list[Stretch]]:
        """Per piece what each of its pages shows of its lines."""
        if variant.flowing is None:
            return [[Stretch(0, 0)]] * len(self._pages)
        flow = flow_of(variant)
        starts, stops = self._of_piece["line_start"], self._of_piece["line_stop"]
        return [flow.stretches(b - a) for a, b in zip(starts, stops, strict=True)]

    def _page_values(self, plan: PagePlan, rows: _Rows, printing: Printing) -> PageValues:
        if not rows.pieces:
            empty: list[Row | None] = []
            tables = tuple(TableValues(tuple([] for _ in t.cells), [], [], empty, empty) for t in plan.tables)
            return PageValues(
                0,
                {t.source: [] for t in plan.texts},
                tables,
                tuple([] for _ in plan.marks),
                {},
                tuple(np.empty((0, len(c.fields)), np.int64) for c in plan.charts),
            )
        everyone = rows.pieces == list(range(len(self._pages)))
        source = self._of_piece if everyone else self._of_piece.taken(rows.pieces)
        columns = source.with_columns(
            {_PAGE: list(map(str, rows.places)), _PAGES: [str(self._pages[i]) for i in rows.pieces]}
        )
        charts = tuple(self._sums[c.fields][rows.pieces] for c in plan.charts)
        shown = columns
        if printing.copy:
            # People read the copy behind the piece number; marks for machines say it in their own way.
            shown = columns.with_columns({"piece": [copy_number(p, printing.copy) for p in columns["piece"]]})
        return PageValues(
            count=len(rows.pieces),
            texts=Texts(plan, charts, lambda source: source_column(source, shown, len(shown))),
            tables=tuple(self._table_values(t, rows) for t in plan.tables),
            marks=tuple(self._mark_column(m, columns, rows, printing) for m in plan.marks),
            art={s.slot: columns[f"slot_{s.slot.lower()}"] for s in plan.slots},
            charts=charts,
        )

    def _table_values(self, table: PlacedTable, rows: _Rows) -> TableValues:
        starts, stops = self._of_piece["line_start"], self._of_piece["line_stop"]
        columns = tuple(self._cells(s) for s in table.cells)
        stretches = rows.shown.get(table)
        if stretches is None:
            alone = Flow(table.item.capacity)
            stretches = [alone.stretches(stops[i] - starts[i])[0] for i in rows.pieces]
        first = [starts[i] for i in rows.pieces]
        summing = _Summing(table, self._of_line)
        return TableValues(
            columns=columns,
            start=[a + s.start for a, s in zip(first, stretches, strict=True)],
            stop=[a + s.stop for a, s in zip(first, stretches, strict=True)],
            head=[summing.head(a, s) for a, s in zip(first, stretches, strict=True)],
            foot=[summing.foot(a, s) for a, s in zip(first, stretches, strict=True)],
        )

    def _cells(self, source: Source) -> list[str]:
        """The text of a table's cell for every line; a table and the one it goes on in share it."""
        if source not in self._cell_texts:
            self._cell_texts[source] = source_column(source, self._of_line, len(self._of_line))
        return self._cell_texts[source]

    def _mark_column(self, mark: PlacedMark, columns: Columnar, rows: _Rows, printing: Printing) -> list[str]:
        pages = [self._pages[i] for i in rows.pieces]
        if isinstance(mark.item, CodeItem):
            numbers = zip(columns["piece"], rows.places, pages, strict=True)
            return [str(SheetCode(printing.mailing, p, printing.copy, n, m)) for p, n, m in numbers]
        if isinstance(mark.item, OmrItem) and mark.profile is not None:
            first = (self._sheets[i] for i in rows.pieces)
            return [
                omr_bits(mark.profile, mark.item, (n, m), sheet + (n - 1) // 2)
                for n, m, sheet in zip(rows.places, pages, first, strict=True)
            ]
        return source_column(mark.source, columns, len(columns))


@dataclass(frozen=True)
class _Rows:
    """The pages made from one page plan: of which piece each is, its number in the piece, its lines."""

    pieces: list[int]
    places: list[int]
    shown: Mapping[PlacedTable, list[Stretch]]


class _Summing:
    """The lines that stand for others: their sums under each amount, and what they are."""

    def __init__(self, table: PlacedTable, of_line: Columnar) -> None:
        self._table = table
        self._of_line = of_line

    def head(self, first: int, shown: Stretch) -> Row | None:
        """The line above, for a piece whose lines begin at `first`."""
        if shown.brought:
            return self._row(range(first, first + shown.start), self._table.item.brought_text)
        if shown.hidden:
            return self._row(range(first, first + shown.hidden), self._overflow_text(shown.hidden))
        return None

    def foot(self, first: int, shown: Stretch) -> Row | None:
        """The line below."""
        if not shown.carried:
            return None
        return self._row(range(first, first + shown.stop), self._table.item.carried_text)

    def _row(self, lines: Sequence[int], text: str) -> Row:
        cells = [""] * len(self._table.cells)
        for j, cell in enumerate(self._table.cells):
            if cell.amount is not None:
                column = self._of_line[cell.amount]
                cells[j] = FILTERS["yuan"](sum(column[i] or 0 for i in lines))
        cells[self._table.item.overflow_column] = text
        return tuple(cells)

    def _overflow_text(self, count: int) -> str:
        overflow = self._table.overflow
        if overflow.template:
            return text_renderer(overflow)({"count": count})
        return "".join(s if isinstance(s, str) else str(count) for s in overflow.segments)
