"""What the records of an .xlsb sheet say and calamine does not: errors, formats, what is hidden.

The answers have the form of `audit.SheetFacts`.
Source: [MS-XLSB] 2.1.4 (records), 2.5.9 (cells), 2.4.738 (BrtRowHdr), 2.4.325 (BrtColInfo), 2.4.655 (BrtFmt),
2.4.876 (BrtXF), 2.4.822 (BrtWbProp).
"""

from __future__ import annotations

import posixpath
import struct
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from yibao_cli.ingest.facts import MOST_RANGES, SheetFacts, extend_range
from yibao_cli.ingest.shown import NumberFormat, number_format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile

_ROW_HEADER, _ERROR, _FORMULA_ERROR, _BUNDLE_SHEET, _COLUMNS, _BOOK = 0, 3, 11, 156, 60, 153
_NUMBERS = {2, 5, 9}  # a packed number, a real one, and that of a formula
_VALUES = range(2, 12)
_FORMAT, _CELL_FORMATS, _CELL_FORMATS_END, _CELL_FORMAT = 44, 617, 618, 47
_ROW_HIDDEN, _COLUMN_HIDDEN, _FROM_1904 = 0x10, 0x01, 0x01
_ROW_FLAGS = 11
_BLOCK_BYTES = 1 << 20
_COLUMN_HEAD = struct.Struct("<IIIIH")
_STYLES = "xl/styles.bin"


class BinaryBook:
    """The sheets of a workbook, to be looked into one after the other."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._parts, self._date1904 = _parts(archive)
        self._formats = _formats(archive) if _STYLES in archive.namelist() else {}

    def facts(self, index: int) -> SheetFacts:
        """What there is to know of the sheet at this place, from 0."""
        found = SheetFacts(date1904=self._date1904)
        row, hidden = 0, False
        for kind, content in _records(self._archive, self._parts[index]):
            if kind == _ROW_HEADER:
                row = int.from_bytes(content[:4], "little") + 1
                hidden = len(content) > _ROW_FLAGS and bool(content[_ROW_FLAGS] & _ROW_HIDDEN)
            elif kind in _VALUES:
                _note_cell(found, kind, content, row, self._formats)
                if hidden and len(found.hidden_rows) < MOST_RANGES:
                    extend_range(found.hidden_rows, row)
            elif kind == _COLUMNS and len(content) >= _COLUMN_HEAD.size:
                first, last, _width, _style, flags = _COLUMN_HEAD.unpack_from(content)
                if flags & _COLUMN_HIDDEN:
                    found.hidden_columns.append((first, last))
        return found


def _note_cell(
    found: SheetFacts, kind: int, content: bytes, row: int, formats: dict[int, NumberFormat]
) -> None:
    column = int.from_bytes(content[:4], "little")
    if kind in {_ERROR, _FORMULA_ERROR}:
        found.errors.setdefault(row, []).append(column)
    elif kind in _NUMBERS and formats:
        shape = formats.get(int.from_bytes(content[4:7], "little"))
        if shape is not None:
            extend_range(found.formats.setdefault((column, shape), []), row)


def _parts(archive: ZipFile) -> tuple[list[str], bool]:
    """Names of the members that hold the sheets, in the workbook's order; whether days count from 1904."""
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ET.fromstring(archive.read("xl/_rels/workbook.bin.rels"))  # noqa: S314 - see `archive`
    }
    found, date1904 = [], False
    for kind, content in _records(archive, "xl/workbook.bin"):
        if kind == _BUNDLE_SHEET:
            target = targets[_wide(content[8:])]
            found.append(target[1:] if target.startswith("/") else posixpath.join("xl", target))
        elif kind == _BOOK:
            date1904 = bool(content[:1] and content[0] & _FROM_1904)
    return found, date1904


def _formats(archive: ZipFile) -> dict[int, NumberFormat]:
    """Style number of cells -> the format it shows numbers in, where that matters."""
    codes: dict[int, NumberFormat] = {}
    styles: list[int] = []
    inside = False
    for kind, content in _records(archive, _STYLES):
        if kind == _FORMAT:
            if shape := number_format(_wide(content[2:])):
                codes[int.from_bytes(content[:2], "little")] = shape
        elif kind in {_CELL_FORMATS, _CELL_FORMATS_END}:
            inside = kind == _CELL_FORMATS
        elif kind == _CELL_FORMAT and inside:
            styles.append(int.from_bytes(content[2:4], "little"))
    return {style: codes[i] for style, i in enumerate(styles) if i in codes}


def _wide(content: bytes) -> str:
    """A text that begins with its length."""
    return content[4 : 4 + 2 * int.from_bytes(content[:4], "little")].decode("utf-16-le")


def _records(archive: ZipFile, part: str) -> Iterator[tuple[int, bytes]]:
    """Type and content of each record of a part; a record that breaks off ends it."""
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK_BYTES):
            rest += block
            place = 0
            while (head := _head(rest, place)) is not None:
                kind, start, size = head
                if start + size > len(rest):
                    break
                yield kind, rest[start : start + size]
                place = start + size
            rest = rest[place:]


def _head(text: bytes, place: int) -> tuple[int, int, int] | None:
    """Type of the record at a place, where its content begins, and its length; None where it is cut off."""
    end = len(text)
    if place >= end:
        return None
    kind = text[place]
    place += 1
    if kind & 0x80:
        if place >= end:
            return None
        kind = (kind & 0x7F) | (text[place] & 0x7F) << 7
        place += 1
    size = shift = 0
    while place < end:
        byte = text[place]
        size |= (byte & 0x7F) << shift
        place += 1
        shift += 7
        if byte < 0x80 or shift == 28:  # noqa: PLR2004 - seven bits a byte, four bytes at most
            return kind, place, size
    return None
