"""The text objects of a page, BT to ET: which string begins where, in which font, size and colour.

What stands between two strings is nearly always what stood between two others before: one is closed, the
place of the next is set, it is opened. So an object is taken apart at its strings, and each different stretch
between them is read by the grammar once. Where that does not go (an array of several strings, what is to be
refused) the object is read step by step, by the same grammar. Source: ISO 32000-2, 9.4.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.render.charmaps import string_bytes
from yibao_cli.render.tokens import END, FILL, NAME, SPACE, STRING, UPRIGHT, N, W

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# One step of a text: each part of it may be missing, but not all. An empty match is what is not admitted.
_STEP = re.compile(
    rf"{W}*+(?!\Z)"
    # First what most steps of a table are: to the next cell.
    rf"(?:({N}){W}++({N}){W}++Td{END}|"
    rf"(?:({N}){W}++Tc{END})?({FILL})?(?:{NAME}{W}++({N}){W}++Tf{END})?"
    rf"(?:{UPRIGHT}({N}){W}++({N}){W}++Tm{END}|({N}){W}++({N}){W}++Td{END})?)"
    rf"(?:(\[{W}*+(?:({N}){W}*+)?)?({STRING}){W}*+(?(11)\]{W}*+TJ|Tj){END}"
    rf"|\[((?:{N}|{W}++|{STRING})*)\]{W}*+TJ{END})?",
    re.DOTALL,
)
_ELEMENT = re.compile(rf"({N})|({STRING})", re.DOTALL)
_SPLIT = re.compile(f"({STRING})", re.DOTALL)
_CLOSING = re.compile(rf"{W}*+(?:(\]){W}*+TJ|Tj){END}")
_OPENING = re.compile(rf"\[{W}*+(?:{N}{W}*+)?\Z")
WORD = re.compile(r"[A-Za-z'\"*]{1,3}(?![\w])")

BLACK = "0 g"
_EM = 1000
_KERN = 100  # thousandths of the type size that two strings of one array may be apart or together
_STRETCHES = 20_000  # different ones that are kept


_NO_STRING = re.compile(r"[()<>]")
_NOWHERE, _BY, _TO = range(3)


class _OtherError(Exception):
    """What stands between two strings is not one string's end and the next one's beginning."""


class _Change(NamedTuple):
    """What is in force from a stretch on; font, size and colour are the last of those that it names.

    sizes, colours: all that it names, as it writes them; spacing: between characters, None where it says
    nothing of it.
    """

    fonts: tuple[str, ...]
    sizes: tuple[str, ...]
    colours: tuple[str, ...]
    spacing: float | None


class _Stretch(NamedTuple):
    """What stands between two strings.

    closes, opens: whether it ends the array of the string before it, and begins one for the string behind it.
    place: whether x and y say how far or where to the next string goes, or it has no place of its own; shift:
    thousandths of its size that it stands more to the left.
    """

    closes: bool
    opens: bool
    place: int
    x: float
    y: float
    shift: float
    change: _Change | None


class TextReader:
    """Reads the text objects of one page; keeps what of the graphics state lasts from one to the next.

    strings: as they are written; fonts: the name of each one's font; xs, ys: where each begins, in points.
    sizes, colours: all that are named, as they are written; colour: what is in force.
    """

    def __init__(self, width: float, refuse: Callable[[str], None]) -> None:
        """Width: of the page, points; refuse: is told each operator that is not admitted, as written."""
        self._width = width
        self._refuse = refuse
        self._font = ""
        self._size = self._spacing = 0.0
        self.colour = BLACK
        self.strings: list[str] = []
        self.fonts: list[str] = []
        self.xs: list[float] = []
        self.ys: list[float] = []
        self.sizes: set[str] = set()
        self.colours: set[str] = set()

    def read(self, body: str) -> None:
        """Read what stands between BT and ET. Raises ValueError for a number that is none."""
        parts = _SPLIT.split(body)
        strings = parts[1::2]
        try:
            # The first one closes no string: as if one had been closed before it.
            stretches = [_stretch(f"Tj {parts[0]}"), *map(_stretch, parts[2::2])]
        except _OtherError:
            stretches, strings = self._step_by_step(body)
        self._show(stretches, strings)
        self.strings += strings

    def _show(self, stretches: Sequence[_Stretch], strings: Sequence[str]) -> None:
        """Note where each string begins; one stretch more than there are strings stands behind the last."""
        x = y = 0.0
        opened = False
        for stretch, string in zip_longest(stretches, strings):
            closes, opens, place, right, up, shift, change = stretch
            if closes is not opened:
                self._refuse("TJ")
            opened = opens
            if change is not None:
                self._take(change)
            if string is None:
                break
            if place == _BY:
                x += right
                y += up
            elif place == _TO:
                x, y = right, up
            begin = x - shift * self._size / _EM if shift else x
            self.fonts.append(self._font)
            self.xs.append(begin)
            self.ys.append(y)
            if self._spacing or not place:
                self._check(begin, string, placed=place != _NOWHERE)
        if opened:
            self._refuse("TJ")

    def _take(self, change: _Change) -> None:
        if change.fonts:
            self._font, self._size = change.fonts[-1], float(change.sizes[-1])
            self.sizes.update(change.sizes)
        if change.colours:
            self.colour = change.colours[-1]
            self.colours.update(change.colours)
        if change.spacing is not None:
            self._spacing = change.spacing

    def _check(self, x: float, string: str, *, placed: bool) -> None:
        if not placed:
            # Where it begins depends on the widths of what was shown before; ours never does.
            self._refuse("Tj")
        codes = (len(string) - 2) / (1 if string[0] == "(" else 4)
        if self._spacing < 0 or x + codes * self._spacing > self._width:
            self._refuse("Tc")

    def _step_by_step(self, body: str) -> tuple[list[_Stretch], list[str]]:
        """The stretches and strings of any body; what is refused ends it."""
        stretches, strings, steps = [], [], []
        for step in _STEP.findall(body):
            if not any(step):
                self._refuse_step(body)
                break
            *_others, shift, string, array = step
            if array:
                shift, string = self._joined(array)
            steps.append(step)
            if string:
                stretches.append(_merged(steps)._replace(shift=float(shift or 0)))
                strings.append(string)
                steps = []
        return [*stretches, _merged(steps)], strings

    def _joined(self, array: str) -> tuple[float, str]:
        """A TJ array of several strings as one: how far it moves before the first, and all their bytes."""
        shift, codes = 0.0, b""
        for number, string in _ELEMENT.findall(array):
            if string:
                codes += string_bytes(string)
            elif not codes:
                shift += float(number)
            elif abs(float(number)) > _KERN:
                self._refuse("TJ")
        return shift, f"<{codes.hex()}>"

    def _refuse_step(self, body: str) -> None:
        """Say which operator stands where the grammar ends."""
        ends = next((m.end() for m in _STEP.finditer(body) if not m[0].strip(SPACE)), 0)
        operator = WORD.search(body, ends)
        self._refuse(operator[0] if operator else "?")


@lru_cache(_STRETCHES)
def _stretch(written: str) -> _Stretch:
    """What a stretch says, from the closing of the string before it; _OtherError where it says more."""
    closing = _CLOSING.match(written)
    if closing is None or _NO_STRING.search(written):
        raise _OtherError
    rest = written[closing.end() :]
    opens = bool(_OPENING.search(rest))
    steps = _STEP.findall(f"{rest}(){']TJ' if opens else 'Tj'}")
    if not all(map(any, steps)) or any(step[-2] or step[-1] for step in steps[:-1]):
        raise _OtherError
    return _merged(steps)._replace(closes=bool(closing[1]), opens=opens)


def _merged(steps: Sequence[tuple[str, ...]]) -> _Stretch:
    """What some steps say together, the last of them alone with a string."""
    place, x, y, shifted, spaced = _NOWHERE, 0.0, 0.0, "", ""
    fonts, sizes, colours = [], [], []
    for right, up, spacing, colour, font, size, tm_x, tm_y, td_x, td_y, _open, shift, _shown, _array in steps:
        if tm_x:
            place, x, y = _TO, float(tm_x), float(tm_y)
        elif right or td_x:
            place, x, y = place or _BY, x + float(right or td_x), y + float(up or td_y)
        if font:
            fonts.append(font)
            sizes.append(size)
        if colour:
            colours.append(colour.strip(SPACE))
        spaced, shifted = spacing or spaced, shift
    change = None
    if fonts or colours or spaced:
        spacing_now = float(spaced) if spaced else None
        change = _Change(tuple(fonts), tuple(sizes), tuple(colours), spacing_now)
    return _Stretch(False, False, place, x, y, float(shifted or 0), change)
