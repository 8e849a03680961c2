"""Finds the error cells of a sheet in its XML, and the formulas that were never calculated.

calamine gives both as blank cells, so that a lost reference, or a sum that some program wrote without its
value, would pass for an empty one (research/ecosystem.md section 1, table of trap cells).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile

ERROR_MARK = "#N/A"

_BLOCK_BYTES = 1 << 20
_LONGEST_CELL = 1 << 22  # what stands behind the last cell of a sheet may be long, and need not wait
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\w+:id\s*=\s*[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"(\w+)\s*=\s*[\"']([^\"']*)[\"']")
_ERROR = re.compile(rb"<(?:\w+:)?c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>")
# A formula in a cell that has no value, or an empty one.
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>\s*|<(?:\w+:)?v\s*/>\s*)?</(?:\w+:)?c>"
)
_SIGNS = (b't="e"', b"t='e'")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")


class UnplacedErrorCellError(Exception):
    """An error cell does not say where it stands."""


def sheet_parts(archive: ZipFile) -> list[str]:
    """Names of the zip members that hold the sheets, in the workbook's order."""
    targets = {}
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        attributes = dict(_ATTRIBUTE.findall(relation))
        targets[attributes.get(b"Id")] = attributes.get(b"Target", b"").decode()
    ids = _SHEET.findall(archive.read("xl/workbook.xml"))
    return [_member(targets[sheet_id]) for sheet_id in ids]


def error_cells(archive: ZipFile, part: str) -> dict[int, list[int]]:
    """Where a sheet's error cells and uncalculated formulas stand: row, from 1 -> columns, from 0.

    Raises UnplacedErrorCellError for one without a reference; a bad zip raises as zipfile does.
    """
    found: dict[int, list[int]] = {}
    for block in _blocks(archive, part):
        tags = _ERROR.findall(block) if any(sign in block for sign in _SIGNS) else []
        if b"<f" in block or b":f" in block:
            tags += _UNCALCULATED.findall(block)
        for tag in tags:
            row, column = _place(tag)
            found.setdefault(row, []).append(column)
    return found


def _member(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _blocks(archive: ZipFile, part: str) -> Iterator[bytes]:
    """Blocks of the member that never cut a tag in two, nor a cell where cells bear no prefix."""
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK_BYTES):
            text = rest + block
            cut = text.rfind(b"<c ")
            if cut < 0 or len(text) - cut > _LONGEST_CELL:
                cut = text.rfind(b"<")
            rest = text[cut:] if cut >= 0 else b""
            yield text[:cut] if cut >= 0 else text
    yield rest


def _place(tag: bytes) -> tuple[int, int]:
    reference = _REFERENCE.search(tag)
    if reference is None:
        raise UnplacedErrorCellError
    column = 0
    for letter in reference[1]:
        column = column * 26 + letter - 64
    return int(reference[2]), column - 1
