"""Graft single glyphs into a TrueType subset: the rare characters of a fallback font, scaled to fit.

So a page needs no font switch, and a font with PostScript outlines (CFF) serves too: its glyphs are turned
into TrueType ones, the used ones alone. The same glyphs give the same bytes.
Source: OpenType, tables glyf, loca and hmtx; docs/decisions.md.
"""

from __future__ import annotations

import io
import logging
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    import uharfbuzz as hb
    from fontTools.ttLib import TTFont

# All that a PDF viewer or ReportLab reads. Others would not know of the glyphs that come in.
_KEPT_TABLES = frozenset(
    ("GlyphOrder", "glyf", "loca", "head", "hhea", "hmtx", "maxp", "post", "cmap", "name", "OS/2")
)
_READ_TABLES = ("head", "maxp", "hhea", "hmtx", "loca", "glyf", "post")
_CURVE_ERROR = 0.5  # greatest distance of a quadratic curve from its cubic one, in 1/1000 em
_EPOCH = 2_082_844_800  # 1970, in seconds since 1904
_FARTHEST = 0x7FFF  # a coordinate is a signed 16-bit number


@dataclass(frozen=True, slots=True)
class Outline:
    """One TrueType glyph, in units of the font that receives it.

    data: its description, empty for white space; box: xMin, yMin, xMax, yMax.
    """

    advance: int
    data: bytes = b""
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    points: int = 0
    contours: int = 0


def outline_of(font: hb.Font, glyph: int, upem: int) -> Outline:
    """Draw a glyph and scale it to `upem` units per em; cubic curves become quadratic ones.

    Raises InputRefused when the glyph is larger than a font can hold.
    """
    from fontTools.pens.cu2quPen import Cu2QuPen  # noqa: PLC0415 - slow to load and rarely needed
    from fontTools.pens.transformPen import TransformPen  # noqa: PLC0415
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # noqa: PLC0415

    scale = upem / font.face.upem
    pen = TTGlyphPen(None)
    cubic = "glyf" not in font.face.table_tags
    target = Cu2QuPen(pen, upem * _CURVE_ERROR / 1000, reverse_direction=True) if cubic else pen
    font.draw_glyph_with_pen(glyph, TransformPen(target, (scale, 0, 0, scale, 0, 0)))
    advance = round(font.get_glyph_h_advance(glyph) * scale)
    drawn = pen.glyph()
    if not drawn.numberOfContours:
        return Outline(advance)
    drawn.recalcBounds(None)
    box = (drawn.xMin, drawn.yMin, drawn.xMax, drawn.yMax)
    if max(map(abs, (*box, advance))) > _FARTHEST:
        raise InputRefused(
            _("a font has a glyph that is too large to be drawn"),
            remedy=_("take another font: `[fonts]` in yibao.toml names them"),
        )
    return Outline(
        advance,
        bytes(drawn.compile(None, recalcBBoxes=False)),
        box,
        len(drawn.coordinates),
        drawn.numberOfContours,
    )


def grafted(program: bytes, outlines: Mapping[str, Outline]) -> tuple[bytes, dict[str, int]]:
    """A TrueType file with one more glyph for each of these characters, and the new glyph ids.

    If the file maps characters to glyphs, it maps these too. Raises InputRefused when it is damaged.
    """
    from fontTools.ttLib.tables._g_l_y_f import Glyph  # noqa: PLC0415

    font = _opened(program)
    order = font.getGlyphOrder()
    names = {char: f"graft{i:05d}" for i, char in enumerate(outlines)}
    glyphs, metrics = font["glyf"], font["hmtx"].metrics
    # Named by now, before the order grows: the map's names are those of the glyphs that were there.
    characters = font.getBestCmap() or {} if "cmap" in font else None
    for char, name in names.items():
        glyphs.glyphs[name] = Glyph(outlines[char].data)
        metrics[name] = (outlines[char].advance, outlines[char].box[0])
    font.setGlyphOrder([*order, *names.values()])
    glyphs.glyphOrder = font.getGlyphOrder()
    _enlarge(font, outlines)
    if characters is not None:
        _map_characters(font, characters | {ord(c): name for c, name in names.items()})
    out = io.BytesIO()
    font.save(out)
    return out.getvalue(), {char: len(order) + i for i, char in enumerate(names)}


def bare_font(name: str, upem: int, vertical: tuple[int, int], notdef: Outline) -> bytes:
    """A TrueType file with nothing but the glyph for what is missing.

    vertical: ascender and descender (negative), in units of the font.
    """
    from fontTools.fontBuilder import FontBuilder  # noqa: PLC0415
    from fontTools.ttLib.tables._g_l_y_f import Glyph  # noqa: PLC0415

    ascent, descent = vertical
    missing = Glyph(notdef.data)
    missing.expand(None)
    builder = FontBuilder(upem)
    builder.setupGlyphOrder([".notdef"])
    builder.setupCharacterMap({})
    builder.setupGlyf({".notdef": missing})
    builder.setupHorizontalMetrics({".notdef": (notdef.advance, notdef.box[0])})
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupOS2(sTypoAscender=ascent, sTypoDescender=descent, fsType=0)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupPost(keepGlyphNames=False)
    # The moment it was made would make every file another one.
    builder.updateHead(created=_EPOCH, modified=_EPOCH)
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def _opened(program: bytes) -> TTFont:
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415

    # It warns of the dates of old fonts, which nobody can change.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    try:
        font = TTFont(io.BytesIO(program), recalcBBoxes=False, recalcTimestamp=False)
        for tag in set(font.keys()) - _KEPT_TABLES:
            del font[tag]
        for tag in _READ_TABLES:
            _read = font[tag]
    except (TTLibError, AssertionError, LookupError, struct.error) as error:
        raise InputRefused(
            _("a font is damaged"), remedy=_("take another font: `[fonts]` in yibao.toml names them")
        ) from error
    return font


def _enlarge(font: TTFont, outlines: Mapping[str, Outline]) -> None:
    """Raise the limits that a font states of itself to hold the new glyphs."""
    drawn = [o for o in outlines.values() if o.data]
    head, maxp, header = font["head"], font["maxp"], font["hhea"]
    header.advanceWidthMax = max([header.advanceWidthMax, *(o.advance for o in outlines.values())])
    maxp.maxPoints = max([maxp.maxPoints, *(o.points for o in drawn)])
    maxp.maxContours = max([maxp.maxContours, *(o.contours for o in drawn)])
    head.xMin = min([head.xMin, *(o.box[0] for o in drawn)])
    head.yMin = min([head.yMin, *(o.box[1] for o in drawn)])
    head.xMax = max([head.xMax, *(o.box[2] for o in drawn)])
    head.yMax = max([head.yMax, *(o.box[3] for o in drawn)])


def _map_characters(font: TTFont, characters: Mapping[int, str]) -> None:
    from fontTools.fontBuilder import FontBuilder  # noqa: PLC0415

    FontBuilder(font=font).setupCharacterMap(characters)
