"""Texts without a width are held before they run into the text beside them, or off the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import make_part
from yibao_cli.money import yuan
from yibao_cli.render.faces import font_set
from yibao_cli.render.fonts import REGULAR
from yibao_cli.render.preflight import largest_fitting_amount, overrunning

STATEMENT = 2  # number of the page


def page_and(field, variant="standard", **options):
    part = make_part(1, 0, **options)
    page = next(p for v, p in part.layout.plans() if (v, p.number) == (variant, STATEMENT))
    placed = next(t for t in page.texts if field in t.source.fields)
    font = font_set(part.layout.fonts).font(placed.item.face, placed.item.weight)
    return page, placed, font


@pytest.mark.parametrize("field", ["opening", "credited_employer", "spent", "closing"])
@pytest.mark.parametrize("variant", ["standard", "large"])
def test_amounts_of_a_person_fit_and_those_that_touch_the_next_do_not(field, variant):
    page, placed, font = page_and(field, variant)
    texts = ["0.00", yuan(12_345_678), yuan(-1_234_567), yuan(10**17), yuan(-(10**17))]

    assert overrunning(placed, page, texts, font) == [3, 4]


def test_the_longest_amount_that_is_let_through_stays_clear_of_its_neighbour():
    page, placed, font = page_and("closing")
    texts = [yuan(10**n) for n in range(18)]

    longest = texts[overrunning(placed, page, texts, font)[0] - 1]

    neighbour = next(t for t in page.texts if "adjusted" in t.source.fields)
    left = (placed.item.x + placed.dx) - font.width(longest, placed.item.size) * 25.4 / 72
    assert 0 < left - (neighbour.item.x + neighbour.dx) < 5


def test_a_left_aligned_text_ends_before_the_next_one():
    page, placed, font = page_and("id_number")

    assert overrunning(placed, page, ["*" * 18, "*" * 60], font) == [1]


def test_a_text_with_a_width_is_for_the_setter_to_judge():
    page, placed, font = page_and("name")

    assert overrunning(placed, page, ["王" * 60], font) == []


def test_however_wide_a_column_is_its_limit_can_be_asked_of_the_ledger():
    part = make_part(1, 0)
    table = next(t for _v, p in part.layout.plans() for t in p.tables)
    columns = tuple(c.model_copy(update={"width": 90}) for c in table.item.columns)
    wide = table.item.model_copy(update={"columns": columns})
    font = font_set(part.layout.fonts).font("body", REGULAR)

    limits = [largest_fitting_amount(t, 3, font) for t in (table, replace(table, item=wide))]

    assert limits[0] < 10**11 < limits[1] < 2**63
