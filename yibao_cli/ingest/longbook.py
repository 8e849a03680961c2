"""Longer workbooks, as a stream: rows can be typed while the next are read, in flat memory.

calamine takes a sheet whole before it gives the first row. Up to a size it still has the last word, on sheets
that are not written as others are; beyond it, it would take too much memory.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

from yibao_cli.ingest.bigsheet import open_book, runs_of
from yibao_cli.ingest.newbook import new_messages
from yibao_cli.ingest.raw import CHUNK_ROWS, Form
from yibao_cli.ingest.sharedstrings import OddSheetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.ingest.bigsheet import Book
    from yibao_cli.ingest.plainrows import Run

# calamine takes about four times as much memory as a sheet has XML.
_LONG_SHEET_BYTES = 160 << 20
_LONG_STRINGS_BYTES = 64 << 20
# From here on typing and reading at once save more than two processes cost.
_STREAMED_BYTES = 4 << 20
_ODD = (OddSheetError, LookupError, ValueError, SyntaxError)
_CHUNK_CELLS = 2_000_000
_PREFIXED = re.compile(rb"<\w+:worksheet\b")


class _Sheet(NamedTuple):
    place: int
    name: str
    part: str
    hidden: bool


def is_long(path: Path) -> bool:
    """Tell whether calamine would take too much memory for one of a workbook's sheets, or for its strings."""
    return _exceeds(path, _LONG_SHEET_BYTES, _LONG_STRINGS_BYTES)


def is_streamed(path: Path) -> bool:
    """Tell whether a workbook is read as a stream."""
    return _exceeds(path, _STREAMED_BYTES, _LONG_STRINGS_BYTES)


def _exceeds(path: Path, sheet_bytes: int, string_bytes: int) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [m for m in archive.infolist() if m.filename.startswith("xl/worksheets/")]
        strings = [m for m in archive.infolist() if m.filename.lower() == "xl/sharedstrings.xml"]
        long = any(m.file_size > sheet_bytes for m in sheets)
        long = long or any(m.file_size > string_bytes for m in strings)
        return long and not any(_is_prefixed(archive, m) for m in sheets)


def _is_prefixed(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with archive.open(member) as part:
        return _PREFIXED.search(part.read(4096)) is not None


def streamed_messages(path: Path, sheet: str, head_rows: int | None) -> Iterator[tuple[Any, ...]]:
    """What `child` sends of a longer workbook; from an odd row on calamine reads it, if it may."""
    told = 0
    last, width = 0, 0
    try:
        for message in long_messages(path, sheet, head_rows):
            yield message
            if message[0] == "rows":
                last, width = message[1] + len(message[2]) - 1, len(message[2][-1])
            else:
                told, last = told + 1, 0
    except _ODD:
        if is_long(path):
            raise
        yield from _resumed(path, sheet, head_rows, told, last, width)


def _resumed(
    path: Path, sheet: str, head_rows: int | None, told: int, last: int, width: int
) -> Iterator[tuple[Any, ...]]:
    """What calamine finds after so many messages that are no rows, and the row `last` of that sheet."""
    seen = left = 0
    for message in new_messages(path, Form.XLSX, sheet, head_rows):
        if message[0] != "rows":
            seen += 1
            left = message[3] if message[0] == "sheet" else 0
            if seen > told:
                yield message
        elif seen > told:
            yield message
        elif seen == told and (rows := message[2][max(last + 1 - message[1], 0) :]):
            # What was told of this sheet had its cells from column A on, and one width.
            rows = [[""] * left + row for row in rows]
            yield ("rows", max(message[1], last + 1), _even(rows, width) if width else rows)


def long_messages(path: Path, sheet: str, head_rows: int | None) -> Iterator[tuple[Any, ...]]:
    """What `child` sends of such a workbook; raises OddSheetError where it is not written as others are."""
    with zipfile.ZipFile(path) as archive:
        sheets = _sheets(archive)
        yield ("sheets", [s.name for s in sheets])
        book = open_book(archive)
        for one in sheets:
            if one.hidden and not sheet:
                yield ("hidden", one.name)
            elif sheet in {"", one.name}:
                if not head_rows:
                    yield ("opening", one.place)
                yield ("sheet", one.name, None, 0)  # whoever audits it knows what is merged
                yield from _rows(archive, one.part, book, head_rows)
    yield ("end",)


def _sheets(archive: zipfile.ZipFile) -> list[_Sheet]:
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - see above
    targets = {
        r.get("Id"): r.get("Target", "") for r in relations if r.get("Type", "").endswith("/worksheet")
    }
    workbook = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - see above
    found = []
    for index, tag in enumerate(workbook.iterfind(".//{*}sheets/{*}sheet")):
        # Excel writes one of two namespaces, by the edition of the standard that was chosen when saving.
        target = next((targets.get(value) for name, value in tag.items() if name.endswith("}id")), None)
        if target:
            part = target[1:] if target.startswith("/") else posixpath.join("xl", target)
            found.append(_Sheet(index, tag.get("name", ""), part, tag.get("state", "visible") != "visible"))
    return found


def _rows(
    archive: zipfile.ZipFile, part: str, book: Book, head_rows: int | None
) -> Iterator[tuple[Any, ...]]:
    page = _Page(head_rows or CHUNK_ROWS)
    for run in runs_of(archive, part, book):
        for message in page.add(run):
            yield message
            if head_rows and len(message[2]) >= head_rows:
                return
    yield from page.rest()


class _Page:
    """The rows that make the next message, `size` of them at most."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._width = 0
        self._first = 1
        self._rows: list[list[Any]] = []

    def add(self, run: Run) -> Iterator[tuple[Any, ...]]:
        """Take rows; gives the messages that are complete."""
        first = self._first + len(self._rows)
        is_wide = self._size * max(map(len, run.rows)) > _CHUNK_CELLS
        if not is_wide and run.numbers == [*range(first, first + len(run.numbers))]:
            self._rows += run.rows
            while len(self._rows) >= self._size:
                yield self._message(self._size)
            return
        for number, row in zip(*run, strict=True):
            yield from self._fill_up_to(number)
            self._rows.append(row)
            if len(self._rows) >= self._size or len(self._rows) * len(row) > _CHUNK_CELLS:
                yield from self.rest()

    def rest(self) -> Iterator[tuple[Any, ...]]:
        """The message that is not complete."""
        if self._rows:
            yield self._message(len(self._rows))

    def _fill_up_to(self, number: int) -> Iterator[tuple[Any, ...]]:
        """Rows that are left out are blank; one that stands out of order begins a message of its own."""
        blanks = number - self._first - len(self._rows)
        if 0 <= blanks <= self._size:
            self._rows.extend([] for _ in range(blanks))
        else:
            yield from self.rest()
            self._first = number

    def _message(self, count: int) -> tuple[Any, ...]:
        rows, self._rows = self._rows[:count], self._rows[count:]
        first, self._first = self._first, self._first + count
        # How wide a sheet is, its first rows say, among which the header stands; and one column more.
        self._width = self._width or max(map(len, rows)) + 1
        return ("rows", first, _even(rows, self._width))


def _even(rows: list[list[Any]], width: int) -> list[list[Any]]:
    """All rows as wide as the sheet; the last column, without a header, stands for all to the right of it."""
    if set(map(len, rows)) == {width - 1}:  # most sheets
        for row in rows:
            row.append("")
        return rows
    for number, row in enumerate(rows):
        if len(row) < width:
            rows[number] = row + [""] * (width - len(row))
        elif len(row) > width:
            beyond = next((cell for cell in row[width - 1 :] if cell != ""), "")
            rows[number] = [*row[: width - 1], beyond]
    return rows
