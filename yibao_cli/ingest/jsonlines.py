"""JSON lines: one object a line, whose keys are the headers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.encoding import lines_of, reading_of
from yibao_cli.ingest.raw import CHUNK_ROWS, Chunk, RawSheet

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

_BROKEN = "I162"
_MOST_KEYS = 500
_LONGEST_NUMBER = 15


def json_sheets(path: Path, encoding: str = "", head_rows: int | None = None) -> Generator[RawSheet]:
    """Read a file of JSON lines as one sheet without a name, whose row 0 is the header.

    The columns are all keys that occur, in the order in which they first do. A line that is no flat object
    is a fault of its row. Raises InputRefused when no line is an object, or the encoding is none.
    """
    reading = reading_of(path, encoding)
    keys = _keys(path, reading.encoding)
    yield RawSheet("", _chunks(path, reading.encoding, keys, head_rows or CHUNK_ROWS), notes=reading.notes)


def _keys(path: Path, encoding: str) -> list[str]:
    keys: dict[str, None] = {}
    for line in lines_of(path, encoding):
        keys.update(dict.fromkeys(_record(line) or ()))
        if len(keys) > _MOST_KEYS:
            raise InputRefused(
                _("the lines have more than {count} different keys").format(count=_MOST_KEYS),
                where=path.name,
                remedy=_("ask for one object a line, with the same keys in each"),
            )
    if not keys:
        raise InputRefused(
            _("no line of it is a JSON object"),
            where=path.name,
            remedy=_("ask for one object a line, with the same keys in each"),
        )
    return list(keys)


def _chunks(path: Path, encoding: str, keys: Sequence[str], size: int) -> Iterator[Chunk]:
    numbers: list[int] = [0]
    rows: list[list[Any]] = [list(keys)]
    faults: dict[int, str] = {}
    for number, line in enumerate(lines_of(path, encoding), start=1):
        record = _record(line)
        if record is None and line.strip():
            faults[number] = _BROKEN
        numbers.append(number)
        rows.append([_cell((record or {}).get(key)) for key in keys])
        if len(rows) >= size:
            yield Chunk(numbers, rows, faults=faults)
            numbers, rows, faults = [], [], {}
    if rows:
        yield Chunk(numbers, rows, faults=faults)


def _record(line: str) -> dict[str, Any] | None:
    """The object of a line; None where there is none, or one that is no row of a table."""
    try:
        found = json.loads(
            line, parse_int=_whole, parse_float=_decimal, parse_constant=_none, object_pairs_hook=_flat
        )
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _flat(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs) or any(isinstance(value, dict | list) for value in found.values()):
        raise ValueError
    return found


def _whole(text: str) -> int | str:
    # Whole here, however long; a cell's reader would take a long number for one that Excel has cut.
    return int(text) if len(text.lstrip("-")) <= _LONGEST_NUMBER else text


def _decimal(text: str) -> float | str:
    return float(text) if "e" in text.lower() else text


def _none(_text: str) -> Any:
    raise ValueError


def _cell(value: Any) -> Any:
    return "" if value is None else value
