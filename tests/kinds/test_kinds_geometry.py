"""Lengths that nothing can be drawn with, and products whose panels are not on the paper, are refused at load."""

from __future__ import annotations

import pytest
from kinds_builders import refusal

from builders import altered
from yibao_cli.errors import SettingsError
from yibao_cli.kinds import load_kind

ADDRESS = "size = 13, width = 142, lines = 2, leading = 7, min_size = 8"
RULE = "x2 = 222, y2 = 107.2, width = 0.2"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("x = 14.6", "x = nan", "text.x"),
        ("x = 14.6", "x = inf", "text.x"),
        (ADDRESS, ADDRESS.replace("142", "0"), "text.width"),
        (ADDRESS, ADDRESS.replace("142", "-5"), "text.width"),
        (ADDRESS, ADDRESS.replace("142", "nan"), "text.width"),
        (ADDRESS, ADDRESS.replace("leading = 7", "leading = 0"), "text.leading"),
        (ADDRESS, ADDRESS.replace("leading = 7", "leading = inf"), "text.leading"),
        (ADDRESS, ADDRESS.replace("min_size = 8", "min_size = nan"), "text.min_size"),
        ("pitch = 10", "pitch = 0", "text.pitch"),
        ("width = 14.5", "width = 0", "columns.0.width"),
        ("row_height = 3.55", "row_height = 0", "table.row_height"),
        ("gap = 6", "gap = -20", "table.gap"),
        ("size = 6.8, min_size = 5", "size = 300, min_size = 5", "table.size"),
        (RULE, f"{RULE}, dash = [-1, 2]", "rule.dash"),
        (RULE, f"{RULE}, dash = [0, 0]", "rule.dash"),
        (RULE, RULE.replace("0.2", "nan"), "rule.width"),
        (RULE, RULE.replace("0.2", "-2"), "rule.width"),
        ("h = 108, radius = 3", "h = 108, radius = -3", "box.radius"),
        ("w = 218, h = 108", "w = 0, h = 108", "box.w"),
    ],
)
def test_a_length_that_nothing_can_be_drawn_with_is_refused_by_its_key(tmp_path, old, new, key):
    error = refusal(altered(tmp_path, old, new))

    assert error.where == "medical/kind.toml"
    assert key in error.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("width = 230\nheight = 360", "width = 5081\nheight = 360", "letter-sheet-6.width"),
        ("width = 230\nheight = 360", "width = 229\nheight = 360", "panel address leaves the page"),
        ("width = 230\nheight = 360", "width = 230\nheight = 359", "panel tuck leaves the page"),
        ("address = { page = 1, x = 0,", "address = { page = 1, x = -1,", "panel address leaves the page"),
        ("y = 240, w = 230, h = 120, ads", "y = 240, w = 230, h = 0, ads", "tuck.h"),
        ("back = { page = 1,", "back = { page = 3,", "panel back stands on a page that there is not"),
        ("back = { page = 1, x = 0, y = 120", "back = { page = 1, x = 0, y = 119", "panel back overlaps panel address"),
        ("folds = [120, 240]", "folds = [120, 360]", "a fold lies outside of the page"),
        ("folds = [120, 240]", "folds = [120, nan]", "folds"),
        ('name = "扫描区", panel = "address"', 'name = "扫描区", panel = "front"', "on panel front"),
        ('window = { panel = "address"', 'window = { panel = "front"', "on panel front"),
    ],
)  # fmt: skip
def test_a_product_whose_panels_folds_or_zones_are_not_on_its_paper_is_refused(tmp_path, old, new, said):
    templates = altered(tmp_path, old, new, file="common/products.toml")

    with pytest.raises(SettingsError) as caught:
        load_kind(templates, "medical-dl" if old.startswith("window") else "medical")

    assert said.rpartition(".")[2] in caught.value.message
    assert "products.toml" in caught.value.where
