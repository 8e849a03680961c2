"""What is drawn once: static layers, ad and house panels, marks; ReportLab draws, pikepdf carries over.

Each becomes a Form XObject that all pages of all parts share. Source: docs/decisions.md.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Name
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from yibao_cli.i18n import _
from yibao_cli.render.art import Gallery, foreign_form, gather_art, hang_pictures, paint_art
from yibao_cli.render.faces import font_set
from yibao_cli.render.fonts import BOLD, REGULAR
from yibao_cli.render.output import Press, press_of
from yibao_cli.render.pen import Pen, registered_fonts
from yibao_cli.render.press.artwork import convert_art
from yibao_cli.render.press.marks import crop_marks
from yibao_cli.render.setting import MM
from yibao_cli.render.table import CELL_PAD, block_lefts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yibao_cli.kinds.page import Layout, PagePlan, PanelArt, PlacedTable
    from yibao_cli.render.faces import Face, FontSet

_AD_WORD, _PROOF_WORD = "广告", "样 张"
_BOLD_BODY: tuple[Face, int] = ("body", BOLD)
MARK = "mark:ad"
FOLDS = "mark:folds"
_FOLD_MARK = 4  # mm from the edge inwards
WATERMARK = "mark:proof"
CROP = "mark:crop"

# The mark 广告 stands in the top right corner of each paid panel, where the art leaves it free, mm.
_MARK_WIDTH, _MARK_HEIGHT = 14, 8


@dataclass(frozen=True)
class StaticLayer:
    """Objects of a PDF, numbered from 1 without a gap, and the numbers of the forms by key.

    Keys: `page:<variant>:<number>`, `ad:<id>`, `house:<id>`, MARK, FOLDS, WATERMARK, CROP.
    """

    objects: tuple[bytes, ...]
    forms: dict[str, int]


def draw_static(layout: Layout, art_folder: Path) -> StaticLayer:
    """Draw everything that does not change from piece to piece.

    Raises InputRefused when an artwork cannot be read.
    """
    drawing = _Drawing(_characters(layout), font_set(layout.fonts))
    for variant, page in layout.plans():
        drawing.form(f"page:{variant}:{page.number}", (page.width, page.height), _page_painter(page))
    gallery = gather_art(layout, art_folder)
    for art in layout.art:
        if not art.file:
            drawing.form(art.key, layout.panel_size, _house_painter(art))
    for key, path in gallery.drawn.items():
        drawing.form(key, gallery.size, _art_painter(path, gallery.size))
    if layout.art:
        drawing.form(MARK, layout.panel_size, lambda pen: _paint_mark(pen, layout.panel_size))
    first = layout.paper
    if first.folds:
        drawing.form(FOLDS, (first.width, first.height), lambda pen: _paint_folds(pen, first))
    drawing.form(WATERMARK, (first.width, first.height), lambda pen: _paint_watermark(pen, first))
    return _collected(drawing, gallery, press_of(layout))


class _Drawing:
    """A ReportLab document in memory: one page for each future form."""

    def __init__(self, characters: str, faces: FontSet) -> None:
        self._buffer = io.BytesIO()
        self._fonts = registered_fonts(characters, faces)
        # Named so that ReportLab refers to no font of its own.
        self._canvas = Canvas(self._buffer, invariant=1, initialFontName=self._fonts.names["body", REGULAR])
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
            # Above numbers a header ends where they do.
            align = "right" if column.align == "decimal" else column.align
            begins = {"left": CELL_PAD, "center": column.width / 2, "right": column.width - CELL_PAD}
            at = (x + begins[align], y - 0.3 * item.row_height)
            pen.line(column.header, at, _BOLD_BODY, size, align)
            x += column.width
        pen.stroke(left, y, left + item.block_width, y)


def _art_painter(path: Path, size: tuple[float, float]) -> Callable[[Pen], None]:
    return lambda pen: paint_art(pen.canvas, path, size)


def _house_painter(art: PanelArt) -> Callable[[Pen], None]:
    def paint(pen: Pen) -> None:
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
    pen.line(_AD_WORD, (x + _MARK_WIDTH / 2, 5.4), _BOLD_BODY, 10, "center")


def _paint_watermark(pen: Pen, page: PagePlan) -> None:
    for y in range(60, int(page.height), 120):
        pen.canvas.saveState()
        pen.canvas.translate(page.width / 2 * MM, (page.height - y) * MM)
        pen.canvas.rotate(20)
        pen.canvas.setFillColor(Color(0.85, 0.1, 0.1, alpha=0.16))
        pen.canvas.setFont(pen.fonts.names[_BOLD_BODY], 96)
        pen.canvas.drawCentredString(0, -30, _PROOF_WORD)
        pen.canvas.restoreState()


def _characters(layout: Layout) -> str:
    """Every character of the static layers, panels and marks."""
    pages = [page for _variant, page in layout.plans()]
    texts = [t.source.literal for page in pages for t in page.static_texts]
    texts += [t.source.literal for art in layout.art for t in art.texts]
    texts += [c.header for page in pages for t in page.tables for c in t.item.columns]
    return "".join(sorted(set("".join([*texts, _AD_WORD, _PROOF_WORD, "…"]))))


def _collected(drawing: _Drawing, gallery: Gallery, press: Press | None) -> StaticLayer:
    keys = drawing.keys
    with pikepdf.open(io.BytesIO(drawing.finish())) as source, pikepdf.new() as target:
        forms = {k: target.copy_foreign(p.as_form_xobject()) for k, p in zip(keys, source.pages, strict=True)}
        for key, path in gallery.foreign.items():
            forms[key] = foreign_form(target, path, gallery.size)
        if press is not None:
            _for_press(target, forms, gallery, press)
        forms = {key: target.make_indirect(form) for key, form in forms.items()}
        hang_pictures(forms, gallery)
        target.Root.YibaoForms = pikepdf.Array(list(forms.values()))
        target.Root.Pages = pikepdf.Dictionary(Type=Name.Pages, Kids=pikepdf.Array(), Count=0)
        packed = io.BytesIO()
        target.save(packed, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(packed) as flat:
        numbers = dict(zip(forms, (f.objgen[0] for f in flat.Root.YibaoForms), strict=True))
        objects = tuple(_serialised(flat.get_object(n, 0)) for n in range(1, len(flat.objects) + 1))
    named = {key: number for key, number in numbers.items() if key not in gallery.files}
    return StaticLayer(objects, named | {ad: numbers[key] for ad, key in gallery.ads.items()})


def _for_press(target: pikepdf.Pdf, forms: dict[str, Any], gallery: Gallery, press: Press) -> None:
    """Everything in the press's inks, and crop marks around the page."""
    for key, path in gallery.foreign.items():
        convert_art([forms[key]], press.colours, path.name)
    convert_art([f for k, f in forms.items() if k not in gallery.foreign], press.colours, _("the kind"))
    marks = crop_marks(press.boxes, press.intent.components)
    if marks:
        over, (width, height) = press.boxes.margin, (press.boxes.width, press.boxes.height)
        box = [-over * MM, -over * MM, (width + over) * MM, (height + over) * MM]
        forms[CROP] = pikepdf.Stream(
            target, marks, Type=Name.XObject, Subtype=Name.Form, BBox=[round(v, 2) for v in box]
        )


def _serialised(obj: Any) -> bytes:
    if isinstance(obj, pikepdf.Stream):
        data = obj.read_raw_bytes()
        head = pikepdf.Dictionary({k: v for k, v in obj.items() if k != "/Length"})
        entries = head.unparse()
        return entries[:-2] + b"/Length %d>>stream\n" % len(data) + data + b"\nendstream"
    return bytes(obj.unparse(resolved=True))
