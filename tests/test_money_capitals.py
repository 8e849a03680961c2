"""Amounts in Chinese capitals 大写: worked values, and back again for any amount."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.money import capitals

DIGITS = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (30, "叁角整"),
        (105, "壹元零伍分"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (10700053, "壹拾万零柒仟元伍角叁分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (10_000_000_00, "壹仟万元整"),
        (10_000_001_00, "壹仟万零壹元整"),
        (100_001_000_00, "壹亿零壹仟元整"),
        (10_000_0000_0000_00, "壹万亿元整"),
        (-1250, "负壹拾贰元伍角整"),
    ],
)
def test_worked_values(amount, text):
    assert capitals(amount) == text


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_an_amount_can_be_read_back(amount):
    assert read(capitals(amount)) == amount


@given(st.integers(0, 10**15 - 1))
def test_no_two_noughts_stand_together(amount):
    text = capitals(amount)
    assert "零零" not in text
    assert not re.search(r"零[元万亿角分]", text.removeprefix("零元") if amount == 0 else text)


def read(text: str) -> int:
    sign, text = (-1, text[1:]) if text.startswith("负") else (1, text)
    whole, _yuan, rest = text.partition("元") if "元" in text else ("", "", text)
    total = yuan(whole) * 100
    for digit, unit in re.findall(r"(.)([角分])", rest):
        total += DIGITS[digit] * (10 if unit == "角" else 1)
    return sign * total


def yuan(text: str) -> int:
    if "亿" in text:
        above, _unit, below = text.rpartition("亿")
        return yuan(above) * 10**8 + yuan(below)
    if "万" in text:
        above, _unit, below = text.partition("万")
        return yuan(above) * 10**4 + yuan(below)
    total, digit = 0, 0
    for char in text:
        if char in UNITS:
            total, digit = total + digit * UNITS[char], 0
        else:
            digit = DIGITS[char]
    return total + digit
