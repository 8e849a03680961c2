"""Read what follows the divisions: village, road and number from the left, then the place and its doors.

Each pattern is anchored at where the last one ended, so the work is linear in the length of the text.
The order of the fields is that of the guideline of the public sets: town, village, group, road, number,
place, building, unit, floor, room. What stands behind the doors (a firm, a name) fills no field.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from yibao_cli.address.cleaning import HAN
from yibao_cli.address.doors import Doors, read_doors

_CN = r"[一二三四五六七八九十百零〇两]+"

_REMARK = re.compile(r"\([^()]*\)?")
_ASSIST = re.compile(
    r"(?:(?:交叉|交汇|十字|丁字|三岔)?路?口)?(?:往|向|以|朝)?[东南西北]{0,2}(?:侧|面)?[约大]{0,2}[0-9一二三四五六七八九十百]+米(?:处|左右)?(?:路[东南西北])?$"
    r"|(?:(?<=村)村?口|路?口|往前|大?门口|大?门旁边?|楼下|门前|院内|斜?对[面过]|隔壁|旁边?|附近|后面|前面|边上|门卫[室处]?|收发室|传达室|代收点?)$"
)
_ASSIST_ENDS = frozenset("米处右东南西北口前旁边下内面过壁近卫室点收")  # what _ASSIST can end with
_JOINTS = "-,、"
_JOINTS_BEFORE = "-,、的"
_TOWN = re.compile(
    rf"(?:(?![路街巷号弄组])[{HAN}]){{1,7}}?(?:街道办事处|街道办|街道|镇(?!海|江|政府)|乡(?!政府)|苏木|[0-9一二三四五六七八九〇]{{2,3}}团)"
    r"(?![路巷]|大?街(?!道)|新村|花园|小区|家园|村委)|(?:[0-9]{1,3}|[一二三四五六七八九十百〇]{1,4})团(?![结购委部])|兵团[一二三四五六七八九〇0-9]{2,4}团"
)
_VILLAGE = re.compile(
    rf"(?:(?:(?![路街巷弄号区栋幢])[{HAN}]){{1,10}}?(?:社区居民委员会|社区居委会|社区|村民委员会|村委会|村委(?!大楼|[员会民办楼院室])|居委会|行政村|自然村|嘎查"
    rf"|大队|村村(?![口里内外头东南西北中委民部驻小学卫公集办级干])|村|屯)|[0-9]{{1,2}}村(?=[0-9]+(?:组|号|队)|$)|[{HAN}]{{1,6}}[路街巷](?:社区|村))"
    r"(?![东南西北中]?(?:大?(?:路|街(?!上))|大道)|[巷弄道]|小区|花园|公寓|家园|医院|卫生|中学|小学|学校|农贸|银行|信用|社区|委会|民委员会"
    r"|(?<=新村)(?:[一二三四五六七八九十]区|(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})巷)|[东南西北中]区|(?<=村)[0-9一二三四五六七八九十]+(?:[幢栋]|号楼))"
)
_GROUP = re.compile(
    rf"第?(?:[0-9]+|{_CN})(?:村民小组|居民小组|生产队|小组|组(?!团)|社(?!区)|队|连|屯)"
    rf"|(?:(?![路街巷号楼栋小])[{HAN}]){{1,6}}?(?:村民小组|小组|组(?!团)|生产队|屯(?![路街]))"
    rf"|[{HAN}]{{0,2}}街[上头]?(?:组(?!团)|屯|社(?!区))|第{_CN}村民小组|(?:(?![路街巷号栋])[{HAN}]){{1,4}}?屯(?![路街])"
)
# Behind a village only: elsewhere 消防队 and 地质队 are places.
_TEAM = re.compile(rf"(?:(?![路街巷号栋警防车质村])[{HAN}]){{1,4}}?(?:队(?![伍员部])|自然村)")
_NOT_IN_ROAD = (
    "小区|花园|公寓|大厦|广场|市场|学校|医院|公司|新村|家园|宿舍|家属院|商城|中心|工业园|工业区|开发区|产业园|科技园|"
    "园区|银行|酒店|宾馆|大学|学院|中学|小学|号楼"
)
# Looked for in what matched, not at each step of the match: that costs a tenth.
_PLACE_WORD = re.compile(
    rf"(?:{_NOT_IN_ROAD})(?!(?:(?<=大学)城)?[东南西北中]?(?:大?[路街]|大道)|(?:{_CN}|[0-9]+)?巷)"
)
_ROAD_BODY = (
    rf"(?:(?![号弄栋幢室])[{HAN}0-9A-Za-z]){{1,12}}?"
    rf"(?:大道|大街|公路|国道|省道|县道|高速|胡同|路(?!口)|街(?!道|坊|口[东南西北内外])|巷子?|道(?=第?[0-9]|$|{_CN}号)|[0-9一二三四五六七八九十头](?:条(?=[0-9甲乙])|环(?=[东南西北中]段|[0-9]))|河沿(?=[0-9]))"
    rf"(?:{_CN}(?:路|街|巷|弄|条(?=[0-9甲乙]))(?!口)|[0-9]+(?:路|街|巷)(?!口)|[东南西北中前后]?(?:大?路(?!口)|大?街(?!道)|巷子?))?"
    rf"(?:[东南西北中]段|[东南西北]?(?:支路|辅路|延线|延长线)|[东南西北]?(?:{_CN}|[0-9]+)(?:段|巷|支路|横街)|{_CN}弄(?!堂)|[{HAN}]{{2,4}}段(?=[0-9])|(?<=大道)[东南西北中](?=[0-9]))?"
)
_ROAD = re.compile(_ROAD_BODY)
_CROSSING = re.compile(
    rf"(?:[与和、及]|交)?{_ROAD_BODY}(?:交叉口|交汇处?|交界处?|交口|路口|十字路口|口(?!岸))"
)
_SECOND_ROAD = re.compile(rf"{_ROAD_BODY}(?=[甲乙附]?[0-9]+号)")
_ROAD_NO = re.compile(
    rf"[甲乙丙丁附特新老临]?(?:[0-9]+[A-Za-z]?|{_CN})(?:[-~、,/之至](?:[0-9]+[A-Za-z]?|{_CN}))*"
    rf"(?:弄|号(?![楼线馆店厅])(?:院|[甲乙丙丁](?!单元|[座栋楼门0-9]))?(?:(?:[附之](?:[0-9]+|[一二三四五六七八九十]+)|自编[0-9]+(?![0-9]|[栋幢座]))号?|-[0-9]+(?:号(?!楼))?)*)|[0-9]+#(?=$)"
)
_BARE_NO = re.compile(
    r"[0-9]+[A-Za-z]?(?:[-、][0-9]+)?(?=$|[^0-9A-Za-z\-、#号弄栋幢座单元楼层室组队米年月栋公期区街])"
)
_ZONE = re.compile(
    rf"(?:(?![路街巷号弄])[{HAN}]){{0,8}}?(?:经济技术开发区|经济开发区|高新技术产业开发区|高新技术开发区|高新区|开发区|经开区|(?<=两江)新区|空港经济区|经济区)"
    r"(?!管委会|医院|中学|小学|分局)"
)
_PARK = re.compile(
    rf"(?:(?![路街巷号弄])[{HAN}]){{0,10}}?(?:工业园区|工业园|工业区|工业集中区|产业集聚区|产业园区|产业园|科技园区|科技园|物流园区|物流园|创业园"
    rf"|示范园区|工业港(?:[{HAN}]片区)?|[东南西北中新老]片区)"
    rf"(?![东南西北中]?(?:大?[路街]|大道))(?={_ROAD_BODY}[0-9])"
)
# 田林十二村 in the city is an estate of flats.
_ESTATE_VILLAGE = re.compile(rf"{_CN}村$")
_ON_A_FLOOR = 2  # digits
# Each branch begins with one given character, so that the search passes over all others at once.
_HAS_TOWN = re.compile(r"镇|乡|团|木|街道")
_HAS_VILLAGE = re.compile(r"村|屯|队|社区|委会|嘎查")
_RURAL = re.compile(r"[村屯队社委嘎组连]")  # what names of villages and groups have
_HAS_PARK = re.compile(r"业[园区港]|中[园区]|聚[园区]|技[园区]|流[园区]|园区|片区")
_WITHIN = 20  # characters in which the name of a town or village ends
# 香港街小区: what looked like a road opens the name of an estate.
_ESTATE = re.compile(r"(?:小区|街?区|新村|花园|家园|公寓|家属院|宿舍|市场|商城|大厦|社区|菜场|农贸|广场)")
_CARE_OF = re.compile(
    rf"(?<=大厦|广场|大楼|中心|园区)[{HAN}]{{4,30}}(?:公司|集团|中心|事务所)转[{HAN}]{{0,4}}$"
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


def read_tail(text: str, *, town: str = "", village: str = "") -> Tail:
    """Read the rest of a normalised address after its county, or after its town or village when given.

    Text in brackets is a remark and fills no field, nor do words for a spot beside the place (对面, 门口).
    What stands between number and doors is `poi`.
    Source: docs/addresses.md, fields.
    """
    if "(" in text:
        text = _REMARK.sub("", text)
    end = 0
    if not town and not village and _HAS_TOWN.search(text, 0, _WITHIN):
        town, end = _next(_TOWN, text, end)
    if "区" in text:
        zone = _ZONE.match(text, end)
        if zone is not None and zone.end() < len(text):
            end = zone.end()
    group = ""
    if _RURAL.search(text, end):
        village, group, end = _village_and_group(text, end, village, in_town=bool(town))
    park = ""
    if ("园" in text or "区" in text) and _HAS_PARK.search(text, end):
        park, end = _next(_PARK, text, end)
    road, end = _road(text, end)
    number, end = _number(text, end, bare=bool(road))
    if end == len(text):
        return Tail(town, village, group, road, number, park)
    rest = text[end:].removeprefix(number)  # 969号969号
    doors = read_doors(rest, numbered=bool(number), lane=number.endswith("弄"))
    place = _place(rest[: doors.start])
    if doors.room and doors.building.isdigit():
        doors = _doors_of_chain(doors, number, in_group=bool(group) and not (road or number))
    number = number or doors.number
    if village and not (road or group or place):
        village, place, number, doors = _village_or_estate(village, number, doors, in_town=bool(town))
    return Tail(
        town, village, group, road, number, place or park, doors.building, doors.unit, doors.floor, doors.room
    )


def _village_and_group(text: str, at: int, village: str, *, in_town: bool) -> tuple[str, str, int]:
    if not village and _HAS_VILLAGE.search(text, at, at + _WITHIN):
        village, at = _next(_VILLAGE, text, at)
    group = ""
    if village or in_town:
        group, at = _next(_GROUP, text, at)
    if village and not group:
        group, at = _next(_TEAM, text, at)
    return village, group, at


def _road(text: str, at: int) -> tuple[str, int]:
    match = _ROAD.match(text, at)
    if match is None:
        return "", at
    end = match.end()
    numbered = text[end : end + 1].isdigit()
    if not numbered and _ESTATE.match(text, end):
        return "", at
    place = _PLACE_WORD.search(text, at, end + 3)
    if place is not None and place.start() < end:
        return "", at
    return match[0], end if numbered else _after_road(text, end)


def _after_road(text: str, end: int) -> int:
    """Where the number begins: behind the crossing or the second road that follows the first."""
    match = _CROSSING.match(text, end) or _SECOND_ROAD.match(text, end)
    return match.end() if match else end


def _village_or_estate(
    village: str, number: str, doors: Doors, *, in_town: bool
) -> tuple[str, str, str, Doors]:
    """Village, place, number and doors, where an estate of flats bears the name of a village."""
    if village.endswith("新村") and (doors.building or doors.unit):
        return "", village, number, doors
    if _ESTATE_VILLAGE.search(village) and number.endswith("号") and doors.room and not in_town:
        return "", village, "", doors._replace(building=number)
    return village, "", number, doors


def _doors_of_chain(doors: Doors, number: str, *, in_group: bool) -> Doors:
    """What two bare numbers mean by what stands before: 1组1-25 is a house, 附12号8-3 a room on floor 8."""
    if doors.unit or doors.floor:
        return doors
    chain = f"{doors.building}-{doors.room}"
    if in_group:
        return Doors(doors.start, number=chain)
    if "附" in number and len(doors.room) <= _ON_A_FLOOR:
        return Doors(doors.start, room=chain)
    return doors


def _place(text: str) -> str:
    """A named place without what joins it to its neighbours; a single character names none."""
    if not text:
        return ""
    text = text.lstrip(_JOINTS_BEFORE).rstrip(_JOINTS)
    if "转" in text:
        text = _CARE_OF.sub("", text)
    if text[-1:] in _ASSIST_ENDS:
        text = _ASSIST.sub("", text)
    place = text.lstrip(_JOINTS_BEFORE).rstrip(_JOINTS)
    return place if len(place) > 1 else ""


def _next(pattern: re.Pattern[str], text: str, at: int) -> tuple[str, int]:
    match = pattern.match(text, at)
    return (match[0], match.end()) if match else ("", at)


def _number(text: str, at: int, *, bare: bool) -> tuple[str, int]:
    match = _ROAD_NO.match(text, at) or (_BARE_NO.match(text, at) if bare else None)
    return (match[0], match.end()) if match else ("", at)
