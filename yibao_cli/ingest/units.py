"""In what the amounts of a column are written: 元, 万元, 分, as the header or the line above it says."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_YUAN = {
    "分": Decimal("0.01"),
    "角": Decimal("0.1"),
    "元": Decimal(1),
    "圆": Decimal(1),
    "百元": Decimal(100),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "十万元": Decimal(100_000),
    "百万元": Decimal(1_000_000),
    "千万元": Decimal(10_000_000),
    "亿元": Decimal(100_000_000),
}
_SHORT = {"千": "千元", "万": "万元", "亿": "亿元"}
_BRACKETED = re.compile(
    r"[(\[【<〔]\s*(?:金额)?(?:单位\s*:?)?\s*(?:人民币)?\s*([^()\[\]\s]{0,4}?(?:元|圆|角|分|千|万|亿))\s*[)\]】>〕]"
)
_AT_THE_END = re.compile(r"([十百千万亿]+元)$")
_ABOVE = re.compile(r"单位\s*:\s*(?:人民币)?\s*([^\s,;)\]]{0,3}元|角|分)")


class Unit(NamedTuple):
    """The unit of a column's amounts: its name, and how many yuan it is; None where that is not known."""

    name: str
    yuan: Decimal | None


def unit_of(header: str) -> Unit | None:
    """The unit that a header names; None when it names none.

    >>> unit_of("期末余额（万元）")
    Unit(name='万元', yuan=Decimal('10000'))
    """
    text = unicodedata.normalize("NFKC", header).strip()
    found = _BRACKETED.search(text) or _AT_THE_END.search(text)
    return _unit(found[1]) if found else None


def unit_above(cells: Iterable[object]) -> Unit | None:
    """The unit that a line such as `单位：万元` gives to all amounts below it."""
    for cell in cells:
        if isinstance(cell, str):
            found = _ABOVE.search(unicodedata.normalize("NFKC", cell))
            if found:
                return _unit(found[1])
    return None


def _unit(name: str) -> Unit:
    name = _SHORT.get(name, name)
    return Unit(name, _YUAN.get(name))
