"""Type setting: break, shrink and measure a text until it stands in its place.

Lines break by the Chinese rules: no closing mark at the start of a line, no opening one at its end, and no
break inside a run of Latin letters or digits (GB/T 15834; CLREQ 3.1.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.kinds.geometry import TextItem
    from yibao_cli.render.fonts import Font

MM = 72 / 25.4  # points in a millimetre

_NOT_FIRST = re.escape("、。，．・：；？！）〕］｝〉》」』】’”…—·,.:;?!)]}%‰℃°")
_NOT_LAST = re.escape("（〔［｛〈《「『【‘“([{¥￥$№")
# Opening marks, one character or a run of Latin ones, and all that may not begin a line after it.
_UNIT = re.compile(rf"[{_NOT_LAST}]*(?:[!-~]+|.)?(?:[{_NOT_FIRST} ]|(?<=[!-~])[!-~])*", re.DOTALL)
_STEP = 0.5  # points taken off at a time
_LONELY = 2  # characters; a last line this short (室) is drawn in by a smaller size, within
_FOR_LONELY = 1.5  # points of the wanted one


@dataclass(frozen=True, slots=True)
class Setting:
    """A set text: its lines and type size in points; `whole` is False when it had to be cut."""

    lines: tuple[str, ...]
    size: float
    whole: bool = True


def set_text(text: str, item: TextItem, font: Font) -> Setting:
    """Set a text in an item's place: at its size, else broken, else smaller, else cut and marked so."""
    if item.width is None:
        lines = tuple(text.split("\n")) if item.lines > 1 else (text,)
        return Setting(lines[: item.lines], item.size, whole=len(lines) <= item.lines)
    return fit_text(text, item.width * MM, item.lines, (item.size, item.min_size), font)


def lead(text: str, align: str, size: float, font: Font) -> float:
    """How far left of its anchor a line begins, in the unit of `size`."""
    match align:
        case "left":
            return 0.0
        case "decimal":
            return font.width(text.partition(".")[0], size)
        case "center":
            return font.width(text, size) / 2
    return font.width(text, size)


def fit_text(text: str, width: float, max_lines: int, sizes: tuple[float, float], font: Font) -> Setting:
    """Set a text within `width` points and `max_lines` lines, at the largest size of `sizes` that does."""
    size, floor = sizes
    if "\n" not in text and font.width(text, size) <= width:
        return Setting((text.rstrip(),), size)
    paragraphs = [_measured(p, font) for p in text.split("\n")]
    lonely_until = max(size - _FOR_LONELY, floor)
    while True:
        lines = tuple(chain.from_iterable(_broken(p, width / size * 1000, font) for p in paragraphs))
        lonely = len(paragraphs) == 1 and len(lines[-1]) <= _LONELY and size > lonely_until
        if len(lines) <= max_lines and not lonely:
            return Setting(lines, size)
        if size <= floor:
            return _cut(lines, max_lines, width, size, font)
        size = max(size - _STEP, floor)


def break_lines(text: str, measure: float, font: Font) -> Iterator[str]:
    """Break a text into lines of at most `measure` (1/1000 of the type size)."""
    for paragraph in text.split("\n"):
        yield from _broken(_measured(paragraph, font), measure, font)


def _measured(text: str, font: Font) -> list[tuple[str, float]]:
    """The unbreakable runs of a text with their widths in 1/1000 of the type size."""
    return [(unit, font.width(unit, 1000)) for unit in _units(text)]


def _broken(units: list[tuple[str, float]], measure: float, font: Font) -> Iterator[str]:
    line, used = "", 0.0
    for unit, width in units:
        if line and used + width > measure:
            yield line.rstrip()
            line, used = "", 0.0
            unit = unit.lstrip()  # noqa: PLW2901 - the blank at a break goes
            width = font.width(unit, 1000)  # noqa: PLW2901
        if width <= measure:
            line, used = line + unit, used + width
            continue
        for piece in _forced(unit, measure, font):
            wide = font.width(piece, 1000)
            if line and used + wide > measure:
                yield line
                line, used = "", 0.0
            line, used = line + piece, used + wide
    yield line.rstrip()


def _units(text: str) -> list[str]:
    """Runs that a line may not be broken inside of."""
    return _UNIT.findall(text)


def _forced(unit: str, measure: float, font: Font) -> Iterator[str]:
    """A run that is longer than a line by itself, broken where it must."""
    part, used = "", 0.0
    for char in unit:
        width = font.advance(char)
        if part and used + width > measure:
            yield part
            part, used = "", 0.0
        part += char
        used += width
    yield part


def _cut(lines: tuple[str, ...], max_lines: int, width: float, size: float, font: Font) -> Setting:
    last = lines[max_lines - 1]
    while last and font.width(last + "…", size) > width:
        last = last[:-1]
    return Setting((*lines[: max_lines - 1], last + "…"), size, whole=False)
