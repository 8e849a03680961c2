"""Artwork of an advertiser comes to lie on its panel, however the PDF was made."""

from __future__ import annotations

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from builders import HOUSE, make_part
from yibao_cli.ads.artwork import check_artwork
from yibao_cli.render.reading import PrintFile
from yibao_cli.render.setting import MM

WIDTH, HEIGHT = 230 * MM, 120 * MM
RED = (255, 0, 0)


def drawn(path, *, origin=(0, 0), turn=0):
    """Art of the panel's size with a red field in its lower left corner, as a reader sees it."""
    x, y = origin
    pen = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    pen.translate(x, y)
    pen.setFillColorRGB(1, 0, 0)
    pen.rect(0, 0, 40 * MM, 30 * MM, stroke=0, fill=1)
    pen.save()
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        page = document.pages[0]
        # ReportLab names Helvetica on each page, text or not, and embeds nothing of it.
        page.Contents = document.make_stream(page.Contents.read_bytes().replace(b"/F1 12 Tf", b""))
        del page.Resources.Font
        page.mediabox = [x, y, x + WIDTH, y + HEIGHT]
        if turn:
            # The content stands turned on the sheet, and the page's own turn sets it upright again.
            content = page.Contents.read_bytes()
            page.mediabox = [0, 0, HEIGHT, WIDTH]
            page.Contents = document.make_stream(b"q 0 1 -1 0 %.4f 0 cm " % HEIGHT + content + b" Q")
            page.Rotate = turn
        document.save(path)


@pytest.mark.parametrize(
    "form", [{}, {"origin": (-50, 700)}, {"turn": 90}], ids=["plain", "offset", "turned"]
)
def test_the_lower_left_corner_of_the_art_is_that_of_the_panel(tmp_path, form):
    drawn(tmp_path / "a.pdf", **form)
    change = {0: {**HOUSE, "slot_a": "ad:C1"}}

    part = make_part(1, change=change, ads={"C1": "a.pdf"}, art_folder=tmp_path)
    with PrintFile(part.write(tmp_path / "part.pdf")) as file, file.page(0) as page:
        picture = page.picture(50.8)  # two pixels a millimetre

    # Slot A is the lowest panel of the outer page, 230 x 120 mm from y = 240 mm.
    assert picture.getpixel((20, 700)) == RED
    assert picture.getpixel((78, 662)) == RED
    assert picture.getpixel((90, 700)) != RED
    assert picture.getpixel((20, 640)) != RED


def test_turned_art_is_measured_as_a_reader_sees_it(tmp_path):
    drawn(tmp_path / "a.pdf", turn=90)

    assert check_artwork(tmp_path / "a.pdf", (230.0, 120.0)) == (None, None)
