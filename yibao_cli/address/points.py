"""Tell delivery points apart: writings of one door have one key, whatever words they use for it.

`3号楼2单元501`, `3-2-501` and `三号楼二单元501室` of one estate are one point. In doubt two points stay
two: a point too many costs a second entry, a point too few would mix up two doors.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from yibao_cli.address.cleaning import normalise
from yibao_cli.address.ordering import padded, sort_key

if TYPE_CHECKING:
    from yibao_cli.address.records import Address

Precision = Literal["room", "building", "house", "area"]

_COUNTY = 6  # digits of a county's code
_VILLAGE_ENDS = (
    (re.compile(r"(?:社区居民委员会|社区居委会|居民委员会|居委会)$"), "社区"),
    (re.compile(r"(?:村民委员会|村委会|村委|行政村|自然村)$"), "村"),
)
_GROUP_WORD = re.compile(r"(?:村民小组|居民小组|小组)$")
_COURT = re.compile(r"院?$")
_NUMBER_WORD = re.compile(r"号(?=-|附|之|$)")
_BUILDING_WORD = re.compile(r"(?:号楼|栋楼?|幢楼?|座|#楼?)$")
_UNIT_WORD = re.compile(r"(?:单元|门|梯)$")
_FLOOR_WORD = re.compile(r"(?:楼|层|[Ff])$")
_ROOM_WORD = re.compile(r"(?:室|号房|房|户|号)$")
_NOT_SAID = re.compile(r"[\s,.;:、。·()#-]")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


def canonical(address: Address) -> Address:
    """The address with each door field as its bare number: 三号楼 and 3栋 become 3, 501室 becomes 501.

    A floor that the room's number begins with says nothing more; a 街道 says nothing more beside a road
    with a number, for no road of a county has one number twice. raw, standard, score and flags stay.
    """
    urban = address.town.endswith(("街道", "街道办事处", "街道办")) and address.road and address.road_no
    room, floor = _bare(address.room, _ROOM_WORD), _bare(address.floor, _FLOOR_WORD)
    return address._replace(
        division_code=address.division_code[:_COUNTY],
        town="" if urban else address.town,
        village=_village(address.village),
        group=_plain(_GROUP_WORD.sub("组", address.group)),
        road=_plain(address.road),
        road_no=_plain(_NUMBER_WORD.sub("", _COURT.sub("", address.road_no))),
        poi=_NOT_SAID.sub("", _plain(address.poi.removesuffix("第") if address.building else address.poi)),
        building=_bare(address.building, _BUILDING_WORD),
        unit=_bare(address.unit, _UNIT_WORD),
        floor="" if floor and re.fullmatch(rf"{re.escape(floor)}[0-9]{{2}}[A-Z]?", room) else floor,
        room=room,
    )


def point_key(address: Address) -> str:
    """A text that two addresses share when, and only when, they are read as one delivery point.

    What names no county of the list is a point of its own for each text and postcode, and begins with `?`.
    Source: docs/addressbook.md, delivery points.
    """
    if len(address.division_code) < _COUNTY:
        text = address.standard or normalise(address.raw).text
        return f"?{address.division_code} {text} {address.postcode}"
    return sort_key(canonical(address))


def precision(address: Address) -> Precision:
    """How near an address comes to a door: its room, its building, its house or village, or an area alone."""
    if address.room:
        return "room"
    if address.building:
        return "building"
    return "house" if address.road_no or address.group or address.poi else "area"


def names_another_door(before: Address, after: Address) -> bool:
    """Tell whether a correction says more than the spelling of what was written.

    It does when a number of its door differs, or when it adds a place or a village: then it is the
    door of whoever gave it, and of nobody else who wrote the same.
    """
    one, other = canonical(before), canonical(after)
    numbers = ("group", "road_no", "building", "unit", "floor", "room")
    names = ("village", "road", "poi")
    return any(getattr(one, n) != getattr(other, n) for n in numbers) or any(
        getattr(other, n) and not getattr(one, n) for n in names
    )


def _village(village: str) -> str:
    for pattern, word in _VILLAGE_ENDS:
        village = pattern.sub(word, village)
    return village


@lru_cache(maxsize=1 << 16)
def _bare(text: str, word: re.Pattern[str]) -> str:
    """A field without its unit word; a text that is nothing but the word stays."""
    return _plain(word.sub("", text) or text)


@lru_cache(maxsize=1 << 16)  # a town has few roads and estates, and their doors have few numbers
def _plain(text: str) -> str:
    """Numerals as Arabic ones without leading zeros, letters in capitals, no 第 before a number."""
    numbered = _ZEROS.sub("", padded(text))
    return re.sub(r"第(?=[0-9])", "", numbered).upper()
