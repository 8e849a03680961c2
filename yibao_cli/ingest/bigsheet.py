"""Long sheets of .xlsx files, row by row: what calamine would take a gigabyte for.

calamine builds a whole sheet and all shared strings before it gives the first row. From some size on the
sheet's XML is cut up here instead, by regular expressions over blocks of rows: memory stays flat, and a
row of the plain shape that Excel, WPS and all common writers give costs no more than with calamine. A row
of any other shape goes the slow way, through an XML parser, and means the same.
Source: ECMA-376 part 1, 18.3.1.4 (c), 18.3.1.73 (row), 18.4.9 (sst), 18.8.45 (xf).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache, partial
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

from yibao_cli.ingest.facts import ERROR_MARK
from yibao_cli.ingest.plainrows import PlainRows, Run, Shape, Slot
from yibao_cli.ingest.sharedstrings import OddSheetError, Strings, plain_text, plain_texts, without_escapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from zipfile import ZipFile

_BLOCK_BYTES = 1 << 20
# A row of 16,384 cells of 32,767 characters cannot be; 64 MB in one row is an attack.
_LONGEST_ROW = 64 << 20
_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576

_ROW_TAG = re.compile(rb"<row\b([^>]*)>")
_EMPTY_SHEET = re.compile(rb"<sheetData\s*/>")
_ROW_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})\d{1,7}"(?: s="(\d{1,6})")?(?: t="(s|n|str|b|e|inlineStr)")?'
    rb"(?:/>|>(<f(?:/>|[^>]*/>|[^>]*>[^<]*</f>))?"
    rb"(?:<v>([^<]*)</v>|<v/>|<is><t(?: [^>]*)?>([^<]*)</t></is>)?</c>)"
)
_FORMAT_NOISE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_STYLE_FORMATS = re.compile(rb'<numFmt\s[^>]*?numFmtId="(\d+)"[^>]*?formatCode="([^"]*)"')
_STYLE_CELLS = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_STYLE_ID = re.compile(rb'<xf\s[^>]*?numFmtId="(\d+)"')
_BUILTIN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a date on paper has no zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - a date on paper has no zone
_LAST_SERIAL = 2_958_466  # the first day of the year 10000
_FEBRUARY_29_1900 = 60  # a day that Excel has and the calendar has not


class Book(NamedTuple):
    """What all sheets of a workbook share: strings, which styles are dates, where dates begin."""

    strings: Strings
    dates: frozenset[int]
    epoch: datetime


def open_book(archive: ZipFile) -> Book:
    """Read what all sheets share."""
    names = set(archive.namelist())
    styles = archive.read("xl/styles.xml") if "xl/styles.xml" in names else b""
    is_1904 = re.search(rb'<workbookPr\s[^>]*?date1904="(?:1|true)"', archive.read("xl/workbook.xml"))
    strings = next((n for n in names if n.lower() == "xl/sharedstrings.xml"), "")
    return Book(Strings(archive, strings), date_styles(styles), _EPOCH_1904 if is_1904 else _EPOCH)


def date_styles(styles: bytes) -> frozenset[int]:
    """Which cell styles of styles.xml show a number as a date."""
    custom = {int(i): unescape(code.decode()) for i, code in _STYLE_FORMATS.findall(styles)}
    cells = _STYLE_CELLS.search(styles)
    ids = [int(i) for i in _STYLE_ID.findall(cells[0])] if cells else []
    return frozenset(n for n, i in enumerate(ids) if _is_date(i, custom))


def _is_date(format_id: int, custom: dict[int, str]) -> bool:
    if format_id not in custom:
        return format_id in _BUILTIN_DATES
    code = _FORMAT_NOISE.sub("", custom[format_id].split(";")[0]).lower()
    return any(letter in code for letter in "ymd年月日") or ("h" in code and "general" not in code)


def runs_of(archive: ZipFile, part: str, book: Book) -> Iterator[Run]:
    """The rows of a sheet, some thousand at a time, cells from column A, each row as wide as it is.

    A blank cell is "", an error cell or a formula without a value ERROR_MARK. Raises
    OddSheetError for a sheet of another shape.
    """
    number = 0
    plain = PlainRows(sorted(book.dates), partial(_shape, book), partial(_cells, book=book))
    for block in _row_blocks(archive, part):
        run = plain.read(block) or _looked_at(block, book, number)
        if run.numbers:
            number = run.numbers[-1]
            if max(run.numbers) > _MOST_ROWS:
                raise OddSheetError
            yield run


def _looked_at(block: bytes, book: Book, number: int) -> Run:
    """The rows of a block, each read by itself; number: of the row before it."""
    run = Run([], [])
    for text in block.split(b"</row>"):
        # The last tag: blank rows without an end tag may stand before it.
        tag = _ROW_TAG.search(text, max(text.rfind(b"<row"), 0))
        if tag is None or tag[1].endswith(b"/"):
            continue
        found = _ROW_NUMBER.search(tag[1])
        number = int(found[1]) if found else number + 1
        run.numbers.append(number)
        run.rows.append(_cells(text[tag.start() :], book))
    return run


def _row_blocks(archive: ZipFile, part: str) -> Iterator[bytes]:
    """Blocks of sheetData that hold whole rows."""
    rest = b""
    begun = False
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK_BYTES):
            rest += block
            if not begun:
                begun, rest = _begin(rest)
            end = rest.find(b"</sheetData>") if begun else -1
            if end >= 0:
                yield rest[:end]
                return
            cut = rest.rfind(b"<row")
            if begun and cut > 0:
                yield rest[:cut]
                rest = rest[cut:]
            elif len(rest) > _LONGEST_ROW:
                raise OddSheetError
    if not _EMPTY_SHEET.match(rest):
        raise OddSheetError  # it breaks off


def _begin(text: bytes) -> tuple[bool, bytes]:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise OddSheetError
    start = text.find(b"<sheetData")
    if start < 0 and len(text) > _LONGEST_ROW:
        raise OddSheetError
    return start >= 0, text[start:] if start >= 0 else text


def _cells(text: bytes, book: Book) -> list[Any]:
    found = _CELL.findall(text)
    if len(found) != text.count(b"<c ") + text.count(b"<c>"):
        return _odd_cells(text, book)
    row: list[Any] = []
    strings, dates = book.strings, book.dates
    for letters, style, kind, formula, value, inline in found:
        column = _COLUMNS[letters]
        gap = column - len(row)
        if gap > 0:
            row.extend([""] * gap)
        elif gap < 0:
            raise OddSheetError
        if kind == b"s":
            row.append(strings[int(value)])
        elif not kind or kind == b"n":
            if not value:
                # A formula that some program wrote and none has calculated is no blank.
                row.append(ERROR_MARK if formula else "")
            elif style and int(style) in dates:
                row.append(_moment(float(value), book.epoch))
            else:
                row.append(float(value))
        else:
            row.append(_other(kind, value, inline))
    return row


def _shape(book: Book, text: bytes) -> Shape | None:
    """What rows like this one have; None where each has to be looked at."""
    row = _cells(text, book)
    cells = list(_CELL.finditer(text))
    if len(cells) != text.count(b"<c ") or b"<c>" in text:
        return None
    valued = [cell for cell in cells if cell[5] is not None or cell[6] is not None]
    return Shape(row, tuple(Slot(_COLUMNS[cell[1]], _column_reader(book, cell)) for cell in valued))


def _column_reader(book: Book, cell: re.Match[bytes]) -> Callable[[Sequence[bytes]], Sequence[Any]]:
    """What makes cells of the values of many cells like this one; it raises ValueError as `_cells` does."""
    style, kind = cell[2], cell[3] or b"n"
    if kind == b"s":
        return book.strings.many
    if kind in {b"str", b"inlineStr"}:
        return plain_texts
    if kind == b"b":
        return lambda values: [value == b"1" for value in values]
    if kind == b"e":
        return lambda values: [ERROR_MARK] * len(values)
    if style and int(style) in book.dates:
        return partial(_moments, epoch=book.epoch)
    return lambda values: list(map(float, values))


def _other(kind: bytes, value: bytes, inline: bytes) -> Any:
    if kind == b"inlineStr":
        return plain_text(inline)
    if kind == b"str":
        return plain_text(value)
    if kind == b"b":
        return value == b"1"
    return ERROR_MARK


def _odd_cells(text: bytes, book: Book) -> list[Any]:
    """A row of any legal shape, through an XML parser."""
    try:
        row = ET.fromstring(re.sub(rb"(<|\s)\w+:(?=\w)", rb"\1", text) + b"</row>")  # noqa: S314 - see above
    except ET.ParseError as error:
        raise OddSheetError from error
    cells: list[Any] = []
    for cell in row.iter("c"):
        letters = cell.get("r", "").rstrip("0123456789").encode()
        column = _COLUMNS[letters] if letters else len(cells)
        if column < len(cells):
            raise OddSheetError
        cells.extend([""] * (column - len(cells)))
        cells.append(_odd_value(cell, book))
    return cells


def _odd_value(cell: ET.Element, book: Book) -> Any:
    kind, style = cell.get("t", "n"), int(cell.get("s", "0"))
    value = (cell.findtext("v") or "").encode()
    if kind == "inlineStr":
        inside = cell.find("is")
        runs = [] if inside is None else [*inside.findall("t"), *inside.findall("r/t")]
        return without_escapes("".join(t.text or "" for t in runs))
    if kind == "d":
        return datetime.fromisoformat(value.decode())
    if kind in {"s", "n"}:
        if not value:
            return "" if cell.find("f") is None else ERROR_MARK
        if kind == "s":
            return book.strings[int(value)]
        return _moment(float(value), book.epoch) if style in book.dates else float(value)
    # The parser has resolved what _plain would.
    return without_escapes(value.decode()) if kind == "str" else _other(kind.encode(), value, b"")


def _moments(values: Sequence[bytes], epoch: datetime) -> list[Any]:
    """Many dates: a sheet has few different ones."""
    known = {value: _moment(float(value), epoch) for value in set(values)}
    return list(map(known.__getitem__, values))


@lru_cache(maxsize=65_536)
def _moment(serial: float, epoch: datetime) -> Any:
    """A date, or the number where it is none."""
    if not 0 < serial < _LAST_SERIAL:
        return serial
    days = serial + 1 if epoch is _EPOCH and serial < _FEBRUARY_29_1900 else serial
    moment = epoch + timedelta(milliseconds=round(days * 86_400_000))
    return moment.date() if serial % 1 == 0 else moment


def _column_names() -> dict[bytes, int]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = [*letters, *(a + b for a in letters for b in letters)]
    names += [a + b + c for a in letters for b in letters for c in letters]
    return {name.encode(): i for i, name in enumerate(names[:_MOST_COLUMNS])}


_COLUMNS = _column_names()
