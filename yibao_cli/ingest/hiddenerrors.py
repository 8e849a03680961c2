"""Where the error cells of .xlsb and .ods sheets stand, which calamine gives as blanks.

Both answers have the form of `audit.SheetFacts.errors`: row, from 1 -> columns, from 0.
Source: [MS-XLSB] 2.1.4 (records) and 2.5.9 (cells); OpenDocument 1.3 part 3, 9.1.4 and 19.675 (repeats); the
suites of the LibreOffice family mark an error by calcext:value-type.
"""

from __future__ import annotations

import posixpath
import struct
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile

Places = dict[int, list[int]]

_ROW_HEADER, _ERROR, _FORMULA_ERROR, _BUNDLE_SHEET = 0, 3, 11, 156
_ROW_ID, _CELL_ID = struct.Struct("<I"), struct.Struct("<I")
_BLOCK_BYTES = 1 << 20
_MOST_ERRORS = 1_000_000
_MOST_ROWS = 1_048_576
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ERROR_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_ERROR_SIGN = b'calcext:value-type="error"'


class TooManyErrorsError(Exception):
    """More error cells than any table has."""


def binary_sheet_parts(archive: ZipFile) -> list[str]:
    """Names of the zip members that hold the sheets of an .xlsb, in the workbook's order."""
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ET.fromstring(archive.read("xl/_rels/workbook.bin.rels"))  # noqa: S314 - see above
    }
    found = []
    for kind, content in _records(archive, "xl/workbook.bin"):
        if kind == _BUNDLE_SHEET:
            length = int.from_bytes(content[8:12], "little")
            target = targets[content[12 : 12 + 2 * length].decode("utf-16-le")]
            found.append(target[1:] if target.startswith("/") else posixpath.join("xl", target))
    return found


def binary_errors(archive: ZipFile, part: str) -> Places:
    """The error cells of one sheet of an .xlsb."""
    found: Places = {}
    row = 0
    for kind, content in _records(archive, part):
        if kind == _ROW_HEADER:
            row = _ROW_ID.unpack_from(content)[0] + 1
        elif kind in {_ERROR, _FORMULA_ERROR}:
            found.setdefault(row, []).append(_CELL_ID.unpack_from(content)[0])
    return found


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


def table_errors(archive: ZipFile) -> dict[str, Places]:
    """The error cells of the sheets of an .ods, by sheet; one without any is not named.

    Raises TooManyErrorsError when one error is repeated without end.
    """
    if not _has_sign(archive):
        return {}
    found: dict[str, Places] = {}
    with archive.open("content.xml") as stream:
        table, row, column = "", 1, 0
        for event, element in ET.iterparse(stream, ("start", "end")):  # noqa: S314 - see above
            tag = element.tag.removeprefix(_TABLE)
            if event == "start":
                if tag == "table":
                    table, row = element.get(f"{_TABLE}name", ""), 1
                elif tag == "table-row":
                    column = 0
                continue
            if tag in {"table-cell", "covered-table-cell"}:
                width = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
                if element.get(_ERROR_TYPE) == "error":
                    columns = _bounded(column, width, 0)
                    found.setdefault(table, {}).setdefault(row, []).extend(columns)
                column += width
            elif tag == "table-row":
                height = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                here = found.get(table, {}).get(row)
                for below in _bounded(row + 1, height - 1, len(here)) if here else ():
                    found[table][below] = list(here or ())
                row += height
                element.clear()
    return found


def _bounded(first: int, count: int, each: int) -> range:
    if count * max(each, 1) > _MOST_ERRORS or first + count > _MOST_ROWS + 1:
        raise TooManyErrorsError
    return range(first, first + count)


def _has_sign(archive: ZipFile) -> bool:
    rest = b""
    with archive.open("content.xml") as stream:
        while block := stream.read(_BLOCK_BYTES):
            if _ERROR_SIGN in rest + block:
                return True
            rest = block[-len(_ERROR_SIGN) :]
    return False
