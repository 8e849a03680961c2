"""Money is integer fen inside and yuan with two decimals outside; rounding happens nowhere else."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_AMOUNT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")

# A float read from Excel carries binary noise; a value further than this from two decimals
# was never an amount of money: an IEEE 754 double carries fifteen digits.
_FLOAT_NOISE = Decimal("0.000001")

# Fen are kept in 64 bits, and a float of this size has lost its cents.
_TOO_LARGE = Decimal(10) ** 13


_CENTS = tuple(f".{cents:02d}" for cents in range(100))
_UNITS = tuple(map(str, range(1000)))
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_TENS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万")  # of four digits each; 万 of 亿 are 万亿
_HUNDRED_MILLION = 2
_THOUSAND = 100_000  # fen; from here on the yuan have a comma


def fen(value: str | float | Decimal) -> int:
    """Read an amount in yuan as fen, exactly.

    Takes `1234.5`, `1,234.50`, `-12`, `(12.00)` (negative), `¥5`, `￥5`, `5元`, full-width digits
    already folded. A float counts as its two decimals when it is within 0.000001 of them.

    Raises ValueError for anything else, a third decimal included (nothing is rounded away), a second sign
    (`(-12)`), and what is not below 10,000,000,000,000 yuan.
    """
    if isinstance(value, bool):
        raise ValueError("a truth value is no amount")  # noqa: TRY004 - one error for one question
    if isinstance(value, int):
        return _fen_from_decimal(Decimal(value))
    if isinstance(value, float):
        return _fen_from_float(value)
    return _fen_from_decimal(value if isinstance(value, Decimal) else _decimal(value))


def yuan(amount: int) -> str:
    """Write fen as yuan for people: `-1,234.50`.

    >>> yuan(-123450)
    '-1,234.50'
    """
    return yuan_column([amount])[0]


def yuan_column(amounts: list[int]) -> list[str]:
    """Write many amounts at once, each as `yuan` does."""
    # The renderer's most frequent act: cents, and yuan below a thousand, come from tables.
    units, cents = _UNITS, _CENTS
    return [
        units[a // 100] + cents[a % 100]
        if 0 <= a < _THOUSAND
        else f"{'-' * (a < 0)}{abs(a) // 100:,}{cents[abs(a) % 100]}"
        for a in amounts
    ]


def capitals(amount: int) -> str:
    """Write fen as yuan in Chinese capitals 大写, as letters and vouchers ask for it.

    Source: 支付结算办法, annex 1 (正确填写票据和结算凭证的基本规定).

    >>> capitals(140950)
    '壹仟肆佰零玖元伍角整'
    """
    whole, cents = divmod(abs(amount), 100)
    jiao, remainder = divmod(cents, 10)
    text = f"{_whole_capitals(whole)}元" if whole or not cents else ""
    if jiao:
        text += f"{_CAPITALS[jiao]}角"
    elif remainder and whole:
        text += "零"
    text += f"{_CAPITALS[remainder]}分" if remainder else "整"
    return ("负" if amount < 0 else "") + text


def _whole_capitals(number: int) -> str:
    """A whole number in capitals: one 零 for each run of noughts between other digits."""
    if not number:
        return _CAPITALS[0]
    text, gap = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        group, within = divmod(place, 4)
        if digit:
            text += ("零" if gap else "") + _CAPITALS[digit] + _TENS[within]
        gap = not digit and bool(text)
        # A group of four that is empty has no name, but 亿 counts the groups above it.
        if not within and group and (number // 10**place % 10_000 or (group == _HUNDRED_MILLION and text)):
            text += _GROUPS[group]
    return text


def plain_yuan(amount: int) -> Decimal:
    """Fen as a Decimal of yuan with two places, for a spreadsheet cell."""
    return Decimal(amount).scaleb(-2)


def _decimal(text: str) -> Decimal:
    body = text.strip().removesuffix("元").lstrip("¥￥").strip()
    negative = body.startswith("(") and body.endswith(")")
    if negative:
        body = body[1:-1].strip()
        if body.startswith(("+", "-")):
            raise ValueError("two signs")
    if not _AMOUNT.fullmatch(body):
        raise ValueError("not an amount of money")
    try:
        number = Decimal(body.replace(",", ""))
    except InvalidOperation as error:  # pragma: no cover - the pattern admits only numbers
        raise ValueError("not an amount of money") from error
    return number.copy_negate() if negative else number


def _fen_from_float(value: float) -> int:
    number = Decimal(repr(value))
    if not number.is_finite() or abs(number) >= _TOO_LARGE:
        raise ValueError("not an amount of money")
    nearest = number.quantize(Decimal("0.01"))
    if abs(number - nearest) > _FLOAT_NOISE:
        raise ValueError("more than two decimals")
    return _fen_from_decimal(nearest)


def _fen_from_decimal(number: Decimal) -> int:
    if not number.is_finite() or number.copy_abs() >= _TOO_LARGE:
        raise ValueError("not an amount of money")
    # Whole numbers do not round; Decimal's own operations do, beyond 28 digits.
    top, bottom = number.as_integer_ratio()
    if 100 % bottom:
        raise ValueError("more than two decimals")
    return top * (100 // bottom)
