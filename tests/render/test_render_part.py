from __future__ import annotations

import ctypes
import hashlib
import io
import re

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as api
import pytest
import zxingcpp
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from builders import make_part
from yibao_cli.codes import SheetCode, parse_sheet_code, piece_number
from yibao_cli.render.fonts import pinned_font
from yibao_cli.render.marks import code_image
from yibao_cli.render.part import render_part
from yibao_cli.render.readback import expected_pages
from yibao_cli.render.reading import PrintFile
from yibao_cli.render.setting import MM


def test_the_same_part_gives_the_same_bytes_and_says_what_they_are(tmp_path):
    first = make_part(6).print(tmp_path / "1.pdf")
    second = make_part(6).print(tmp_path / "2.pdf")

    content = (tmp_path / "1.pdf").read_bytes()
    assert content == (tmp_path / "2.pdf").read_bytes()
    assert first == second
    assert (first.pieces, first.pages, first.size) == (6, 12, len(content))
    assert first.sha256 == hashlib.sha256(content).hexdigest()


def test_another_value_gives_other_bytes(tmp_path):
    first = make_part(2).print(tmp_path / "1.pdf")
    second = make_part(2, change={1: {"closing": 1}}).print(tmp_path / "2.pdf")

    assert first.sha256 != second.sha256


def test_every_font_is_embedded_as_a_subset(tmp_path):
    pdf = make_part(4, 40).write(tmp_path / "part.pdf", proof=True)

    with pikepdf.open(pdf) as opened:
        fonts = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"]
        names = [str(f.BaseFont) for f in fonts]
        descriptors = [f.get("/FontDescriptor") or f.DescendantFonts[0].FontDescriptor for f in fonts]
        embedded = ["/FontFile2" in d for d in descriptors]

    assert names
    assert all(re.match(r"/[A-Z]{6}\+", name) for name in names)
    assert all(embedded)


def test_every_name_stands_on_both_pages_of_its_piece(tmp_path):
    part = make_part(8, change={1: {"name": "王𬭎"}, 2: {"name": "阿依古丽·买买提·吐尔逊"}})

    with pdfium.PdfDocument(part.write(tmp_path / "part.pdf")) as document:
        texts = [document[i].get_textpage().get_text_bounded() for i in range(16)]

    for i, name in enumerate(part.pieces["name"].to_pylist()):
        assert name in texts[2 * i]
        assert name in texts[2 * i + 1]


def test_the_data_matrix_of_each_piece_decodes_to_its_piece(tmp_path):
    part = make_part(5)
    wanted = [e for e in expected_pages(part.layout, part.values) if e.marks]

    with PrintFile(part.write(tmp_path / "part.pdf")) as file:
        for i, want in enumerate(wanted):
            with file.page(2 * i) as page:
                read = zxingcpp.read_barcodes(page.gray(want.marks[0].box, 200))
            assert parse_sheet_code(read[0].text).piece == want.piece

    assert len(wanted) == 5


def right_edges(pdf, pages, sought):
    """Right edge, mm, of each occurrence of the texts: where the next character would begin."""
    edges = []
    with pdfium.PdfDocument(pdf) as document:
        for number, text in zip(pages, sought, strict=True):
            found = document[number].get_textpage()
            index, count = found.search(text).get_next()
            box = api.FS_RECTF()
            api.FPDFText_GetLooseCharBox(found.raw, index + count - 1, ctypes.byref(box))
            edges.append(box.right / MM)
    return edges


def test_amounts_of_a_column_end_at_the_same_edge(tmp_path):
    closing = [1_11, -98_765_43, 1_234_567_89, 70_07, -1_00, 11_111_11]
    change = {i: {"closing": c, "variant": "standard", "lines": 0} for i, c in enumerate(closing)}
    shown = ["1.11", "-98,765.43", "1,234,567.89", "70.07", "-1.00", "11,111.11"]

    edges = right_edges(make_part(6, change=change).write(tmp_path / "part.pdf"), range(1, 12, 2), shown)

    assert max(edges) - min(edges) < 0.1
    assert edges[0] == pytest.approx(220, abs=0.1)


def test_amounts_in_a_table_end_at_the_same_edge(tmp_path):
    amounts = {"1.07": 1_07, "-71,234.56": -71_234_56, "999.99": 999_99}
    edges = []
    for shown, fen in amounts.items():
        part = make_part(1, 1, line={"total": fen, "fund_paid": 0, "account_paid": 0, "cash_paid": 0})
        edges += right_edges(part.write(tmp_path / "part.pdf"), [1], [shown])

    assert max(edges) - min(edges) < 0.1


def test_amounts_of_one_length_that_must_be_cut_do_not_show_each_others_digits(tmp_path):
    part = make_part(2, 1, line={"fund_paid": 8_888_888_888_888_88})
    lines = part.values.values["standard", 2].tables[0].columns[4]
    lines[0], lines[1] = "8,888,888,888,888.88", "7,777,777,777,777.77"

    with PrintFile(part.write(tmp_path / "part.pdf")) as file, file.page(3) as page:
        shown = page.texts()

    assert not any(text.startswith("8,888") for text in shown)
    assert any(text.startswith("7,777") for text in shown)


@pytest.fixture
def art(tmp_path):
    canvas = Canvas(str(tmp_path / "shop.pdf"), pagesize=(652, 340), invariant=1)
    face = TTFont("embedded", str(pinned_font(400)))
    pdfmetrics.registerFont(face)
    canvas.setFont("embedded", 12)
    canvas.drawString(40, 40, "shop")
    canvas.save()
    Image.new("RGB", (230, 120), (200, 30, 40)).save(tmp_path / "bank.png")
    return tmp_path


def part_with(art, count):
    change = {i: {"slot_a": "ad:C-01", "slot_b": "ad:C-02"} for i in range(count)}
    return make_part(count, change=change, ads={"C-01": "shop.pdf", "C-02": "bank.png"}, art_folder=art)


def test_ads_are_stored_once_however_many_pieces_show_them(art):
    def streams(count):
        part = part_with(art, count)
        out = io.BytesIO()
        render_part(part.layout, part.static, [part.values], out)
        with pikepdf.open(out) as pdf:
            kinds = [str(o.get("/Subtype")) for o in pdf.objects if isinstance(o, pikepdf.Stream)]
        return kinds.count("/Form"), kinds.count("/Image")

    assert streams(1) == streams(7)
    assert streams(7)[1] == 1


def test_a_paid_panel_bears_the_mark_and_its_colour(art, tmp_path):
    pdf = part_with(art, 1).write(tmp_path / "part.pdf")

    with PrintFile(pdf) as file, file.page(1) as page:
        picture = page.picture(50)
    with pdfium.PdfDocument(pdf) as document:
        front = document[0].get_textpage().get_text_bounded()

    at = (round(115 / 25.4 * 50), round(180 / 25.4 * 50))  # the middle of panel B
    assert picture.getpixel(at) == (200, 30, 40)
    assert "shop" in front
    assert "广告" in front


def test_variants_come_in_print_order(tmp_path):
    order = ["large", "standard", "large", "standard"]
    part = make_part(4, change={i: {"variant": v} for i, v in enumerate(order)})

    with PrintFile(part.write(tmp_path / "part.pdf")) as file:
        pieces = []
        for number in range(0, 8, 2):
            with file.page(number) as page:
                pieces.append(page.texts()[4])

    assert pieces == part.values.pieces


def test_every_page_of_a_proof_bears_the_mark_and_no_page_of_a_part_does(tmp_path):
    part = make_part(2)

    def marked(pdf):
        with pdfium.PdfDocument(pdf) as document:
            return ["样" in document[i].get_textpage().get_text_bounded() for i in range(len(document))]

    assert marked(part.write(tmp_path / "proof.pdf", proof=True)) == [True] * 4
    assert marked(part.write(tmp_path / "part.pdf")) == [False] * 4


@pytest.mark.parametrize("mailing", ["A", "2026Q3", "2026-HOUSING-FUND-Q3", "ABCDEFGHIJKLMNOPQRST"])
def test_the_symbol_of_every_mailing_is_square_and_fits_its_place(mailing):
    modules, bits = code_image(str(SheetCode(mailing, piece_number(999_999_999), 99, 99, 99)))

    assert len(bits) == modules * 2 * ((modules + 7) // 8)
    assert modules <= 26
