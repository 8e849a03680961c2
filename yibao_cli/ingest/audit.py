"""What the XML of a sheet says and its cells do not: errors, formulas without value, formats, what is hidden.

calamine gives error cells and formulas that were never calculated as blanks, so that a lost reference, or a
sum that some program wrote without its value, would pass for an empty one; and it says nothing of formats and
of hidden rows (tried with python-calamine 0.9.1). One pass over the XML, in blocks.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from contextlib import contextmanager
from html import unescape
from typing import TYPE_CHECKING

from yibao_cli.ingest.facts import MOST_RANGES, SheetFacts, extend_range
from yibao_cli.ingest.shown import number_format

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from yibao_cli.ingest.shown import NumberFormat

_BLOCK_BYTES = 1 << 20
_LONGEST_CELL = 1 << 22  # what stands behind the last cell of a sheet may be long, and need not wait
_LONGEST_STYLES = 16 << 20
_MOST_STYLES = 200
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\w+:id\s*=\s*[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DATE_1904 = re.compile(rb"<(?:\w+:)?workbookPr\s[^>]*?\bdate1904\s*=\s*[\"'](?:1|true|on)[\"']")
_NUMBER_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s([^>]*)>")
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb"<(?:\w+:)?xf\s([^>]*)>")
_ERROR = re.compile(rb"<(?:\w+:)?c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>")
# A formula in a cell that has no value, or an empty one.
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>\s*|<(?:\w+:)?v\s*/>\s*)?</(?:\w+:)?c>"
)
_SIGNS = (b't="e"', b"t='e'")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_STYLE = re.compile(rb"\bs\s*=\s*[\"'](\d+)[\"']")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*\bhidden\s*=\s*[\"'](?:1|true|on)[\"'][^>]*)>")
_HIDDEN_COLUMNS = re.compile(rb"<(?:\w+:)?col\s([^>]*\bhidden\s*=\s*[\"'](?:1|true|on)[\"'][^>]*)>")
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})[\"']"
)

# Whatever zipfile and zlib raise for bytes that are no zip, and a part that says nonsense of others.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


class AuditError(Exception):
    """The XML cannot be followed; the message names the class of the fault and never quotes the data."""


class UnplacedErrorCellError(AuditError):
    """A cell that the audit looks for does not say where it stands."""


class Audit:
    """The parts of a workbook's zip, to be looked into sheet after sheet.

    Raises AuditError when a part is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        with _faults():
            self._archive = zipfile.ZipFile(path)
            book = self._archive.read("xl/workbook.xml")
            self._parts = sheet_parts(self._archive)
            self._date1904 = _DATE_1904.search(book) is not None
            self._formats = _styles(self._archive)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def sheet(self, index: int) -> SheetFacts:
        """Audit the sheet of this place in the workbook, from 0.

        Raises AuditError when it is missing or damaged, or a cell bears no reference.
        """
        with _faults():
            return audit_sheet(self._archive, self._parts[index], self._formats, date1904=self._date1904)


def sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """Names of the zip members that hold the sheets, in the workbook's order."""
    targets = {}
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        attributes = _attributes(relation)
        targets[attributes.get(b"Id")] = attributes.get(b"Target", b"").decode()
    ids = _SHEET.findall(archive.read("xl/workbook.xml"))
    return [_member(targets[sheet_id]) for sheet_id in ids]


def audit_sheet(
    archive: zipfile.ZipFile, part: str, formats: Mapping[int, NumberFormat], *, date1904: bool = False
) -> SheetFacts:
    """Go through the XML of a sheet once.

    formats: style number -> format, for the styles whose cells are to be found.
    """
    facts = SheetFacts(date1904=date1904)
    styled = _styled(formats)
    for block in _blocks(archive, part):
        tags = _ERROR.findall(block) if any(sign in block for sign in _SIGNS) else []
        if b"<f" in block or b":f" in block:
            tags += _UNCALCULATED.findall(block)
        for tag in tags:
            row, column = _place(tag)
            facts.errors.setdefault(row, []).append(column)
        if styled:
            for tag in styled.findall(block):
                _note_format(facts, tag, formats)
        if b"hidden" in block:
            _note_hidden(facts, block)
        if b"mergeCell" in block:
            facts.merges += map(_merge, _MERGE.findall(block))
    return facts


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise AuditError(type(error).__name__) from error


def _styles(archive: zipfile.ZipFile) -> dict[int, NumberFormat]:
    """Style number of cells -> the format it shows numbers in, where that matters."""
    try:
        with archive.open("xl/styles.xml") as stream:
            styles = stream.read(_LONGEST_STYLES)
    except KeyError:
        return {}
    codes: dict[bytes, NumberFormat] = {}
    for tag in _NUMBER_FORMAT.findall(styles):
        attributes = _attributes(tag)
        code = unescape(attributes.get(b"formatCode", b"").decode("utf-8", "replace"))
        if shape := number_format(code):
            codes[attributes.get(b"numFmtId", b"")] = shape
    cells = _CELL_FORMATS.search(styles) if codes else None
    if cells is None:
        return {}
    ids = [_attributes(tag).get(b"numFmtId", b"") for tag in _CELL_FORMAT.findall(cells[0])]
    return {style: codes[i] for style, i in enumerate(ids) if i in codes}


def _styled(formats: Mapping[int, NumberFormat]) -> re.Pattern[bytes] | None:
    if not formats:
        return None
    some = "|".join(map(str, formats)) if len(formats) <= _MOST_STYLES else r"\d+"
    return re.compile(rf"<(?:\w+:)?c\s([^>]*?\bs\s*=\s*[\"'](?:{some})[\"'][^>]*)>".encode())


def _note_format(facts: SheetFacts, tag: bytes, formats: Mapping[int, NumberFormat]) -> None:
    style = _STYLE.search(tag)
    shape = formats.get(int(style[1])) if style else None
    if shape is None:
        return
    row, column = _place(tag)
    extend_range(facts.formats.setdefault((column, shape), []), row)


def _note_hidden(facts: SheetFacts, block: bytes) -> None:
    for found in _HIDDEN_ROW.finditer(block):
        number = _attributes(found[1]).get(b"r", b"")
        if number.isdigit() and len(facts.hidden_rows) < MOST_RANGES and _has_values(block, found):
            extend_range(facts.hidden_rows, int(number))
    for tag in _HIDDEN_COLUMNS.findall(block):
        attributes = _attributes(tag)
        first, last = attributes.get(b"min", b""), attributes.get(b"max", b"")
        if first.isdigit() and last.isdigit():
            facts.hidden_columns.append((int(first) - 1, int(last) - 1))


def _merge(found: tuple[bytes, bytes, bytes, bytes]) -> tuple[int, int, int, int]:
    first, top, last, low = found
    return int(top), int(low), _column(first), _column(last)


def _has_values(block: bytes, row: re.Match[bytes]) -> bool:
    """Tell whether a row's tag is followed by cells with something in them; rows below the data are not."""
    if row[1].endswith(b"/"):
        return False
    end = block.find(b"row>", row.end())
    cells = block[row.end() : end] if end >= 0 else b"v>"
    return b"v>" in cells or b"is>" in cells


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}


def _member(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
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
    return int(reference[2]), _column(reference[1])


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
