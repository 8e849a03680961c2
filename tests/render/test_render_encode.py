from __future__ import annotations

import io
import re

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.render.encode import PartFont, number
from yibao_cli.render.fonts import font
from yibao_cli.render.writer import PdfWriter

BEYOND = [chr(c) for c in sorted(font().face.unicodes) if c > 0xFFFF]
TEXT = st.text(st.sampled_from([*"张三丰Ab09，", *BEYOND[:40]]), max_size=6)


def units(code):
    return [int(code[i : i + 4], 16) for i in range(0, len(code), 4)]


def test_a_text_of_the_basic_plane_is_its_utf_16():
    assert PartFont(font()).encode("张3") == "5f200033"


@given(texts=st.lists(TEXT, min_size=1, max_size=6))
def test_every_character_takes_one_code_and_keeps_it(texts):
    part_font = PartFont(font())
    codes = part_font.encode_column(texts)
    again = [part_font.encode(t) for t in texts]

    of_char: dict = {}
    for text, code in zip(texts, codes, strict=True):
        assert len(units(code)) == len(text)
        for char, unit in zip(text, units(code), strict=True):
            assert of_char.setdefault(char, unit) == unit
    assert len(set(of_char.values())) == len(of_char)
    assert again == codes


def test_characters_beyond_the_basic_plane_take_codes_where_no_character_lives():
    codes = units(PartFont(font()).encode("王𬭎欧阳𠅤"))

    assert [0xD800 <= c <= 0xDFFF for c in codes] == [False, True, False, False, True]


def test_more_such_characters_than_codes_are_refused():
    with pytest.raises(OverflowError):
        PartFont(font()).encode("".join(chr(0x20000 + i) for i in range(2049)))


def test_a_font_no_text_was_set_in_is_not_used():
    part_font = PartFont(font())

    assert not part_font.used
    part_font.encode("一")
    assert part_font.used


def test_the_fonts_of_a_page_have_names_of_their_own():
    parts = [PartFont(font(w), w, f) for f in ("body", "second") for w in (400, 700)]

    names = [name for p in parts for name in (p.wide, p.narrow)]

    assert names[:2] == ["F400", "L400"]
    assert len(set(names)) == 8


def test_a_character_of_no_font_takes_the_glyph_for_what_is_missing():
    codes, pdf = written("王\ue123")

    table = pdf.Root.Font.DescendantFonts[0].CIDToGIDMap.read_bytes()
    assert [int.from_bytes(table[2 * c : 2 * c + 2], "big") for c in codes] == [1, 0]


def written(text):
    """Codes of a text, and a PDF of nothing but its font, as another library reads it."""
    part_font = PartFont(font())
    code = part_font.encode(text)
    out = io.BytesIO()
    writer = PdfWriter(out)
    number_of_font = part_font.write(writer.add, writer.add_stream)
    root = writer.add(b"<</Type/Catalog/Font %d 0 R/Pages<</Type/Pages/Kids[]/Count 0>>>>" % number_of_font)
    writer.finish(root, writer.add(b"<<>>"))
    return units(code), pikepdf.open(out)


def test_to_unicode_says_what_each_code_is():
    text = "王𬭎，欧阳𠅤 9"

    codes, pdf = written(text)

    pairs = re.findall(rb"<([0-9A-F]{4})><([0-9A-F]+)>\n", pdf.Root.Font.ToUnicode.read_bytes())
    means = {int(code, 16): bytes.fromhex(char.decode()).decode("utf-16-be") for code, char in pairs}
    assert [means[c] for c in codes] == list(text)


def test_no_block_of_to_unicode_has_more_than_a_hundred_entries():
    _codes, pdf = written("".join(chr(0x4E00 + i) for i in range(250)))

    counts = re.findall(rb"(\d+) beginbfchar", pdf.Root.Font.ToUnicode.read_bytes())

    assert counts == [b"100", b"100", b"50"]


def test_every_code_leads_to_a_glyph_of_the_subset():
    codes, pdf = written("王𬭎A1")

    table = pdf.Root.Font.DescendantFonts[0].CIDToGIDMap.read_bytes()
    glyphs = [int.from_bytes(table[2 * c : 2 * c + 2], "big") for c in codes]
    assert 0 not in glyphs
    assert len(set(glyphs)) == len(codes)


def test_widths_are_given_for_what_is_not_an_em_wide():
    codes, pdf = written("王A")

    widths = list(pdf.Root.Font.DescendantFonts[0].W)

    assert [int(w) for w in widths[::2]] == [codes[1]]
    assert float(widths[1][0]) == pytest.approx(font().advance("A"), abs=0.01)


def test_the_font_is_embedded_under_the_name_of_a_subset():
    _codes, pdf = written("王")

    descendant = pdf.Root.Font.DescendantFonts[0]
    assert re.fullmatch(r"/[A-Z]{6}\+NotoSansSC-400", str(pdf.Root.Font.BaseFont))
    assert len(descendant.FontDescriptor.FontFile2.read_bytes()) < 20_000


@pytest.mark.parametrize(("value", "text"), [(1.0, b"1"), (0.125, b"0.12"), (-3.5, b"-3.5"), (100, b"100")])
def test_numbers_are_short(value, text):
    assert number(value) == text
