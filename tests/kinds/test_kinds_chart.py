"""Charts: bars in a fixed box, as long as the sums say; what a kind may chart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import altered
from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError
from yibao_cli.kinds import load_kind
from yibao_cli.kinds.chart import bars_of, rectangles
from yibao_cli.kinds.geometry import ChartItem

KIND = load_kind(shipped("templates"), "medical-annual")
LYING = ChartItem(x=10, y=20, w=60, h=24, by="service", sum="total", names=12, amounts=18)
STANDING = ChartItem(x=10, y=20, w=60, h=24, by="traded_on", sum="total", direction="up")


def test_bars_are_as_long_as_their_sums_and_the_longest_takes_the_room():
    assert rectangles(LYING, [200, 0, 100, -50]) == [(22, 21.2, 30, 3.6), (22, 33.2, 15, 3.6)]


def test_standing_bars_stand_on_one_line():
    boxes = rectangles(STANDING, [100, 50, 25])

    assert {round(y + h, 1) for _x, y, _w, h in boxes} == {41.1}
    assert [round(h / boxes[0][3], 2) for *_xyw, h in boxes] == [1, 0.5, 0.25]


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=12), st.sampled_from([LYING, STANDING]))
def test_no_bar_leaves_the_box(values, item):
    for x, y, w, h in rectangles(item, values):
        assert min(x - item.x, y - item.y, w, h) >= -0.01
        assert x + w <= item.x + item.w + 0.02
        assert y + h <= item.y + item.h + 0.02


def test_a_member_without_lines_has_no_bars():
    assert rectangles(LYING, [0, 0]) == []


def test_the_bars_of_a_date_are_the_months_of_the_period_over_the_turn_of_a_year():
    bars = bars_of(KIND, STANDING, ("2025-11-05", "2026-02-01"))

    assert [(b.key, b.name) for b in bars] == [
        ("2025-11", "11月"),
        ("2025-12", "12月"),
        ("2026-01", "1月"),
        ("2026-02", "2月"),
    ]


def test_a_period_of_more_months_than_a_chart_can_show_is_refused():
    with pytest.raises(SettingsError):
        bars_of(KIND, STANDING, ("2025-01-01", "2026-01-31"))


def test_a_year_of_months_is_a_chart():
    assert len(bars_of(KIND, STANDING, ("2025-01-01", "2025-12-31"))) == 12


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('by = "service"', 'by = "institution"'),
        ('by = "service"', 'by = "nothing"'),
        ('by = "service", sum = "total"', 'by = "service", sum = "quantity"'),
        ('order = ["门诊", ', "order = ["),
        ("names = 14, amounts = 24", "names = 150, amounts = 44"),
        ("y = 93.5, w = 194", "y = 93.5, w = 204"),
    ],
)
def test_a_chart_of_what_the_lines_do_not_have_or_without_room_is_refused(old, new, tmp_path):
    templates = altered(tmp_path, old, new, file="medical-annual/kind.toml")

    with pytest.raises(SettingsError) as caught:
        load_kind(templates, "medical-annual")
    assert caught.value.where == "medical-annual/kind.toml"
