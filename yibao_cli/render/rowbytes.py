"""Texts of many rows at once: matrices of bytes, a row a piece, in which a 0 stands for nothing.

Where thousands of pieces show the same few numbers in the same places, a string for each of them costs more
than all else that is done with it. Here the digits of a column are found by arithmetic on the whole column,
and a row becomes a string once, at the end.
"""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_END = b"\x01"
_ZERO, _POINT, _COMMA, _MINUS = b"0.,-"
_CENTS, _GROUP = 2, 3
_LEAST = 3  # digits that every amount has: `0.05`
NEGATIVE = 32  # added to the number of digits where an amount is below nothing


def field(texts: Sequence[str]) -> NDArray[np.uint8]:
    """A row for each of some ASCII texts, as wide as the longest."""
    codes = [text.encode("ascii") for text in texts]
    wide = max(map(len, codes), default=0)
    found = np.frombuffer(b"".join(c.ljust(wide, b"\0") for c in codes), np.uint8)
    return found.reshape(len(codes), wide)


def beside(shape: tuple[int, ...], fields: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Fields one behind the other; shape: of all axes but the bytes, to which each field is stretched."""
    made = np.empty((*shape, sum(f.shape[-1] for f in fields)), np.uint8)
    at = 0
    for one in fields:
        made[..., at : at + one.shape[-1]] = one
        at += one.shape[-1]
    return made


def strings(rows: NDArray[np.uint8]) -> list[str]:
    """The rows as strings; all axes but the first become one."""
    flat = rows.reshape(len(rows), reduce(mul, rows.shape[1:], 1))
    ended = np.empty((len(flat), flat.shape[1] + 1), np.uint8)
    ended[:, :-1] = flat
    ended[:, -1] = _END[0]
    return ended.tobytes().translate(None, b"\0").decode("ascii").split(_END.decode())[:-1]


def yuan_field(amounts: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Fen as yuan, as `money.yuan` writes them, and what decides how wide each is.

    The second has the axes of the amounts: the number of digits, and NEGATIVE more below nothing.
    """
    rest = np.abs(amounts)
    digits = max(len(str(int(rest.max(initial=0)))), _LEAST)
    made = np.zeros((*amounts.shape, digits + digits // _GROUP + 2), np.uint8)
    count = np.full(amounts.shape, _LEAST, np.uint8)
    at = made.shape[-1]
    for place in range(digits):
        whole = place - _CENTS
        there = rest > 0
        if whole > 0:
            count += there & (place >= _LEAST)
        if whole == 0:
            at -= 1
            made[..., at] = _POINT
        elif whole > 0 and whole % _GROUP == 0:
            at -= 1
            made[..., at] = there * np.uint8(_COMMA)
        over = rest // 10
        digit = (rest - over * 10 + _ZERO).astype(np.uint8)
        at -= 1
        made[..., at] = digit if whole <= 0 else digit * there
        rest = over
    below = amounts < 0
    made[..., at - 1] = below * np.uint8(_MINUS)
    count += below * np.uint8(NEGATIVE)
    return made, count


def characters(rows: NDArray[np.uint8]) -> str:
    """The characters that stand in some rows, each once."""
    there = np.flatnonzero(np.bincount(rows.ravel(), minlength=1)[1:]) + 1
    return bytes(there.tolist()).decode("ascii")
