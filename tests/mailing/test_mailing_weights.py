"""How heavy and thick a piece is: sheets by the grammage of their paper, folds and covers."""

from __future__ import annotations

import pytest

from yibao_cli.config import shipped
from yibao_cli.config.sections import PaperSettings
from yibao_cli.kinds import load_product
from yibao_cli.mailing.weights import PaperStock

PRODUCTS = {
    name: load_product(shipped("templates"), name)
    for name in ("letter-sheet-6", "window-DL", "window-C5", "card")
}


def paper_of(name, **changes):
    return PaperStock.of(PaperSettings(**changes).on(PRODUCTS[name]))


@pytest.mark.parametrize(
    ("product", "gsm", "grams"),
    [
        ("letter-sheet-6", 80, 6.624), ("letter-sheet-6", 100, 8.28), ("letter-sheet-6", 120, 9.936),
        ("window-DL", 80, 4.99), ("card", 200, 3.366),
    ],
)  # fmt: skip
def test_a_sheet_weighs_its_area_by_its_grammage(product, gsm, grams):
    assert paper_of(product, gsm=gsm).sheet_mg == round(grams * 1000)


def test_three_sheets_of_a4_and_their_envelope_are_just_above_twenty_grams():
    paper = paper_of("window-DL")

    assert paper.weights([1, 2, 3, 5, 6]).tolist() == [10_590, 10_590, 15_580, 20_570, 20_570]


def test_a_folded_sheet_is_as_thick_as_its_layers_and_the_cover_has_two():
    assert paper_of("letter-sheet-6").thicknesses([2]).tolist() == [3 * 125]
    assert paper_of("window-C5").thicknesses([2, 4]).tolist() == [2 * 104 + 260, 4 * 104 + 260]


def test_the_paper_of_the_settings_takes_the_place_of_the_products():
    paper = paper_of("window-DL", gsm=70, sheet_um=90, cover_grams=4, cover_um=100)

    assert (paper.sheet_mg, paper.cover_mg, paper.sheet_um, paper.cover_um) == (4_366, 4_000, 270, 200)


def test_a_weighed_sheet_goes_before_its_grammage():
    weighed = PRODUCTS["window-DL"].model_copy(update={"sheet_grams": 5.1})

    assert PaperStock.of(weighed).sheet_mg == 5_100
