"""Bundles or bags as they are made, destination by destination."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from yibao_cli.mailing.filling import cuts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from yibao_cli.mailing.filling import Floor, Limits

    Numbers = NDArray[np.int64]

NO_LIMIT = 2**62
MG, UM = 1000, 1000  # mg in a gram, micrometres in a millimetre


@dataclass
class Containers:
    """Bundles or bags as they are made: for each its level, destination, and its entries in order."""

    levels: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    entries: list[Numbers] = field(default_factory=list)

    def add(self, level: int, key: int, entries: Numbers) -> None:
        """Make one more."""
        self.levels.append(level)
        self.keys.append(key)
        self.entries.append(entries)

    @property
    def sizes(self) -> Numbers:
        """Entries of each."""
        return np.array([len(e) for e in self.entries], dtype=np.int64)

    def all_entries(self) -> Numbers:
        """The entries of all, one container after another."""
        return np.concatenate([np.empty(0, dtype=np.int64), *self.entries])


def piece_loads(frame: pd.DataFrame) -> Numbers:
    """Pieces, micrometres and mg of each piece: the measures of a bundle's limits, in their order."""
    ones = np.ones(len(frame), dtype=np.int64)
    return np.column_stack(
        [ones, frame["thickness_um"].to_numpy(np.int64), frame["weight_mg"].to_numpy(np.int64)]
    )


def scaled(amount: float | None, unit: int) -> int:
    """A limit in a finer unit; NO_LIMIT for none."""
    return NO_LIMIT if amount is None else round(amount * unit)


def runs(sorted_codes: NDArray[Any], rows: Numbers) -> Iterator[tuple[int, Numbers]]:
    """Each code with its rows, in order."""
    if not len(rows):
        return
    starts = np.flatnonzero(np.diff(sorted_codes, prepend=sorted_codes[0] - 1))
    for start, stop in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield int(sorted_codes[start]), rows[start:stop]


def fill(
    made: Containers,
    place: tuple[int, int],
    rows: Numbers,
    rules: tuple[Numbers, Limits, Floor],
    free: NDArray[np.bool_],
) -> None:
    """Make the containers of one destination, and take what is in them from the free.

    place: level and destination. rows: its free entries in order. rules: loads of all entries, limits, floor.
    """
    loads, limits, floor = rules
    start = 0
    for end in cuts(loads[rows], limits, floor):
        made.add(*place, rows[start:end])
        start = end
    free[rows[:start]] = False
