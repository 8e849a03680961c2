"""One sheet of a workbook: lines of words and tables, written from the top."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from yibao_cli.exports.columns import NARROWEST, WIDEST_WRAPPED
from yibao_cli.exports.rowxml import LINE_POINTS, RATE_WIDTH, Styles, measured, rows_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from yibao_cli.exports.columns import Cell, Column

EXCEL_ROWS = 1_048_576
_TO_SIGN_ON = "_" * 18


class Sheet:
    """A worksheet, written from the top, line by line; columns grow to what stands in tables.

    shape: the workbook's format of a style, as `Book.shape` gives it.
    """

    def __init__(self, worksheet: Any, shape: Callable[[str], Any]) -> None:
        self._worksheet = worksheet
        self._shape = shape
        self._next = 0
        self._header = 0
        self._widths: dict[int, float] = {}

    def line(self, style: str, text: str) -> None:
        """Write one line of words: `title`, `note` or `heading`; it may run over the columns beside it."""
        self._worksheet.write_string(self._next, 0, text, self._shape(style))
        self._next += 1

    def gap(self, rows: int = 1) -> None:
        """Leave lines empty."""
        self._next += rows

    def header(self, columns: Sequence[Column]) -> None:
        """Write the header of a table."""
        for i, column in enumerate(columns):
            self._widths[i] = max(self._widths.get(i, NARROWEST), column.narrowest)
            self._put(i, column.header, "header")
        self._header = self._next
        self._next += 1

    def row(self, columns: Sequence[Column], cells: Sequence[Cell], *, total: bool = False) -> None:
        """Write one row of a table; `total` makes it bold."""
        self._make_room(columns, cells)
        for i, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            tint = column.tints.get(cell) if isinstance(cell, str) else None
            style = f"tint-{tint}" if tint else f"total-{column.kind}" if total else column.kind
            self._put(i, cell, style, column.widest)
        self._next += 1

    def rows(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows of a table at once: as `row` does one by one, in a quarter of the time.

        Their XML is made by columns and goes where the workbook keeps finished rows.
        """
        worksheet = self._worksheet
        styles = [Styles(self._style(c.kind), self._tints(c, rows, i)) for i, c in enumerate(columns)]
        # In memory a workbook keeps cells, not finished rows.
        made = rows_xml(rows, styles, columns, self._next) if worksheet.row_data_fh is not None else None
        if made is None:
            for row in rows:
                self.row(columns, row)
            return
        # First the extent: of rows that have gone out it is not changed any more.
        worksheet._check_dimensions(self._next + len(rows) - 1, len(columns) - 1)  # noqa: SLF001 - rows it has not seen
        worksheet._write_single_row(self._next + len(rows))  # noqa: SLF001 - what was written before goes out
        worksheet.row_data_fh.write(made.xml)
        self._next += len(rows)
        for i, width in enumerate(made.widths):
            self._widths[i] = max(self._widths.get(i, NARROWEST), width)

    def _style(self, style: str) -> int:
        """Where a style stands in the workbook's list of formats."""
        index: int = self._shape(style)._get_xf_index()  # noqa: SLF001 - as xlsxwriter's own writer does
        return index

    def _tints(self, column: Column, rows: Sequence[Sequence[Cell]], at: int) -> dict[str, int]:
        """The formats of the texts of a column that have a colour of their own."""
        if not column.tints:
            return {}
        texts = dict.fromkeys(row[at] for row in rows)
        return {text: self._style(f"tint-{tint}") for text in texts
                if isinstance(text, str) and (tint := column.tints.get(text))}  # fmt: skip

    def _make_room(self, columns: Sequence[Column], cells: Sequence[Cell]) -> None:
        """Give a row the height of its tallest cell: not every program does so by itself."""
        lines = max(
            (
                math.ceil(measured(cell)[1] / column.widest)
                for column, cell in zip(columns, cells, strict=True)
                if column.kind == "wrap" and isinstance(cell, str)
            ),
            default=1,
        )
        if lines > 1:
            self._worksheet.set_row(self._next, LINE_POINTS * lines)

    def table(self, heading: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """Write a heading, a header and rows."""
        self.line("heading", heading)
        self.header(columns)
        for cells in rows:
            self.row(columns, cells)

    def signatures(self, roles: Sequence[str]) -> None:
        """Leave two lines empty, then write a line to sign on for each role, side by side."""
        self.gap(2)
        self.line("heading", "    ".join(f"{role}: {_TO_SIGN_ON}" for role in roles))

    def filter(self, columns: Sequence[Column]) -> None:
        """Put filters on the header written last."""
        self._worksheet.autofilter(self._header, 0, max(self._next - 1, self._header), len(columns) - 1)

    def offer(self, columns: Sequence[Column]) -> None:
        """Put drop-down lists on the rows below the header written last."""
        last = max(self._next - 1, self._header + 1)
        for i, column in enumerate(columns):
            if column.choices:
                rule = {"validate": "list", "source": list(column.choices)}
                self._worksheet.data_validation(self._header + 1, i, last, i, rule)

    def fit(self) -> None:
        """Set the column widths to the widest cell of each."""
        for i, width in self._widths.items():
            self._worksheet.set_column(i, i, width + 1.5)

    def _put(self, column: int, cell: Cell, style: str, widest: float = WIDEST_WRAPPED) -> None:
        shape = self._shape(style)
        if cell is None or cell == "":
            self._worksheet.write_blank(self._next, column, None, shape)
            return
        if isinstance(cell, str):
            text, wide = measured(cell)
            self._worksheet.write_string(self._next, column, text, shape)
        else:
            self._worksheet.write_number(self._next, column, cell, shape)
            wide = RATE_WIDTH if style.endswith("rate") else len(f"{cell:,}")
        limit = widest if style.endswith("wrap") else wide
        self._widths[column] = max(self._widths.get(column, NARROWEST), min(wide, limit))
