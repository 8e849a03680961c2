"""What every reader yields: sheets of untyped cells with their row numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.ingest.facts import SheetFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Small enough that the first rows are typed while the child still packs the next.
CHUNK_ROWS = 10_000


class Form(Enum):
    """The forms that can be read; a bundle is a zip of files in the other forms."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    ODS = "ods"
    XLS = "xls"
    PARQUET = "parquet"
    TEXT = "text"
    DBF = "dbf"
    JSON_LINES = "jsonl"
    BUNDLE = "zip"


class Note(NamedTuple):
    """Something to be told about a whole sheet or file: a rule's id and what fills its braces."""

    rule_id: str
    details: Mapping[str, object]


class Merge(NamedTuple):
    """A merged range: rows as Excel counts them, columns as the sheet's rows index them."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """At most CHUNK_ROWS rows of a sheet.

    numbers: row in the client's file, from 1, one a row.
    rows: cells as str, int, float, bool, date, datetime, time, timedelta; "" where blank.
    split: first line -> last line of records that run over several lines (text files only).
    faults: row -> rule that rejects it, for rows that could not be read into cells; details: of these rules.
    """

    numbers: Sequence[int]
    rows: Sequence[Sequence[object]]
    split: Mapping[int, int] = field(default_factory=dict)
    faults: Mapping[int, str] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet; its chunks can be read once, before the next sheet is asked for.

    hidden: the client hid it, so it was not opened and has no chunks.
    left: column of the rows' first cells, from 0.
    facts: what the audit of a workbook's XML found; nothing for other forms.
    notes: what is to be told about it.
    """

    name: str
    chunks: Iterable[Chunk]
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    notes: tuple[Note, ...] = ()
    left: int = 0
    facts: SheetFacts = field(default_factory=SheetFacts)
