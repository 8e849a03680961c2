from __future__ import annotations

import pypdfium2
import pytest
from PIL import Image

from yibao_cli.sample import art
from yibao_cli.sample.adverts import ADVERTS
from yibao_cli.sample.art import HEIGHT, WIDTH, Box, Disc, Poly, Text

MARGIN = 6.0
# The renderer prints the mark 广告 here: left edge and bottom edge in mm.
MARK_LEFT, MARK_BOTTOM = WIDTH - 14.0, 8.0


@pytest.mark.parametrize("advert", ADVERTS.values(), ids=list(ADVERTS))
def test_an_advert_keeps_its_margins_and_the_corner_of_the_mark(advert):
    extents = [art.extent(shape) for shape in advert.shapes()]

    for left, top, right, bottom in extents:
        assert left >= MARGIN
        assert top >= MARGIN
        assert right <= WIDTH - MARGIN
        assert bottom <= HEIGHT - MARGIN
        assert right <= MARK_LEFT or top >= MARK_BOTTOM


def test_a_hospital_shows_its_approval_number():
    texts = [shape.text for shape in ADVERTS["a-hospital.pdf"].shapes() if isinstance(shape, Text)]

    assert any("冀医广[2026]第0301-001号" in text for text in texts)


def test_a_pdf_has_the_size_of_the_panel_and_its_words(medical):
    document = pypdfium2.PdfDocument(str(medical.inbox / "art" / "a-hospital.pdf"))

    text = document[0].get_textpage().get_text_range()

    width, height = document[0].get_size()
    assert (width / 72 * 25.4, height / 72 * 25.4) == pytest.approx((WIDTH, HEIGHT), abs=0.01)
    assert "石家庄柳荫医院" in text


def test_a_pdf_names_no_font_that_it_does_not_carry(medical):
    content = (medical.inbox / "art" / "b-homes.pdf").read_bytes()

    assert b"Helvetica" not in content
    assert content.count(b"/FontFile2") == 2  # regular and bold


def test_a_png_has_120_dots_per_inch_and_few_colours(medical):
    with Image.open(medical.inbox / "art" / "b-market.png") as image:
        dpi, size, mode = image.info["dpi"], image.size, image.mode

    assert dpi == pytest.approx((120, 120), abs=0.1)
    assert size == (1087, 567)
    assert mode == "P"


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Box(10, 20, 30, 40, "#000000"), (10, 20, 40, 60)),
        (Disc(10, 20, 3, "#000000"), (7, 17, 13, 23)),
        (Poly(((1, 9), (5, 2), (8, 4)), "#000000"), (1, 2, 8, 9)),
    ],
)
def test_the_extent_of_a_shape_is_its_bounding_box(shape, expected):
    assert art.extent(shape) == expected
