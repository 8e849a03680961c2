"""Workbooks that people print: data as text, A4 set up, the same bytes for the same data."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from yibao_cli.exports.growing import HEAD_ROWS, GrowingTable
from yibao_cli.exports.sheet import EXCEL_ROWS, Sheet
from yibao_cli.exports.text import open_private
from yibao_cli.exports.ziptarget import zip_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from yibao_cli.exports.columns import Cell, Column

# The footer of papers that stay Chinese, in Excel's codes.
PAGE_OF_PAGES = "第 &P 页  共 &N 页"
_A4 = 9
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


class Book:
    """A workbook being written to one path; use through `Book.to`.

    page_text: footer of each page, in Excel's codes, such as PAGE_OF_PAGES.
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
        sheet = Sheet(worksheet, self.shape)
        yield sheet
        sheet.fit()

    def long_table(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        *,
        rows_per_sheet: int = EXCEL_ROWS - HEAD_ROWS,
    ) -> None:
        """Write a long table under a title and a header with filters; on further sheets where one is full."""
        with self.growing_table(name, title, columns, rows_per_sheet) as table:
            for row in rows:
                table.add(row)

    @contextlib.contextmanager
    def growing_table(
        self, name: str, title: str, columns: Sequence[Column], rows_per_sheet: int = EXCEL_ROWS - HEAD_ROWS
    ) -> Iterator[GrowingTable]:
        """As `long_table`, for rows that come one at a time, such as those of several tables in turn."""
        table = GrowingTable(self.sheet, (name, title), columns, rows_per_sheet)
        yield table
        table.close()


@contextlib.contextmanager
def streamed_workbook(stream: IO[bytes], folder: Path) -> Iterator[Any]:
    """A new xlsxwriter workbook in which text stays text, formulas too; complete when the block ends.

    Its rows go through temporary files in `folder`, where what is the client's is private; they vanish with
    the block. Raises OSError when the disk refuses.
    """
    with tempfile.TemporaryDirectory(dir=folder) as scratch, zip_target(stream) as target:
        workbook = xlsxwriter.Workbook(target, {"constant_memory": True, "tmpdir": scratch, **_TEXT_ONLY})
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
