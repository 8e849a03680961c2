"""What a response code would cover of an artwork."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from artwork_builders import PANEL, page, svg
from yibao_cli.render.covered import is_blank

CORNER = (206.0, 96.0, 20.0, 20.0)
# A bar of 10 x 4 mm, 210 mm from the left and 100 mm from the top, in points from the bottom left.
BAR = b"0.2 g 595.28 45.35 28.35 11.34 re f"


def painted(*, corner):
    picture = Image.new("RGB", (2300, 1200), (250, 240, 200))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((100, 100, 900, 400), fill=(180, 0, 0))
    if corner:
        draw.text((2100, 1000), "0311-8500", fill=(0, 0, 0), font_size=40)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "blank", "busy"),
    [
        ("a.pdf", page(content=b"0.5 g 0 0 200 200 re f"), page(content=BAR)),
        (
            "a.svg",
            svg('<rect width="50" height="30"/>').encode(),
            svg('<rect x="208" y="98" width="9" height="4"/>').encode(),
        ),
        ("a.jpg", painted(corner=False), painted(corner=True)),
    ],
)
def test_a_corner_is_blank_until_something_stands_in_it(tmp_path, name, blank, busy):
    (tmp_path / name).write_bytes(blank)
    assert is_blank(tmp_path / name, PANEL, CORNER)

    (tmp_path / name).write_bytes(busy)
    assert not is_blank(tmp_path / name, PANEL, CORNER)


def test_a_ground_of_one_colour_covers_nothing(tmp_path):
    (tmp_path / "a.pdf").write_bytes(page(content=b"0.9 0.2 0.1 rg 0 0 700 400 re f"))

    assert is_blank(tmp_path / "a.pdf", PANEL, CORNER)
