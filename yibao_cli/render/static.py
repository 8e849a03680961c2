"""What is drawn once: static layers, ad and house panels, marks; ReportLab draws, pikepdf carries over.

Each becomes a Form XObject that all pages of all parts share. Source: design.md section 7.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Name
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.kinds.geometry import BoxItem, RuleItem
from yibao_cli.render.fonts import BOLD, REGULAR, font, with_only
from yibao_cli.render.setting import MM, set_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from yibao_cli.kinds.page import Layout, PagePlan, PanelArt, PlacedShape, PlacedTable, PlacedText

_AD_WORD, _PROOF_WORD = "广告", "样 张"
MARK = "mark:ad"
FOLDS = "mark:folds"
_FOLD_MARK = 4  # mm from the edge inwards
WATERMARK = "mark:proof"

# The mark 广告 stands in the top right corner of each paid panel, where the art leaves it free, mm.
_MARK_WIDTH, _MARK_HEIGHT = 14, 8


@dataclass(frozen=True)
class StaticLayer:
    """Objects of a PDF, numbered from 1 without a gap, and the numbers of the forms by key.

    Keys: `page:<variant>:<number>`, `ad:<id>`, `house:<id>`, MARK, FOLDS, WATERMARK.
    """

    objects: tuple[bytes, ...]
    forms: dict[str, int]


def draw_static(layout: Layout, art_folder: Path) -> StaticLayer:
    """Draw everything that does not change from piece to piece.

    Raises InputRefused when an artwork cannot be read.
    """
    drawing = _Drawing(_characters(layout))
    for variant, pages in layout.variants.items():
        for page in pages:
            drawing.form(f"page:{variant}:{page.number}", (page.width, page.height), _page_painter(page))
    for art in layout.art:
        if not art.file.lower().endswith(".pdf"):
            drawing.form(art.key, layout.panel_size, _art_painter(art, art_folder, layout.panel_size))
    if layout.art:
        drawing.form(MARK, layout.panel_size, lambda pen: _paint_mark(pen, layout.panel_size))
    first = next(iter(layout.variants.values()))[0]
    if first.folds:
        drawing.form(FOLDS, (first.width, first.height), lambda pen: _paint_folds(pen, first))
    drawing.form(WATERMARK, (first.width, first.height), lambda pen: _paint_watermark(pen, first))
    foreign = {a.key: art_folder / a.file for a in layout.art if a.file.lower().endswith(".pdf")}
    return _collected(drawing, foreign, layout.panel_size)


class Pen:
    """A ReportLab canvas in millimetres from the top left corner."""

    def __init__(self, canvas: Canvas, size: tuple[float, float], fonts: Mapping[int, str]) -> None:
        self.canvas = canvas
        self.fonts = fonts
        self.width, self.height = size

    def text(self, placed: PlacedText) -> None:
        """Set a static text."""
        item = placed.item
        self._colour(item.color)
        setting = set_text(placed.source.literal, item, font(item.weight))
        for i, line in enumerate(setting.lines):
            self.line(
                line,
                (item.x + placed.dx, item.y + placed.dy + i * item.leading),
                item.weight,
                setting.size,
                item.align,
            )

    def line(self, text: str, at: tuple[float, float], weight: int, size: float, align: str = "left") -> None:
        """Set one line with its baseline at (x, y) mm."""
        self.canvas.setFont(self.fonts[weight], size)
        x, y = at[0] * MM, (self.height - at[1]) * MM
        draw = {
            "left": self.canvas.drawString,
            "right": self.canvas.drawRightString,
            "center": self.canvas.drawCentredString,
        }[align]
        draw(x, y, text)

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


class _Drawing:
    """A ReportLab document in memory: one page for each future form."""

    def __init__(self, characters: str) -> None:
        self._buffer = io.BytesIO()
        self._fonts = _registered(characters)
        # Named so that ReportLab refers to no font of its own.
        self._canvas = Canvas(self._buffer, invariant=1, initialFontName=self._fonts[REGULAR])
        self.keys: list[str] = []

    def form(self, key: str, size: tuple[float, float], paint: Callable[[Pen], None]) -> None:
        self._canvas.setPageSize((size[0] * MM, size[1] * MM))
        paint(Pen(self._canvas, size, self._fonts))
        self._canvas.showPage()
        self.keys.append(key)

    def finish(self) -> bytes:
        self._canvas.save()
        return self._buffer.getvalue()


def _page_painter(page: PagePlan) -> Callable[[Pen], None]:
    def paint(pen: Pen) -> None:
        for shape in page.shapes:
            pen.shape(shape)
        for text in page.static_texts:
            pen.text(text)
        for table in page.tables:
            _paint_table_head(pen, table)

    return paint


def _paint_folds(pen: Pen, page: PagePlan) -> None:
    pen.canvas.setStrokeGray(0.4)
    pen.canvas.setLineWidth(0.15 * MM)
    for y in page.folds:
        pen.stroke(0, y, _FOLD_MARK, y)
        pen.stroke(page.width - _FOLD_MARK, y, page.width, y)


def _paint_table_head(pen: Pen, table: PlacedTable) -> None:
    item = table.item
    size = item.header_size or item.size
    pen.canvas.setFillGray(0.25)
    pen.canvas.setStrokeGray(0.4)
    pen.canvas.setLineWidth(0.15 * MM)
    for left in block_lefts(table):
        x, y = left, item.y + table.dy + item.row_height
        for column in item.columns:
            at = (
                (x + column.width - CELL_PAD, y - 0.3 * item.row_height)
                if column.align == "right"
                else (x + CELL_PAD, y - 0.3 * item.row_height)
            )
            pen.line(column.header, at, BOLD, size, column.align)
            x += column.width
        pen.stroke(left, y, left + item.block_width, y)


# White space at both sides of a table cell, mm.
CELL_PAD = 0.4


def block_lefts(table: PlacedTable) -> list[float]:
    """Left edge of each block of a table on its page, mm."""
    item = table.item
    return [item.x + table.dx + b * (item.block_width + item.gap) for b in range(item.blocks)]


def _art_painter(art: PanelArt, folder: Path, size: tuple[float, float]) -> Callable[[Pen], None]:
    def paint(pen: Pen) -> None:
        if art.file:
            try:
                # A path would become the image's name in the file, and another folder give other bytes.
                picture = ImageReader(str(folder / art.file))
                pen.canvas.drawImage(picture, 0, 0, size[0] * MM, size[1] * MM, mask="auto")
            except OSError as error:
                raise _unreadable(art.file) from error
        for shape in art.shapes:
            pen.shape(shape)
        for text in art.texts:
            pen.text(text)

    return paint


def _paint_mark(pen: Pen, size: tuple[float, float]) -> None:
    x = size[0] - _MARK_WIDTH
    pen.canvas.setFillGray(1)
    pen.canvas.rect(
        x * MM, (size[1] - _MARK_HEIGHT) * MM, _MARK_WIDTH * MM, _MARK_HEIGHT * MM, stroke=0, fill=1
    )
    pen.canvas.setFillGray(0)
    pen.line(_AD_WORD, (x + _MARK_WIDTH / 2, 5.4), BOLD, 10, "center")


def _paint_watermark(pen: Pen, page: PagePlan) -> None:
    for y in range(60, int(page.height), 120):
        pen.canvas.saveState()
        pen.canvas.translate(page.width / 2 * MM, (page.height - y) * MM)
        pen.canvas.rotate(20)
        pen.canvas.setFillColor(Color(0.85, 0.1, 0.1, alpha=0.16))
        pen.canvas.setFont(pen.fonts[BOLD], 96)
        pen.canvas.drawCentredString(0, -30, _PROOF_WORD)
        pen.canvas.restoreState()


def _characters(layout: Layout) -> str:
    """Every character of the static layers, panels and marks."""
    pages = [page for pages in layout.variants.values() for page in pages]
    texts = [t.source.literal for page in pages for t in page.static_texts]
    texts += [t.source.literal for art in layout.art for t in art.texts]
    texts += [c.header for page in pages for t in page.tables for c in t.item.columns]
    return "".join(sorted(set("".join([*texts, _AD_WORD, _PROOF_WORD, "…"]))))


def _registered(characters: str) -> dict[int, str]:
    """Weight to the name of a ReportLab font that has these characters.

    ReportLab reads a whole font before it draws a line, a tenth of a second for 30,000 glyphs; so it gets
    one with the few it needs.
    """
    names = {}
    for weight in (REGULAR, BOLD):
        face = font(weight)
        program = with_only(face, characters)
        name = f"{face.name}-{hashlib.sha256(program).hexdigest()[:16]}"
        if name not in pdfmetrics.getRegisteredFontNames():
            loaded = TTFont(name, io.BytesIO(program))
            # Both weights come out of one variable file and would share its name.
            loaded.face.name = face.name.encode()
            pdfmetrics.registerFont(loaded)
        names[weight] = name
    return names


def _collected(drawing: _Drawing, foreign: Mapping[str, Path], size: tuple[float, float]) -> StaticLayer:
    keys = drawing.keys
    with pikepdf.open(io.BytesIO(drawing.finish())) as source, pikepdf.new() as target:
        forms = {k: target.copy_foreign(p.as_form_xobject()) for k, p in zip(keys, source.pages, strict=True)}
        for key, path in foreign.items():
            forms[key] = _foreign_form(target, path, size)
        target.Root.YibaoForms = pikepdf.Array([target.make_indirect(f) for f in forms.values()])
        target.Root.Pages = pikepdf.Dictionary(Type=Name.Pages, Kids=pikepdf.Array(), Count=0)
        packed = io.BytesIO()
        target.save(packed, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(packed) as flat:
        numbers = [f.objgen[0] for f in flat.Root.YibaoForms]
        objects = tuple(_serialised(flat.get_object(n, 0)) for n in range(1, len(flat.objects) + 1))
    return StaticLayer(objects, dict(zip(forms, numbers, strict=True)))


def _foreign_form(target: pikepdf.Pdf, path: Path, size: tuple[float, float]) -> Any:
    try:
        with pikepdf.open(path) as art:
            form = target.copy_foreign(art.pages[0].as_form_xobject())
    except (pikepdf.PdfError, OSError, IndexError) as error:
        raise _unreadable(path.name) from error
    form.Matrix = pikepdf.Array(_onto_panel(form, size))
    return form


def _onto_panel(form: Any, size: tuple[float, float]) -> list[float]:
    """The matrix that lays a form on its panel, whatever its origin, rotation and exact size."""
    a, b, c, d, e, f = (float(v) for v in form.get("/Matrix", [1, 0, 0, 1, 0, 0]))
    x1, y1, x2, y2 = (float(v) for v in form.BBox)
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x1, x2) for y in (y1, y2)]
    left, right = min(x for x, _y in corners), max(x for x, _y in corners)
    bottom, top = min(y for _x, y in corners), max(y for _x, y in corners)
    wide, high = size[0] * MM / (right - left), size[1] * MM / (top - bottom)
    return [a * wide, b * high, c * wide, d * high, (e - left) * wide, (f - bottom) * high]


def _unreadable(name: str) -> InputRefused:
    return InputRefused(
        _("the artwork cannot be read"),
        where=name,
        remedy=_("ask the advertiser for it again as PDF, PNG or JPEG"),
    )


def _serialised(obj: Any) -> bytes:
    if isinstance(obj, pikepdf.Stream):
        data = obj.read_raw_bytes()
        head = pikepdf.Dictionary({k: v for k, v in obj.items() if k != "/Length"})
        entries = head.unparse()
        return entries[:-2] + b"/Length %d>>stream\n" % len(data) + data + b"\nendstream"
    return bytes(obj.unparse(resolved=True))
