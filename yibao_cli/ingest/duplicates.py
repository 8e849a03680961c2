"""The same row, or the same key, twice in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# First sight of a key, in one integer: 64 bits of the content's hash, 16 of the sheet, 32 of the row.
# A million keys then cost about 150 MB; the key itself is kept, so that no two people share one.
_HASH_MASK = (1 << 64) - 1
_ROW_BITS = 32
_SHEET_BITS = 16
_PLACE_BITS = _ROW_BITS + _SHEET_BITS


class Twin(NamedTuple):
    """A row whose key was seen before.

    position: index among the rows given; same: all fields are equal, not only the key.
    """

    position: int
    same: bool
    first_sheet: str
    first_row: int


class Seen:
    """The keys of one file so far."""

    def __init__(self, names: Sequence[str], key: Sequence[str]) -> None:
        self.key = tuple(key)
        self._key = [names.index(name) for name in key]
        self._first: dict[object, int] = {}
        self._sheets: list[str] = []

    def twins(self, rows: Iterable[tuple[object, ...]], numbers: Sequence[int], sheet: str) -> list[Twin]:
        """Which of these rows repeat a key of an earlier row, of these or of earlier calls.

        rows: typed values in field order; a row with a blank in its key repeats nothing.
        numbers: their rows in the client's file.
        """
        if not self._key:
            return []
        if not self._sheets or self._sheets[-1] != sheet:
            self._sheets.append(sheet)
        found = []
        for position, row in enumerate(rows):
            key = self._key_of(row)
            if key is None:
                continue
            place = (len(self._sheets) - 1) << _ROW_BITS | numbers[position]
            mark = (_content_hash(row) & _HASH_MASK) << _PLACE_BITS | place
            first = self._first.setdefault(key, mark)
            if first != mark:
                found.append(self._twin(position, first, mark))
        return found

    def _key_of(self, row: tuple[object, ...]) -> object:
        if len(self._key) == 1:
            return row[self._key[0]]
        key = tuple(row[i] for i in self._key)
        return None if None in key else key

    def _twin(self, position: int, first: int, mark: int) -> Twin:
        same = first >> _PLACE_BITS == mark >> _PLACE_BITS
        place = first & ((1 << _PLACE_BITS) - 1)
        return Twin(position, same, self._sheets[place >> _ROW_BITS], place & ((1 << _ROW_BITS) - 1))


def _content_hash(row: tuple[object, ...]) -> int:
    # hash(-1) == hash(-2) in CPython, and a fen more or less is other content.
    return hash((row, tuple(v == -1 for v in row))) if -1 in row else hash(row)
