"""Photos of letters: printed to pixels, rotated, blurred and darkened by the test itself, then decoded."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from yibao_cli.codes import SheetCode, piece_number
from yibao_cli.returns import pictures
from yibao_cli.returns.pictures import pages_of, read_codes, thumbnail
from yibao_cli.returns.places import likely_places

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


def afar(page, at, size=(3200, 2400)):
    """The page small in a large photo, on a rough and dark table."""
    grain = np.random.default_rng(5).normal(70, 18, (size[1], size[0]))
    whole = Image.fromarray(grain.clip(0, 255).astype("uint8"))
    whole.paste(page, at)
    return whole


@pytest.mark.parametrize("angle", [0, 20, 45, 100, 200, 311])
def test_a_code_afar_is_found_where_it_is_and_read(angle):
    turned = letter(dots=4).rotate(angle, expand=True, fillcolor=90, resample=Image.Resampling.BICUBIC)
    whole = afar(turned, (1300, 500))
    middle = np.array([950 - 600, 170 - 350]) @ rotation(angle) + np.array(turned.size) / 2 + (1300, 500)

    first = likely_places(whole)[:3]

    assert min(np.hypot(*(middle - (place.x, place.y))) for place in first) < 50
    assert read_codes(whole) == (TEXT,)


def rotation(angle):
    """What turns a row of x and y counterclockwise, as Pillow turns a picture."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[c, -s], [s, c]])


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (9, 9), (40, 57), (900, 700)])
def test_an_even_picture_of_any_shape_has_no_place_for_a_code(shape):
    even = Image.fromarray(np.full(shape, 180, dtype="uint8"))

    assert likely_places(even) == ()
    assert read_codes(even) == ()


def test_a_code_that_fills_the_picture_is_read():
    matrix = zxingcpp.create_barcode(TEXT, zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=60)

    assert read_codes(Image.fromarray(np.pad(np.asarray(matrix), 90, constant_values=235))) == (TEXT,)


def test_two_letters_in_a_photo_give_both_codes():
    other = str(SheetCode("2026Q3", piece_number(18), 0, 1, 2))
    whole = afar(letter(), (150, 100))
    whole.paste(letter(other).rotate(30, expand=True, fillcolor=90), (1600, 1200))

    assert set(read_codes(whole)) == {TEXT, other}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("RA", ("RA123456785CN",)), ("YB1/", ("RA123456785CN", TEXT)), ("?", ("RA123456785CN", TEXT, "last"))],
)
def test_the_search_goes_on_until_a_wanted_code_is_found(monkeypatch, wanted, found):
    looks = [[], ["RA123456785CN"], [TEXT, TEXT], ["last"]]
    monkeypatch.setattr(pictures, "_looks", lambda _picture: (partial(iter, look) for look in looks))

    assert read_codes(letter(), lambda text: text.startswith(wanted)) == found


def test_a_large_photo_without_a_code_is_given_up_for_less_than_one_look_at_all_of_it(monkeypatch):
    looked_at = []
    monkeypatch.setattr(
        pictures.zxingcpp, "read_barcodes", lambda seen, **_how: looked_at.append(seen.size) or []
    )

    assert read_codes(afar(letter(), (700, 900), (4000, 3000))) == ()
    assert sum(looked_at) < 12_000_000


def test_a_photo_in_colour_is_read_by_its_shades(tmp_path):
    page = letter()
    Image.merge("RGB", (page, page.point(lambda v: v // 2 + 60), page)).save(tmp_path / "a.jpg")

    (found,) = pages_of(tmp_path / "a.jpg")

    assert found.picture.mode == "L"
    assert read_codes(found.picture) == (TEXT,)


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
