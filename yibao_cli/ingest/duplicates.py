"""The same row, or the same key, twice in a file."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from yibao_cli.kinds.fields import TableSpec

    Int64s = np.ndarray[tuple[int], np.dtype[np.int64]]

_BETWEEN = "\x1f"  # no text that was read has it in it


class Twin(NamedTuple):
    """A row whose key was seen before.

    position: index among the rows given; same: all that is compared is equal, not only the key.
    """

    position: int
    same: bool
    first_sheet: str
    first_row: int

    @property
    def where(self) -> str:
        """The first of the two, for people: `sheet!row`, or the row of a file without sheets."""
        return f"{self.first_sheet}!{self.first_row}" if self.first_sheet else str(self.first_row)


class _Run(NamedTuple):
    """Keys in the order of their hashes, and the ordinal of each key's first row."""

    hashes: Int64s
    ordinals: Int64s


class _Rows(NamedTuple):
    """What is kept of the rows of one call: a second hash of the key, the content's, the row; the sheet."""

    checks: Int64s
    contents: Int64s
    numbers: Int64s
    sheet: str


class Seen:
    """The keys of one file so far, as two hashes of 64 bits each: about 40 bytes a row.

    Two keys are taken for one when both hashes agree; for ten million rows the chance of a single mistake is
    below one in 10**24.
    """

    def __init__(self, names: Sequence[str], key: Sequence[str]) -> None:
        """names: of a row's fields; key: those of them that name a row."""
        self.key = tuple(key)
        self._key = [names.index(name) for name in key]
        self._runs: list[_Run] = []
        self._rows: list[_Rows] = []
        self._starts: list[int] = []
        self._count = 0

    def twins(self, rows: Iterable[tuple[object, ...]], numbers: Sequence[int], sheet: str) -> list[Twin]:
        """Which of these rows repeat a key of an earlier row, of these or of earlier calls.

        rows: typed values in field order; a row with a blank in its key repeats nothing.
        numbers: their rows in the client's file.
        """
        rows = list(rows)
        keys, blank = self._keys(rows)
        positions: Sequence[int] = range(len(rows))
        if blank:
            positions = [p for p in positions if p not in blank]
            keys, rows = [keys[p] for p in positions], [rows[p] for p in positions]
            numbers = [numbers[p] for p in positions]
        if not keys:
            return []
        hashes = _array(map(hash, keys))
        # Another text, since the hash of a pair would follow from the hash of its text.
        checks = _array(map(hash, map(_BETWEEN.__add__, keys)))
        self._rows.append(_Rows(checks, _contents(rows), _array(numbers), sheet))
        self._starts.append(self._count)
        self._count += len(keys)
        first = self._first_ordinals(hashes)
        repeated = np.flatnonzero(first != np.arange(self._starts[-1], self._count))
        found = (self._twin(positions[i], self._starts[-1] + i, int(first[i])) for i in repeated.tolist())
        return [twin for twin in found if twin is not None]

    def _keys(self, rows: list[tuple[object, ...]]) -> tuple[list[str], set[int]]:
        """The keys as texts, and the positions of those that are blank in whole or in part."""
        if not self._key:
            return [""] * len(rows), set(range(len(rows)))
        if len(self._key) == 1:
            index = self._key[0]
            single = [row[index] for row in rows]
            blank = {p for p, key in enumerate(single) if key is None} if None in single else set()
            return list(map(str, single)), blank
        keys = [[row[i] for i in self._key] for row in rows]
        return [_BETWEEN.join(map(str, key)) for key in keys], {
            p for p, key in enumerate(keys) if None in key
        }

    def _first_ordinals(self, hashes: Int64s) -> Int64s:
        """For each key of this call the ordinal of the first row that has it; new keys are kept."""
        order = np.argsort(hashes, kind="stable")
        in_order = hashes[order]
        begins = np.concatenate(([True], in_order[1:] != in_order[:-1]))
        distinct = in_order[begins]
        ordinals = order[begins] + self._starts[-1]
        is_new = np.ones(len(distinct), bool)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run.hashes, distinct), len(run.hashes) - 1)
            hit = run.hashes[places] == distinct
            ordinals = np.where(hit, run.ordinals[places], ordinals)
            is_new &= ~hit
        self._keep(_Run(distinct[is_new], ordinals[is_new]))
        first: Int64s = np.empty(len(hashes), np.int64)
        first[order] = ordinals[np.cumsum(begins) - 1]
        return first

    def _keep(self, run: _Run) -> None:
        """Keep few runs of growing lengths, so that a look-up stays short and each key is moved seldom."""
        if len(run.hashes):
            self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2].hashes) <= 2 * len(self._runs[-1].hashes):
            last, before = self._runs.pop(), self._runs.pop()
            hashes = np.concatenate((before.hashes, last.hashes))
            order = np.argsort(hashes, kind="stable")
            self._runs.append(_Run(hashes[order], np.concatenate((before.ordinals, last.ordinals))[order]))

    def _twin(self, position: int, ordinal: int, first: int) -> Twin | None:
        check, content, _row, _sheet = self._row(ordinal)
        first_check, first_content, row, sheet = self._row(first)
        return Twin(position, content == first_content, sheet, row) if check == first_check else None

    def _row(self, ordinal: int) -> tuple[int, int, int, str]:
        place = bisect_right(self._starts, ordinal) - 1
        rows, i = self._rows[place], ordinal - self._starts[place]
        return int(rows.checks[i]), int(rows.contents[i]), int(rows.numbers[i]), rows.sheet


class Memory:
    """What is remembered of the rows of one file.

    rows: by the table's key; people: by the ID number, where that is not the key of a table of members, from
    rows of the fields `person`.
    today: ISO; "" where dates to come are none of our business.
    """

    def __init__(self, spec: TableSpec, today: str = "") -> None:
        self.rows = Seen(spec.names, spec.key)
        self.today = today
        ids = [f.name for f in spec.fields if f.type == "id-number" and f.name not in spec.key]
        compared = [f.name for f in spec.fields if f.type == "name"]
        # Rows for it hold these fields only: the number first.
        self.people = Seen([*ids[:1], *compared], ids[:1]) if ids and spec.per == "member" else None
        self.person = (*ids[:1], *compared)


def _array(values: Iterable[int]) -> Int64s:
    return np.fromiter(values, np.int64)


def _contents(rows: list[tuple[object, ...]]) -> Int64s:
    """A hash of each row's values."""
    numbers = {i for row in rows[:1] + rows[-1:] for i, value in enumerate(row) if not isinstance(value, str)}
    # hash(-1) == hash(-2) in CPython, and a fen more or less is other content.
    if any(-1 in column for column in ([row[i] for row in rows] for i in numbers)):
        return _array(hash((row, tuple(v == -1 for v in row))) if -1 in row else hash(row) for row in rows)
    return _array(map(hash, rows))
