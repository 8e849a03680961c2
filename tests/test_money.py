from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yibao_cli.money import fen, plain_yuan, yuan

LARGEST = 10**15 - 1  # fen: the last amount below 10,000,000,000,000 yuan
AMOUNTS = st.integers(-LARGEST, LARGEST)


@given(AMOUNTS)
@example(LARGEST)
@example(-LARGEST)
@example(-1)
def test_an_amount_written_for_people_is_read_back_to_the_fen(amount):
    assert fen(yuan(amount)) == amount


@given(AMOUNTS)
def test_a_decimal_for_a_spreadsheet_cell_is_read_back_to_the_fen(amount):
    assert fen(plain_yuan(amount)) == amount
    assert fen(str(plain_yuan(amount))) == amount


@given(AMOUNTS)
@example(LARGEST)
@example(115)  # 1.15 has no exact float
def test_a_float_of_two_decimals_is_never_a_wrong_cent(amount):
    assert fen(amount / 100) == amount


@given(st.integers(-(10**9), 10**9), st.floats(-9e-7, 9e-7))
def test_binary_noise_on_a_float_changes_no_cent(amount, noise):
    assert fen(amount / 100 + noise) == amount


@given(st.integers(-(10**9), 10**9), st.integers(1, 9))
def test_a_float_with_a_third_decimal_is_refused(amount, third):
    value = float(Decimal(amount * 10 + (third if amount >= 0 else -third)).scaleb(-3))

    with pytest.raises(ValueError, match="two decimals"):
        fen(value)


@given(AMOUNTS, st.text("0123456789", min_size=1, max_size=60).filter(lambda s: s.strip("0")))
@example(100, "0" * 40 + "1")  # Decimal rounds at 28 digits
@example(999_999_999_999_999, "99999999999995")  # and so up to what is too large
def test_a_third_decimal_is_refused_however_far_out_it_stands(amount, tail):
    with pytest.raises(ValueError, match="two decimals"):
        fen(yuan(amount) + tail)
    with pytest.raises(ValueError, match="two decimals"):
        fen(f"({yuan(abs(amount))}{tail})")


@given(AMOUNTS, st.integers(0, 60))
def test_zeros_behind_the_second_decimal_change_nothing(amount, zeros):
    assert fen(yuan(amount) + "0" * zeros) == amount


@given(AMOUNTS, st.booleans(), st.sampled_from(["", "¥", "￥", "¥ "]), st.sampled_from(["", "元", " 元"]))
def test_every_accepted_spelling_of_an_amount_means_the_same(amount, grouped, sign, unit):
    body = yuan(abs(amount)) if grouped else str(plain_yuan(abs(amount)))
    negative = f"({body})" if amount < 0 else body

    assert fen(f"  {sign}{negative}{unit} ") == amount
    assert fen(f"{sign}{'-' if amount < 0 else '+'}{body}{unit}") == amount


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.50", 123450),
        ("(12.00)", -1200),
        ("￥5", 500),
        ("5元", 500),
        ("-12", -1200),
        ("1234.5", 123450),
        ("0", 0),
        ("-0.00", 0),
        ("007.10", 710),
        (12, 1200),
        (Decimal("1E+3"), 100000),
        (99.9999999999986, 10000),  # sum([0.1] * 1000)
        (2.675 + 0.005, 268),
    ],
)
def test_worked_amounts(text, expected):
    assert fen(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "元",
        "1e3",
        "1.005",
        "2.675",
        "12元整",
        "1,23,456",
        "1234,567",
        "1.2.3",
        "--5",
        "(-12)",  # negative twice: nobody can say which is meant
        "(+12)",
        "((12))",
        "(12",
        "12-",
        "$5",
        "０.５元整",
        "nan",
        "inf",
        "#N/A",
        "0x10",
        "1_000",
        "10000000000000",
        "9" * 5000,
        float("nan"),
        float("inf"),
        1e13,
        1.005,
        True,
        Decimal("NaN"),
        Decimal("-Infinity"),
        Decimal("0.001"),
        10**13,
    ],
    ids=lambda v: str(v)[:20] or "empty",
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"amount|decimals|signs"):
        fen(text)


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_a_value_error(text):
    try:
        amount = fen(text)
    except ValueError:
        return
    assert fen(yuan(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0.00"), (-5, "-0.05"), (-123450, "-1,234.50"), (100_000_000, "1,000,000.00")]
)
def test_amounts_are_written_with_sign_groups_and_two_decimals(amount, text):
    assert yuan(amount) == text
