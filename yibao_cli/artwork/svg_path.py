"""Outlines of an SVG: path data and basic shapes as absolute moves, lines and cubic curves."""

from __future__ import annotations

import math
import re
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path

from yibao_cli.artwork.facts import NotPrintableError
from yibao_cli.artwork.matrices import numbers

# move, line, curve or close, and its coordinates in user units
Step = tuple[str, tuple[float, ...]]

_PATH = re.compile(r"[\s,MmZzLlHhVvCcSsQqTtAa0-9.eE+-]*")


def path_steps(data: str) -> tuple[Step, ...]:
    """The steps of path data.

    Raises NotPrintableError or ValueError when it is not whole: a reader would draw it up to the fault.
    """
    if not _PATH.fullmatch(data):
        raise NotPrintableError("C202")
    pen = _Pen()
    parse_path(data, pen)
    if not all(math.isfinite(v) for _name, values in pen.steps for v in values):
        raise NotPrintableError("C202")
    return tuple(pen.steps)


def shape_data(name: str, sizes: dict[str, float], points: str) -> str:
    """Path data of a basic shape; "" for one that has no extent, and so is not drawn."""
    match name:
        case "line":
            return f"M{sizes['x1']} {sizes['y1']}L{sizes['x2']} {sizes['y2']}"
        case "polyline" | "polygon":
            values = numbers(points)
            if len(values) % 2:
                raise NotPrintableError("C202")
            return f"M{' '.join(map(str, values))}{'Z' if name == 'polygon' else ''}" if values else ""
        case "rect":
            return _rectangle(sizes)
    rx, ry = (sizes["r"], sizes["r"]) if name == "circle" else (sizes["rx"], sizes["ry"])
    if rx <= 0 or ry <= 0:
        return ""
    across = f"{rx} {ry} 0 1 0"
    return f"M{sizes['cx'] - rx} {sizes['cy']}a{across} {2 * rx} 0a{across} {-2 * rx} 0Z"


def _rectangle(sizes: dict[str, float]) -> str:
    x, y, w, h = (sizes[k] for k in ("x", "y", "width", "height"))
    if w <= 0 or h <= 0:
        return ""
    rx, ry = sizes["rx"] or sizes["ry"], sizes["ry"] or sizes["rx"]
    rx, ry = min(rx, w / 2), min(ry, h / 2)
    if rx <= 0 or ry <= 0:
        return f"M{x} {y}h{w}v{h}h{-w}Z"
    corner, across, down = f"a{rx} {ry} 0 0 1", w - 2 * rx, h - 2 * ry
    return (
        f"M{x + rx} {y}h{across}{corner} {rx} {ry}v{down}{corner} {-rx} {ry}"
        f"h{-across}{corner} {-rx} {-ry}v{-down}{corner} {rx} {-ry}Z"
    )


class _Pen(BasePen):  # type: ignore[misc] # the library is not typed
    """Takes down what is drawn; the library turns arcs and quadratic curves into cubic ones."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []

    def _moveTo(self, pt: Any) -> None:  # noqa: N802 - the library's name
        self.steps.append(("move", tuple(pt)))

    def _lineTo(self, pt: Any) -> None:  # noqa: N802 - the library's name
        self.steps.append(("line", tuple(pt)))

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802 - the library's name
        self.steps.append(("curve", (*pt1, *pt2, *pt3)))

    def _closePath(self) -> None:  # noqa: N802 - the library's name
        self.steps.append(("close", ()))
