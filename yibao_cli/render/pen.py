"""A pen for what is drawn once: ReportLab's canvas in millimetres, with the fonts that its texts need."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, NamedTuple

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase import pdfmetrics

from yibao_cli.kinds.geometry import BoxItem, RuleItem
from yibao_cli.render.faces import FACES
from yibao_cli.render.fonts import BOLD, REGULAR, with_only
from yibao_cli.render.setting import MM, lead, set_text
from yibao_cli.render.staticfont import StaticFont

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

    from yibao_cli.kinds.page import PlacedShape, PlacedText
    from yibao_cli.render.faces import Face, FontSet
    from yibao_cli.render.fonts import Font


class StaticFonts(NamedTuple):
    """The faces of a job, and what ReportLab calls the font of each face and weight."""

    faces: FontSet
    names: dict[tuple[Face, int], str]


class Pen:
    """A ReportLab canvas in millimetres from the top left corner."""

    def __init__(self, canvas: Canvas, size: tuple[float, float], fonts: StaticFonts) -> None:
        self.canvas = canvas
        self.fonts = fonts
        self.width, self.height = size

    def text(self, placed: PlacedText) -> None:
        """Set a static text."""
        item = placed.item
        self._colour(item.color)
        style = item.face, item.weight
        setting = set_text(placed.source.literal, item, self.fonts.faces.font(*style))
        for i, line in enumerate(setting.lines):
            self.line(
                line,
                (item.x + placed.dx, item.y + placed.dy + i * item.leading),
                style,
                setting.size,
                item.align,
            )

    def line(
        self, text: str, at: tuple[float, float], style: tuple[Face, int], size: float, align: str = "left"
    ) -> None:
        """Set one line with its baseline at (x, y) mm."""
        self.canvas.setFont(self.fonts.names[style], size)
        x, y = at[0] * MM, (self.height - at[1]) * MM
        self.canvas.drawString(x - lead(text, align, size, self.fonts.faces.font(*style)), y, text)

    def shape(self, placed: PlacedShape) -> None:
        """Draw a rule or a box."""
        item = placed.item
        if isinstance(item, RuleItem):
            self._colour(item.color, stroke=True)
            self.canvas.setLineWidth(item.width * MM)
            self.canvas.setDash([d * MM for d in item.dash])
            x, y = item.x + placed.dx, item.y + placed.dy
            self.stroke(x, y, item.x2 + placed.dx, item.y2 + placed.dy)
            self.canvas.setDash([])
        elif isinstance(item, BoxItem):
            self._box(item, placed)

    def stroke(self, x: float, y: float, x2: float, y2: float) -> None:
        """Draw a straight line, mm."""
        self.canvas.line(x * MM, (self.height - y) * MM, x2 * MM, (self.height - y2) * MM)

    def _box(self, item: BoxItem, placed: PlacedShape) -> None:
        if item.fill is not None:
            self._colour(item.fill)
        if item.stroke is not None:
            self._colour(item.stroke, stroke=True)
            self.canvas.setLineWidth(item.width * MM)
        x, y = (item.x + placed.dx) * MM, (self.height - item.y - placed.dy - item.h) * MM
        paint = {"fill": int(item.fill is not None), "stroke": int(item.stroke is not None)}
        self.canvas.roundRect(x, y, item.w * MM, item.h * MM, item.radius * MM, **paint)

    def _colour(self, value: float | str, *, stroke: bool = False) -> None:
        colour = HexColor(value) if isinstance(value, str) else Color(value, value, value)
        (self.canvas.setStrokeColor if stroke else self.canvas.setFillColor)(colour)


def registered_fonts(characters: str, faces: FontSet) -> StaticFonts:
    """ReportLab fonts of all faces that have these characters.

    ReportLab reads a whole font before it draws a line, a tenth of a second for 30,000 glyphs; so it gets
    one with the few it needs.
    """
    names = {}
    known: dict[Font, str] = {}
    for face in FACES:
        for weight in (REGULAR, BOLD):
            font = faces.font(face, weight)
            if font not in known:
                known[font] = _register(font, characters)
            names[face, weight] = known[font]
    return StaticFonts(faces, names)


def _register(font: Font, characters: str) -> str:
    program = with_only(font, characters)
    name = f"{font.name}-{hashlib.sha256(program).hexdigest()[:16]}"
    if name not in pdfmetrics.getRegisteredFontNames():
        loaded = StaticFont(name, io.BytesIO(program))
        # ReportLab takes a font for the first one that it knows by the name of its face.
        loaded.face.name = name.encode()
        pdfmetrics.registerFont(loaded)
    return name
