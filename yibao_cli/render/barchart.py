"""Where the bars of a chart stand on a page."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.kinds.chart import LEAST, frames, rectangles
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from yibao_cli.kinds.page import PlacedChart

Box = tuple[float, float, float, float]

# Bars are as long as whole steps, so that there are few lengths to write. A tenth of a point is less than a
# dot of a press of 600 dpi, and half of it a third of what the reader of print files takes as equal.
_STEPS = 10  # in a point


def chart_boxes(chart: PlacedChart, values: Sequence[int], height: float) -> list[Box]:
    """Left, bottom, width and height in points of each bar; height: of the page in mm, values: in fen."""
    return [
        ((x + chart.dx) * MM, (height - y - chart.dy - h) * MM, w * MM, h * MM)
        for x, y, w, h in rectangles(chart.item, values)
    ]


def bar_columns(chart: PlacedChart, sums: NDArray[np.int64], height: float, fill: str) -> list[list[str]]:
    """The operators of the bars of every piece: strings that follow each other; "" where it has none.

    sums: a row a piece, a column a bar, in fen. Only the length of a bar differs from piece to piece: all
    else of it is written once, and so is each length.
    """
    values = np.maximum(sums, 0)
    most = values.max(axis=1, initial=0)
    across = chart.item.direction == "across"
    rooms = frames(chart.item, len(chart.keys))
    _x, _y, w, h = rooms[0]
    room, thick = (w, h) if across else (h, w)
    longest = room * MM * _STEPS
    steps = np.rint(values * (longest / np.maximum(most, 1))[:, None]).astype(np.int64)
    steps = np.where(values > 0, np.maximum(steps, round(LEAST * MM * _STEPS)), 0)
    side = f"{thick * MM:.2f}"
    written = _lengths(f" {side} re " if across else " re ", round(longest))
    columns = [[f"q {fill} " if m else "" for m in most.tolist()]]
    for (x, y, _w, _h), bar in zip(rooms, steps.T, strict=True):
        corner = f"{(x + chart.dx) * MM:.2f} {(height - y - chart.dy - h) * MM:.2f} "
        foot = corner if across else f"{corner}{side} "
        columns.append([foot + written[length] if length else "" for length in bar.tolist()])
    columns.append(["f Q\n" if m else "" for m in most.tolist()])
    return columns


@lru_cache(maxsize=32)
def _lengths(behind: str, longest: int) -> tuple[str, ...]:
    """What a bar of so many steps ends with."""
    return tuple(f"{length / _STEPS:g}{behind}" for length in range(longest + 1))
