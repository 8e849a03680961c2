"""What every reader yields: sheets of untyped cells with their row numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Small enough that the first rows are typed while the child still packs the next.
CHUNK_ROWS = 10_000


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
    """

    numbers: Sequence[int]
    rows: Sequence[Sequence[object]]
    split: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet; its chunks can be read once, before the next sheet is asked for.

    hidden: the client hid it, so it was not opened and has no chunks.
    """

    name: str
    chunks: Iterable[Chunk]
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
