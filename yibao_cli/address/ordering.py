"""Order delivery points inside one postcode the way a street is walked: by road, then by number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yibao_cli.address.records import Address

_WIDTH = 6
_NUMERAL = re.compile(r"[0-9]+|[一二三四五六七八九十百零〇两]+")
_DIGITS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS = {"十": 10, "百": 100}


def sort_key(address: Address) -> str:
    """A text key; plain string order puts doors of one road in the order of their numbers.

    County code, town, road or village, then number, place, building, unit, floor, room, with every
    number at six digits and 十二 as 12. Fields are parted by a blank, which sorts before any character
    they hold, so that 中山路 stays together. Equal addresses have equal keys.
    """
    named = (address.division_code[:6], address.town, address.village, address.group, address.road)
    doors = (address.road_no, address.poi, address.building, address.unit, address.floor, address.room)
    return " ".join((*named[:3], padded(named[3]), named[4], *map(padded, doors)))


def padded(text: str) -> str:
    """Write every number in a text with six digits: 十二号楼 gives 000012号楼.

    >>> padded("3单元")
    '000003单元'
    """
    return _NUMERAL.sub(lambda m: str(_value(m[0])).zfill(_WIDTH), text)


def _value(numeral: str) -> int:
    if numeral[0].isdigit() and numeral.isascii():
        return int(numeral)
    if not any(c in _TENS for c in numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total = digit = 0
    for char in numeral:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
