from __future__ import annotations

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from artwork_builders import PANEL, in_a_form, lettered, page, picture, svg
from yibao_cli.artwork.judging import check_artwork, check_picture, examined

SHARP, SOFT = picture(1900), picture(1200)  # 210 and 133 dpi
PAGE = page()
LETTERED = lettered(in_a_form, "Type0", "FontFile2")
DRAWN = svg('<g transform="scale(2)"><path style="fill:red" d="M0 0h9v9z"/></g>').encode()


@pytest.mark.parametrize(
    ("name", "content", "verdict"),
    [
        ("a.pdf", PAGE, (None, None)),
        ("a.pdf", page(231, 119), (None, None)),
        ("a.pdf", page(231.6, 120), ("C203", None)),
        ("a.pdf", page(210, 297), ("C203", None)),
        ("a.pdf", page(460, 240), ("C203", None)),
        ("a.pdf", b"%PDF-1.7 and no more", ("C202", None)),
        ("a.PNG", SHARP, (None, None)),
        ("a.png", SOFT, (None, "C205")),
        ("a.png", picture(800), ("C204", None)),
        ("a.jpg", picture(1900, "jpeg"), (None, None)),
        ("a.png", b"", ("C202", None)),
        ("a.png", SHARP[:-4000], ("C202", None)),
        ("a.jpg", picture(1900, "jpeg")[:-4000], ("C202", None)),
        ("a.png", picture(1900, "gif"), ("C202", None)),
        ("a.svg", DRAWN, (None, None)),
        ("a.svg", b"<svg/>", ("C202", None)),
        ("a.svg", DRAWN[:-9], ("C202", None)),
        ("a.docx", PAGE, ("C202", None)),
    ],
)
def test_artwork_by_example(tmp_path, name, content, verdict):
    (tmp_path / name).write_bytes(content)

    assert check_artwork(tmp_path / name, PANEL)[:2] == verdict


def test_artwork_that_is_not_there_is_missing(tmp_path):
    assert check_artwork(tmp_path / "a.svg", PANEL).refusal == "C201"
    (tmp_path / "b.svg").mkdir()
    assert check_artwork(tmp_path / "b.svg", PANEL).refusal == "C201"


@pytest.mark.parametrize(
    ("width", "verdict"),
    [(905, ("C204", None)), (906, (None, "C205")), (1810, (None, "C205")), (1811, (None, None))],
)
def test_the_bounds_are_100_and_200_dpi(tmp_path, width, verdict):
    """230 mm at 200 dpi are 1,811.02 pixels, at 100 dpi 905.5; the height is a pixel more than it needs."""
    (tmp_path / "a.png").write_bytes(picture(width, height=round(width * 120 / 230) + 1))

    assert check_artwork(tmp_path / "a.png", PANEL)[:2] == verdict


def test_a_picture_of_another_shape_is_refused(tmp_path):
    Image.new("RGB", (2000, 2000)).save(tmp_path / "square.png")

    assert check_artwork(tmp_path / "square.png", PANEL).refusal == "C203"


def test_a_picture_that_would_fill_the_memory_is_refused_unread(tmp_path):
    Image.new("1", (20_000, 10_435)).save(tmp_path / "huge.png")

    assert check_artwork(tmp_path / "huge.png", PANEL).refusal == "C211"


def test_a_file_of_more_than_100_megabytes_is_refused_unread(tmp_path):
    for name in ("a.pdf", "a.png", "a.svg"):
        with (tmp_path / name).open("wb") as stream:
            stream.truncate(100_000_001)

        assert check_artwork(tmp_path / name, PANEL).refusal == "C211"


@pytest.mark.parametrize(
    ("size", "verdict"),
    [
        ((46.0, 24.0), (None, None)),
        ((46.8, 24.0), (None, None)),
        ((47.5, 24.0), ("C203", None)),
        ((500.0, 261.0), ("C204", None)),
        ((300.0, 156.5), (None, "C205")),
    ],
)
def test_a_picture_of_a_kind_is_scaled_to_its_rectangle(tmp_path, size, verdict):
    (tmp_path / "a.png").write_bytes(SHARP)

    assert check_picture(tmp_path / "a.png", size)[:2] == verdict


def test_a_pdf_of_a_kind_may_be_drawn_smaller_than_it_is(tmp_path):
    (tmp_path / "a.pdf").write_bytes(PAGE)

    assert check_picture(tmp_path / "a.pdf", (23.0, 12.0)).refusal is None
    assert check_picture(tmp_path / "a.pdf", (23.0, 23.0)).refusal == "C203"


def test_a_photograph_taken_upright_is_judged_upright(tmp_path):
    turned = Image.new("RGB", (1000, 1917), "red")
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    turned.save(tmp_path / "a.jpg", exif=exif)

    assert check_artwork(tmp_path / "a.jpg", PANEL)[:2] == (None, None)
    turned.save(tmp_path / "b.jpg")
    assert check_artwork(tmp_path / "b.jpg", PANEL).refusal == "C203"


@pytest.mark.parametrize(
    ("form", "mode", "colours"),
    [
        ("png", "RGB", {"rgb"}),
        ("png", "RGBA", {"rgb"}),
        ("png", "P", {"rgb"}),
        ("png", "L", {"gray"}),
        ("png", "LA", {"gray"}),
        ("png", "1", {"gray"}),
        ("png", "I;16", {"gray"}),
        ("jpeg", "L", {"gray"}),
        ("jpeg", "RGB", {"rgb"}),
        ("jpeg", "CMYK", {"cmyk"}),
    ],
)
def test_of_what_a_picture_is_made(tmp_path, form, mode, colours):
    path = tmp_path / f"a.{form}"
    if mode == "I;16":
        Image.new("I;16", (200, 100), 40_000).save(path)
    else:
        path.write_bytes(picture(200, form, mode))

    assert examined(path).colours == colours


def test_a_cmyk_picture_that_does_not_say_how_it_counts_its_inks_is_refused(tmp_path):
    content = picture(1900, "jpeg", "CMYK")
    start = content.index(b"\xff\xee\x00\x0eAdobe")
    (tmp_path / "a.jpg").write_bytes(content)
    (tmp_path / "b.jpg").write_bytes(content[:start] + content[start + 16 :])

    assert check_artwork(tmp_path / "a.jpg", PANEL) == (None, None, "")
    assert check_artwork(tmp_path / "b.jpg", PANEL) == ("C210", None, "CMYK")


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(
        [("png", SOFT), ("jpg", picture(1200, "jpeg")), ("pdf", PAGE), ("pdf", LETTERED), ("svg", DRAWN)]
    ),
    st.integers(0, 2**32),
)
def test_damaged_artwork_is_judged_and_never_an_exception(tmp_path_factory, art, seed):
    suffix, content = art
    draw, damaged = random.Random(seed), bytearray(content)
    for _ in range(4):
        damaged[draw.randrange(len(damaged))] = draw.randrange(256)
    path = tmp_path_factory.mktemp("art") / f"a.{suffix}"
    path.write_bytes(damaged[: draw.choice([len(damaged), draw.randrange(len(damaged))])])

    verdict = check_artwork(path, PANEL)

    assert verdict.refusal in {None, *(f"C{n}" for n in (202, 203, 204, 206, 207, 209, 210, 211, 212))}
    assert verdict.warning in {None, "C205"}


def test_a_tiff_that_is_called_a_png_is_refused(tmp_path):
    out = io.BytesIO()
    Image.new("RGB", (1900, 991)).save(out, "tiff")
    (tmp_path / "a.png").write_bytes(out.getvalue())

    assert check_artwork(tmp_path / "a.png", PANEL).refusal == "C202"
