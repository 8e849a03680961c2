"""What the XML of an .ods sheet says and calamine does not: errors, numbers as they are shown, hidden rows.

A cell's paragraph is the text that the client sees. The answers have the form of `audit.SheetFacts`.
Source: OpenDocument 1.3 part 3, 9.1.4 and 19.675 (repeats), 19.749 (visibility); the suites of the
LibreOffice family mark an error by calcext:value-type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from yibao_cli.ingest.facts import SheetFacts

if TYPE_CHECKING:
    from zipfile import ZipFile

_BLOCK_BYTES = 1 << 20
_LONGEST_CELL = 4096
_MOST_CELLS = 1_000_000
_MOST_ROWS = 1_048_576
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_ERROR_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_SIGNS = re.compile(
    rb'calcext:value-type="error"|table:visibility="(?:collapse|filter)"|table:date-value="1904'
    rb'|office:value-type="float"[^>]*><text:p>(?:0[0-9]|[A-Za-z\x80-\xff]|[0-9]+-)'
)
# 050000, E0012, 138-0013-8000: what a format adds to a number that names something.
_SHOWN = re.compile("[A-Za-z\u4e00-\u9fff]*-?([0-9]+(?:-[0-9]+)*)")
_HIDDEN = {"collapse", "filter"}


class TooManyErrorsError(Exception):
    """More error cells, or numbers of such a format, than any table has."""


def table_facts(archive: ZipFile) -> dict[str, SheetFacts]:
    """What there is to know of the sheets, by name; a sheet of which nothing is to be told may be left out.

    Raises TooManyErrorsError when one cell is repeated without end.
    """
    if not _has_sign(archive):
        return {}
    run = _Run()
    with archive.open("content.xml") as stream:
        for event, element in ET.iterparse(stream, ("start", "end")):  # noqa: S314 - see `archive`
            tag = element.tag.removeprefix(_TABLE)
            if event == "start":
                if tag == "table":
                    run.begin(element.get(f"{_TABLE}name", ""))
            elif tag == "null-date":
                run.date1904 = element.get(f"{_TABLE}date-value", "").startswith("1904")
            elif tag == "table-column":
                run.take_column(element)
            elif tag in {"table-cell", "covered-table-cell"}:
                run.take_cell(element)
            elif tag == "table-row":
                run.end_row(element)
                element.clear()
    return run.found


class _Run:
    """The place in the file, and what was found so far."""

    def __init__(self) -> None:
        self.found: dict[str, SheetFacts] = {}
        self.date1904 = False
        self._facts = SheetFacts()
        self._row = 1
        self._column = self._columns = 0
        self._errors: list[int] = []
        self._shown: list[tuple[int, str]] = []
        self._filled = False
        self._cells = 0

    def begin(self, name: str) -> None:
        self._facts = self.found.setdefault(name, SheetFacts(date1904=self.date1904))
        self._row, self._columns = 1, 0
        self._begin_row()

    def _begin_row(self) -> None:
        self._column = 0
        self._errors, self._shown, self._filled = [], [], False

    def take_column(self, element: ET.Element) -> None:
        count = _count(element, "columns")
        if element.get(f"{_TABLE}visibility") in _HIDDEN:
            self._facts.hidden_columns.append((self._columns, self._columns + count - 1))
        self._columns += count

    def take_cell(self, element: ET.Element) -> None:
        count = _count(element, "columns")
        paragraph = element.find(_PARAGRAPH)
        self._filled = self._filled or paragraph is not None
        if element.get(_ERROR_TYPE) == "error":
            self._errors.extend(self._some(self._column, count))
        elif paragraph is not None and element.get(f"{_OFFICE}value-type") == "float":
            text = _added("".join(paragraph.itertext()).strip(), element.get(f"{_OFFICE}value", ""))
            if text:
                self._shown.extend((c, text) for c in self._some(self._column, count))
        self._column += count

    def end_row(self, element: ET.Element) -> None:
        count = _count(element, "rows")
        if self._errors or self._shown:
            for row in self._some(self._row, count, len(self._errors) + len(self._shown)):
                if self._errors:
                    self._facts.errors[row] = list(self._errors)
                if self._shown:
                    self._facts.shown[row] = list(self._shown)
        if self._filled and element.get(f"{_TABLE}visibility") in _HIDDEN:
            self._hide(self._row, self._row + count - 1)
        self._row += count
        self._begin_row()

    def _hide(self, first: int, last: int) -> None:
        ranges = self._facts.hidden_rows
        if ranges and ranges[-1][1] == first - 1:
            ranges[-1] = (ranges[-1][0], last)
        else:
            ranges.append((first, last))

    def _some(self, first: int, count: int, each: int = 1) -> range:
        self._cells += count * each
        if self._cells > _MOST_CELLS or first + count > _MOST_ROWS + 1:
            raise TooManyErrorsError
        return range(first, first + count)


def _count(element: ET.Element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1"))


def _added(text: str, value: str) -> str:
    """The text of a whole number that shows more than the number; "" where it does not."""
    found = _SHOWN.fullmatch(text)
    if found is None or text == value or not value.isdigit():
        return ""
    return text if int(found[1].replace("-", "")) == int(value) else ""


def _has_sign(archive: ZipFile) -> bool:
    rest = b""
    with archive.open("content.xml") as stream:
        while block := stream.read(_BLOCK_BYTES):
            if _SIGNS.search(rest + block):
                return True
            rest = (rest + block)[-_LONGEST_CELL:]
    return False
