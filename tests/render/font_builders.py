"""Small fonts with glyphs that can be told apart, and PDFs of what is set in them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdfium2
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables.TupleVariation import TupleVariation
from fontTools.ttLib.ttCollection import TTCollection

from yibao_cli.render.encode import PartFont
from yibao_cli.render.writer import PdfWriter

if TYPE_CHECKING:
    from pathlib import Path

Box = tuple[int, int, int, int]

SQUARE: Box = (100, 0, 900, 800)
LOW: Box = (100, 0, 900, 200)
SIZE = 20  # points of what `page_of` sets
_SIDE = 200  # points of a page


def make_font(chars, *, upem=1000, width=1000, cff=False, fs_type=0, name="Tiny", weights=None, heaviest=900):
    """A font builder: `chars` maps a character to its filled rectangle, None for a mapped empty glyph.

    weights: (light, heavy) rectangles of every character make it a variable font, weights 100 to `heaviest`,
    and widths that change nothing.
    """
    glyphs = {f"u{ord(c):X}": box for c, box in chars.items()}
    builder = FontBuilder(upem, isTTF=not cff)
    builder.setupGlyphOrder([".notdef", *glyphs])
    builder.setupCharacterMap({ord(c): f"u{ord(c):X}" for c in chars})
    drawn = {".notdef": (0, 0, width, upem), **glyphs}
    if cff:
        strings = {n: _drawn(T2CharStringPen(width, None), b).getCharString() for n, b in drawn.items()}
        builder.setupCFF(name, {"FullName": name}, strings, {})
    else:
        builder.setupGlyf({n: _drawn(TTGlyphPen(None), b).glyph() for n, b in drawn.items()})
    builder.setupHorizontalMetrics({n: (width, (b or (0,))[0]) for n, b in drawn.items()})
    builder.setupHorizontalHeader(ascent=round(0.9 * upem), descent=-round(0.2 * upem))
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupOS2(fsType=fs_type)
    builder.setupPost()
    if weights:
        _add_weights(builder, glyphs, weights, heaviest)
    return builder


def _add_weights(builder, glyphs, weights, heaviest):
    axes = [("wght", 100, 100, heaviest, "Weight"), ("wdth", 50, 100, 200, "Width")]
    builder.setupFvar(axes, [])
    # The corners in the order that the pen draws them, then the four phantom points.
    (x, y), (x2, y2) = map(_corners, weights)
    moves = [(b - a, d - c) for a, b, c, d in zip(x, x2, y, y2, strict=True)]
    deltas = [*moves, *[(0, 0)] * 4]
    builder.setupGvar({n: [TupleVariation({"wght": (0, 1, 1)}, deltas)] for n in glyphs})


def _corners(box):
    left, bottom, right, top = box
    return (left, left, right, right), (bottom, top, top, bottom)


def _drawn(pen, box):
    if box:
        first, *rest = zip(*_corners(box), strict=True)
        pen.moveTo(first)
        for point in rest:
            pen.lineTo(point)
        pen.closePath()
    return pen


def saved(builder, path: Path) -> Path:
    builder.save(path)
    return path


def collection(path: Path, *builders) -> Path:
    whole = TTCollection()
    whole.fonts = [b.font for b in builders]
    whole.save(path)
    return path


def page_of(font, text) -> bytes:
    """A PDF of one page: the text set in the font at SIZE, from (10, 100) points."""
    part, out = PartFont(font), io.BytesIO()
    writer = PdfWriter(out)
    code = part.encode(text)
    written = part.write(writer.add, writer.add_stream)
    content = writer.add_stream(b"", f"BT /F {SIZE} Tf 10 100 Td <{code}> Tj ET".encode())
    tree = writer.reserve()
    page = writer.add(
        b"<</Type/Page/Parent %d 0 R/Contents %d 0 R/Resources<</Font<</F %d 0 R>>>>/MediaBox[0 0 %d %d]>>"
        % (tree, content, written, _SIDE, _SIDE)
    )
    writer.write_object(tree, b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % page)
    writer.finish(writer.add(b"<</Type/Catalog/Pages %d 0 R>>" % tree), writer.add(b"<<>>"))
    return out.getvalue()


def extracted(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].get_textpage().get_text_range()


def ink(pdf: bytes, left: float, right: float, scale: int = 4):
    """The inked box between two abscissae, (left, bottom, right, top) in points; None where nothing is."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=scale).to_pil().convert("L").point(lambda v: 255 * (v < 128))
    box = page.crop((round(left * scale), 0, round(right * scale), page.height)).getbbox()
    if box is None:
        return None
    return box[0] / scale + left, _SIDE - box[3] / scale, box[2] / scale + left, _SIDE - box[1] / scale
