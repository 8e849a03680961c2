"""Where the press cuts is tied to the product: a page of another trim or bleed is told."""

from __future__ import annotations

from dataclasses import replace

import pikepdf
import pytest

from builders import make_part
from yibao_cli.kinds.page import PressPlan
from yibao_cli.render.readback import expected_pages, read_back
from yibao_cli.render.static import draw_static

PAGE = 3


def press_part(bleed, slug):
    """A part for the press; its pages stand `bleed` mm over the trim, with `slug` mm of white around."""
    part = make_part(3, 2)
    plan = PressPlan(bleed=bleed, slug=slug, document="2026Q3", day="2026-09-30")
    layout = replace(part.layout, press=plan)
    return replace(part, layout=layout, static=draw_static(layout, None))


def told(part, pdf):
    pages = expected_pages(part.layout, part.values)
    return [(d.page, d.what.value) for d in read_back(pdf, 1, pages, press=True)]


@pytest.mark.parametrize(("bleed", "slug"), [(3, 10), (0, 0), (0, 10), (20, 0)])
def test_a_right_part_for_the_press_has_no_differences(tmp_path, bleed, slug):
    part = press_part(bleed, slug)

    assert told(part, part.write(tmp_path / "part.pdf")) == []


@pytest.mark.parametrize("side", range(4))
@pytest.mark.parametrize("key", ["/TrimBox", "/BleedBox"])
def test_a_trim_or_bleed_a_millimetre_off_is_told_with_its_page(tmp_path, key, side):
    part = press_part(3, 10)
    pdf = part.write(tmp_path / "part.pdf")
    with pikepdf.open(pdf, allow_overwriting_input=True) as document:
        box = document.pages[PAGE - 1].obj[key]
        # Inwards for the trim, outwards for the bleed: the boxes still lie in each other.
        inwards = (1, 1, -1, -1)[side] * (1 if key == "/TrimBox" else -1)
        box[side] = float(box[side]) + inwards * 72 / 25.4
        document.save(pdf)

    assert told(part, pdf) == [(PAGE, "file")]
