"""Draw an advert's shapes as a vector PDF or as a PNG of few colours, 230 x 120 mm either way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from yibao_cli.render.fonts import BOLD, REGULAR, font, pinned_font

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WIDTH, HEIGHT = 230.0, 120.0  # mm: one panel of the letter sheet

_DPI = 120
_FINER = 3  # drawn this much larger, then reduced: edges come out smooth
_COLOURS = 64
_MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in mm from the top left corner of the panel."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle, mm."""

    x: float
    y: float
    radius: float
    fill: str


@dataclass(frozen=True, slots=True)
class Poly:
    """A filled polygon, mm."""

    points: tuple[tuple[float, float], ...]
    fill: str


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text: left end of the base line in mm, size in points."""

    x: float
    y: float
    size: float
    text: str
    fill: str
    bold: bool = False

    @property
    def width(self) -> float:
        """Width of the line in mm."""
        return font(BOLD if self.bold else REGULAR).width(self.text, self.size) * _MM_PER_POINT


Shape = Box | Disc | Poly | Text


def extent(shape: Shape) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a shape in mm; a line of text counts its size as its height."""
    if isinstance(shape, Box):
        return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    if isinstance(shape, Disc):
        r = shape.radius
        return shape.x - r, shape.y - r, shape.x + r, shape.y + r
    if isinstance(shape, Text):
        size = shape.size * _MM_PER_POINT
        return shape.x, shape.y - size, shape.x + shape.width, shape.y + size * 0.2
    across, down = zip(*shape.points, strict=True)
    return min(across), min(down), max(across), max(down)


def draw(path: Path, shapes: Iterable[Shape]) -> None:
    """Draw the shapes in their order into the file: a PDF or a PNG by its suffix.

    Raises DependencyError when the Chinese font is missing.
    """
    if path.suffix == ".pdf":
        _draw_pdf(path, shapes)
    else:
        _draw_png(path, shapes)


def _font_name(*, bold: bool) -> str:
    weight = BOLD if bold else REGULAR
    name = f"SampleSans-{weight}"
    if name not in pdfmetrics.getRegisteredFontNames():
        face = TTFont(name, str(pinned_font(weight)))
        # Both weights bear one PostScript name, and ReportLab keeps one font for each such name.
        face.face.name = name.encode()
        pdfmetrics.registerFont(face)
    return name


def _draw_pdf(path: Path, shapes: Iterable[Shape]) -> None:
    canvas = Canvas(
        str(path), pagesize=(WIDTH * mm, HEIGHT * mm), invariant=1, initialFontName=_font_name(bold=False)
    )
    for shape in shapes:
        canvas.setFillColor(HexColor(shape.fill))
        _put_on_canvas(canvas, shape)
    canvas.save()


def _put_on_canvas(canvas: Canvas, shape: Shape) -> None:
    if isinstance(shape, Box):
        bottom = HEIGHT - shape.y - shape.height
        canvas.rect(shape.x * mm, bottom * mm, shape.width * mm, shape.height * mm, stroke=0, fill=1)
    elif isinstance(shape, Disc):
        canvas.circle(shape.x * mm, (HEIGHT - shape.y) * mm, shape.radius * mm, stroke=0, fill=1)
    elif isinstance(shape, Text):
        canvas.setFont(_font_name(bold=shape.bold), shape.size)
        canvas.drawString(shape.x * mm, (HEIGHT - shape.y) * mm, shape.text)
    else:
        outline = canvas.beginPath()
        outline.moveTo(shape.points[0][0] * mm, (HEIGHT - shape.points[0][1]) * mm)
        for x, y in shape.points[1:]:
            outline.lineTo(x * mm, (HEIGHT - y) * mm)
        outline.close()
        canvas.drawPath(outline, stroke=0, fill=1)


def _draw_png(path: Path, shapes: Iterable[Shape]) -> None:
    scale = _DPI / 25.4
    size = (round(WIDTH * scale), round(HEIGHT * scale))
    large = Image.new("RGB", (size[0] * _FINER, size[1] * _FINER), "white")
    brush = ImageDraw.Draw(large)
    for shape in shapes:
        _put_on_image(brush, shape, scale * _FINER)
    reduced = large.resize(size, Image.Resampling.LANCZOS)
    few = reduced.quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(path, dpi=(_DPI, _DPI), optimize=True)


def _put_on_image(brush: ImageDraw.ImageDraw, shape: Shape, scale: float) -> None:
    left, top, right, bottom = (value * scale for value in extent(shape))
    if isinstance(shape, Box):
        brush.rectangle((left, top, right, bottom), fill=shape.fill)
    elif isinstance(shape, Disc):
        brush.ellipse((left, top, right, bottom), fill=shape.fill)
    elif isinstance(shape, Text):
        weight = BOLD if shape.bold else REGULAR
        face = ImageFont.truetype(str(pinned_font(weight)), shape.size * _MM_PER_POINT * scale)
        brush.text((shape.x * scale, shape.y * scale), shape.text, fill=shape.fill, font=face, anchor="ls")
    else:
        brush.polygon([(x * scale, y * scale) for x, y in shape.points], fill=shape.fill)
