"""The texts of a part's pieces, computed column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yibao_cli.codes import SheetCode
from yibao_cli.compose.texts import FILTERS, FUNCTIONS, text_renderer
from yibao_cli.kinds.page import FieldRef, Layout, PartValues, PlacedTable, Source, TableValues

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

Columns = dict[str, list[Any]]


def part_values(layout: Layout, pieces: pa.Table, lines: pa.Table, mailing: str, copy: int = 0) -> PartValues:
    """Compute every text of the pieces of one part.

    pieces: one row a piece, in print order, with `line_start` and `line_stop`: its range in `lines`.
    lines: the part's lines, in the order of the pieces. copy: 0 for the first printing.
    """
    of_piece = Columnar(pieces)
    of_line = Columnar(lines)
    variants: list[str] = of_piece["variant"]
    texts: dict[Source, list[str]] = {}
    tables: dict[tuple[str, int, int], TableValues] = {}
    cells: dict[Source, list[str]] = {}
    for name, pages in layout.variants.items():
        for page in pages:
            for text in page.texts:
                if text.source not in texts:
                    texts[text.source] = source_column(text.source, of_piece, pieces.num_rows)
            for index, table in enumerate(page.tables):
                for source in table.cells:
                    # Variants show the same lines; their texts are made once.
                    if source not in cells:
                        cells[source] = source_column(source, of_line, len(of_line))
                columns = tuple(cells[source] for source in table.cells)
                tables[name, page.number, index] = _table_values(table, columns, of_piece, of_line)
    codes = [str(SheetCode(mailing, p, copy, 1, layout.pages)) for p in of_piece["piece"]]
    slots = {s.slot for pages in layout.variants.values() for page in pages for s in page.slots}
    art = {slot: of_piece[f"slot_{slot.lower()}"] for slot in sorted(slots)}
    return PartValues(of_piece["piece"], variants, texts, tables, codes, art)


class Columnar:
    """Columns of an Arrow table as Python lists, made once each when asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._columns: Columns = {}

    def __getitem__(self, name: str) -> list[Any]:
        if name not in self._columns:
            self._columns[name] = self._table.column(name).to_pylist()
        return self._columns[name]

    def __len__(self) -> int:
        return int(self._table.num_rows)


def source_column(source: Source, columns: Columnar, length: int) -> list[str]:
    """The text of a source for every row."""
    if source.template:
        return _rendered(source, columns, length)
    parts = [_segment_column(s, columns) for s in source.segments]
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]
    if not parts:
        return [""] * length
    lists = [[p] * length if isinstance(p, str) else p for p in parts]
    return ["".join(row) for row in zip(*lists, strict=True)]


def _segment_column(segment: str | FieldRef, columns: Columnar) -> str | list[str]:
    if isinstance(segment, str):
        return segment
    values = columns[segment.name]
    if not segment.filters:
        return ["" if v is None else str(v) for v in values]
    for name in segment.filters:
        # Blanks are rare, and looking for one is cheaper than asking at every value.
        function = FILTERS[name] if None in values else FUNCTIONS.get(name, FILTERS[name])
        values = list(map(function, values))
    return values


def _rendered(source: Source, columns: Columnar, length: int) -> list[str]:
    render = text_renderer(source)
    rows = zip(*(columns[f] for f in source.fields), strict=True)
    return [render(dict(zip(source.fields, row, strict=True))) for row in rows][:length]


def _table_values(
    table: PlacedTable, columns: tuple[list[str], ...], of_piece: Columnar, of_line: Columnar
) -> TableValues:
    start, stop = list(of_piece["line_start"]), list(of_piece["line_stop"])
    head: list[tuple[str, ...] | None] = [None] * len(start)
    for i, (first, last) in enumerate(zip(start, stop, strict=True)):
        if last - first > table.item.capacity:
            # One line is given up to the one that sums the oldest.
            start[i] = last - table.item.capacity + 1
            head[i] = _summed(table, of_line, range(first, start[i]))
    return TableValues(columns, start, stop, head)


def _summed(table: PlacedTable, of_line: Columnar, hidden: Sequence[int]) -> tuple[str, ...]:
    """The line that stands for the hidden ones: their sums under each amount, and what they are."""
    cells = [""] * len(table.cells)
    for j, cell in enumerate(table.cells):
        if cell.amount is not None:
            column = of_line[cell.amount]
            cells[j] = FILTERS["yuan"](sum(column[i] or 0 for i in hidden))
    count = len(hidden)
    if table.overflow.template:
        text = text_renderer(table.overflow)({"count": count})
    else:
        text = "".join(s if isinstance(s, str) else str(count) for s in table.overflow.segments)
    cells[table.item.overflow_column] = text
    return tuple(cells)
