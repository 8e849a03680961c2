"""Photos of letters: printed to pixels, rotated, blurred and darkened by the test itself, then decoded."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from yibao_cli.codes import SheetCode, piece_number
from yibao_cli.returns import pictures
from yibao_cli.returns.pictures import pages_of, read_codes, thumbnail

TEXT = str(SheetCode("2026Q3", piece_number(17), 0, 1, 2))


def letter(text=TEXT, dots=5):
    """An envelope at about 200 dots per inch, with a code of 0.6 mm modules and lines that look like an address."""
    matrix = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=dots)
    page = Image.new("L", (1200, 700), 250)
    for y in range(300, 500, 40):
        page.paste(30, (150, y, 700, y + 14))
    page.paste(Image.fromarray(np.asarray(matrix)), (900, 120))
    return page


def photo(page, angle=0, blur=0.0, light=1.0, fall=1.0, noise=0.0):
    """The page as a camera sees it: turned on a dark table, out of focus, dark, darker to one side, grainy."""
    turned = page.rotate(angle, expand=True, fillcolor=90, resample=Image.Resampling.BICUBIC)
    seen = np.asarray(turned.filter(ImageFilter.GaussianBlur(blur))).astype(float)
    seen = seen * light * np.linspace(1, fall, seen.shape[1])
    seen += np.random.default_rng(3).normal(0, noise, seen.shape)
    return Image.fromarray(seen.clip(0, 255).astype("uint8"))


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        *({"angle": a} for a in (7, 45, 90, 133, 180, 271)),
        {"blur": 2.0},
        {"angle": 20, "blur": 1.5},
        {"light": 0.12, "noise": 2},
        {"angle": 33, "blur": 1.0, "light": 0.25, "fall": 0.4, "noise": 4},
        {"angle": 33, "blur": 1.5, "light": 0.4, "fall": 0.4, "noise": 8},
        {"noise": 30},
    ],
    ids=str,
)
def test_a_code_is_read_at_angles_out_of_focus_and_in_poor_light(conditions):
    assert read_codes(photo(letter(), **conditions)) == (TEXT,)


def test_a_small_code_is_enlarged():
    assert read_codes(photo(letter(dots=2), blur=0.6)) == (TEXT,)


def test_a_picture_without_a_code_gives_nothing():
    assert read_codes(Image.new("L", (800, 600), 200)) == ()


def test_a_wrecked_code_is_never_read_as_another():
    page = letter()
    page.paste(250, (900, 120, 1010, 175))

    assert read_codes(page) in {(), (TEXT,)}


def test_every_form_of_file_gives_its_pages(tmp_path):
    page = letter()
    page.save(tmp_path / "a.jpg", quality=60)
    page.save(tmp_path / "a.png")
    page.save(tmp_path / "a.tiff", save_all=True, append_images=[Image.new("L", page.size, 255), page])
    page.save(tmp_path / "a.pdf", save_all=True, append_images=[page])

    found = {
        path.name: [read_codes(p.picture) for p in pages_of(path)] for path in sorted(tmp_path.iterdir())
    }

    assert found == {
        "a.jpg": [(TEXT,)],
        "a.pdf": [(TEXT,), (TEXT,)],
        "a.png": [(TEXT,)],
        "a.tiff": [(TEXT,), (), (TEXT,)],
    }


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 nothing", b"\xff\xd8\xff\xe0 broken", b"just text", b"GIF89a" + bytes(40)]
)
def test_what_is_no_picture_is_told(tmp_path, content):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)

    assert [(p.number, p.picture, p.rule) for p in pages_of(path)] == [(1, None, "T118")]


def test_a_picture_cut_off_is_told(tmp_path):
    path = tmp_path / "photo.jpg"
    letter().save(path)
    path.write_bytes(path.read_bytes()[:2000])

    assert [p.rule for p in pages_of(path)] == ["T118"]


def test_a_picture_that_is_too_large_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST", 0.5)
    letter().save(tmp_path / "a.png")
    letter().save(tmp_path / "a.pdf")

    assert [p.rule for f in ("a.png", "a.pdf") for p in pages_of(tmp_path / f)] == ["T119", "T119"]


def test_a_thumbnail_is_a_small_jpeg_without_anything_beside():
    small = thumbnail(letter())

    assert small.startswith(b"\xff\xd8")
    assert len(small) < 40_000
    assert b"Exif" not in small


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (7, 2), (40, 57), (97, 130)])
def test_specks_go_as_pillow_takes_them(shape):
    pixels = np.random.default_rng(7).integers(0, 256, shape, dtype=np.uint8)

    wanted = np.asarray(Image.fromarray(pixels).filter(ImageFilter.MedianFilter(3)))

    assert (pictures.without_specks(pixels) == wanted).all()
