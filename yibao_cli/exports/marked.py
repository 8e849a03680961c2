"""A client's own sheet with the faulty cells coloured and a comment in each, ready to be sent back."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from yibao_cli.exports.book import streamed_workbook
from yibao_cli.exports.sheet import EXCEL_ROWS
from yibao_cli.exports.text import open_private
from yibao_cli.i18n import _
from yibao_cli.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    Cells = Sequence[object]

_TINTS = {Severity.REJECT: "F4B6AE", Severity.HOLD: "F9D3A5", Severity.WARN: "FFF2A8"}
_AUTHOR = "yibao"
_OURS = 2  # columns before the client's; a row may have any number of cells
_MOST_XML = 24 << 20  # bytes of sheets; openpyxl takes 10 s and 500 MB for so much
_MOST_COMMENTS = 20_000  # beyond it Excel opens slowly, and a column says it all the same
_COMMENT_WIDTH, _COMMENT_LINE = 320, 20  # pixels
_CHARS_A_LINE = 22
_NAME_CHARS = 31
_NOT_IN_NAMES = str.maketrans("[]:*?/\\", "_______")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is wrong with a cell, or with a row.

    column: index among the cells of the row, from 0; None for the row as a whole.
    """

    row: int
    column: int | None
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class MarkedSheet:
    """A sheet of the client and what is wrong in it.

    titles: cells of its header row; rows: (row number, cells) of at least the rows with marks.
    """

    name: str
    titles: Cells
    header_row: int
    marks: Sequence[Mark]
    rows: Iterable[tuple[int, Cells]] = field(default=())


def is_copyable(source: Path) -> bool:
    """Tell whether a file is a workbook that can be copied whole, in bounded time and memory."""
    if not zipfile.is_zipfile(source):
        return False
    with zipfile.ZipFile(source) as archive:
        members = archive.infolist()
    sheets = sum(m.file_size for m in members if m.filename.startswith(("xl/worksheets/", "xl/shared")))
    return sheets <= _MOST_XML and any(m.filename == "xl/workbook.xml" for m in members)


def copy_with_marks(source: Path, target: Path, sheets: Iterable[MarkedSheet]) -> None:
    """Copy a workbook with its sheets, widths and values, the marked cells coloured and commented; 0600.

    Formulas become the values they had, macros and links to other files go. The rows of `sheets` are not
    asked for. Raises whatever openpyxl raises for a workbook that it cannot take.
    """
    with source.open("rb") as stream:
        book = openpyxl.load_workbook(stream, data_only=True, keep_links=False)
    for sheet in sheets:
        worksheet = book[sheet.name]
        left = _left(worksheet, sheet)
        for (row, column), marks in _by_cell(sheet.marks).items():
            cells = _cells(worksheet, row, column, left, len(sheet.titles))
            for cell in cells:
                cell.fill = PatternFill("solid", fgColor=_TINTS[_gravest(marks)])
            text = _joined(marks)
            cells[0].comment = Comment(text, _AUTHOR, height=_height(text), width=_COMMENT_WIDTH)
    with open_private(target) as stream:
        book.save(stream)


def write_marked_rows(target: Path, sheets: Iterable[MarkedSheet]) -> int:
    """Write only the rows with marks under their header, before each its row number and what is wrong.

    Text stays text, formulas too. Returns how many rows were written. Private (0600).
    """
    written = 0
    with open_private(target) as stream, streamed_workbook(stream, target.parent) as book:
        writer = _RowWriter(book)
        for sheet in sheets:
            written += writer.write(sheet)
    return written


class _RowWriter:
    """Sheets of faulty rows in one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._names: set[str] = set()
        self._comments = 0
        self._header = book.add_format({"bold": True, "bg_color": "#DCE6F0", "text_wrap": True})
        self._tints = {s: book.add_format({"bg_color": f"#{tint}"}) for s, tint in _TINTS.items()}
        self._words = book.add_format({"text_wrap": True, "valign": "top"})

    def write(self, sheet: MarkedSheet) -> int:
        by_row: dict[int, list[Mark]] = {}
        for mark in sheet.marks:
            by_row.setdefault(mark.row, []).append(mark)
        worksheet, line, written = None, 0, 0
        for number, cells in sheet.rows:
            if number not in by_row:
                continue
            if worksheet is None or line == EXCEL_ROWS:
                worksheet, line = self._begin(sheet), 1
            self._row(worksheet, line, number, cells, by_row[number])
            line += 1
            written += 1
        return written

    def _begin(self, sheet: MarkedSheet) -> Any:
        worksheet = self._book.add_worksheet(self._name(sheet.name or "1"))
        worksheet.freeze_panes(1, _OURS)
        titles = (_("Row"), _("What is wrong"), *map(str, sheet.titles))
        for column, title in enumerate(titles):
            worksheet.write_string(0, column, title, self._header)
        worksheet.set_column(1, 1, 60)
        worksheet.set_column(_OURS, len(titles) - 1, 16)
        return worksheet

    def _name(self, wanted: str) -> str:
        base = wanted.translate(_NOT_IN_NAMES).strip("'")[:_NAME_CHARS] or "1"
        name, number = base, 1
        while name.casefold() in self._names:
            number += 1
            end = f" {number}"
            name = base[: _NAME_CHARS - len(end)] + end
        self._names.add(name.casefold())
        return name

    def _row(self, worksheet: Any, line: int, number: int, cells: Cells, marks: Sequence[Mark]) -> None:
        by_cell = {place: found for (_row, place), found in _by_cell(marks).items()}
        tints = {place: self._tints[_gravest(found)] for place, found in by_cell.items()}
        whole = tints.get(None)
        worksheet.write_number(line, 0, number, whole)
        worksheet.write_string(line, 1, _joined(marks), self._words)
        for column, cell in enumerate(cells):
            _put(worksheet, line, column + _OURS, cell, tints.get(column, whole))
        for place, found in by_cell.items():
            if self._comments < _MOST_COMMENTS:
                self._comments += 1
                text = _joined(found)
                shape = {"author": _AUTHOR, "width": _COMMENT_WIDTH, "height": _height(text)}
                worksheet.write_comment(line, 0 if place is None else place + _OURS, text, shape)


def _put(worksheet: Any, row: int, column: int, cell: object, style: Any) -> None:
    if cell is None or cell == "":
        worksheet.write_blank(row, column, None, style)
    elif isinstance(cell, bool):
        worksheet.write_boolean(row, column, cell, style)
    elif isinstance(cell, int | float) and abs(cell) < 10**15:
        worksheet.write_number(row, column, cell, style)
    else:
        # The day as it is read; a time of the client's is not ours to format.
        worksheet.write_string(row, column, str(cell).encode("utf-8", "replace").decode(), style)


def _by_cell(marks: Iterable[Mark]) -> Mapping[tuple[int, int | None], list[Mark]]:
    found: dict[tuple[int, int | None], list[Mark]] = {}
    for mark in marks:
        found.setdefault((mark.row, mark.column), []).append(mark)
    # A row's own colour goes under that of its cells.
    return dict(
        sorted(found.items(), key=lambda item: (item[0][0], -1 if item[0][1] is None else item[0][1]))
    )


def _gravest(marks: Iterable[Mark]) -> Severity:
    return min((m.severity for m in marks), key=list(_TINTS).index)


def _joined(marks: Iterable[Mark]) -> str:
    return "\n".join(dict.fromkeys(m.text for m in marks))


def _height(text: str) -> int:
    lines = sum(1 + len(line) // _CHARS_A_LINE for line in text.split("\n"))
    return _COMMENT_LINE * (lines + 1)


def _left(worksheet: Any, sheet: MarkedSheet) -> int:
    """Column, from 1, of the first of the sheet's titles: readers leave out empty columns at the left."""
    index, title = next((i, t) for i, t in enumerate(sheet.titles) if t not in {None, ""})
    for cell in worksheet[sheet.header_row]:
        if cell.value == title:
            return int(cell.column) - index
    return 1


def _cells(worksheet: Any, row: int, column: int | None, left: int, width: int) -> list[Any]:
    """The cells of a mark: one, or all of the row, that of the comment first; a merged one is its first."""
    columns: Iterator[int] = iter(range(left, left + width) if column is None else [left + column])
    found = [_first_of_merged(worksheet, worksheet.cell(row, c)) for c in columns]
    return list(dict.fromkeys(found))


def _first_of_merged(worksheet: Any, cell: Any) -> Any:
    if not isinstance(cell, openpyxl.cell.cell.MergedCell):
        return cell
    area = next(r for r in worksheet.merged_cells.ranges if cell.coordinate in r)
    return worksheet.cell(area.min_row, area.min_col)
