"""Bar codes and OMR marks: drawn where they belong, read from pixels, and missed when they are gone."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from marked_builders import BARCODE, KIND, OMR, marked

from builders import altered, make_part
from yibao_cli.jobs.merge.preflight import _check_texts
from yibao_cli.kinds.geometry import BarcodeItem, CodeItem, OmrItem, OmrProfile
from yibao_cli.kinds.page import PlacedMark
from yibao_cli.render.comparing import What
from yibao_cli.render.expected import expected_pages
from yibao_cli.render.forms import form_digests
from yibao_cli.render.marks import barcode_fits, symbol_of
from yibao_cli.render.preflight import unfitting_marks
from yibao_cli.render.readback import Sample, read_back
from yibao_cli.render.reading import PrintFile

DPI = 300
PITCH, LENGTH = 25.4 / 6, 12
CHANGE = {
    0: {"lines": 90},
    1: {"lines": 0, "employer_no": None},
    2: {"lines": 140, "employer_no": "E00047"},
}
NAMED = {"code": "Data Matrix", "barcode": "bar code", "omr": "OMR marks"}


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    return marked(tmp_path_factory.mktemp("marked"))


@pytest.fixture(scope="module")
def part(templates):
    """A piece of two sheets, one of one sheet without an employer, one of two full sheets."""
    return make_part(3, change=CHANGE, kind=KIND, templates=templates)


@pytest.fixture(scope="module")
def pdf(part, tmp_path_factory):
    return part.write(tmp_path_factory.mktemp("pdf") / "part.pdf")


def differences(part, pdf, sample=3):
    pages = expected_pages(part.layout, part.values, form_digests(part.static))
    return list(read_back(pdf, 1, pages, sample=Sample(sample, 1)))


def gray(pdf, number):
    with PrintFile(pdf) as file, file.page(number - 1) as page:
        return page.picture(DPI).convert("L")


def tone(pixels, x, y):
    """Mean gray of half a millimetre around a place in mm."""
    column, row = round(x / 25.4 * DPI), round(y / 25.4 * DPI)
    return np.asarray(pixels, dtype=float)[row - 1 : row + 2, column - 3 : column + 4].mean()


# ------------------------------------------------------------------ OMR marks


# The fronts of the sheets of the part, in order: page of the file, marks from the sensor's end.
SHEETS = [
    (1, "100000000001"),  # first of two: sequence 0
    (3, "100100000101"),  # last of two: insert, sequence 1
    (5, "100100001001"),  # alone: insert, sequence 2
    (7, "100000001101"),  # first of two: sequence 3
    (9, "100100010001"),  # insert, sequence 4
]


def omr_of(part):
    """What the OMR marks of each page say, in print order; None where the plan has none."""
    plans = {(v, plan.number): [m.item.type for m in plan.marks] for v, plan in part.layout.plans()}
    streams = {
        key: iter(values.marks[plans[key].index("omr")])
        for key, values in part.values.values.items()
        if "omr" in plans[key]
    }
    return [
        next(streams[v, n]) if (v, n) in streams else None
        for v, numbers in zip(part.values.variants, part.values.plans, strict=True)
        for n in numbers
    ]


def test_marks_say_the_place_of_a_sheet_in_its_piece_and_in_the_part(part):
    found = omr_of(part)

    assert [(n, marks) for n, marks in enumerate(found, 1) if marks] == SHEETS


@pytest.mark.parametrize(("number", "marks"), SHEETS)
def test_marks_are_dark_where_they_belong_and_nowhere_else(pdf, number, marks):
    pixels = gray(pdf, number)
    x, y = OMR[0] + LENGTH / 2, OMR[1] + PITCH / 20

    assert [tone(pixels, x, y + i * PITCH) < 60 for i in range(12)] == [m == "1" for m in marks]
    for i, mark in enumerate(marks):
        assert tone(pixels, x, y + (i + 0.5) * PITCH) > 250
        for beside in (OMR[0] - 0.6, OMR[0] + LENGTH + 0.6):
            assert tone(pixels, beside, y + i * PITCH) > 250
        if mark == "1":
            assert tone(pixels, OMR[0] + 0.5, y + i * PITCH) < 60
            assert tone(pixels, OMR[0] + LENGTH - 0.5, y + i * PITCH) < 60


@pytest.mark.parametrize("number", [2, 4, 6, 8, 10])
def test_the_backs_bear_none(pdf, number):
    pixels = np.asarray(gray(pdf, number))
    left, top = (round(v / 25.4 * DPI) for v in (OMR[0] - 1, OMR[1] - 1))
    right, bottom = (round(v / 25.4 * DPI) for v in (OMR[0] + LENGTH + 1, OMR[1] + 12 * PITCH))

    assert pixels[top:bottom, left:right].min() > 250


def rows_of(symbol):
    """The rows of a symbol of one column: whether each is dark."""
    return [symbol.bits[i : i + 2] == "00" for i in range(0, len(symbol.bits), 2)]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_reversed_profile_begins_at_the_bottom(reverse):
    lines = ("always", "not-last", "insert", "parity")
    profile = OmrProfile(name="own", pitch=4, length=10, ratio=5, lines=lines, reverse=reverse)
    mark = PlacedMark(OmrItem(profile="own", x=3, y=4), 10, 20, profile=profile)

    symbol = symbol_of(mark, "1011")

    dark = [row // 5 for row, is_dark in enumerate(rows_of(symbol)) if is_dark]
    assert dark == ([0, 1, 3] if reverse else [0, 2, 3])
    assert symbol.box == (13, 24, 10, 3 * 4 + 4 / 5)
    assert symbol.modules == (1, 3 * 5 + 1)


# ------------------------------------------------------------------ bar codes


def test_a_bar_code_is_read_from_pixels_even_askew(pdf, part):
    wanted = part.pieces["employer_no"].to_pylist()
    for number, employer in ((1, wanted[0]), (7, wanted[2])):
        for degrees in (0, 1):
            picture = gray(pdf, number).rotate(degrees, expand=True, fillcolor=255)
            found = zxingcpp.read_barcodes(
                picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128)
            )
            assert [b.text for b in found] == [employer]


def test_an_empty_text_draws_no_bar_code(pdf, part):
    x, y, w, h = (round(v / 25.4 * DPI) for v in BARCODE)

    assert np.asarray(gray(pdf, 5))[y : y + h, x : x + w].min() > 250
    second = list(expected_pages(part.layout, part.values))[4]
    assert [m.type for m in second.marks] == ["omr", "code"]


def test_a_bar_code_stands_within_its_width_behind_its_quiet_zone(pdf):
    x, y, w, h = BARCODE
    pixels = np.asarray(gray(pdf, 1))
    row = pixels[round((y + h / 2) / 25.4 * DPI)]
    dark = np.nonzero(row[round(x / 25.4 * DPI) : round((x + w) / 25.4 * DPI)] < 128)[0] / DPI * 25.4

    assert dark[0] == pytest.approx(3.3, abs=0.15)  # ten modules of 0.33 mm
    assert dark[-1] < w - 3.3


BAR = BarcodeItem(text="{{ piece }}", x=0, y=0, width=50, module=0.33)


@pytest.mark.parametrize(
    ("text", "fits"),
    [("E00001", True), ("RA123456789CN", False), ("X" * 8, True), ("X" * 9, False), ("张三", False), ("\n", False)],
)  # fmt: skip
def test_what_a_bar_code_can_say_in_its_width(text, fits):
    assert barcode_fits(BAR, text) == fits


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_a_bar_code_that_fits_stands_within_its_width(text):
    x, _y, w, _h = symbol_of(PlacedMark(BAR, 0, 0), text).box

    assert barcode_fits(BAR, text) == (x + w + 10 * BAR.module <= BAR.width)


def test_what_does_not_fit_is_told_by_its_row():
    mark = PlacedMark(BAR, 0, 0)

    assert unfitting_marks(mark, ["E1", "", "X" * 40, "张三", "X" * 40]) == [2, 3, 4]
    assert unfitting_marks(PlacedMark(CodeItem(x=0, y=0), 0, 0), ["X" * 40]) == []


def test_a_piece_whose_bar_code_does_not_fit_is_held(part):
    rows = part.pieces.to_pylist()
    rows[1]["employer_no"], rows[2]["employer_no"] = "E" * 60, "单位1"
    known = {}

    _check_texts(pa.Table.from_pylist(rows), part.layout, known, "")

    held = {"place": "{{ employer_no }}"}
    # The text beside shrinks and breaks; of row 1 it is too long as well.
    assert {key for key in known if key[1] == "H402"} == {(1, "H402"), (2, "H402")}
    assert known[2, "H402"] == held


# ------------------------------------------------------------------ verify


def test_a_right_part_with_all_marks_has_no_differences(pdf, part):
    assert differences(part, pdf) == []


def images(page):
    """The image masks of a page, as they are painted: type of the mark to its operators."""
    content = page.Contents.read_bytes()
    found = re.findall(rb"q [^q]*?BI /W (\d+) /H (\d+) .*?EI Q\n", content, re.DOTALL)
    whole = [
        m[0] for m in re.finditer(rb"q [\d.]+ 0 0 [\d.]+ [\d.]+ [\d.]+ cm BI .*?EI Q\n", content, re.DOTALL)
    ]
    assert len(found) == len(whole)
    kinds = ["omr" if w == b"1" else "barcode" if h == b"1" else "code" for w, h in found]
    return dict(zip(kinds, whole, strict=True))


def replaced(page, old, new):
    content = page.Contents.read_bytes()
    assert content.count(old) == 1
    page.Contents.write(content.replace(old, new))


def moved(image):
    return re.sub(rb"([\d.]+) cm", lambda m: b"%.2f cm" % (float(m[1]) + 3), image)


def scaled(image):
    return re.sub(rb"^q ([\d.]+)", lambda m: b"q %.2f" % (float(m[1]) * 1.1), image)


def damaged(image):
    at = image.index(b"ID ") + 3 + 2 * 20 if b"/W 1 " in image else image.index(b"ID ") + 5
    digit = b"f" if image[at : at + 1] != b"f" else b"0"
    return image[:at] + digit + image[at + 1 :]


@pytest.mark.parametrize("kind", ["omr", "barcode", "code"])
@pytest.mark.parametrize("change", [moved, scaled, damaged, lambda _image: b"", lambda image: image * 2])
def test_a_mark_moved_changed_removed_or_doubled_is_found(part, edited, kind, change):
    def spoil(pdf):
        image = images(pdf.pages[0])[kind]
        replaced(pdf.pages[0], image, change(image))

    found = differences(part, edited(part, spoil), sample=0)

    assert [(d.page, d.what) for d in found] == [(1, What.CODE)]
    assert NAMED[kind] in found[0].detail or "codes and marks" in found[0].detail


@pytest.mark.parametrize(
    ("kind", "pages"), [("omr", (0, 2)), ("omr", (2, 4)), ("barcode", (0, 6)), ("code", (1, 2))]
)
def test_marks_of_two_sheets_exchanged_are_found_on_both(part, edited, kind, pages):
    def exchange(pdf):
        one, other = (images(pdf.pages[n])[kind] for n in pages)
        replaced(pdf.pages[pages[0]], one, other)
        replaced(pdf.pages[pages[1]], other, one)

    found = differences(part, edited(part, exchange), sample=0)

    assert [(d.page, d.what) for d in found] == [(n + 1, What.CODE) for n in pages]


def test_a_mark_on_a_back_is_found(part, edited):
    def add(pdf):
        back = pdf.pages[1].Contents
        back.write(back.read_bytes() + images(pdf.pages[0])["omr"])

    found = differences(part, edited(part, add), sample=0)

    assert [(d.page, d.what) for d in found] == [(2, What.CODE)]


def test_what_a_bar_code_says_instead_is_read_and_masked(part, edited):
    def exchange(pdf):
        one, other = (images(pdf.pages[n])["barcode"] for n in (0, 6))
        replaced(pdf.pages[0], one, other)

    (found,) = differences(part, edited(part, exchange), sample=0)

    assert found.detail == "the bar code says something else: E*****"


def test_the_pixels_of_the_sample_are_read_as_well(part, edited, monkeypatch):
    # The structure reader sees nothing: PDFium alone has to find that the bar code is another's.
    monkeypatch.setattr("yibao_cli.render.readback.compare_structure", lambda *_a, **_k: iter(()))

    def spoil(pdf):
        image = images(pdf.pages[0])["barcode"]
        replaced(pdf.pages[0], image, b"")

    assert [(d.page, d.what) for d in differences(part, edited(part, spoil))] == [(1, What.CODE)]


def test_a_profile_that_is_another_is_found(part, pdf, tmp_path):
    other = marked(tmp_path, profile="quadient-1-track")
    altered(other, "length = 12", "length = 14", file="common/omr.toml")
    wanted = make_part(3, change=CHANGE, kind=KIND, templates=other)

    found = differences(wanted, pdf, sample=0)

    assert {(d.page, d.what) for d in found} == {(n, What.CODE) for n, _marks in SHEETS}
