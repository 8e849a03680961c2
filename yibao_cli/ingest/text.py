"""csv and tab-separated text, read strictly: no byte is replaced and no field moves over."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.encoding import is_foreign, lines_of, reading_of, shown_encoding
from yibao_cli.ingest.raw import CHUNK_ROWS, Chunk, RawSheet

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

_DELIMITERS = ",\t;|，"  # the last is the comma of a Chinese keyboard
_HEAD_LINES = 50
_FOREIGN = "I198"
_ALIGNED = re.compile(r"\S {2,}\S")


def text_sheets(
    path: Path, encoding: str = "", head_rows: int | None = None
) -> Generator[RawSheet, None, None]:
    """Read a text file as one sheet without a name.

    encoding: as `--encoding` names it; "" to find out.
    Raises InputRefused when the bytes are of no known encoding from end to end, when columns are aligned by
    blanks, or when quotes do not pair; UsageError for an unknown encoding.
    """
    reading = reading_of(path, encoding)
    chunks = _chunks(path, reading.encoding, min(head_rows or CHUNK_ROWS, CHUNK_ROWS))
    yield RawSheet("", chunks, notes=reading.notes)


def _chunks(path: Path, encoding: str, size: int) -> Iterator[Chunk]:
    numbers: list[int] = []
    rows: list[list[str]] = []
    split: dict[int, int] = {}
    faults: dict[int, str] = {}
    details = {"encoding": shown_encoding(encoding)}
    delimiter = _delimiter(path, encoding)
    for first, last, row, is_odd in _records(path, encoding, delimiter):
        numbers.append(first)
        rows.append(row)
        if is_odd:
            faults[first] = _FOREIGN
        # A field that runs over lines and holds separators too has swallowed what stood between two quotes.
        if last > first and any("\n" in field and delimiter in field for field in row):
            split[first] = last
        if len(rows) == size:
            yield Chunk(numbers, rows, split, faults, details)
            numbers, rows, split, faults = [], [], {}, {}
    if rows:
        yield Chunk(numbers, rows, split, faults, details)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, int, list[str], bool]]:
    """First line, last line and fields of every record, and whether a line of it is of another encoding."""
    foreign: list[str] = []
    lines = _watched(_without_nul(path, lines_of(path, encoding)), encoding, foreign)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    first = 1
    try:
        for row in reader:
            yield first, reader.line_num, row, bool(foreign)
            foreign.clear()
            first = reader.line_num + 1
    except csv.Error as error:
        raise InputRefused(
            _("from line {line} on the quotes do not pair, or a field never ends").format(line=first),
            where=path.name,
            remedy=_('look at that line for a stray " and delete it, or ask for an .xlsx file'),
        ) from error


def _watched(lines: Iterable[str], encoding: str, foreign: list[str]) -> Iterator[str]:
    """The lines; those of another encoding are kept aside, too."""
    for line in lines:
        if is_foreign(line, encoding):
            foreign.append(line)
        yield line


def _without_nul(path: Path, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise InputRefused(
                _("line {line} holds a NUL byte; the file was damaged, or is no text").format(line=number),
                where=path.name,
                remedy=_("ask for the file again"),
            )
        yield line


def _delimiter(path: Path, encoding: str) -> str:
    """The separator that gives the first lines one width above one most often; a comma when none does."""
    head = list(islice(lines_of(path, encoding), _HEAD_LINES))
    votes = {delimiter: _votes(head, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=votes.__getitem__)
    if votes[best] > (0, 0):
        return best
    if sum(_ALIGNED.search(line.strip()) is not None for line in head) > len(head) // 2:
        raise InputRefused(
            _("the columns are aligned by blanks; nothing separates one from the next"),
            where=path.name,
            remedy=_("open it in Excel or WPS with Data, From Text, set the columns, and save it as .xlsx"),
        )
    return ","


def _votes(head: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines agree on how many separators there are, and on how many."""
    counts = Counter(n for line in head if (n := _unquoted(line).count(delimiter)))
    return max(((lines, n) for n, lines in counts.items()), default=(0, 0))


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"?', "", line) if '"' in line else line
