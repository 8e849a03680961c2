"""Workbooks that people print: data as text, A4 set up, the same bytes for the same data."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import tempfile
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Literal

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from yibao_cli.exports.growing import GrowingTable
from yibao_cli.exports.rowxml import LINE_POINTS, RATE_WIDTH, Styles, measured, rows_xml
from yibao_cli.exports.text import open_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

Cell = str | int | float | Decimal | None
Kind = Literal["text", "wrap", "count", "money", "weight", "rate", "input"]

EXCEL_ROWS = 1_048_576
_HEAD_ROWS = 2  # title and header
_A4 = 9
_NARROWEST, _WIDEST_WRAPPED = 6.0, 44.0
_FOOTER_LIMIT = 200  # Excel admits 255 characters, our own words among them
# One day for every workbook: the clock would make each run's bytes differ.
_CREATED = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - a workbook's date has no time zone
_TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

_FACE = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
_BOXED = {**_FACE, "border": 1, "border_color": "#B8C0C8"}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {**_FACE, "font_size": 14, "bold": True},
    "note": {**_FACE, "font_color": "#505860"},
    "heading": {**_FACE, "font_size": 11, "bold": True},
    "header": {**_BOXED, "bold": True, "bg_color": "#DCE6F0", "align": "center", "text_wrap": True},
    # "@" keeps a postcode text even after somebody edits the cell.
    "text": {**_BOXED, "num_format": "@"},
    "wrap": {**_BOXED, "num_format": "@", "text_wrap": True},
    # Where people write; yellow, as on paper forms.
    "input": {**_BOXED, "num_format": "@", "text_wrap": True, "bg_color": "#FFF9DB"},
    "count": {**_BOXED, "num_format": "#,##0"},
    "money": {**_BOXED, "num_format": "#,##0.00"},
    "weight": {**_BOXED, "num_format": "#,##0.000"},
    "rate": {**_BOXED, "num_format": "0.00%"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a printed table: header, kind of its cells, and colours of cells by their text.

    widest: characters at which a `wrap` column stops to grow and its cells take more lines.
    choices: words of a drop-down list, together at most 250 characters. narrowest: characters that a
      column has at least, be it empty.
    """

    header: str
    kind: Kind = "text"
    tints: Mapping[str, str] = field(default_factory=dict)
    widest: float = _WIDEST_WRAPPED
    choices: Sequence[str] = ()
    narrowest: float = _NARROWEST


class Book:
    """A workbook being written to one path; use through `Book.to`.

    page_text: footer of each page, in Excel's codes: `第 &P 页 共 &N 页`.
    left_text: what stands at the footer's left, as plain text.
    """

    def __init__(self, workbook: Any, page_text: str, left_text: str) -> None:
        self._workbook = workbook
        self._formats: dict[str, Any] = {}
        # `&` starts a code in a footer; doubled it is itself.
        self._footer = f"&L&9{left_text[:_FOOTER_LIMIT].replace('&', '&&')}&R&9{page_text}"

    @classmethod
    @contextlib.contextmanager
    def to(cls, path: Path, page_text: str, left_text: str = "") -> Iterator[Book]:
        """Open a new workbook at `path`, mode 0600; it is complete when the block ends.

        Rows go through temporary files beside `path`, which vanish with the block. Raises OSError
        when the disk refuses.
        """
        with open_private(path) as stream, streamed_workbook(stream, path.parent) as workbook:
            yield cls(workbook, page_text, left_text)

    @classmethod
    @contextlib.contextmanager
    def within(cls, stream: IO[bytes], page_text: str, left_text: str = "") -> Iterator[Book]:
        """As `to`, into a stream and without a file on the way; its rows are kept in memory."""
        workbook = xlsxwriter.Workbook(stream, {"in_memory": True, **_TEXT_ONLY})
        workbook.set_properties({"created": _CREATED})
        yield cls(workbook, page_text, left_text)
        _close(workbook)

    def shape(self, style: str) -> Any:
        """Format of a style: a key of the table above, `total-` before it for bold, or `tint-#RRGGBB`."""
        if style not in self._formats:
            self._formats[style] = self._workbook.add_format(_style(style))
        return self._formats[style]

    @contextlib.contextmanager
    def sheet(self, name: str, *, repeat: int = 0, portrait: bool = False) -> Iterator[Sheet]:
        """Add a sheet, written from the top; its first `repeat` rows stand still and on every page."""
        worksheet = self._workbook.add_worksheet(name)
        worksheet.set_portrait() if portrait else worksheet.set_landscape()
        worksheet.set_paper(_A4)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        worksheet.set_footer(self._footer)
        if repeat:
            worksheet.freeze_panes(repeat, 0)
            worksheet.repeat_rows(0, repeat - 1)
        sheet = Sheet(worksheet, self)
        yield sheet
        sheet.fit()

    def long_table(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        *,
        rows_per_sheet: int = EXCEL_ROWS - _HEAD_ROWS,
    ) -> None:
        """Write a long table under a title and a header with filters; on further sheets where one is full."""
        with self.growing_table(name, title, columns, rows_per_sheet) as table:
            for row in rows:
                table.add(row)

    @contextlib.contextmanager
    def growing_table(
        self, name: str, title: str, columns: Sequence[Column], rows_per_sheet: int = EXCEL_ROWS - _HEAD_ROWS
    ) -> Iterator[GrowingTable]:
        """As `long_table`, for rows that come one at a time, such as those of several tables in turn."""
        table = GrowingTable(self, (name, title), columns, rows_per_sheet)
        yield table
        table.close()


class Sheet:
    """A worksheet, written from the top, line by line; columns grow to what stands in tables."""

    def __init__(self, worksheet: Any, book: Book) -> None:
        self._worksheet = worksheet
        self._book = book
        self._next = 0
        self._header = 0
        self._widths: dict[int, float] = {}

    def line(self, style: str, text: str) -> None:
        """Write one line of words: `title`, `note` or `heading`; it may run over the columns beside it."""
        self._worksheet.write_string(self._next, 0, text, self._book.shape(style))
        self._next += 1

    def gap(self, rows: int = 1) -> None:
        """Leave lines empty."""
        self._next += rows

    def header(self, columns: Sequence[Column]) -> None:
        """Write the header of a table."""
        for i, column in enumerate(columns):
            self._widths[i] = max(self._widths.get(i, _NARROWEST), column.narrowest)
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
            self._widths[i] = max(self._widths.get(i, _NARROWEST), width)

    def _style(self, style: str) -> int:
        """Where a style stands in the workbook's list of formats."""
        index: int = self._book.shape(style)._get_xf_index()  # noqa: SLF001 - as xlsxwriter's own writer does
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

    def _put(self, column: int, cell: Cell, style: str, widest: float = _WIDEST_WRAPPED) -> None:
        shape = self._book.shape(style)
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
        self._widths[column] = max(self._widths.get(column, _NARROWEST), min(wide, limit))


@contextlib.contextmanager
def streamed_workbook(stream: IO[bytes], folder: Path) -> Iterator[Any]:
    """A new xlsxwriter workbook in which text stays text, formulas too; complete when the block ends.

    Its rows go through temporary files in `folder`, where what is the client's is private; they vanish with
    the block. Raises OSError when the disk refuses.
    """
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        workbook = xlsxwriter.Workbook(stream, {"constant_memory": True, "tmpdir": scratch, **_TEXT_ONLY})
        workbook.set_properties({"created": _CREATED})
        try:
            yield workbook
            _close(workbook)
        finally:
            _let_go(workbook)


def _close(workbook: Any) -> None:
    try:
        workbook.close()
    except FileCreateError as error:
        raise error.args[0] from error


def _let_go(workbook: Any) -> None:
    # A workbook left by an exception still holds the rows' temporary files open.
    for worksheet in workbook.worksheets():
        if worksheet.row_data_fh is not None:
            worksheet.row_data_fh.close()


def _style(name: str) -> dict[str, Any]:
    if name.startswith("tint-"):
        return {**_STYLES["text"], "bg_color": name.removeprefix("tint-")}
    if name.startswith("total-"):
        return {**_STYLES[name.removeprefix("total-")], "bold": True, "bg_color": "#F2F4F6"}
    return _STYLES[name]
