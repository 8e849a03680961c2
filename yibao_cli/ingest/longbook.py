"""Workbooks too long to be taken whole: their sheets one after the other, in flat memory."""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

from yibao_cli.ingest.bigsheet import column_index, open_book, rows_of
from yibao_cli.ingest.raw import CHUNK_ROWS, Merge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.ingest.bigsheet import Book

# calamine takes about four times as much memory as a sheet has XML.
_LONG_SHEET_BYTES = 160 << 20
_LONG_STRINGS_BYTES = 64 << 20
_BLOCK_BYTES = 1 << 20
_CHUNK_CELLS = 2_000_000
_MERGE = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_PREFIXED = re.compile(rb"<\w+:worksheet\b")


class _Sheet(NamedTuple):
    place: int
    name: str
    part: str
    hidden: bool


def is_long(path: Path) -> bool:
    """Tell whether calamine would take too much memory for one of a workbook's sheets, or for its strings."""
    with zipfile.ZipFile(path) as archive:
        sheets = [m for m in archive.infolist() if m.filename.startswith("xl/worksheets/")]
        strings = [m for m in archive.infolist() if m.filename.lower() == "xl/sharedstrings.xml"]
        long = any(m.file_size > _LONG_SHEET_BYTES for m in sheets)
        long = long or any(m.file_size > _LONG_STRINGS_BYTES for m in strings)
        return long and not any(_is_prefixed(archive, m) for m in sheets)


def _is_prefixed(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with archive.open(member) as part:
        return _PREFIXED.search(part.read(4096)) is not None


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
                yield ("sheet", one.name, [] if head_rows else _merges(archive, one.part), 0)
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
    size = head_rows or CHUNK_ROWS
    width = 0
    first = following = 1
    rows: list[list[Any]] = []
    for number, row in rows_of(archive, part, book):
        # Rows that are left out are blank; one that stands out of order begins a message of its own.
        if number < following:
            yield ("rows", first, _even(rows, width := _width(rows, width)))
            rows, first = [], number
        elif number - following > size:
            if rows:
                yield ("rows", first, _even(rows, width := _width(rows, width)))
            rows, first = [], number
        else:
            rows.extend([] for _ in range(number - following))
        rows.append(row)
        following = number + 1
        if len(rows) >= size or len(rows) * len(row) > _CHUNK_CELLS:
            yield ("rows", first, _even(rows, width := _width(rows, width)))
            if head_rows:
                return
            rows, first = [], following
    if rows:
        yield ("rows", first, _even(rows, _width(rows, width)))


def _width(rows: list[list[Any]], width: int) -> int:
    """How wide a sheet is: as its first rows, among which the header stands."""
    return width or max(map(len, rows), default=0)


def _even(rows: list[list[Any]], width: int) -> list[list[Any]]:
    """All rows as wide as the sheet; what stands to the right of the header has none and is not used."""
    for number, row in enumerate(rows):
        if len(row) != width:
            rows[number] = row[:width] + [""] * (width - len(row))
    return rows


def _merges(archive: zipfile.ZipFile, part: str) -> list[Merge]:
    """The merged cells of a sheet, which stand behind its rows."""
    tail = b""
    behind = False
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK_BYTES):
            if not behind:
                place = (tail + block).find(b"</sheetData>")
                behind = place >= 0
                tail = (tail + block)[place:] if behind else block[-16:]
            else:
                tail += block
    found = _MERGE.findall(tail) if behind else []
    return [Merge(int(top), int(low), column_index(a), column_index(b)) for a, top, b, low in found]
