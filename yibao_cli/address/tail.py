"""Read what follows the divisions: village, road and number from the left, room and building from the right.

Each pattern is anchored at where the last one ended, so the work is linear in the length of the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from yibao_cli.address.cleaning import HAN

_CN = r"[一二三四五六七八九十百零〇两]+"
_NUMBER = rf"(?:[0-9]+[A-Za-z]?|[A-Za-z]{{1,2}}[0-9]*|{_CN})"

_REMARK = re.compile(r"\([^()]*\)?")
_TOWN = re.compile(
    rf"(?:(?![路街巷号弄])[{HAN}]){{1,7}}?(?:街道办事处|街道办|街道|镇|乡|苏木)(?![路巷]|[大]?街(?!道))"
)
_VILLAGE = re.compile(
    rf"(?:(?:(?![路街巷弄号])[{HAN}]){{1,10}}?(?:社区居民委员会|社区居委会|社区|村民委员会|村委会|居委会|行政村|自然村|嘎查"
    rf"|村|屯)|[{HAN}]{{1,6}}[路街巷]社区)"
    r"(?!路|街|巷|弄|大道|道|小区|花园|公寓|家园|医院|卫生|中学|小学|学校|农贸|银行|信用)"
)
_GROUP = re.compile(
    rf"第?(?:[0-9]+|{_CN})(?:村民小组|居民小组|生产队|小组|组(?!团)|社(?!区)|队|连|屯)"
    rf"|(?:(?![路街巷号])[{HAN}]){{1,3}}(?:村民小组|小组|组(?!团)|生产队)"
)
_ROAD = re.compile(
    rf"(?:(?![号弄楼栋幢])[{HAN}0-9A-Za-z]){{1,14}}?"
    rf"(?:大道|大街|公路|国道|省道|县道|路|街(?!道)|巷|胡同|道(?=第?(?:[0-9]|{_CN}号)))"
    rf"(?:路(?!口)|街(?!道)|巷)?"
    rf"(?:[东南西北中]段|[东南西北]?(?:支路|辅路|延线|延长线)|(?:{_CN}|[0-9]+)(?:段|巷|弄|支弄))?"
)
_ROAD_NO = re.compile(
    rf"[甲乙丙丁附特新老临]?(?:[0-9]+[A-Za-z]?|{_CN})(?:[-~、,/之至](?:[0-9]+[A-Za-z]?|{_CN}))*"
    rf"(?:弄(?:[0-9]+号(?!楼))?|号(?!楼|线)院?(?:[附之][0-9一二三四五六七八九十]+号?|-[0-9]+(?:号(?!楼))?)*)"
)
_BARE_NO = re.compile(
    r"[0-9]+[A-Za-z]?(?:[-、][0-9]+)?(?=$|[^0-9A-Za-z\-、#号弄栋幢座单元楼层室组队米年月栋公])"
)
_DOOR = re.compile(
    rf"(?P<building>(?:{_NUMBER}|[东南西北中])(?:-[0-9]+)?(?:号楼|栋楼?|幢楼?|座|#楼?))?"
    rf"(?P<unit>(?:{_NUMBER}|[甲乙丙丁东西中])(?:单元|门(?![{HAN}])|梯))?"
    rf"(?P<floor>(?:负|-)?(?:[0-9]+|{_CN})(?:楼|层|[Ff](?![A-Za-z])))?"
    rf"(?:-?(?P<room>{_NUMBER}(?:-[0-9A-Za-z]+)*(?:室|号房|房|户|号))"
    r"|(?<=[栋幢座楼元层梯#门Ff])-?(?P<bare>[0-9]+[A-Za-z]?(?:-[0-9A-Za-z]+)*))?$"
)
_CHAIN = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-Za-z]{1,4})-([0-9A-Za-z]{1,5})(?:-([0-9A-Za-z]{1,5}))?(?P<word>室|户|号)?$"
)


class Tail(NamedTuple):
    """The fields below the county; `town` only where its kind is written (the list is asked before)."""

    town: str = ""
    village: str = ""
    group: str = ""
    road: str = ""
    road_no: str = ""
    poi: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""


def read_tail(text: str, *, town: str = "") -> Tail:
    """Read the rest of a normalised address after its county, or after its town when that is given.

    Text in brackets is a remark and fills no field. What no pattern claims is `poi`.
    Source: research/address.md section 6.5.
    """
    if "(" in text:
        text = _REMARK.sub("", text)
    end = 0
    if not town:
        town, end = _next(_TOWN, text, end)
    village, end = _next(_VILLAGE, text, end)
    group, end = _next(_GROUP, text, end) if village or town else ("", end)
    road, end = _next(_ROAD, text, end)
    road_no, end = _number(text, end, bare=bool(road))
    place, building, unit, floor, room = _door(text[end:])
    if village.endswith("新村") and not (road or group or place) and (building or unit):
        village, place = "", village  # an estate of flats, not a village
    return Tail(town, village, group, road, road_no, place, building, unit, floor, room)


def _next(pattern: re.Pattern[str], text: str, at: int) -> tuple[str, int]:
    match = pattern.match(text, at)
    return (match[0], match.end()) if match else ("", at)


def _number(text: str, at: int, *, bare: bool) -> tuple[str, int]:
    number, end = _next(_ROAD_NO, text, at)
    return (number, end) if number or not bare else _next(_BARE_NO, text, at)


def _door(text: str) -> tuple[str, str, str, str, str]:
    """Split the end of an address into place, building, unit, floor and room."""
    if not text:
        return "", "", "", "", ""
    match = _DOOR.search(text)
    if match is not None and match[0]:
        building, unit, floor = (match[k] or "" for k in ("building", "unit", "floor"))
        room = match["room"] or match["bare"] or ""
        if building or unit or floor or "-" not in room:
            return (text[: match.start()], *_chained(building, unit, floor, room))
    chain = _CHAIN.search(text)
    if chain is None:
        return text, "", "", "", ""
    first, middle, last, word = chain.groups(default="")
    unit, room = (middle, last) if last else ("", middle)
    return text[: chain.start()], first, unit, "", room + word


def _chained(building: str, unit: str, floor: str, room: str) -> tuple[str, str, str, str]:
    # 3栋2-501 names unit and room with a dash; 5栋1-2-501 has a part too many to be sure of.
    if building and not unit and not floor and room.count("-") == 1:
        unit, room = room.split("-")
    return building, unit, floor, room
