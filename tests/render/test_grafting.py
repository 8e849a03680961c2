from __future__ import annotations

import io
import math
import shutil
import subprocess

import pikepdf
import pytest
import uharfbuzz as hb
from font_builders import LOW, SIZE, SQUARE, extracted, ink, make_font, page_of, saved
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.ttLib.tables.otTables import PaintFormat
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from yibao_cli.errors import InputRefused
from yibao_cli.render.fontfile import FontFile
from yibao_cli.render.fonts import Font, embedded, font, with_only
from yibao_cli.render.grafting import grafted, outline_of
from yibao_cli.render.staticfont import StaticFont

RARE = "\U00031234"  # extension H: in none of the shipped fonts
BLANK = "\U00031235"
YEAR_1970 = 2_082_844_800  # seconds since 1904


@pytest.fixture
def mixed(tmp_path):
    """Noto Sans SC, then a TrueType font of 2,048 units, then a CFF one of 500."""
    wide = make_font({RARE: (0, 0, 2048, 1024), BLANK: None}, upem=2048, width=2048)
    cff = make_font({BLANK: (50, 0, 450, 400)}, upem=500, width=500, cff=True)
    files = (saved(wide, tmp_path / "wide.ttf"), saved(cff, tmp_path / "cff.otf"))
    return Font("Mixed", font().path, fallbacks=tuple(map(FontFile, files)))


def boxes_of(program, chars):
    face = hb.Face(hb.Blob(program))
    drawn = hb.Font(face)
    extents = {c: drawn.get_glyph_extents(drawn.get_nominal_glyph(ord(c))) for c in chars}
    return {
        c: (e.x_bearing, e.y_bearing + e.height, e.x_bearing + e.width, e.y_bearing)
        for c, e in extents.items()
    }


def test_grafted_characters_are_extracted_as_themselves(mixed):
    text = f"王{RARE}𬭎A{BLANK}𠮷9"

    assert extracted(page_of(mixed, text)) == text


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_poppler_too_extracts_grafted_characters(mixed, tmp_path):
    text = f"王{RARE}𬭎A{BLANK}9"
    file = tmp_path / "page.pdf"
    file.write_bytes(page_of(mixed, text))

    said = subprocess.run(["pdftotext", "-enc", "UTF-8", file, "-"], capture_output=True, check=True)

    assert said.stdout.decode().strip() == text
    assert said.stderr == b""


def test_grafted_glyphs_are_drawn_to_the_size_of_the_face(mixed):
    pdf = page_of(mixed, f"王{RARE}{BLANK}王")

    # RARE is an em wide and half an em high; BLANK is drawn by the second fallback, 0.8 of an em.
    assert ink(pdf, 10 + SIZE + 0.25, 10 + 2 * SIZE - 0.25) == pytest.approx(
        (30.25, 100, 49.75, 110), abs=0.3
    )
    assert ink(pdf, 10 + 2 * SIZE + 0.25, 10 + 3 * SIZE - 0.25) == pytest.approx((52, 100, 68, 116), abs=0.3)
    assert ink(pdf, 10 + 3 * SIZE, 10 + 4 * SIZE) is not None


def test_a_fallback_narrower_than_an_em_moves_what_follows_by_its_width(tmp_path):
    narrow = saved(make_font({RARE: (0, 0, 500, 800)}, width=500), tmp_path / "narrow.ttf")
    chain = Font("Chain", font().path, fallbacks=(FontFile(narrow),))

    pdf = page_of(chain, f"{RARE}{RARE}")

    assert chain.width(f"王{RARE}", 10) == pytest.approx(15)
    assert ink(pdf, 0, 200) == pytest.approx((10, 100, 30, 116), abs=0.3)


def test_the_shipped_chain_draws_what_its_first_font_lacks():
    assert not font().own.glyph("𠮷")

    pdf = page_of(font(), "𠮷")

    assert extracted(pdf) == "𠮷"
    left, bottom, right, top = ink(pdf, 0, 200)
    assert right - left > 0.8 * SIZE
    assert top - bottom > 0.8 * SIZE


@pytest.mark.parametrize("cff", [False, True])
def test_the_same_characters_give_the_same_bytes(tmp_path, cff):
    def written(name):
        own = saved(make_font({"王": SQUARE}, cff=cff), tmp_path / name)
        return page_of(Font("Same", own, fallbacks=font().fallbacks), "王𠮷𡈽")

    assert written("one.ttf") == written("two.ttf")


def test_new_glyphs_come_in_the_order_of_their_characters():
    rare = "𠮷𡈽가각갂갃간갅"

    _program, glyphs = embedded(font(), f"王{rare}")

    assert sorted(glyphs, key=glyphs.__getitem__) == sorted(f"王{rare}")


def test_a_font_behind_two_faces_is_scaled_to_each(tmp_path):
    shared = FontFile(saved(make_font({RARE: LOW}), tmp_path / "rare.ttf"))
    files = {
        upem: saved(make_font({"王": SQUARE}, upem=upem), tmp_path / f"{upem}.ttf") for upem in (500, 2000)
    }

    drawn = {
        upem: boxes_of(with_only(Font("Own", file, fallbacks=(shared,)), RARE), RARE)[RARE]
        for upem, file in files.items()
    }

    assert drawn == {500: (50, 0, 450, 100), 2000: (200, 0, 1800, 400)}


def test_what_no_font_draws_is_a_box_in_a_face_with_cff_outlines_too(tmp_path):
    own = saved(make_font({"王": SQUARE}, cff=True), tmp_path / "own.otf")

    assert ink(page_of(Font("Cff", own), "王\ue123"), 31, 50) == pytest.approx((31, 100, 50, 120), abs=0.3)


def test_a_face_with_cff_outlines_is_set_as_truetype(tmp_path):
    own = saved(make_font({"王": SQUARE, "A": LOW, " ": None}, cff=True), tmp_path / "own.otf")
    face = Font("Cff", own, fallbacks=font().fallbacks)

    pdf = page_of(face, "王A 𬭎")

    assert extracted(pdf) == "王A 𬭎"
    assert ink(pdf, 10, 30) == pytest.approx((12, 100, 28, 116), abs=0.3)
    assert ink(pdf, 30, 50) == pytest.approx((32, 100, 48, 104), abs=0.3)
    assert ink(pdf, 50, 70) is None
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        program = opened.pages[0].Resources.Font.F.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
    written = TTFont(io.BytesIO(program))
    assert {"glyf", "loca"} <= set(written.keys())
    assert (written["head"].created, written["head"].modified) == (YEAR_1970, YEAR_1970)


def test_curves_of_cff_become_truetype_curves_close_by(tmp_path):
    builder = make_font({"王": SQUARE}, cff=True)
    pen = T2CharStringPen(1000, None)
    pen.moveTo((0, 400))
    for points in (
        [(0, 179), (179, 0), (400, 0)],
        [(621, 0), (800, 179), (800, 400)],
        [(800, 621), (621, 800), (400, 800)],
        [(179, 800), (0, 621), (0, 400)],
    ):
        pen.curveTo(*points)
    pen.closePath()
    cff = builder.font["CFF "].cff.topDictIndex[0].CharStrings
    drawn = pen.getCharString(private=cff["u738B"].private, globalSubrs=cff["u738B"].globalSubrs)
    cff["u738B"].program, cff["u738B"].bytecode = drawn.program, None
    file = FontFile(saved(builder, tmp_path / "round.otf"))

    outline = file.outline(file.glyph("王"), 2000)

    assert outline.box == (0, 0, 1600, 1600)
    area = AreaPen()
    Glyph(outline.data).draw(area, None)
    assert area.value == pytest.approx(-math.pi * 800**2, rel=0.01)  # clockwise, as TrueType wants it
    assert outline.advance == 2000
    assert 8 < outline.points < 40


def test_a_font_with_a_character_map_maps_what_is_grafted(tmp_path):
    file = FontFile(saved(make_font({RARE: LOW, "A": SQUARE}), tmp_path / "rare.ttf"))
    chain = Font("Chain", font().path, fallbacks=(file,))

    program = with_only(chain, f"王𬭎{RARE}")

    assert set(TTFont(io.BytesIO(program)).getBestCmap()) == {ord(c) for c in f" 王𬭎{RARE}"}
    assert boxes_of(program, RARE) == {RARE: LOW}
    assert not {"GSUB", "GPOS", "vmtx"} & set(TTFont(io.BytesIO(program)).keys())
    assert boxes_of(program, "王") == boxes_of(font().path.read_bytes(), "王")


def test_the_limits_a_font_states_hold_the_grafted_glyphs(tmp_path):
    far = (-3000, -2500, 4000, 5000)
    file = FontFile(saved(make_font({RARE: far}, width=4500), tmp_path / "far.ttf"))

    program, _glyphs = embedded(Font("Chain", font().path, fallbacks=(file,)), f"一{RARE}")

    opened = TTFont(io.BytesIO(program))
    head = opened["head"]
    assert (head.xMin, head.yMin, head.xMax, head.yMax) == far
    assert opened["hhea"].advanceWidthMax == 4500
    assert opened["maxp"].numGlyphs == 3
    assert opened["maxp"].maxPoints >= 4
    assert opened["maxp"].maxContours >= 1


@pytest.mark.parametrize("cff", [False, True])
def test_reportlab_draws_grafted_characters(tmp_path, cff):
    own = saved(make_font({"王": SQUARE}, cff=cff), tmp_path / "own.ttf")
    rare = saved(make_font({RARE: LOW}, upem=500, width=500), tmp_path / "rare.ttf")
    face = Font("Own", own, fallbacks=(FontFile(rare), *font().fallbacks))
    name = f"Grafted{cff}"
    pdfmetrics.registerFont(StaticFont(name, io.BytesIO(with_only(face, f"王{RARE}𠮷"))))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(200, 200), invariant=1)
    canvas.setFont(name, SIZE)
    canvas.drawString(10, 100, f"王{RARE}𠮷")
    canvas.save()

    pdf = out.getvalue()

    assert extracted(pdf) == f"王{RARE}𠮷"
    assert ink(pdf, 10, 30) == pytest.approx((12, 100, 28, 116), abs=0.3)
    assert ink(pdf, 30, 50) == pytest.approx((34, 100, 50, 108), abs=0.3)
    assert ink(pdf, 50, 70) is not None


def test_an_ascii_text_of_a_face_without_latin_is_drawn_from_the_fallback(tmp_path):
    own = saved(make_font({"王": SQUARE}), tmp_path / "hanzi.ttf")
    face = Font("Hanzi", own, fallbacks=(FontFile(font().path),))

    program = with_only(face, "12", cmap_only=True)

    assert boxes_of(program, "12") == boxes_of(font().path.read_bytes(), "12")


def test_a_glyph_too_large_for_a_font_is_refused(tmp_path):
    file = FontFile(saved(make_font({"王": (0, 0, 16, 30000)}, upem=16, width=16), tmp_path / "huge.ttf"))

    with pytest.raises(InputRefused, match=r"too large"):
        file.outline(file.glyph("王"), 1000)


def test_grafting_nothing_changes_no_glyph():
    program = with_only(font(), "王")

    again, glyphs = grafted(program, {})

    assert glyphs == {}
    assert boxes_of(again, "王") == boxes_of(program, "王")


def test_an_outline_of_white_space_has_a_width_and_no_points():
    metrics = font().own.metrics

    space = outline_of(metrics, metrics.get_nominal_glyph(ord(" ")), 1000)

    assert (space.data, space.points) == (b"", 0)
    assert space.advance == font().advance(" ")


def test_a_coloured_picture_is_no_outline(tmp_path):
    builder = make_font({"王": None, "A": SQUARE})
    paint = {"Format": PaintFormat.PaintGlyph, "Paint": (PaintFormat.PaintSolid, 0, 1.0), "Glyph": "u41"}
    builder.setupCOLR({"u738B": paint})
    builder.setupCPAL([[(1, 0, 0, 1)]])
    file = FontFile(saved(builder, tmp_path / "coloured.ttf"))
    assert file.metrics.get_glyph_extents(file.metrics.get_nominal_glyph(ord("王"))).width > 0

    assert file.glyph("王") is None
    assert file.glyph("A") is not None


@pytest.mark.parametrize("table", ["head", "hhea", "hmtx", "glyf"])
def test_grafting_onto_a_damaged_file_is_refused(table):
    damaged = with_only(font(), "王").replace(table.encode(), b"none")

    with pytest.raises(InputRefused, match="damaged"):
        grafted(damaged, {})


def test_the_dates_of_an_old_font_are_no_concern_of_the_reader(tmp_path, caplog):
    builder = make_font({"王": SQUARE})
    builder.updateHead(created=5, modified=5)
    own = saved(builder, tmp_path / "old.ttf")
    caplog.clear()

    embedded(Font("Old", own, fallbacks=font().fallbacks), "王𠮷")

    assert caplog.messages == []
