"""Output profiles: our gray one, and what operators bring."""

from __future__ import annotations

import io
import math
import struct

import pytest
from builders_press import cmyk_profile
from PIL import Image, ImageCms

from yibao_cli.errors import SettingsError
from yibao_cli.render.press import icc
from yibao_cli.render.press.icc import CMYK, GRAY, OutputIntent, gray_profile, load_intent, pdf_text


def test_our_profile_is_an_output_profile_for_gray_and_always_the_same():
    opened = ImageCms.ImageCmsProfile(io.BytesIO(gray_profile())).profile

    assert (opened.device_class, opened.xcolor_space.strip()) == ("prtr", "GRAY")
    assert opened.rendering_intent == ImageCms.Intent.RELATIVE_COLORIMETRIC
    # D50, as ICC profiles have it in their header.
    assert gray_profile()[68:80].hex() == "0000f6d6000100000000d32d"
    assert opened.copyright == "No copyright, public domain"
    assert int.from_bytes(gray_profile()[:4], "big") == len(gray_profile())
    assert gray_profile() == gray_profile()
    entries = struct.iter_unpack(">4sII", gray_profile()[132 : 132 + 12 * 4])
    assert {tag: at % 4 for tag, at, _size in entries} == dict.fromkeys(
        (b"desc", b"cprt", b"wtpt", b"kTRC"), 0
    )


def test_dots_grow_by_20_percent_in_the_middle():
    """Half a tint prints as 70 %, so paper looks 30 % light: L* 61.65."""
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(gray_profile())), ImageCms.createProfile("LAB"), "L", "LAB"
    )

    light = [
        ImageCms.applyTransform(Image.new("L", (1, 1), v), transform).getpixel((0, 0)) for v in (0, 128, 255)
    ]

    assert (light[0][0], light[2][0]) == (0, 255)
    assert light[1][0] == pytest.approx((116 * math.cbrt(0.3012) - 16) * 2.55, abs=1.5)
    assert all(a in {127, 128} or a in {0, 255} for _l, a, _b in light)


def test_without_a_path_the_intent_is_our_gray():
    intent = load_intent()

    assert intent.components == GRAY
    assert intent.icc == gray_profile()
    assert intent.identifier == "yibao gray, dot gain 20 %"


def test_the_operators_profiles_are_taken(tmp_path, cmyk_path):
    ours = tmp_path / "gray.icc"
    ours.write_bytes(gray_profile())

    assert load_intent(str(ours)).components == GRAY
    intent = load_intent(str(cmyk_path))
    assert (intent.components, intent.identifier) == (CMYK, "test inks")


REFUSED = {
    "it is no ICC profile": b"%PDF-1.4 " + bytes(200),
    "it is no output profile": gray_profile().replace(b"prtr", b"mntr"),
    "it is neither for gray nor for CMYK": gray_profile().replace(b"GRAY", b"RGB "),
    "it is damaged or incomplete": cmyk_profile().replace(b"B2A", b"B3A"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_no_profile_for_our_press_is_refused_and_said_why(tmp_path, reason):
    path = tmp_path / "wrong.icc"
    path.write_bytes(REFUSED[reason])

    with pytest.raises(SettingsError, match=reason) as refused:
        load_intent(str(path))

    assert refused.value.where == "wrong.icc"
    assert "printing house" in refused.value.remedy


def test_a_profile_that_is_missing_or_endless_is_refused(tmp_path, monkeypatch):
    with pytest.raises(SettingsError, match="there is no such file"):
        load_intent(str(tmp_path / "none.icc"))
    path = tmp_path / "endless.icc"
    path.write_bytes(gray_profile())
    monkeypatch.setattr(icc, "_LARGEST", 500)
    with pytest.raises(SettingsError, match="larger than 20 MB"):
        load_intent(str(path))


def test_the_intent_names_what_it_is_for():
    intent = OutputIntent("Inks (a)", "墨", b"", CMYK)

    assert intent.body(7) == (
        b"<</Type/OutputIntent/S/GTS_PDFX/OutputConditionIdentifier(Inks \\(a\\))/Info<FEFF58A8>"
        b"/DestOutputProfile 7 0 R>>"
    )
    assert intent.profile_entries() == b"/N 4"


def test_a_text_with_a_line_end_is_written_as_utf_16():
    assert pdf_text("a\n") == b"<FEFF0061000A>"
    assert pdf_text("a\\b)") == b"(a\\\\b\\))"
