"""Charts as SVG and as PNG."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from yibao_cli.exports.charts import Bar, Tile, bars, curve, tiles
from yibao_cli.render.fonts import REGULAR, font

BARS = [Bar("长安区", 10, "10"), Bar("辛集市", 5, "5"), Bar("无", 0, "0")]


def rects(svg):
    return list(ET.fromstring(svg).iter("rect"))


def test_bars_are_as_long_as_their_values():
    widths = [float(r.get("width")) for r in rects(bars("图", BARS).svg())]

    assert widths[0] == pytest.approx(2 * widths[1])
    assert widths[2] == 0


def test_every_value_stands_as_text_too():
    text = "".join(ET.fromstring(bars("图", BARS).svg()).itertext())

    assert all(word in text for bar in BARS for word in (bar.label, bar.words))


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
def test_a_label_stays_text(label):
    drawing = bars(label, [Bar(label, 1, label)])

    assert not [
        e.tag for e in ET.fromstring(drawing.svg()).iter() if e.tag not in {"svg", "title", "rect", "text"}
    ]


def test_a_curve_rises_from_the_foot_to_the_top():
    line = next(
        e
        for e in ET.fromstring(curve("图", ["a", "b", "c"], [0, 5, 10], []).svg()).iter("polyline")
        if e.get("stroke-width") == "2.5"
    )
    heights = [float(p.split(",")[1]) for p in line.get("points").split()]

    assert heights == sorted(heights, reverse=True)
    assert heights[1] == pytest.approx((heights[0] + heights[2]) / 2)


def test_tiles_lie_side_by_side_and_the_worst_is_the_darkest():
    places = [Tile(0, 0, "甲", "0%", 0), Tile(1, 0, "乙", "5%", 0.05), Tile(0, 1, "丙", "10%", 0.1)]

    found = rects(tiles("图", places).svg())

    assert len({(r.get("x"), r.get("y")) for r in found}) == 3
    assert [r.get("fill") for r in found] == ["#e6f0f8", "#f6d6a8", "#c8553d"]


@pytest.mark.parametrize(
    "drawing", [bars("空", []), curve("空", [], [], []), tiles("空", []), curve("一", ["a"], [3], [])]
)
def test_nothing_to_draw_is_no_fault(drawing):
    ET.fromstring(drawing.svg())
    assert drawing.png(font(REGULAR).path)


def test_a_png_shows_what_the_svg_says():
    drawing = bars("图", BARS)

    image = Image.open(io.BytesIO(drawing.png(font(REGULAR).path)))

    assert image.size == (drawing.width * 2, drawing.height * 2)
    blue = (np.asarray(image) == (0x2B, 0x6C, 0xB0)).all(axis=2)
    rows = blue.sum(axis=1)
    assert rows[28] > 1.9 * rows[88] > 100
