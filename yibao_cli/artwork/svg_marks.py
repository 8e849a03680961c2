"""The marks of an SVG: an outline or a picture with all that paints it, resolved."""

from __future__ import annotations

import base64
import io
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yibao_cli.artwork.facts import NotPrintableError
from yibao_cli.artwork.matrices import NUMBER, Matrix
from yibao_cli.artwork.raster import load_picture
from yibao_cli.artwork.svg_guard import target_of
from yibao_cli.artwork.svg_path import Step, path_steps, shape_data
from yibao_cli.artwork.svg_style import colour

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from PIL.Image import Image

_UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
LENGTH = re.compile(rf"({NUMBER})(px|pt|pc|mm|cm|in)?")
_DATA = re.compile(r"data:image/(?:png|jpe?g);base64,", re.IGNORECASE)
SHAPES = {
    "line": ("x1", "y1", "x2", "y2"),
    "rect": ("x", "y", "width", "height", "rx", "ry"),
    "circle": ("cx", "cy", "r"),
    "ellipse": ("cx", "cy", "rx", "ry"),
    "polyline": (),
    "polygon": (),
    "path": (),
}


@dataclass(frozen=True)
class Stroke:
    """A line's colour, opacity, width in user units, cap and join as PDF counts them, and dashes."""

    colour: tuple[float, float, float]
    alpha: float
    width: float
    cap: int
    join: int
    miter: float
    dash: tuple[float, ...]
    phase: float


@dataclass(frozen=True)
class Outline:
    """A path in user units, the matrix to the drawing, and how it is painted: fill first, then stroke."""

    steps: tuple[Step, ...]
    matrix: Matrix
    fill: tuple[float, float, float] | None
    fill_alpha: float
    even_odd: bool
    stroke: Stroke | None


@dataclass(frozen=True)
class Picture:
    """A picture in the rectangle x, y, w, h of user units."""

    image: Image
    box: tuple[float, float, float, float]
    matrix: Matrix
    alpha: float


@dataclass(frozen=True)
class Place:
    """What an element takes from those around it."""

    matrix: Matrix
    styles: Mapping[str, str]
    depth: int = 0
    using: frozenset[str] = frozenset()


def is_fitted(element: Any) -> bool:
    """Whether the content keeps its proportions, centred; else it fills its place."""
    rule = " ".join(element.get("preserveAspectRatio", "xMidYMid").split())
    if rule not in {"none", "xMidYMid", "xMidYMid meet"}:
        raise NotPrintableError("C210", "preserveAspectRatio")
    return rule != "none"


def length(text: str) -> float:
    """A length in px; NotPrintableError for shares of something and other units."""
    found = LENGTH.fullmatch(text.strip())
    if found is None or not math.isfinite(value := float(found[1])):
        raise NotPrintableError("C210", text)
    return value * _UNITS[found[2] or ""]


def share(text: str) -> float:
    """An opacity from 0 to 1."""
    text = text.strip()
    value = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    if not math.isfinite(value):
        raise NotPrintableError("C202", "opacity")
    return min(max(value, 0.0), 1.0)


def outlines(name: str, element: Any, place: Place, opacity: float) -> Iterator[Outline]:
    """The outline of a path or shape, none where it paints nothing; opacity: of the element itself."""
    sizes = {key: length(element.get(key, "0")) for key in SHAPES[name]}
    data = element.get("d", "") if name == "path" else shape_data(name, sizes, element.get("points", ""))
    steps = path_steps(data)
    styles = place.styles
    if not steps or styles["visibility"] != "visible":
        return
    fill, stroke = colour(styles["fill"], styles["color"]), _stroke(styles, opacity)
    if fill and stroke and opacity < 1:
        raise NotPrintableError("C210", "opacity")  # where both lie on each other they would be seen twice
    alpha = fill[3] * share(styles["fill-opacity"]) * opacity if fill else 1.0
    if styles["fill-rule"] not in {"nonzero", "evenodd"}:
        raise NotPrintableError("C202", "fill-rule")
    paint = fill[:3] if fill and alpha > 0 and name != "line" else None
    if paint or stroke:
        yield Outline(steps, place.matrix, paint, alpha, styles["fill-rule"] == "evenodd", stroke)


def _stroke(styles: Mapping[str, str], opacity: float) -> Stroke | None:
    paint, width = colour(styles["stroke"], styles["color"]), length(styles["stroke-width"])
    alpha = paint[3] * share(styles["stroke-opacity"]) * opacity if paint else 0.0
    if paint is None or width <= 0 or alpha <= 0:
        return None
    caps, joins = ("butt", "round", "square"), ("miter", "round", "bevel")
    if styles["stroke-linecap"] not in caps or styles["stroke-linejoin"] not in joins:
        raise NotPrintableError("C210", "stroke-linejoin")
    dashes = styles["stroke-dasharray"]
    dash = tuple(length(d) for d in re.split(r"[\s,]+", dashes.strip())) if dashes != "none" else ()
    if any(d < 0 for d in dash):
        raise NotPrintableError("C202", "stroke-dasharray")
    return Stroke(
        colour=paint[:3],
        alpha=alpha,
        width=width,
        cap=caps.index(styles["stroke-linecap"]),
        join=joins.index(styles["stroke-linejoin"]),
        miter=float(styles["stroke-miterlimit"]),
        dash=dash if sum(dash) > 0 else (),
        phase=length(styles["stroke-dashoffset"]),
    )


def pictures(element: Any, place: Place, opacity: float) -> Iterator[Picture]:
    """The picture of an `image`, none where it is hidden; opacity: of the element itself."""
    address = target_of(element)
    start = _DATA.match(address)
    if start is None:
        raise NotPrintableError("C209", "<image>")
    image = load_picture(io.BytesIO(base64.b64decode(address[start.end() :])))
    x, y, w, h = (length(element.get(k, "0")) for k in ("x", "y", "width", "height"))
    if w <= 0 or h <= 0:
        raise NotPrintableError("C210", "<image>")
    if is_fitted(element):
        scale = min(w / image.width, h / image.height)
        x, w = x + (w - scale * image.width) / 2, scale * image.width
        y, h = y + (h - scale * image.height) / 2, scale * image.height
    if place.styles["visibility"] == "visible" and opacity > 0:
        yield Picture(image, (x, y, w, h), place.matrix, opacity)
