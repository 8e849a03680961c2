"""csv and tab-separated text, read strictly: no byte is replaced and no field moves over."""

from __future__ import annotations

import codecs
import csv
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.raw import CHUNK_ROWS, Chunk, RawSheet

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

_BLOCK_BYTES = 1 << 20
_HEAD_CHARS = 65_536
_DELIMITERS = ",\t;|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Python's gb18030 follows the edition of 2000, which had no code point yet for these 25 characters
# and put them into the private use area; no font draws them there.
# Source: GB 18030-2022, agrees with glibc's table for each of the 25 codes.
GB18030_2022 = str.maketrans(
    dict(
        zip(
            "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7\ue816\ue817\ue818\ue81e"
            "\ue826\ue82b\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue864",
            "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f\U00020087\U00020089\U000200cc"
            "\u9fb4\u9fb5\u9fb6\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb",
            strict=True,
        )
    )
)


def text_sheets(path: Path, sheet: str = "", head_rows: int | None = None) -> Generator[RawSheet, None, None]:
    """Read a text file as one sheet without a name.

    Raises InputRefused when a sheet is asked for, when the bytes are neither UTF-8 nor GB 18030
    from end to end, or when quotes do not pair.
    """
    if sheet:
        raise InputRefused(
            _("a text file has no sheets"), where=path.name, remedy=_("leave out --sheet for this file")
        )
    encoding = encoding_of(path)
    chunks = _chunks(path, encoding, min(head_rows or CHUNK_ROWS, CHUNK_ROWS))
    yield RawSheet("", chunks)


def encoding_of(path: Path) -> str:
    """Tell the encoding: a byte order mark, else strict UTF-8, else strict GB 18030.

    Reads the whole file, so that a fault in the last row refuses it before the first is used.
    Raises InputRefused when none fits.
    """
    with path.open("rb") as file:
        head = file.read(4)
    candidates = [name for bom, name in _BOMS if head.startswith(bom)] or ["utf-8", "gb18030"]
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise InputRefused(
        _("the text is not {encodings} throughout; it may be cut short or pasted from several files").format(
            encodings=" / ".join(candidates)
        ),
        where=path.name,
        remedy=_("open it in Excel or WPS, look for strange characters, and save it as .xlsx"),
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, errors="strict", newline="") as file:
        if encoding == "gb18030":
            for line in file:
                yield line if line.isascii() else line.translate(GB18030_2022)
        else:
            yield from file


def _chunks(path: Path, encoding: str, size: int) -> Iterator[Chunk]:
    numbers: list[int] = []
    rows: list[list[str]] = []
    split: dict[int, int] = {}
    for first, last, row in _records(path, encoding):
        numbers.append(first)
        rows.append(row)
        if last > first:
            split[first] = last
        if len(rows) == size:
            yield Chunk(numbers, rows, split)
            numbers, rows, split = [], [], {}
    if rows:
        yield Chunk(numbers, rows, split)


def _records(path: Path, encoding: str) -> Iterator[tuple[int, int, list[str]]]:
    """First line, last line and fields of every record."""
    reader = csv.reader(_lines(path, encoding), delimiter=_delimiter(path, encoding), strict=True)
    first = 1
    try:
        for row in reader:
            yield first, reader.line_num, row
            first = reader.line_num + 1
    except csv.Error as error:
        raise InputRefused(
            _("from line {line} on the quotes do not pair, or a field never ends").format(line=first),
            where=path.name,
            remedy=_('look at that line for a stray " and delete it, or ask for an .xlsx file'),
        ) from error


def _delimiter(path: Path, encoding: str) -> str:
    """The separator that stands most often in the first lines; a comma when none does."""
    with path.open(encoding=encoding, errors="strict", newline="") as file:
        head = file.read(_HEAD_CHARS)
    return max(_DELIMITERS, key=head.count)
