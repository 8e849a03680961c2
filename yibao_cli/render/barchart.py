"""Where the bars of a chart stand on a page, and the operators of its bars and amounts, piece by piece."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.kinds.chart import LEAST, frames, rectangles
from yibao_cli.money import yuan
from yibao_cli.render.encode import operand
from yibao_cli.render.rowbytes import NEGATIVE, beside, characters, field, strings, yuan_field
from yibao_cli.render.setting import MM, lead, set_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from yibao_cli.kinds.geometry import TextItem
    from yibao_cli.kinds.page import PlacedChart
    from yibao_cli.render.encode import PartFont
    from yibao_cli.render.fonts import Font

Box = tuple[float, float, float, float]

# Bars are as long as whole steps, so that there are few lengths to write. A tenth of a point is less than a
# dot of a press of 600 dpi, and half of it a third of what the reader of print files takes as equal.
_STEPS = 10  # in a point
_EM = 1000
_NOTHING = 0.005  # points; a number in the file has two decimals


def chart_boxes(chart: PlacedChart, values: Sequence[int], height: float) -> list[Box]:
    """Left, bottom, width and height in points of each bar; height: of the page in mm, values: in fen."""
    return [
        ((x + chart.dx) * MM, (height - y - chart.dy - h) * MM, w * MM, h * MM)
        for x, y, w, h in rectangles(chart.item, values)
    ]


def bar_operators(chart: PlacedChart, sums: NDArray[np.int64], height: float, fill: str) -> list[str]:
    """The operators of the bars of every piece; "" where it has none.

    sums: a row a piece, a column a bar, in fen. Only the length of a bar differs from piece to piece: all
    else of it is written once, and so is each length.
    """
    across = chart.item.direction == "across"
    rooms = frames(chart.item, len(chart.keys))
    _x, _y, w, h = rooms[0]
    room, thick = (w, h) if across else (h, w)
    side = f"{thick * MM:.2f}"
    steps = _lengths_of(sums, room)
    feet = field(
        [
            f"{(x + chart.dx) * MM:.2f} {(height - y - chart.dy - h) * MM:.2f} {'' if across else side + ' '}"
            for x, y, _w, h in rooms
        ]
    )
    lengths = _written(f" {side} re " if across else " re ", round(room * MM * _STEPS))
    bars = beside(steps.shape, (feet, lengths[steps]))
    bars[steps == 0] = 0
    count, each, wide = bars.shape
    page = beside((count,), (field([f"q {fill} "]), bars.reshape(count, each * wide), field(["f Q\n"])))
    page[~steps.any(axis=1)] = 0
    return strings(page)


def _lengths_of(sums: NDArray[np.int64], room: float) -> NDArray[np.int64]:
    """How many steps each bar is long; room: of the longest, in mm."""
    values = np.maximum(sums, 0)
    most = values.max(axis=1, initial=0)
    steps = np.rint(values * (room * MM * _STEPS / np.maximum(most, 1))[:, None]).astype(np.int64)
    return np.where(values > 0, np.maximum(steps, round(LEAST * MM * _STEPS)), 0)


@lru_cache(maxsize=32)
def _written(behind: str, longest: int) -> NDArray[np.uint8]:
    """What a bar of so many steps ends with, a row each."""
    return field([f"{length / _STEPS:g}{behind}" for length in range(longest + 1)])


def amount_operators(
    chart: PlacedChart, sums: NDArray[np.int64], height: float, font: PartFont
) -> list[str] | None:
    """The operators of the amounts of every piece, in the narrow font at their size.

    None where one of them would have to be set smaller, or cannot be set in that font.
    """
    texts, kinds = yuan_field(sums)
    item = chart.amounts[0].item
    shifts = [""] * (2 * NEGATIVE)
    for kind in np.flatnonzero(np.bincount(kinds.ravel(), minlength=1)).tolist():
        shift = _shift(kind, item, font.font)
        if shift is None:
            return None
        shifts[kind] = f"[{shift}("
    if not font.takes_narrow(characters(texts)):
        return None
    places = field(_steps_to([(t.item.x + t.dx, height - t.item.y - t.dy) for t in chart.amounts]))
    return strings(beside(sums.shape, (places, field(shifts)[kinds], texts, field([")]TJ\n"]))))


def _shift(kind: int, item: TextItem, font: Font) -> str | None:
    """How far left of its place an amount begins, as a number of a TJ array; None where it does not fit.

    kind: as `yuan_field` gives it.
    """
    below, digits = divmod(kind, NEGATIVE)
    sample = yuan(10 ** (digits - 1) * (-1 if below else 1))
    setting = set_text(sample, item, font)
    if setting.lines != (sample,) or setting.size != item.size:
        return None
    return operand(lead(sample, item.align, _EM, font))


def _steps_to(places: Sequence[tuple[float, float]]) -> list[str]:
    """The operators that go from place to place, in mm: the steps are alike, and pack better than places."""
    points = [(round(x * MM, 2), round(y * MM, 2)) for x, y in places]
    (x, y), *_rest = points
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(points)]
    return [f"1 0 0 1 {_n(x)} {_n(y)} Tm", *(f"{_n(right)} {_n(up)} Td" for right, up in steps)]


def _n(value: float) -> str:
    # What is nothing has no sign.
    return operand(value if abs(value) > _NOTHING else 0)
