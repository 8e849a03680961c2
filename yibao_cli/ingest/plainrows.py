"""Rows of a sheet's XML as all common writers give them, a block at a time and a column at once.

A row without its values and its digits is its shape: which cells it has, of which type, with which formulas.
A sheet has few shapes. Each is understood once, by the reader of `bigsheet` that looks at every cell, and the
values of all rows of that shape are then taken in one step. What is not as expected in any way goes to that
reader, so that this module can only be faster, and never means something else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Values = Sequence[bytes]

_DIGITS = b"0123456789"
_MARK = b"\x01"  # no XML has it
_NUMBERS = re.compile(rb'<row(?:\s[^>]*?)?\sr="(\d{1,7})"[^>]*>')
_EMPTY_ROW = re.compile(rb"<row\b[^>]*/>")
# How an inline text begins and ends; a formula or a number has <v>.
_INLINE = (b"<is><t>", b'<is><t xml:space="preserve">')
_MOST_SHAPES = 2000
_MOST_DATES = 64


class Slot(NamedTuple):
    """A value of a shape: the column it stands in, and what makes cells of many such values."""

    column: int
    read: Callable[[Values], Sequence[Any]]


class Run(NamedTuple):
    """Some rows of a sheet, in the order of the file, and their numbers from 1."""

    numbers: list[int]
    rows: list[list[Any]]


class Shape(NamedTuple):
    """What rows of one shape have: the cells that are the same in all, and the places of their values."""

    row: list[Any]
    slots: tuple[Slot, ...]

    def rows(self, values: Sequence[Values], count: int) -> list[list[Any]]:
        """Cells of so many rows with these values, one sequence a slot."""
        columns = [slot.read(found) for slot, found in zip(self.slots, values, strict=True)]
        if [slot.column for slot in self.slots] == list(range(len(self.row))) and columns:
            return list(map(list, zip(*columns, strict=True)))
        rows = [self.row.copy() for _ in range(count)]
        for slot, cells in zip(self.slots, columns, strict=True):
            for row, cell in zip(rows, cells, strict=True):
                row[slot.column] = cell
        return rows


class PlainRows:
    """The shapes of one sheet so far."""

    def __init__(
        self,
        dates: Sequence[int],
        understand: Callable[[bytes], Shape | None],
        look: Callable[[bytes], list[Any]],
    ) -> None:
        """Begin without any.

        dates: styles that show a number as a date; understand: the shape of a row, None for one that has to
        be looked at; look: the cells of a row of whatever shape. Both take a row's XML without its end tag.
        """
        self._dates = [b' s="%d"' % style for style in dates]
        self._understand = understand
        self._look = look
        self._shapes: dict[bytes, Shape | None] = {}

    def read(self, block: bytes) -> Run | None:
        """The rows of a block of whole rows; None when it has to be looked at.

        Raises what `look` raises.
        """
        if len(self._dates) > _MOST_DATES:
            return None
        texts, values = self._taken(block)
        if values is None:
            return None
        if texts.count(b"<row") != texts.count(b"</row>"):
            block = _EMPTY_ROW.sub(b"", block)
            texts, values = self._taken(block)
            if values is None:
                return None
        numbers = [int(n) for n in _NUMBERS.findall(block)]
        keys = texts.translate(None, _DIGITS).split(b"</row>")
        if len(numbers) != len(keys) - 1 or b"<row" in keys.pop():
            return None
        return Run(numbers, self._rows(block, keys, values))

    def _taken(self, block: bytes) -> tuple[bytes, Values | None]:
        """The block without its values, a mark in the place of each, and the values; None if that fails."""
        for sign in self._dates:
            block = block.replace(sign, b' s="D"')
        for sign in _INLINE:
            block = block.replace(sign, b"<v>")
        block = block.replace(b"</t></is>", b"</v>")
        if block.count(b"<v>") != block.count(b"</v>") or _MARK in block:
            return block, None
        parts = block.replace(b"</v>", b"<v>").split(b"<v>")
        values = parts[1::2]
        # A value that has a tag in it began before its time.
        return _MARK.join(parts[::2]), None if b"<" in b"".join(values) else values

    def _rows(self, block: bytes, keys: list[bytes], values: Values) -> list[list[Any]]:
        found: list[list[Any]] = [[]] * len(keys)
        texts = _Texts(block)
        for key, places in _places(keys).items():
            shape = self._shape(key, places, texts)
            rows = None if shape is None else _filled(shape, places, values)
            if rows is None:
                rows = [self._look(texts[index]) for index, _start in places]
            for (index, _start), row in zip(places, rows, strict=True):
                found[index] = row
        return found

    def _shape(self, key: bytes, places: Sequence[tuple[int, int]], texts: _Texts) -> Shape | None:
        if key in self._shapes:
            return self._shapes[key]
        # Text that is no value makes every row another shape.
        if len(self._shapes) >= _MOST_SHAPES:
            return None
        shape = self._understand(texts[places[0][0]])
        if shape is not None and len(shape.slots) != key.count(_MARK):
            shape = None
        self._shapes[key] = shape
        return shape


class _Texts:
    """The XML of a block's rows, cut up when the first is asked for."""

    def __init__(self, block: bytes) -> None:
        self._block = block
        self._rows: list[bytes] | None = None

    def __getitem__(self, index: int) -> bytes:
        if self._rows is None:
            self._rows = self._block.split(b"</row>")
        text = self._rows[index]
        return text[max(text.find(b"<row"), 0) :]


def _places(keys: Sequence[bytes]) -> dict[bytes, list[tuple[int, int]]]:
    """Shape's key -> of each of its rows the index and where its values begin."""
    found: dict[bytes, list[tuple[int, int]]] = {}
    counts: dict[bytes, int] = {}
    start = 0
    for index, key in enumerate(keys):
        if key not in found:
            found[key] = []
            counts[key] = key.count(_MARK)
        found[key].append((index, start))
        start += counts[key]
    return found


def _filled(shape: Shape, places: Sequence[tuple[int, int]], values: Values) -> list[list[Any]] | None:
    """The rows at these places; None when one has a value that its shape cannot have."""
    try:
        return shape.rows(
            _columns(values, [start for _index, start in places], len(shape.slots)), len(places)
        )
    except ValueError:
        return None


def _columns(values: Values, starts: Sequence[int], width: int) -> list[Values]:
    first, last = starts[0], starts[-1] + width
    if last - first == width * len(starts):
        return [values[first + place : last : width] for place in range(width)]
    return [list(column) for column in zip(*(values[s : s + width] for s in starts), strict=True)]
