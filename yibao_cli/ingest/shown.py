"""Numbers as the client sees them: formats such as 000000 or "E"0000 that add what the number lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

# What the pieces of a format are: text in quotes, an escaped character, a colour or a country in square
# brackets, the width of a character, a filling character, a place for a digit, a literal sign.
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[(?:\$-[0-9A-Fa-f]+|[A-Z][a-z]+\d*)\]|_.|\*.'
    r"|(?P<digit>[0#])|(?P<sign>[-() ])"
)
_EXACT_BELOW = 10**15


class ShownNumber(float):
    """A number with the text that the client sees in its cell; columns of amounts take the number."""

    __slots__ = ("text",)

    def __new__(cls, number: float, text: str) -> Self:
        """Keep both."""
        shown = super().__new__(cls, number)
        shown.text = text
        return shown

    def __reduce__(self) -> tuple[type[ShownNumber], tuple[float, str]]:
        """What a copy in another process is made of."""
        return ShownNumber, (float(self), self.text)

    text: str


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format of literal characters and places for digits.

    pieces: in order; "0" and "#" as ("0", True), literals as (text, False).
    """

    pieces: tuple[tuple[str, bool], ...]

    def show(self, number: float) -> str | None:
        """The text of a whole number from 0 to 15 digits; None where this format is not for it."""
        if not (0 <= number < _EXACT_BELOW and number % 1 == 0):
            return None
        digits = list(str(int(number)))
        left = sum(is_place for _text, is_place in self.pieces)
        out: list[str] = []
        for text, is_place in self.pieces:
            if not is_place:
                out.append(text)
                continue
            # More digits than places: those too many stand before the first place.
            count = len(digits) - left + 1 if left == _places(self.pieces) else int(len(digits) >= left)
            left -= 1
            out.append("".join(digits[: max(count, 0)]) or ("0" if text == "0" else ""))
            del digits[: max(count, 0)]
        return "".join(out).strip()


def number_format(code: str) -> NumberFormat | None:
    """Read the format's first section; None where the number itself says what the client sees.

    >>> number_format("000000").show(50000)
    '050000'
    >>> number_format('"E"0000').show(12)
    'E0012'
    """
    pieces = []
    position = 0
    while position < len(code) and code[position] != ";":
        piece = _PIECE.match(code, position)
        if piece is None:
            return None
        position = piece.end()
        if piece["digit"]:
            pieces.append((piece["digit"], True))
        elif literal := piece["quoted"] or piece["escaped"] or piece["sign"]:
            pieces.append((literal, False))
    adds = sum(text == "0" for text, _p in pieces) > 1 or any(not p and t.strip() for t, p in pieces)
    return NumberFormat(tuple(pieces)) if adds and _places(pieces) else None


def _places(pieces: Iterable[tuple[str, bool]]) -> int:
    return sum(is_place for _text, is_place in pieces)
