"""Read building, unit, floor and room out of the last part of an address."""

from __future__ import annotations

import re
from typing import NamedTuple

from yibao_cli.address.cleaning import HAN

_CN = r"[一二三四五六七八九十百零〇两]+"
_NUMBER = rf"(?:[0-9]+[A-Za-z]?|[A-Za-z]{{1,2}}[0-9]*|{_CN})"

# A number with the word for a house. 号 alone is one only before a unit, floor or room (公寓35号602室).
_ONE_BUILDING = (
    rf"(?:(?:自编)?第?(?:{_NUMBER}(?:[-~][0-9]+)?|[东南西北中](?=[座楼栋]))(?:号(?:住宅|商住|公寓|宿舍|甲级写字|办公|教学|家属)?楼|栋楼?|幢楼?|座(?!谈)|\#楼?|舍|塔)"
    rf"|[A-Za-z](?:[0-9]{{1,2}}楼(?=[0-9])|楼)|[甲乙丙丁]楼"
    rf"|[东南西北]楼(?=(?:[0-9]|{_CN}){{1,2}}(?:单元|门))"
    rf"|{_NUMBER}楼(?=(?:{_NUMBER}|[甲乙丙丁东西中])(?:单元|门))"
    rf"|(?:[0-9]+支弄)?[甲乙丙丁]?[0-9]+号(?=[0-9]{{3,4}}(?:室|$)|{_NUMBER}(?:单元|层|楼)))"
)
# 3号楼B座, C座南楼: the part of a building belongs to it.
_BUILDING = (
    rf"{_ONE_BUILDING}(?:(?:[A-Za-z]|[东南西北中])[座区]|[东南西北中主副]楼|(?<=[楼幢])[A-Za-z]?{_CN}座"
    r"|(?<=幢|栋)[A-Za-z]栋)?"
)
_UNIT_NUMBER = rf"(?:[0-9]{{1,2}}[A-Za-z]?|[A-Za-z][0-9]?|{_CN})"
_UNIT = rf"(?:{_UNIT_NUMBER}|[甲乙丙丁东西中])(?:单元|门(?![{HAN}])|梯|\#(?=[0-9]))"
_FIRST_UNIT = rf"(?:{_UNIT_NUMBER}|[甲乙丙丁])(?:单元|门(?![{HAN}])|梯)|[东西中]单元"
_FLOOR = (
    rf"(?:(?:负|地下|-)?(?:[0-9]+|{_CN}|[底顶])(?:楼|层|[Ff](?![A-Za-z]))|B[0-9](?:层|楼|[Ff](?![A-Za-z])))"
)
_ROOM = (
    rf"{_NUMBER}(?:-[0-9A-Za-z]+)*(?:寝?室(?:-[0-9]+(?![0-9A-Za-z]))?|宿舍(?![楼区])|号房|房(?![产屋地管])|户(?!籍))|[0-9]{{3,4}}单元"
    rf"|{_NUMBER}(?:号?[-~、,至到]{_NUMBER})*号?(?:商?铺|门面|商位|档口?|店面|摊位)(?=$)"
    rf"|[东西中南北][东西]?户"
)
_LAST = (
    r"[0-9]{1,4}[A-Za-z]?(?:-[0-9A-Za-z]+)*号?(?=$)|[0-9]{3,4}[A-Za-z]?(?![0-9A-Za-z号弄栋幢米路元\-])"
    rf"|[0-9]{{1,2}}门(?=$)|负[0-9]{{1,2}}-[0-9]{{1,2}}(?=$)|[0-9]{{1,2}}[A-Za-z](?=[{HAN}]{{4}})|[A-Za-z][0-9]{{1,4}}(?=$)|{_CN}$|{_NUMBER}号(?=$)"
)

_DOORS = re.compile(
    rf"(?P<building>{_BUILDING})-?(?P<unit>{_UNIT})?-?(?P<floor>{_FLOOR})?-?(?P<room>{_ROOM}|{_LAST})?"
    rf"|(?P<unit2>{_FIRST_UNIT})-?(?P<floor2>{_FLOOR})?-?(?P<room2>{_ROOM}|{_LAST})?"
    rf"|(?P<floor3>{_FLOOR})(?![{HAN}]{{0,2}}[路街])-?(?P<room3>{_ROOM}|{_LAST})?"
    rf"|(?P<room4>{_ROOM})"
)
_CHAIN = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-Za-z]{1,4})-([0-9A-Za-z]{1,5})(?:-([0-9A-Za-z]{1,5}))?(?P<word>室|户|号)?$"
)
_END_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?P<number>(?:[0-9]+|[A-Za-z]?[0-9]{2,4}[A-Za-z]?)(?:-[0-9]+)?)(?P<word>号(?:之[0-9一二三四五六七八九十]+)?)?$"
)
# B座写字楼1207室, 6栋宿舍502
_LATER_ROOM = re.compile(
    rf"(?:[{HAN}]{{1,6}}?(?P<named>{_ROOM})|(?:员工|职工|学生)?(?:宿舍|公寓|写字楼)(?P<bare>[0-9]{{3,4}}))$"
)
# What a door begins with: passing over the others one by one costs more than the rest of the search.
_FIRST = re.compile(r"[第自0-9A-Za-z一二三四五六七八九十百零〇两东南西北中甲乙丙丁负地底顶\-]")
_CHEAP = re.compile(r"[0-9A-Za-z#栋幢楼层室户单门]")
_ROOM_DIGITS = 3
_STALL_DIGITS = 4


class Doors(NamedTuple):
    """Building to room; where they begin; a house number (12号) that closes the text without doors."""

    start: int
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    number: str = ""


def read_doors(text: str, *, numbered: bool, lane: bool) -> Doors:
    """Find the doors in what follows a road's number.

    numbered: a house number stands before the text. lane: it was a lane's (1851弄), so that a number that
    follows is a house of the lane.
    """
    if not _CHEAP.search(text):
        return Doors(len(text))
    if lane:
        return _in_lane(text)
    chain = _CHAIN.search(text) if "-" in text else None
    first = _FIRST.search(text)
    match = _DOORS.search(text, first.start()) if first else None
    if chain is not None and (match is None or match.start() >= chain.start()):
        return _from_chain(chain)
    if match is None:
        return _at_end(text, numbered=numbered)
    return _from_match(match)


def _from_match(match: re.Match[str]) -> Doors:
    building, unit, floor, room, unit2, floor2, room2, floor3, room3, room4 = match.groups(default="")
    unit = unit or unit2
    floor = floor or floor2 or floor3
    room = room or room2 or room3 or room4
    if not room and (later := _LATER_ROOM.match(match.string, match.end())):
        room = later["named"] or later["bare"]
    # 3栋2-501 names unit and room with a dash; 5栋1-2-501 has a part too many to be sure of.
    # 5栋16-3 is a room on the sixteenth floor.
    if building and not unit and not floor and room.count("-") == 1 and "号-" not in room:
        first, last = room.split("-")
        if len(re.sub(r"[^0-9]", "", last)) >= _ROOM_DIGITS:
            unit, room = first, last
    return Doors(match.start(), building, unit, floor, room)


def _from_chain(chain: re.Match[str]) -> Doors:
    first, middle, last, word = chain.groups(default="")
    if not last and len(first) == len(middle) >= _ROOM_DIGITS:
        return Doors(chain.start(), room=f"{first}-{middle}{word}")  # 2201-2206: from room to room
    unit, room = (middle, last) if last else ("", middle)
    return Doors(chain.start(), first, unit, "", room + word)


def _at_end(text: str, *, numbered: bool) -> Doors:
    match = _END_NUMBER.search(text)
    if match is None:
        return Doors(len(text))
    if match["word"]:
        return (
            Doors(match.start(), room=match[0])
            if numbered and (not match.start() or len(match["number"]) >= _STALL_DIGITS)
            else Doors(match.start(), number=match[0])
        )
    if len(match["number"]) >= _ROOM_DIGITS:
        return Doors(match.start(), room=match[0])
    return Doors(len(text))


_HOUSE = re.compile(r"(?:[0-9]+支弄)?(?P<house>[0-9]+[A-Za-z]?(?:号甲?|(?=$)))(?:楼(?:[A-Za-z]座)?)?")


def _in_lane(text: str) -> Doors:
    house = _HOUSE.match(text)
    if house is None:
        return read_doors(text, numbered=True, lane=False)
    rest = text[house.end() :]
    inner = read_doors(rest, numbered=True, lane=False) if rest else Doors(0)
    if inner.start or inner.building:
        return Doors(0, house[0], *inner[2:5])
    return Doors(0, house[0], inner.unit, inner.floor, inner.room)
