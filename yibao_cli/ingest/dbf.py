"""dBASE, FoxPro and Visual FoxPro tables (.dbf), of which many old systems still export.

Source: the dBASE and Visual FoxPro table structure: 32 bytes of header, 32 a field, a 0x0D, then records of
one length that begin with a blank or, when deleted, with an asterisk.
"""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.encoding import GB18030_2022, python_encoding, sample_reading
from yibao_cli.ingest.raw import CHUNK_ROWS, Chunk, Note, RawSheet

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    Read = Callable[[bytes], Any]

_HEADER, _FIELD, _END = 32, 32, 0x0D
_VERSIONS = {0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5, 0xFB}
_VISUAL_FOXPRO = {0x30, 0x31, 0x32}
# Language byte -> encoding; all others say nothing about Chinese text.
_LANGUAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "cp950", 0x78: "cp950"}
_MOST_HEADER = 1 << 16
_WIDTHS = {"I": 4, "+": 4, "Y": 8, "B": 8, "T": 8, "@": 8}
_MEMO_TYPES, _HIDDEN_TYPES = set("MGPW"), {"0"}
_SAMPLE_RECORDS = 2000
_JULIAN_EPOCH = 1_721_426  # Julian day of 0001-01-01
_MS_A_DAY = 86_400_000
_FIRST_DAY = datetime(1, 1, 1)  # noqa: DTZ001 - a date on paper has no zone
_TRUTHS = {b"T": True, b"Y": True, b"F": False, b"N": False}


class _Field(NamedTuple):
    name: bytes
    kind: str
    start: int
    end: int


class _Table(NamedTuple):
    """What the header says: where records begin, how long and how many they are."""

    version: int
    records: int
    first: int
    length: int
    language: int
    fields: list[_Field]


def is_dbf(head: bytes) -> bool:
    """Tell by the first bytes of a file whether it is a table of dBASE's family."""
    if len(head) <= _HEADER or head[0] not in _VERSIONS or not (head[2] <= 12 and head[3] <= 31):  # noqa: PLR2004 - a date
        return False
    first, length = struct.unpack_from("<HH", head, 8)
    return length > 1 and _fields_end(head[:first]) > _HEADER


def _fields_end(head: bytes) -> int:
    """Where the list of fields ends; 0 where it does not."""
    return next((place for place in range(_HEADER, len(head), _FIELD) if head[place] == _END), 0)


def dbf_sheets(path: Path, encoding: str = "", head_rows: int | None = None) -> Generator[RawSheet]:
    """Read a table as one sheet without a name, whose row 0 is the header.

    encoding: of its texts, as `--encoding` names it; "" for what the language byte says, else what fits.
    Deleted records are passed over and told, memo columns are left out and told. Raises InputRefused when
    the file is shorter than its header says, or its texts are of no known encoding.
    """
    table = _table(path)
    encoding, notes = _encoding(path, table, encoding)
    deleted = _deleted(path, table)
    if deleted:
        notes.append(Note("I163", {"count": deleted}))
    names = _names(path, table, encoding)
    memos = [name for f, name in zip(table.fields, names, strict=True) if f.kind in _MEMO_TYPES]
    if memos:
        notes.append(Note("I164", {"columns": ", ".join(memos)}))
    chunks = _chunks(path, table, encoding, names, head_rows or CHUNK_ROWS)
    yield RawSheet("", chunks, notes=tuple(notes))


def _table(path: Path) -> _Table:
    with path.open("rb") as file:
        head = file.read(_MOST_HEADER)
    records, first, length = struct.unpack_from("<IHH", head, 4)
    fields, start = [], 1
    for place in range(_HEADER, _fields_end(head[:first]), _FIELD):
        name, kind, size, decimals = struct.unpack_from("<11sc4xBB", head, place)
        if kind == b"C" and head[0] not in _VISUAL_FOXPRO:
            size += decimals << 8  # FoxPro keeps the high byte of a long text there
        fields.append(_Field(name.split(b"\0")[0], kind.decode("latin-1"), start, start + size))
        start += size
    table = _Table(head[0], records, first, length, head[29], fields)
    odd = any(f.end - f.start != _WIDTHS.get(f.kind, f.end - f.start) for f in fields)
    if odd and head[0] in _VISUAL_FOXPRO:
        raise InputRefused(
            _("the table is damaged: a column has a width that its type cannot have"),
            where=path.name,
            remedy=_("ask for the file again"),
        )
    if start > length or path.stat().st_size < first + records * length:
        raise InputRefused(
            _("the table is shorter than its header says; it was cut short in transfer"),
            where=path.name,
            remedy=_("ask for the file again"),
        )
    return table


def _encoding(path: Path, table: _Table, wanted: str) -> tuple[str, list[Note]]:
    if wanted:
        return python_encoding(wanted), []
    if table.language in _LANGUAGES:
        return _LANGUAGES[table.language], []
    # A field may end within a character; a blank between fields keeps each by itself.
    texts = [f for f in table.fields if f.kind == "C"]
    sample = b"".join(f.name + b" " for f in table.fields)
    for count, record in enumerate(_records(path, table)):
        if count == _SAMPLE_RECORDS:
            break
        sample += b" ".join(record[f.start : f.end].rstrip(b" \0") for f in texts) + b"\n"
    reading = sample_reading(sample)
    if reading is None:
        raise _garbled(path, "UTF-8 / GB 18030 / Big5")
    return reading.encoding, list(reading.notes)


def _garbled(path: Path, encodings: str) -> InputRefused:
    return InputRefused(
        _("the text is not {encodings} throughout; it may be cut short or pasted from several files").format(
            encodings=encodings
        ),
        where=path.name,
        remedy=_("name its encoding with --encoding, or ask for an .xlsx file"),
    )


def _records(path: Path, table: _Table) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(table.first)
        left = table.records
        while left:
            count = min(left, CHUNK_ROWS)
            block = file.read(count * table.length)
            yield from (block[i : i + table.length] for i in range(0, len(block), table.length))
            left -= count


def _deleted(path: Path, table: _Table) -> int:
    with path.open("rb") as file:
        file.seek(table.first)
        left, found = table.records, 0
        while left:
            count = min(left, CHUNK_ROWS)
            found += file.read(count * table.length)[:: table.length].count(b"*")
            left -= count
    return found


def _names(path: Path, table: _Table, encoding: str) -> list[str]:
    try:
        return [_text(encoding)(field.name) for field in table.fields]
    except UnicodeDecodeError as error:
        raise _garbled(path, encoding) from error


def _chunks(path: Path, table: _Table, encoding: str, names: list[str], size: int) -> Iterator[Chunk]:
    hidden = _MEMO_TYPES | _HIDDEN_TYPES
    shown = [(f, name) for f, name in zip(table.fields, names, strict=True) if f.kind not in hidden]
    readers = [(f.start, f.end, _reader(f.kind, encoding, table.version)) for f, _name in shown]
    numbers: list[int] = [0]
    rows: list[list[Any]] = [[name for _field, name in shown]]
    try:
        for number, record in enumerate(_records(path, table), start=1):
            if record[:1] == b"*":
                continue
            numbers.append(number)
            rows.append([read(record[start:end]) for start, end, read in readers])
            if len(rows) >= size:
                yield Chunk(numbers, rows)
                numbers, rows = [], []
    except UnicodeDecodeError as error:
        raise _garbled(path, encoding) from error
    if rows:
        yield Chunk(numbers, rows)


def _reader(kind: str, encoding: str, version: int) -> Read:
    if kind == "L":
        return lambda raw: _TRUTHS.get(raw.upper(), "")
    binary = _BINARY.get(kind) if version in _VISUAL_FOXPRO else None
    return binary or _text(encoding)


def _text(encoding: str) -> Read:
    """Texts, numbers and dates are all written out; a number too long for its field is stars."""

    def read(raw: bytes) -> str:
        text = raw.rstrip(b" \0").decode(encoding).lstrip(" ")
        return text if text.isascii() or encoding != "gb18030" else text.translate(GB18030_2022)

    return read


def _moment(raw: bytes) -> Any:
    day, milliseconds = struct.unpack("<ii", raw)
    if not day:
        return ""
    try:
        return _FIRST_DAY + timedelta(days=day - _JULIAN_EPOCH, milliseconds=milliseconds % _MS_A_DAY)
    except (OverflowError, ValueError):
        return ""


def _whole(raw: bytes) -> int:
    return int.from_bytes(raw, "little", signed=True)


def _money(raw: bytes) -> str:
    return str(Decimal(_whole(raw)) / 10_000)


def _double(raw: bytes) -> float:
    value: float = struct.unpack("<d", raw)[0]
    return value


_BINARY: dict[str, Read] = {"I": _whole, "+": _whole, "Y": _money, "B": _double, "T": _moment, "@": _moment}
