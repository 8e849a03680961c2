"""Small charts: a drawing is a list of shapes, which becomes SVG inside a page or a PNG beside it.

Colours are told apart in gray too, and every number that is drawn stands as text as well.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Anchor = Literal["start", "middle", "end"]

INK, QUIET, PALE = "#1f2933", "#52606d", "#e4e7eb"
BLUE, DEEP, RED, AMBER = "#2b6cb0", "#1a4971", "#c53030", "#b7791f"
# From good to bad; each is darker than the one before.
_STEPS = ("#e6f0f8", "#bcd4ea", "#f6d6a8", "#ea9c78", "#c8553d")
_ROW, _BAR, _TEXT = 30, 20, 13
_WIDTH, _LABELS, _VALUES = 720, 190, 150
_TILE, _GAP = 92, 4
_CURVE = 240
_DARK = 3  # step from which text on a tile is white
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
_SCALE = 2  # pixels of a PNG for one unit


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points."""

    points: Sequence[tuple[float, float]]
    stroke: str
    width: float = 1.5


@dataclass(frozen=True, slots=True)
class Label:
    """A text; y is its baseline."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    fill: str = INK
    size: float = _TEXT


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a white ground, units as pixels; `title` says in words what is seen."""

    width: float
    height: float
    shapes: Sequence[Rect | Line | Label]
    title: str

    def svg(self) -> str:
        """The drawing as an SVG element for a page of HTML, without any reference to the outside."""
        inside = "".join(map(_svg, self.shapes))
        return (
            f'<svg viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-label="{escape(self.title)}"><title>{escape(self.title)}</title>{inside}</svg>'
        )

    def png(self, font: Path) -> bytes:
        """The drawing as PNG, texts set in a TrueType font."""
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - only where a picture is asked for

        image = Image.new("RGB", (round(self.width * _SCALE), round(self.height * _SCALE)), "white")
        pen = ImageDraw.Draw(image)
        faces = {
            s.size: ImageFont.truetype(font, round(s.size * _SCALE))
            for s in self.shapes
            if isinstance(s, Label)
        }
        for s in self.shapes:
            if isinstance(s, Rect):
                right, bottom = s.x + max(s.width, 0), s.y + max(s.height, 0)
                pen.rectangle([s.x * _SCALE, s.y * _SCALE, right * _SCALE, bottom * _SCALE], s.fill)
            elif isinstance(s, Line):
                points = [(x * _SCALE, y * _SCALE) for x, y in s.points]
                pen.line(points, s.stroke, round(s.width * _SCALE))
            else:
                place = (s.x * _SCALE, s.y * _SCALE)
                pen.text(place, s.text, s.fill, faces[s.size], anchor=_ANCHORS[s.anchor])
        stream = io.BytesIO()
        image.save(stream, "PNG", optimize=True)
        return stream.getvalue()


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label, how much, the words at its end, and its colour."""

    label: str
    value: float
    words: str
    fill: str = BLUE


@dataclass(frozen=True, slots=True)
class Tile:
    """A place on a tile map: column and row, name, words below it, and a share from 0 (good) to 1."""

    column: int
    row: int
    name: str
    words: str
    share: float


def bars(title: str, rows: Sequence[Bar]) -> Drawing:
    """Horizontal bars, all of one scale."""
    top = max((row.value for row in rows), default=0) or 1
    room = _WIDTH - _LABELS - _VALUES
    shapes: list[Rect | Line | Label] = []
    for i, row in enumerate(rows):
        y = i * _ROW + 4
        shapes.append(Label(_LABELS - 8, y + 15, _short(row.label, 13), "end"))
        shapes.append(Rect(_LABELS, y, room * row.value / top, _BAR, row.fill, f"{row.label} {row.words}"))
        shapes.append(Label(_LABELS + room * row.value / top + 6, y + 15, row.words, fill=QUIET))
    return Drawing(_WIDTH, len(rows) * _ROW + 8, shapes, title)


def curve(title: str, days: Sequence[str], values: Sequence[float], words: Sequence[str]) -> Drawing:
    """A line over days that rises from 0, with the first, the middle and the last day named."""
    left, right, foot = 56, _WIDTH - 24, _CURVE - 28
    top = max(values, default=0) or 1
    shapes: list[Rect | Line | Label] = []
    for part in (0.0, 0.5, 1.0):
        y = foot - part * (foot - 16)
        shapes += [
            Line([(left, y), (right, y)], PALE, 1),
            Label(left - 6, y + 4, f"{top * part:,.0f}", "end", QUIET, 11),
        ]
    step = (right - left) / max(len(values) - 1, 1)
    points = [(left + i * step, foot - v / top * (foot - 16)) for i, v in enumerate(values)]
    if len(points) == 1:
        points = [(left, foot), *points]
    if points:
        shapes.append(Line(points, BLUE, 2.5))
    shown = sorted({0, len(days) // 2, len(days) - 1}) if days else []
    for i in shown:
        anchor: Anchor = "start" if i == 0 else "end" if i == len(days) - 1 else "middle"
        shapes.append(Label(left + i * step, _CURVE - 8, days[i], anchor, QUIET, 11))
    shapes += [Label(right, 12 + 15 * i, text, "end", INK, 12) for i, text in enumerate(words)]
    return Drawing(_WIDTH, _CURVE, shapes, title)


def tiles(title: str, places: Sequence[Tile]) -> Drawing:
    """A map of tiles: each place a square near its neighbours, darker the worse; worst share is darkest."""
    worst = max((t.share for t in places), default=0) or 1
    shapes: list[Rect | Line | Label] = []
    for tile in places:
        step = min(int(tile.share / worst * len(_STEPS)), len(_STEPS) - 1) if tile.share else 0
        x, y = tile.column * (_TILE + _GAP), tile.row * (_TILE * 0.62 + _GAP)
        ink = "#ffffff" if step > _DARK else INK
        middle = x + _TILE / 2
        shapes.append(Rect(x, y, _TILE, _TILE * 0.62, _STEPS[step], f"{tile.name} {tile.words}"))
        shapes.append(Label(middle, y + 26, _short(tile.name, 6), "middle", ink, 14))
        shapes.append(Label(middle, y + 44, tile.words, "middle", ink, 12))
    columns = max((t.column for t in places), default=0) + 1
    rows = max((t.row for t in places), default=0) + 1
    width, height = columns * (_TILE + _GAP), rows * (_TILE * 0.62 + _GAP)
    return Drawing(max(width, _WIDTH), height, shapes, title)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _svg(shape: Rect | Line | Label) -> str:
    if isinstance(shape, Rect):
        title = f"<title>{escape(shape.title)}</title>" if shape.title else ""
        return (
            f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{max(shape.width, 0):.1f}" '
            f'height="{max(shape.height, 0):.1f}" fill="{shape.fill}">{title}</rect>'
        )
    if isinstance(shape, Line):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        pen = f'fill="none" stroke="{shape.stroke}" stroke-width="{shape.width:g}"'
        return f'<polyline points="{points}" {pen}/>'
    return (
        f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" text-anchor="{shape.anchor}" fill="{shape.fill}" '
        f'font-size="{shape.size:g}">{escape(shape.text)}</text>'
    )
