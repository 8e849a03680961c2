"""Read the divisions at the head of an address, from the province down to the county.

At each place the longest name that fits is taken, as long as it lies under what was read before it.
All divisions that still fit are kept (鼓楼区 names four), and what follows decides between them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from yibao_cli.address.clash import with_contradiction
from yibao_cli.address.divisions import (
    CITY,
    COUNTY,
    PROVINCE,
    Division,
    gazetteer,
    stem_at,
    town_names,
    towns_at,
)
from yibao_cli.address.heads import Head, is_county_all
from yibao_cli.address.memory import remember, remembered
from yibao_cli.address.steps import MAX_STEPS, Step, next_step, skip_placeholder
from yibao_cli.address.townships import has_place

# Divisions stand in the first characters; what lies behind them cannot change the reading, so the
# reading is remembered by them. 48 holds the four longest names in a row.
WINDOW = 48
_TO_DIGIT = re.compile(r"[^0-9]{4,}?[0-9]")
_LOOK_AHEAD = 3
_MAX_LEADING = 16

_ZONE_AFTER = re.compile(r"[^\d路街巷]{0,4}(?:高新|经开|经济(?:技术)?开发|工业园|开发)区")
_SOME_TOWN = re.compile(r"(?![东南西北]?[路街门])[^\d路街巷号()]{1,5}?[镇乡](?![镇乡路]|街(?!道))")
# Behind a short name that stands alone: what belongs to a place of that name, or begins no address.
_NO_ADDRESS = re.compile(
    r".?$|[家雅新嘉佳名豪华世御锦金][^路街巷0-9]{0,4}(?:$|[0-9A-Za-z一二三四五六七八九十#-])|[0-9A-Za-z#()-]|[东南西北中]?区|[东南西北]$"
    r"|[宾之口关港岛滩驿顶洞坪塘埠营矿石地邮政]|人家|社区|居委|总?场|高新|片区|批发|新[城村区]|风景|办事处"
)
_ROAD_SOON = re.compile(r"[^\d路街巷号()]{1,5}(?:路|街|大道)(?:[东南西北中]段)?[0-9]")
_TOWN_KINDS = ("镇", "乡", "街道")
_LONG_CITY = 3


def read_head(text: str, under: tuple[Division, ...] = ()) -> Head:
    """Read the divisions a normalised address begins with.

    under: divisions known from elsewhere (the roster's county column); names must lie in or above them.
    A name that starts later in the text is found when it shows its kind, and flagged `leading-text`.
    """
    if not under:
        known = remembered(text)
        if known is not None:
            return known
    # No name holds a digit, so all doors of a road share one reading, remembered up to the first.
    match = _TO_DIGIT.match(text, 0, WINDOW)
    short = match[0] if match else text[:WINDOW]
    head = _read(short, under)
    if match and (head.end > len(short) - _LOOK_AHEAD or not head.live):
        head = _read(text[:WINDOW], under)
    if not under:
        remember(text, head)
    return head


@lru_cache(maxsize=1 << 15)
def _read(text: str, under: tuple[Division, ...]) -> Head:
    head = _read_at(text, 0, under)
    if head.live or under:
        return head
    starts = gazetteer().by_start
    for start in range(1, min(len(text) - 3, _MAX_LEADING)):
        if text[start : start + 2] not in starts:
            continue
        head = _read_at(text, start, under)
        if len(head.live) == 1 and _certain(text, start, head):
            return head._replace(flags=(*head.flags, "leading-text"))
    return Head()


def _certain(text: str, start: int, head: Head) -> bool:
    # Inside a text only two levels in a row, or a province or city that shows its kind, count as one.
    first = text[start : head.end]
    if head.county and _rest_of_name(text[:start], head.live[0], text[start:]):
        return True
    if (
        first == head.name
        and first[-1] in "县市旗"
        and len(head.live) == 1
        and towns_at(head.live[0].code, text, head.end)
    ):
        return True  # 69236部队沙湾县东湾镇
    return len(first) > len(head.live[0].name) or (
        head.live[0].level < COUNTY and first[-1] in "省市州区盟" and len(first) > 2  # noqa: PLR2004
    )


def _rest_of_name(text: str, division: Division, behind: str) -> bool:
    """Tell whether a text is the end of a name above a division (山市三水区), or written twice (重重庆市)."""
    if len(text) > _LOOK_AHEAD:
        return False
    by_code = gazetteer().by_code
    if behind.startswith(text):
        return True
    above = [by_code[c].name for c in (division.code[:PROVINCE], division.code[:CITY]) if c in by_code]
    return any(n.endswith(text) or n.removesuffix("省").endswith(text) or _wanting(text, n) for n in above)


def _wanting(text: str, name: str) -> bool:
    return len(text) == len(name) - 1 and text[-1] == name[-1] and set(text) < set(name)  # 怀市, 怀化市


def _read_at(text: str, start: int, under: tuple[Division, ...]) -> Head:
    live, end, flags, name = under, start, [], ""
    pending: Head | None = None  # what to fall back on while a short name awaits its confirmation
    for _turn in range(MAX_STEPS):
        step = next_step(text, end, live, start=end == start)
        if step is None:
            break
        if step.flag == "repeated" and step.live == live and is_county_all(live) and not step.full:
            break  # 泉山区泉山森林海: behind a county its bare name belongs to a place
        if not step.full and end == start and not under and not _stands_alone(step):
            pending = Head(under, start)
        elif step.live != live:
            pending = None
        live, end, name = step.live, step.end, step.name
        if step.flag:
            flags.append(step.flag)
        end = skip_placeholder(text, end, live)
    if pending is not None and not _confirmed_by_rest(text, start, end, live):
        live = _speaking_for_itself(text, end, name, live)
        if not live:
            return pending
        flags.append("short-name")
    if not live or end == start:
        return Head(live, end)
    return with_contradiction(text, Head(live, end, tuple(dict.fromkeys(flags)), name))


def _stands_alone(step: Step) -> bool:
    if any(d.level == COUNTY for d in step.live):
        return False
    # 广西 and 上海 are written without 省 or 市 as a rule; 朝阳 alone may be a gate or a district.
    # A city of three characters (石家庄) is nothing else.
    return step.end > 1 and any(d.level == PROVINCE or len(d.name) > _LONG_CITY for d in step.live)


def _speaking_for_itself(text: str, end: int, name: str, live: tuple[Division, ...]) -> tuple[Division, ...]:
    """The county that a short name alone can mean, by a village of its own behind it or as the sole one."""
    own = tuple(d for d in live if d.level == COUNTY and d.name[-1] in "县市旗" and has_place(d, text, end))
    if len(own) == 1:
        return own
    if not _sole_county(name, live):
        return ()
    if _ROAD_SOON.match(text, end):
        return live
    word = any(set(town_names().get(name + kind, ())) - {live[0].code} for kind in _TOWN_KINDS)
    if len(name) >= _LONG_CITY:
        return live
    return () if word or _NO_ADDRESS.match(text, end) else live


def _sole_county(name: str, live: tuple[Division, ...]) -> bool:
    """Tell whether a short name is one county's alone: 汉川西正街41号.

    Those of districts are words too, but for what was a county of its own (黄陂).
    """
    if len(live) != 1 or live[0].level != COUNTY:
        return False
    bucket = gazetteer().by_start.get(name[:2], ())
    meant = [(n, e) for n, entries in bucket if n.startswith(name) for e in entries]
    if {e.division for _n, e in meant} != set(live):
        return False
    return live[0].name[-1] in "县市旗" or any(e.listed and n in {name + "县", name + "市"} for n, e in meant)


def _confirmed_by_rest(text: str, start: int, end: int, live: tuple[Division, ...]) -> bool:
    """Tell whether a zone or one of its own townships follows the short name of a city."""
    if _ZONE_AFTER.match(text, end):
        return True
    if any(d.code in gazetteer().direct and stem_at(d.code, text, end) for d in live):
        return True
    # 红安二程镇: one of its own townships, or any where the short name is no other county's.
    if any(towns_at(d.code, text, end) for d in live if d.level != PROVINCE):
        return True
    if len(live) != 1 or live[0].level != COUNTY:
        return False
    match = _SOME_TOWN.match(text, end)
    # 乌兰淖尔镇 is a town, and none of 乌兰县.
    return match is not None and text[start : match.end()] not in town_names()
