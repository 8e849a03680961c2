"""Read the divisions at the head of an address, from the province down to the county.

At each place the longest name that fits is taken, as long as it lies under what was read before it.
All divisions that still fit are kept (鼓楼区 names four), and what follows decides between them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from yibao_cli.address.clash import with_contradiction
from yibao_cli.address.divisions import COUNTY, PROVINCE, Division, gazetteer, stem_at, town_names, towns_at
from yibao_cli.address.heads import Head, is_county_all
from yibao_cli.address.memory import remember, remembered
from yibao_cli.address.steps import MAX_STEPS, Step, next_step, skip_placeholder

# Divisions stand in the first characters; what lies behind them cannot change the reading, so the
# reading is remembered by them. 48 holds the four longest names in a row.
WINDOW = 48
_TO_DIGIT = re.compile(r"[^0-9]{4,}?[0-9]")
_LOOK_AHEAD = 3
_MAX_LEADING = 16

_ZONE_AFTER = re.compile(r"[^\d路街巷]{0,4}(?:高新|经开|经济(?:技术)?开发|工业园|开发)区")
_SOME_TOWN = re.compile(r"(?![东南西北]?[路街门])[^\d路街巷号()]{1,5}?[镇乡](?![镇乡路街])")
_ROAD_SOON = re.compile(r"[^\d路街巷号()]{1,5}(?:路|街|大道)(?:[东南西北中]段)?[0-9]")
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
    return len(first) > len(head.live[0].name) or (
        head.live[0].level < COUNTY and first[-1] in "省市州区盟" and len(first) > 2  # noqa: PLR2004
    )


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
        if not _sole_county(name, live) or not _ROAD_SOON.match(text, end):
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


def _sole_county(name: str, live: tuple[Division, ...]) -> bool:
    """Tell whether a short name is one county's alone: 汉川西正街41号. Those of districts are words too."""
    if len(live) != 1 or live[0].level != COUNTY or live[0].name[-1] not in "县市旗":
        return False
    bucket = gazetteer().by_start.get(name[:2], ())
    return {e.division for n, entries in bucket if n.startswith(name) for e in entries} == set(live)


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
