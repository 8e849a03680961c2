"""What an address says that no letter should be sent on: gone, left open, or two addresses in one cell."""

from __future__ import annotations

import re

from yibao_cli.address.divisions import Division, gazetteer
from yibao_cli.address.head import read_head

# An estate for people who were moved bears such a word in its name: 拆迁安置小区. Each branch begins with one
# given character, so that the search passes over all others at once.
_GONE = re.compile(
    r"已经?[拆搬迁]|搬走|搬家(?!公司)|拆迁(?=$|[)了中])|查无|地址不[详明清]|新址不|待定|作废(?<![旧原]地址作废)|已故|去世|注销|测试地址|无法投递|空户"
)
# What stands where a number or a place should, and names none.
_NOWHERE = re.compile(
    r"(?:[Xx*?某_□△]+(?:号|路|街|村|组|栋|幢|室|单元|楼)?)+|[^\u3007\u3400-\u9fff0-9]+|同上|无|不详|未知|(?:网上|本人)?自取|测试.*|家里?|本人"
    r"|桥头|(?:菜鸟)?驿站|丰巢柜?|快递柜|代收点|.*[0-9]号船|.*号轮|.*[某舰]舰艇?"
)
_NO_ROAD = frozenset({"区路", "县路", "市路", "区街"})
_KINDS = "省市区州县盟旗"
_TWO_NAMES = re.compile(r"[省市州盟][^0-9]{1,12}?[市县区旗]")


def is_gone(text: str) -> bool:
    """Tell whether a text says that nobody is found there any more, or that the place is not known."""
    return _GONE.search(text) is not None


def names_place(text: str) -> bool:
    """Tell whether a text names something a postman finds: not XX号, ***号, 同上."""
    return bool(text) and _NOWHERE.fullmatch(text) is None


def names_road(road: str, number: str) -> bool:
    """Tell whether road and number can be a door: not 区路, not 0号."""
    return number not in {"0号", "00号"} and road not in _NO_ROAD


def second_county(rest: str, first: Division) -> Division | None:
    """The county of another address, with a number, that stands behind the first in one cell."""
    if _TWO_NAMES.search(rest, 1) is None:
        return None
    starts = gazetteer().by_start
    for at in range(1, len(rest) - 4):
        if not any(n[-1] in _KINDS and rest.startswith(n, at) for n, _e in starts.get(rest[at : at + 2], ())):
            continue
        head = read_head(rest[at:])
        if not head.county or len(head.live) != 1 or "leading-text" in head.flags:
            continue
        other, end = head.live[0], at + head.end
        if other != first and head.end > len(head.name) and any(c.isdigit() for c in rest[end:]):
            return other
    return None
