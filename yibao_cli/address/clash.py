"""Find a division behind the head of an address that does not lie under it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yibao_cli.address.divisions import CITY, COUNTY, PROVINCE, Division, Entry, gazetteer, stem_at
from yibao_cli.address.heads import Head
from yibao_cli.address.steps import MAX_STEPS, is_free, next_step

if TYPE_CHECKING:
    from collections.abc import Iterable

_SICHUAN, _CHONGQING = "51", "50"
_TOWN_SOON = re.compile(r"(?![东南西北中区县市])[^\d路街巷号()镇乡]{2,3}[镇乡](?![镇乡路]|街(?!道))")
_NO_TOWN = re.compile(r"[东南西北中]?(?:大?[路街道]|大道)|[巷湖山江河镇乡村屯寺桥站]|$")
_UNDER_PROVINCE = "90"  # digits 3 and 4 of a county that no prefecture governs


def with_contradiction(text: str, head: Head) -> Head:
    """Look for a division right after the head that does not lie under it.

    Districts share names and have been abolished (石家庄市桥东区): left to the county check. A county of
    the same province after a county-level city is that city's former county, and is taken; so is a city
    directly under the province after the prefecture around it (博尔塔拉州双河市).
    """
    for name, entries in gazetteer().by_start.get(text[head.end : head.end + 2], ()):
        if not text.startswith(name, head.end):
            continue
        if name[-1] not in "省市县旗州盟区":
            # 湖南吉首永顺盐井乡: the seat of the prefecture stands for it.
            beside = [e.division for e in entries if any(_beside(e.division, d) for d in head.live)]
            end = head.end + len(name)
            if len(beside) == 1 and (stem_at(beside[0].code, text, end) or _TOWN_SOON.match(text, end)):
                return Head((beside[0],), end, head.flags, name)
            governed = _under_province(entries, head, text, end)
            if governed is not None:
                return Head((governed,), end, head.flags, name)
            continue
        found = [e.division for e in entries if e.full and is_free(text, head.end + len(name), e, head.live)]
        word = len(name) <= 2  # noqa: PLR2004 - 郊县, 新县, 城区: words as well
        shared = len(found) != 1 or any(e.former for e in entries)
        if name[-1] == "区" and (word or head.county or shared):
            if len(found) == 1 and _names_no_parent(head) and _all_beside(found[0], head):
                return Head((found[0],), head.end + len(name), head.flags, name)  # 重庆市万州梁平区
            continue
        if not found or (word and head.county):
            continue
        return _judge(text, head, name, found)
    return head


def _names_no_parent(head: Head) -> bool:
    """Tell whether a district may follow the head: no district or county, unless of the past, has one.

    满洲里市扎赉诺尔区: the city looks after the district; 动力区南岗区: the first is gone.
    """
    if head.name[-1:] not in "县市区旗":
        return True
    return (head.name[-1:] == "市" and head.name == head.live[0].name) or "old-name" in head.flags


def _under_province(entries: Iterable[Entry], head: Head, text: str, end: int) -> Division | None:
    """The county directly under the province that stands by its short name behind a prefecture."""
    found = [e.division for e in entries if e.division.code[PROVINCE:CITY] == _UNDER_PROVINCE]
    if len(found) != 1 or len(head.live) != 1 or head.live[0].level != CITY:
        return None
    county = found[0]
    if county.code[:PROVINCE] != head.live[0].code[:PROVINCE] or _NO_TOWN.match(text, end):
        return None
    return county


def _beside(division: Division, other: Division) -> bool:
    same = division.level == other.level == COUNTY and division.code[:CITY] == other.code[:CITY]
    return same and division != other


def _all_beside(division: Division, head: Head) -> bool:
    return head.county and not division.name.endswith("新区") and all(_beside(division, d) for d in head.live)


def _judge(text: str, head: Head, name: str, found: list[Division]) -> Head:
    moved = {gazetteer().moved.get((name, d.name)) for d in head.live} - {None}
    if len(moved) == 1:
        county = next(d for d in moved if d is not None)
        return Head((county,), head.end + len(name), (*head.flags, "old-name"), name)
    same_province = [d for d in found if any(d.code[:PROVINCE] == live.code[:PROVINCE] for live in head.live)]
    end = head.end + len(name)
    if len(same_province) == 1 and same_province[0].code[PROVINCE:CITY] == _UNDER_PROVINCE:
        return Head(tuple(same_province), end, head.flags, name)
    if head.county and len(same_province) == 1 and same_province[0].level == COUNTY:
        if any(d.level == CITY for d in head.live):
            return head
        return Head(tuple(same_province), end, (*head.flags, "old-name"), name)
    # 浙江省成都市武侯区: what lies under the contradicting name belongs to it, not to the road.
    below = _follow(text, Head(tuple(found), end, head.flags, name))
    # Until 1997 Chongqing lay in Sichuan: 四川省涪陵市.
    if [d.code for d in head.live] == [_SICHUAN] and all(d.code.startswith(_CHONGQING) for d in below.live):
        return below._replace(flags=(*head.flags, "old-name"))
    return head._replace(flags=(*head.flags, f"contradiction:{name}"), tail=below.end)


def _follow(text: str, head: Head) -> Head:
    for _turn in range(MAX_STEPS):
        step = next_step(text, head.end, head.live, start=False)
        if step is None:
            break
        head = head._replace(live=step.live, end=step.end, name=step.name)
    return head
