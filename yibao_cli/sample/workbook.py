"""Client workbooks as clients make them: a title, a note, the header, then rows, streamed to disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import xlsxwriter

from yibao_cli.sample.rowxml import Broken, Cell, row_xml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

# Excel ends at 1,048,576 rows; people stop at a round number before it.
SHEET_ROWS = 1_000_000
FILE_SHEETS = 2

__all__ = ["FILE_SHEETS", "SHEET_ROWS", "Book", "Broken", "Cell", "Layout"]

# The clock must not reach the files: same seed, same bytes.
_CREATED = datetime(2026, 9, 30, 8, 0, 0)  # noqa: DTZ001 - Excel knows no time zones


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands above the data: title and note may be empty, then their rows are left out.

    widths: column widths in characters, in header order.
    """

    sheet: str
    headers: tuple[str, ...]
    title: str = ""
    note: str = ""
    widths: tuple[int, ...] = ()

    @property
    def head_rows(self) -> int:
        """How many rows stand above the first data row."""
        return 1 + bool(self.title) + bool(self.note)


class Book:
    """One table of a client, as `STEM.xlsx` and, where Excel's limit is reached, `STEM-2.xlsx` and so on.

    Rows go to disk as they come; memory does not grow with them. Use as a context manager.
    `files` gives the number of data rows in each file.
    """

    def __init__(self, folder: Path, stem: str, layout: Layout, sheet_rows: int = SHEET_ROWS) -> None:
        self.files: dict[str, int] = {}
        self._folder, self._stem, self._layout, self._sheet_rows = folder, stem, layout, sheet_rows
        self._sheets = 0
        self._open_file()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()

    def row(self, cells: Sequence[Cell]) -> None:
        """Write one data row."""
        self.loose_row(cells)
        self.files[self._name] += 1

    def loose_row(self, cells: Sequence[Cell] = ()) -> None:
        """Write a row that is no data: a blank one, a repeated header, a total."""
        if self._next - self._layout.head_rows >= self._sheet_rows:
            self._next_sheet()
        xml = self._fast(cells)
        if xml is None:
            for column, cell in enumerate(cells):
                if cell is not None:
                    self._write(column, cell)
        self._next += 1

    def merge_up(self, column: int, rows: int) -> None:
        """Merge the column over the last `rows` rows written; the first of them holds the value."""
        # Worksheet.merge_range writes the cells below at once, which constant_memory forbids; the
        # cells are written already, so only the range is recorded.
        self._sheet.merge.append([self._next - rows, column, self._next - 1, column])

    def _fast(self, cells: Sequence[Cell]) -> str | None:
        """Put a row behind those that the writer has written; None when it has to write this one itself."""
        # The index of a format counts from its first use: the writer's own bytes until there is a date.
        style = self._date_format.xf_index or 0
        if not style and any(isinstance(cell, date) for cell in cells):
            return None
        xml = row_xml(cells, self._next + 1, style)
        if xml:
            sheet = self._sheet
            sheet._check_dimensions(self._next, 0)  # noqa: SLF001 - what the sheet says of its own size
            sheet._check_dimensions(self._next, len(cells) - 1)  # noqa: SLF001
            sheet._write_single_row(self._next)  # noqa: SLF001 - the row that is waiting goes first
            sheet.row_data_fh.write(xml)
        return xml

    def _write(self, column: int, cell: Cell) -> None:
        # A name that begins with "=" is a name: strings never become formulas here.
        if isinstance(cell, str):
            self._sheet.write_string(self._next, column, cell)
        elif isinstance(cell, (int, float)):
            self._sheet.write_number(self._next, column, cell)
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._next, column, cell, self._date_format)
        else:
            self._sheet.write_formula(self._next, column, "=NA()", None, Broken.NOT_AVAILABLE.value)

    def _open_file(self) -> None:
        number = len(self.files) + 1
        self._name = f"{self._stem}.xlsx" if number == 1 else f"{self._stem}-{number}.xlsx"
        self.files[self._name] = 0
        self._book: Any = xlsxwriter.Workbook(str(self._folder / self._name), {"constant_memory": True})
        self._book.set_properties({"created": _CREATED, "author": "yibao sample"})
        self._date_format = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._bold = self._book.add_format({"bold": True, "align": "center"})
        self._sheets = 0
        self._open_sheet()

    def _next_sheet(self) -> None:
        if self._sheets < FILE_SHEETS:
            self._open_sheet()
        else:
            self._book.close()
            self._open_file()

    def _open_sheet(self) -> None:
        self._sheets += 1
        suffix = "" if self._sheets == 1 else str(self._sheets)
        self._sheet: Any = self._book.add_worksheet(self._layout.sheet + suffix)
        for column, width in enumerate(self._layout.widths):
            self._sheet.set_column(column, column, width)
        self._next = 0
        last = len(self._layout.headers) - 1
        for text in filter(None, (self._layout.title, self._layout.note)):
            self._sheet.merge_range(self._next, 0, self._next, last, text, self._bold)
            self._next += 1
        for column, header in enumerate(self._layout.headers):
            self._sheet.write_string(self._next, column, header, self._bold)
        self._next += 1
