"""Whole columns at once: a run of cells that are all as they should be costs one look, an odd cell its own.

The readers of `words` and `cells` say what a cell is. What stands here only recognises, for many cells in one
step, that each of them would be taken as it stands; where it does not, the run is halved until the odd cells
are alone. Both ways give the same values (a test compares them).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from yibao_cli.codes import id_checks
from yibao_cli.ingest.words import Doubt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yibao_cli.ingest.cells import Reader

    # The values of a run of cells, or None when one of them may be odd.
    Whole = Callable[[Sequence[object]], list[object] | None]

_FEW = 24  # so few cells are read one by one
_OFTEN = 4  # cells a word, from which on words are read instead of cells
_EXACT_YUAN = 10**12
_NAMES = re.compile("(?:(?:[\u4e00-\u9fff]{2,4})?\n)*")
_MOBILES = re.compile(r"(?:(?:1[3-9][0-9]{9})?\n)*")
_POSTCODES = re.compile(r"(?:(?:[0-9]{6})?\n)*")
_ID_NUMBERS = re.compile(r"(?:(?:[0-9]{17}[0-9X])?\n)*")
_AMOUNTS = re.compile(r"(?:(?:-?[0-9]{1,12}(?:\.[0-9]{1,2})?)?\n)*")
_WORDS = {str, date, datetime}


class ReadCells(NamedTuple):
    """Values of a column, None where blank; and where something must be reported, with what is used."""

    values: list[object]
    doubts: list[tuple[int, Doubt]]


def read_column(kind: str, read: Reader, cells: Sequence[object]) -> ReadCells:
    """Read the cells of a column.

    kind: type of the field, "" to read cell by cell; read: its reader, which has the last word.
    """
    result = ReadCells([], [])
    if kind in _BY_WORD and _is_wordy(cells):
        _read_words(read, cells, result)
    else:
        _read_runs(_WHOLE.get(kind), read, cells, result)
    return result


def _read_runs(whole: Whole | None, read: Reader, cells: Sequence[object], result: ReadCells) -> None:
    if whole is not None and len(cells) > _FEW:
        values = whole(cells)
        if values is not None:
            result.values.extend(values)
            return
        half = len(cells) // 2
        _read_runs(whole, read, cells[:half], result)
        _read_runs(whole, read, cells[half:], result)
        return
    for value in map(read, cells):
        if type(value) is Doubt:
            result.doubts.append((len(result.values), value))
            result.values.append(value.value)
        else:
            result.values.append(value)


def _is_wordy(cells: Sequence[object]) -> bool:
    # 1, 1.0 and True are one key of a dictionary, so numbers come only among themselves.
    types = set(map(type, cells))
    return (types <= _WORDS or types == {float}) and len(set(cells)) * _OFTEN <= len(cells)


def _read_words(read: Reader, cells: Sequence[object], result: ReadCells) -> None:
    known = {cell: read(cell) for cell in set(cells)}
    values = list(map(known.__getitem__, cells))
    if any(type(v) is Doubt for v in known.values()):
        for position, value in enumerate(values):
            if type(value) is Doubt:
                result.doubts.append((position, value))
                values[position] = value.value
    result.values.extend(values)


def _texts(cells: Sequence[object]) -> list[object] | None:
    lines = _lines(cells)
    if lines is None or not lines.replace("\n", "").isprintable():
        return None
    if "\n " in lines or " \n" in lines or "\n#" in lines or lines[:1] in {" ", "#"}:
        return None
    return _blanked(cells, lines)


def _ids(cells: Sequence[object]) -> list[object] | None:
    lines = _lines(cells)
    if lines is None:
        return None
    together = lines.replace("\n", "")
    clean = not together or (together.isascii() and together.isalnum())
    return _blanked(cells, lines) if clean else None


def _matching(pattern: re.Pattern[str]) -> Whole:
    def whole(cells: Sequence[object]) -> list[object] | None:
        lines = _lines(cells)
        return None if lines is None or not pattern.fullmatch(lines) else _blanked(cells, lines)

    return whole


def _id_numbers(cells: Sequence[object]) -> list[object] | None:
    lines = _lines(cells)
    if lines is None or not _ID_NUMBERS.fullmatch(lines):
        return None
    return _blanked(cells, lines) if id_checks(lines.replace("\n", "").encode()) else None


def _money(cells: Sequence[object]) -> list[object] | None:
    present = [c for c in cells if c != ""]
    types = set(map(type, present))
    if types == {float}:
        amounts = np.array(present)
        if not (np.abs(amounts) < _EXACT_YUAN).all():
            return None
    elif types == {str} and (lines := _lines(present)) is not None and _AMOUNTS.fullmatch(lines):
        amounts = np.array(list(map(float, present)))  # type: ignore[arg-type]
    else:
        return None if present else [None] * len(cells)
    cents = np.rint(amounts * 100)
    # No rounding: an amount is taken only when it is the very double of these two decimals.
    if not (cents / 100 == amounts).all():
        return None
    found: list[object] = cents.astype(np.int64).tolist()
    if len(present) == len(cells):
        return found
    following = iter(found)
    return [None if c == "" else next(following) for c in cells]


def _lines(cells: Sequence[object]) -> str | None:
    r"""The cells with \n behind each; None when one is no text, or has a \n itself."""
    try:
        lines = "\n".join(cells) + "\n"  # type: ignore[arg-type]
    except TypeError:
        return None
    return lines if lines.count("\n") == len(cells) else None


def _blanked(cells: Sequence[object], lines: str) -> list[object]:
    if "\n\n" in lines or lines[:1] == "\n":
        return [c or None for c in cells]
    return list(cells)


_WHOLE: dict[str, Whole] = {
    "text": _texts,
    "name": _matching(_NAMES),
    "id": _ids,
    "id-number": _id_numbers,
    "mobile": _matching(_MOBILES),
    "postcode": _matching(_POSTCODES),
    "money": _money,
}
_BY_WORD = {"choice", "flag", "date", "integer", "decimal", "text", "uscc"}
