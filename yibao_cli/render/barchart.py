"""Where the bars of a chart stand on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.kinds.chart import frames, rectangles
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.kinds.page import PlacedChart

Box = tuple[float, float, float, float]


def chart_boxes(chart: PlacedChart, values: Sequence[int], height: float) -> list[Box]:
    """Left, bottom, width and height in points of each bar; height: of the page in mm, values: in fen."""
    return [
        ((x + chart.dx) * MM, (height - y - chart.dy - h) * MM, w * MM, h * MM)
        for x, y, w, h in rectangles(chart.item, values)
    ]


def bar_column(chart: PlacedChart, sums: Sequence[Sequence[int]], height: float, fill: str) -> list[str]:
    """The operators of the bars of every piece; sums: a row a piece, in fen. "" where it has none.

    Only the length of a bar differs from piece to piece: all else of it is written once.
    """
    values = np.maximum(np.array(sums, dtype=np.int64).reshape(len(sums), len(chart.keys)), 0)
    most = values.max(axis=1, initial=0)
    across = chart.item.direction == "across"
    parts = []
    for n, (x, y, w, h) in enumerate(frames(chart.item, len(chart.keys))):
        left, bottom = (x + chart.dx) * MM, (height - y - chart.dy - h) * MM
        room, other = (w, h) if across else (h, w)
        lengths = (np.round(values[:, n] / np.maximum(most, 1) * room, 3) * MM).tolist()
        head = f"{left:.2f} {bottom:.2f} " + ("" if across else f"{other * MM:.2f} ")
        tail = f" {other * MM:.2f} re " if across else " re "
        parts.append([f"{head}{length:.2f}{tail}" if length else "" for length in lengths])
    boxes = map("".join, zip(*parts, strict=True))
    return [f"q {fill} {drawn}f Q\n" if drawn else "" for drawn in boxes]
