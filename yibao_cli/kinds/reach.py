"""How much of a panel a text can take, from its declaration alone; lengths in mm."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.kinds.page import FieldRef

if TYPE_CHECKING:
    from yibao_cli.kinds.geometry import Rect, TextItem
    from yibao_cli.kinds.page import Source

_MM_PER_POINT = 25.4 / 72
_NARROW = 0.5  # em; a Latin letter or digit
# Share of the type size that ink takes above and below the baseline.
_ABOVE, _BELOW = 0.78, 0.06
_POSTCODE = 6  # characters


@dataclass(frozen=True)
class Reach:
    """least: the rectangle that a text takes for certain; most: the one it never leaves."""

    least: Rect
    most: Rect


def text_reach(item: TextItem, source: Source, panel_width: float) -> Reach:
    """Where a text stands on its panel; without a width it may go on to the panel's edge."""
    top = item.y - _ABOVE * item.size * _MM_PER_POINT
    height = (item.lines - 1) * item.leading + (_ABOVE + _BELOW) * item.size * _MM_PER_POINT
    if item.pitch is not None:
        rect = item.x, top, (_POSTCODE - 1) * item.pitch + _NARROW * item.size * _MM_PER_POINT, height
        return Reach(rect, rect)
    if item.width is not None:
        rect = _aligned(item, item.width, top, height)
        return Reach(rect, rect)
    lines = ("".join(s for s in source.segments if isinstance(s, str))).split("\n")
    known = max(_ems(line) for line in lines) * item.size * _MM_PER_POINT
    rect = _aligned(item, known, top, height)
    if all(not isinstance(s, FieldRef) for s in source.segments) and not source.template:
        return Reach(rect, rect)
    left, right = (item.x, panel_width) if item.align == "left" else (0.0, item.x)
    if item.align == "center":
        left, right = 0.0, panel_width
    return Reach(rect, (left, top, right - left, height))


def _aligned(item: TextItem, width: float, top: float, height: float) -> Rect:
    before = {"left": 0.0, "center": 0.5, "right": 1.0, "decimal": 1.0}[item.align]
    return item.x - before * width, top, width, height


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else _NARROW for c in text)
