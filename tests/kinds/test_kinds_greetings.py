from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError
from yibao_cli.kinds.greetings import load_greetings

TEMPLATES = shipped("templates")
GREETINGS = load_greetings(TEMPLATES)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2027-02-06", "新春"),
        ("2027-01-20", "新春"),
        ("2027-02-12", "元宵"),
        ("2026-09-23", "中秋"),
        ("2026-09-26", "国庆"),
        ("2026-12-25", "元旦"),
        ("2027-01-01", "元旦"),
        ("2026-10-12", "重阳"),
        ("2026-07-20", "盛夏"),
        ("2026-11-05", "秋高气爽"),
        ("2027-12-10", "冬日"),
    ],
)
def test_the_nearest_festival_speaks_else_the_season(day, words):
    assert words in GREETINGS.on(day)


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_every_day_has_one(day):
    assert GREETINGS.on(day.isoformat())


def test_lunar_festivals_stand_in_their_season_every_year():
    days = {f.name: f.days for f in GREETINGS.festivals}

    assert len(days["春节"]) == len(days["元宵节"]) == len(days["端午节"]) == 15
    for spring, lantern in zip(days["春节"], days["元宵节"], strict=True):
        assert date.fromisoformat(lantern) - date.fromisoformat(spring) == timedelta(days=14)
        assert re.fullmatch(r"\d{4}-0[12]-\d\d", spring)
    for moon in days["中秋节"]:
        assert re.fullmatch(r"\d{4}-(09|10)-\d\d", moon)


def test_the_workspaces_own_take_the_place_of_the_shipped_ones(tmp_path):
    path = tmp_path / "common" / "greetings.toml"
    path.parent.mkdir()
    path.write_text('[[seasons]]\nname = "全年"\ntext = "您好！"\nmonths = [10]\n', encoding="utf-8")

    own = load_greetings(TEMPLATES, tmp_path)

    assert (own.on("2026-10-12"), own.on("2026-11-12")) == ("您好！", "")


@pytest.mark.parametrize(
    "text", ['[[festivals]]\nname = "a"\ntext = "b"\ndays = ["13-40"]\n', "[[festivals]]\nname = 1\n", "x = "]
)
def test_wrong_ones_are_refused(tmp_path, text):
    path = tmp_path / "common" / "greetings.toml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load_greetings(TEMPLATES, tmp_path)

    assert caught.value.where == "common/greetings.toml"
