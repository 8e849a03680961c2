"""Artwork and pictures of a kind as Form XObjects: one for each content, however often it stands.

A form lies on a panel of its own; whoever draws it elsewhere scales from there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pikepdf
from pikepdf import Name
from reportlab.lib.utils import ImageReader

from yibao_cli.artwork.facts import NotPrintableError
from yibao_cli.artwork.pdf_contents import contents_of
from yibao_cli.artwork.pdf_drawing import is_embedded
from yibao_cli.artwork.raster import load_picture, printable
from yibao_cli.artwork.svg import read_svg
from yibao_cli.artwork.svg_marks import Outline, Picture
from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.kinds.geometry import PictureItem
from yibao_cli.kinds.pictures import PICTURES
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from reportlab.pdfgen.canvas import Canvas

    from yibao_cli.kinds.page import Layout, PlacedShape

_PDF = ".pdf"
# The panel of a layout that has no slots, mm; any would do.
_NO_PANEL = (100.0, 100.0)


class Placement(NamedTuple):
    """A picture on a form: key of its own form, and x, y, w, h in mm from the form's top left corner."""

    key: str
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Gallery:
    """All artwork of a layout, told apart by content.

    size: of the panel that each form fills, mm. files: key of a form to a file with that content.
    ads: key of a slot's art (`ad:C-01`) to the key of its form.
    placements: key of a page or house panel to the pictures that stand on it.
    """

    size: tuple[float, float]
    files: dict[str, Path]
    ads: dict[str, str]
    placements: dict[str, tuple[Placement, ...]]

    @property
    def drawn(self) -> dict[str, Path]:
        """What ReportLab draws."""
        return {k: p for k, p in self.files.items() if p.suffix.lower() != _PDF}

    @property
    def foreign(self) -> dict[str, Path]:
        """What is taken over as it is."""
        return {k: p for k, p in self.files.items() if p.suffix.lower() == _PDF}


def gather_art(layout: Layout, folder: Path) -> Gallery:
    """Find all artwork of a layout; folder: the art folder of a package.

    Raises InputRefused when a file cannot be read.
    """
    files: dict[str, Path] = {}

    def keyed(path: Path) -> str:
        key = _content_key(path)
        files.setdefault(key, path)
        return key

    def placed(shapes: Iterable[PlacedShape]) -> tuple[Placement, ...]:
        return tuple(
            Placement(keyed(folder / PICTURES / i.file), i.x + s.dx, i.y + s.dy, i.w, i.h)
            for s in shapes
            if isinstance(i := s.item, PictureItem)
        )

    placements = {f"page:{v}:{page.number}": placed(page.shapes) for v, page in layout.plans()}
    placements |= {art.key: placed(art.shapes) for art in layout.art if not art.file}
    ads = {art.key: keyed(folder / art.file) for art in layout.art if art.file}
    return Gallery(layout.panel_size if min(layout.panel_size) > 0 else _NO_PANEL, files, ads, placements)


def _content_key(path: Path) -> str:
    try:
        return f"art:{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
    except OSError as error:
        raise _unreadable(path.name) from error


def paint_art(canvas: Canvas, path: Path, size: tuple[float, float]) -> None:
    """Draw a PNG, JPEG or SVG over a panel of that size in mm.

    Raises InputRefused when the file cannot be read.
    """
    width, height = size[0] * MM, size[1] * MM
    try:
        if path.suffix.lower() == ".svg":
            _paint_svg(canvas, path, (width, height))
        else:
            canvas.drawImage(_reader(path), 0, 0, width, height, mask="auto")
    except (NotPrintableError, OSError, ValueError) as error:
        raise _unreadable(path.name) from error


def _reader(path: Path) -> ImageReader:
    with path.open("rb") as stream:
        image = load_picture(stream)
    # A JPEG goes over as it is; one that had to be turned upright has lost its format.
    return ImageReader(str(path)) if image.format == "JPEG" else ImageReader(printable(image))


def _paint_svg(canvas: Canvas, path: Path, size: tuple[float, float]) -> None:
    drawing = read_svg(path)
    canvas.saveState()
    canvas.transform(size[0] / drawing.size[0], 0, 0, -size[1] / drawing.size[1], 0, size[1])
    for mark in drawing.marks:
        canvas.saveState()
        canvas.transform(*mark.matrix)
        if isinstance(mark, Picture):
            _paint_picture(canvas, mark)
        else:
            _paint_outline(canvas, mark)
        canvas.restoreState()
    canvas.restoreState()


def _paint_picture(canvas: Canvas, mark: Picture) -> None:
    x, y, w, h = mark.box
    if mark.alpha < 1:
        canvas.setFillAlpha(mark.alpha)
    canvas.transform(w, 0, 0, -h, x, y + h)
    canvas.drawImage(ImageReader(printable(mark.image)), 0, 0, 1, 1, mask="auto")


def _paint_outline(canvas: Canvas, mark: Outline) -> None:
    path = canvas.beginPath()
    draw = {"move": path.moveTo, "line": path.lineTo, "curve": path.curveTo, "close": path.close}
    for step, values in mark.steps:
        draw[step](*values)
    if mark.fill:
        _set_colour(canvas, mark.fill, stroke=False)
        if mark.fill_alpha < 1:
            canvas.setFillAlpha(mark.fill_alpha)
    if stroke := mark.stroke:
        _set_colour(canvas, stroke.colour, stroke=True)
        if stroke.alpha < 1:
            canvas.setStrokeAlpha(stroke.alpha)
        canvas.setLineWidth(stroke.width)
        canvas.setLineCap(stroke.cap)
        canvas.setLineJoin(stroke.join)
        canvas.setMiterLimit(stroke.miter)
        canvas.setDash(list(stroke.dash), stroke.phase)
    canvas.drawPath(
        path, stroke=int(bool(mark.stroke)), fill=int(bool(mark.fill)), fillMode=int(not mark.even_odd)
    )


def _set_colour(canvas: Canvas, colour: tuple[float, float, float], *, stroke: bool) -> None:
    if len(set(colour)) == 1:  # a gray is printed with black alone
        (canvas.setStrokeGray if stroke else canvas.setFillGray)(colour[0])
    else:
        (canvas.setStrokeColorRGB if stroke else canvas.setFillColorRGB)(*colour)


def foreign_form(target: pikepdf.Pdf, path: Path, size: tuple[float, float]) -> Any:
    """The page of a PDF as a form that fills a panel of that size in mm.

    Raises InputRefused when the file cannot be read.
    """
    try:
        with pikepdf.open(path) as art:
            _drop_bare_fonts(art, art.pages[0])
            form = target.copy_foreign(art.pages[0].as_form_xobject())
    except (pikepdf.PdfError, OSError, IndexError) as error:
        raise _unreadable(path.name) from error
    form.Matrix = pikepdf.Array(_onto_panel(form, size))
    return form


def _drop_bare_fonts(art: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Take fonts that are not embedded out of contents and resources: nothing is shown in them."""
    for content, resources in list(contents_of(page)):
        bare = _bare_fonts(resources)
        if not bare:
            continue
        rest = [
            step
            for step in pikepdf.parse_content_stream(content)
            if str(step.operator) != "Tf" or str(step.operands[0]) not in bare
        ]
        written = pikepdf.unparse_content_stream(rest)
        if content is page:
            page.obj.Contents = art.make_stream(written)
        else:
            content.write(written)
    for _content, resources in list(contents_of(page)):
        for name in _bare_fonts(resources):
            del resources.Font[name]


def _bare_fonts(resources: Any) -> set[str]:
    """The names of fonts that are not embedded."""
    fonts = resources.get("/Font", pikepdf.Dictionary())
    return {name for name, font in fonts.items() if font.Subtype != Name.Type3 and not is_embedded(font)}


def _onto_panel(form: Any, size: tuple[float, float]) -> list[float]:
    """The matrix that lays a form on its panel, whatever its origin, rotation and exact size."""
    a, b, c, d, e, f = (float(v) for v in form.get("/Matrix", [1, 0, 0, 1, 0, 0]))
    x1, y1, x2, y2 = (float(v) for v in form.BBox)
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x1, x2) for y in (y1, y2)]
    left, right = min(x for x, _y in corners), max(x for x, _y in corners)
    bottom, top = min(y for _x, y in corners), max(y for _x, y in corners)
    wide, high = size[0] * MM / (right - left), size[1] * MM / (top - bottom)
    return [a * wide, b * high, c * wide, d * high, (e - left) * wide, (f - bottom) * high]


def hang_pictures(forms: Mapping[str, Any], gallery: Gallery) -> None:
    """Put the pictures of pages and house panels below all else that stands on them."""
    for key, placements in gallery.placements.items():
        if placements:
            _hang(forms[key], placements, forms, gallery.size)


def _hang(
    form: Any, placements: tuple[Placement, ...], forms: Mapping[str, Any], panel: tuple[float, float]
) -> None:
    height = float(form.BBox[3]) - float(form.BBox[1])
    below = []
    for picture in placements:
        name = f"/Pic{picture.key.removeprefix('art:')}"
        if "/XObject" not in form.Resources:
            form.Resources.XObject = pikepdf.Dictionary()
        form.Resources.XObject[name] = forms[picture.key]
        wide, high = picture.w / panel[0], picture.h / panel[1]
        x, y = picture.x * MM, height - (picture.y + picture.h) * MM
        below.append(f"q {wide:.6f} 0 0 {high:.6f} {x:.4f} {y:.4f} cm {name} Do Q\n".encode())
    form.write(b"".join(below) + form.read_bytes())


def _unreadable(name: str) -> InputRefused:
    return InputRefused(
        _("the artwork cannot be read"),
        where=name,
        remedy=_("ask for it again as PDF, PNG, JPEG or SVG"),
    )
