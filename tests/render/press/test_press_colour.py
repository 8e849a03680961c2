"""Colours and pictures in the inks of the press."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

UNIT = st.floats(0, 1)


@pytest.mark.parametrize(
    ("colour", "fill", "stroke"),
    [
        (0, "0 g", "0 G"),
        (0.3, "0.3 g", "0.3 G"),
        ("#000000", "0 g", "0 G"),
        ("#ffffff", "1 g", "1 G"),
        ("#808080", "0.502 g", "0.502 G"),
    ],
)
def test_gray_stays_one_ink_on_every_press(gray, cmyk, colour, fill, stroke):
    assert [c.fill(colour) for c in (gray, cmyk)] == [fill] * 2
    assert [c.stroke(colour) for c in (gray, cmyk)] == [stroke] * 2


def test_a_colour_becomes_gray_or_four_inks(gray, cmyk):
    # Red is as light as a gray of 0.21 in XYZ; the dots' gain is taken out of it again.
    assert gray.fill("#ff0000") == "0.416 g"
    *inks, operator = cmyk.fill("#ff0000").split()
    assert operator == "k"
    cyan, magenta, yellow, _black = map(float, inks)
    assert magenta > 0.5
    assert yellow > 0.3
    assert cyan < 0.1
    assert cmyk.stroke("#ff0000").endswith(" K")


def test_lighter_colours_give_lighter_grays(gray):
    ladder = [gray.inks((step / 10, step / 20, 0))[0] for step in range(11)]

    assert ladder == sorted(ladder)
    assert len(set(ladder)) == 11


def test_cmyk_keeps_its_numbers_on_a_cmyk_press_and_becomes_gray_on_a_gray_one(gray, cmyk):
    assert cmyk.inks((0.1, 0.8, 0.7, 0)) == (0.1, 0.8, 0.7, 0)
    assert gray.inks((0.1, 0.8, 0.7, 0)) == pytest.approx((1 - 0.03 - 0.472 - 0.077,))
    assert gray.inks((1, 1, 1, 1)) == (0,)


@given(st.tuples(UNIT) | st.tuples(UNIT, UNIT, UNIT) | st.tuples(UNIT, UNIT, UNIT, UNIT))
def test_every_colour_comes_out_in_inks_of_the_press(gray, cmyk, values):
    assert len(gray.inks(values)) == 1
    assert len(cmyk.inks(values)) in {1, 4}
    assert len(cmyk.all_inks(values)) == 4
    assert all(0 <= ink <= 1 for ink in (*gray.inks(values), *cmyk.inks(values), *cmyk.all_inks(values)))


def test_values_out_of_range_are_clipped(gray):
    assert gray.inks((1.5,)) == (1,)
    assert gray.inks((-1, -1, -1)) == (0,)


def test_an_embedded_profile_is_used_and_a_damaged_one_is_not(gray):
    plain = gray.inks((0.2, 0.6, 0.4))
    # Lab is no space of RGB colours, so it counts as damaged.
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

    assert gray.inks((0.2, 0.6, 0.4), b"nonsense") == plain
    assert gray.inks((0.2, 0.6, 0.4), lab) == plain
    assert gray.inks((0.2, 0.6, 0.4), wide_gamut()) != plain


def wide_gamut():
    """sRGB with its red and green primaries exchanged: a profile that is not sRGB."""
    icc = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    ends = 132 + 12 * int.from_bytes(icc[128:132], "big")
    tags = {bytes(icc[at : at + 4]): at for at in range(132, ends, 12)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    icc[red + 4 : red + 12], icc[green + 4 : green + 12] = (
        icc[green + 4 : green + 12],
        icc[red + 4 : red + 12],
    )
    return bytes(icc)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1", "CMYK", "I;16"])
def test_a_picture_of_any_kind_becomes_gray_on_a_gray_press(gray, mode):
    source = Image.new("RGB", (4, 3), (200, 40, 90)) if mode != "I;16" else Image.new("I;16", (4, 3), 9000)

    pixels, mask = gray.picture(source.convert(mode) if mode != "I;16" else source)

    assert (pixels.mode, pixels.size) == ("L", (4, 3))
    assert (mask is not None) == (mode in {"RGBA", "LA"})


def test_a_coloured_picture_gets_four_inks_and_a_gray_one_stays_gray(cmyk):
    assert cmyk.picture(Image.new("RGB", (2, 2), (200, 40, 90)))[0].mode == "CMYK"
    assert cmyk.picture(Image.new("RGB", (2, 2), (90, 90, 90)))[0].getpixel((0, 0)) == 90
    assert cmyk.picture(Image.new("L", (2, 2), 90))[0].getpixel((1, 1)) == 90
    picture = Image.new("CMYK", (2, 2), (1, 2, 3, 4))
    assert cmyk.picture(picture)[0].getpixel((0, 0)) == (1, 2, 3, 4)


def test_a_picture_is_converted_as_the_colour_alone(gray, cmyk):
    for colours in (gray, cmyk):
        pixel = colours.picture(Image.new("RGB", (1, 1), (51, 102, 204)))[0].getpixel((0, 0))
        inks = colours.inks((51 / 255, 102 / 255, 204 / 255))
        assert (pixel if isinstance(pixel, tuple) else (pixel,)) == tuple(round(i * 255) for i in inks)


def test_cmyk_pixels_become_the_gray_that_the_colour_becomes(gray):
    pixel = gray.picture(Image.new("CMYK", (1, 1), (26, 128, 51, 26)))[0].getpixel((0, 0))

    assert pixel == round(gray.inks((26 / 255, 128 / 255, 51 / 255, 26 / 255))[0] * 255)


def test_the_transparency_of_a_picture_is_kept(gray):
    picture = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    picture.putpixel((1, 0), (255, 0, 0, 64))

    _pixels, mask = gray.picture(picture)

    assert [mask.getpixel((x, 0)) for x in (0, 1)] == [255, 64]
