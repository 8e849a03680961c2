"""Read the divisions at the head of an address, from the province down to the county.

At each place the longest name that fits is taken, as long as it lies under what was read before it.
All divisions that still fit are kept (鼓楼区 names four), and what follows decides between them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from yibao_cli.address.divisions import (
    CITY,
    COUNTY,
    PROVINCE,
    Division,
    Entry,
    gazetteer,
    stem_at,
    town_names,
    towns_at,
)
from yibao_cli.address.names import ONE_CHARACTER

# Divisions stand in the first characters; what lies behind them cannot change the reading, so the
# reading is remembered by them. 48 holds the four longest names in a row.
WINDOW = 48
_TO_DIGIT = re.compile(r"[^0-9]{4,}?[0-9]")
_LOOK_AHEAD = 3
_MAX_STEPS = 8
_MAX_LEADING = 16

# A name in front of one of these is a road's or a market's (北海市重庆路, 昆山市场), not a division.
_ROAD_AFTER_FULL = re.compile(r"路|街(?!道)|巷|大道|场")
_PLACE_AFTER_SHORT = re.compile(
    r"[东南西北中新老上下前后内外]?[一二三四五六七八九十]?(?:大?(?:路|街|道)|[巷弄里])|胡同|环"
    r"|[大广小花苑酒宾医公中学校银商市场园山湖江河阁寺门桥站村庄屯镇乡国际府城馆厂楼农水火]"
)
_PLACEHOLDER = re.compile(
    r"市辖区|市辖县|县(?=[^\d路街巷道]{1,12}(?:县|自治县))|(?:省|自治区)直辖(?:县级行政(?:区划|单位))?"
    r"|(?<=香港)(?:新界|九龙(?!城)|港岛|香港岛)|(?<=特别行政区)(?:新界|九龙(?!城)|港岛|香港岛)|生产建设兵团(?:第?[一二三四五六七八九十0-9]{1,3}师)?"
)
_ZONE_AFTER = re.compile(r"[^\d路街巷]{0,4}(?:高新|经开|经济(?:技术)?开发|工业园|开发)区")
_SOME_TOWN = re.compile(r"(?![东南西北]?[路街门])[^\d路街巷号()]{1,5}?[镇乡](?![镇乡路街])")
_LONG_CITY = 3
_UNDER_PROVINCE = "90"  # digits 3 and 4 of a county that no prefecture governs


class Head(NamedTuple):
    """What the head of an address names.

    live: the finest divisions that fit, in code order; more than one where the name is shared.
    end: where the rest begins. flags: what was remarkable; `contradiction:昆山市` bears the name.
    name: the name taken last, as written. tail: where road and number begin, if a contradicting name
      stands between.
    """

    live: tuple[Division, ...] = ()
    end: int = 0
    flags: tuple[str, ...] = ()
    name: str = ""
    tail: int = 0

    @property
    def county(self) -> bool:
        """Tell whether the county is reached, by each division that fits."""
        return is_county_all(self.live)


def is_county(division: Division) -> bool:
    """Tell whether nothing between the division and its townships is missing (东莞 has no counties)."""
    return division.level == COUNTY or division.code in gazetteer().direct


def is_county_all(live: tuple[Division, ...]) -> bool:
    """Tell whether each of the divisions is a county or stands for one."""
    return bool(live) and all(map(is_county, live))


def read_head(text: str, under: tuple[Division, ...] = ()) -> Head:
    """Read the divisions a normalised address begins with.

    under: divisions known from elsewhere (the roster's county column); names must lie in or above them.
    A name that starts later in the text is found when it shows its kind, and flagged `leading-text`.
    """
    if not under:
        for prefix, known in _seen.get(text[:_KEY], ()):
            if text.startswith(prefix) and _nothing_follows(text, known.end):
                return known
    # No name holds a digit, so all doors of a road share one reading, remembered up to the first.
    match = _TO_DIGIT.match(text, 0, WINDOW)
    short = match[0] if match else text[:WINDOW]
    head = _read(short, under)
    if match and (head.end > len(short) - _LOOK_AHEAD or not head.live):
        head = _read(text[:WINDOW], under)
    if not under and not head.flags and len(head.live) == 1 and head.county and head.name[-1:] in _KINDS:
        _remember(text[: head.end], head)
    return head


# Readings by the divisions alone. The same divisions before something that cannot change the reading
# (no kind, no road, no name of a division) are read the same; a test holds both ways against each other.
_seen: dict[str, list[tuple[str, Head]]] = {}
_KEY = 4
_MANY = 20_000
_KINDS = "省市区县旗盟州"
_CHANGES = frozenset("省市区县旗盟州自特辖镇乡村屯路街巷弄道大场")


def _nothing_follows(text: str, end: int) -> bool:
    return text[end : end + 1] not in _CHANGES and text[end : end + 2] not in gazetteer().by_start


def _remember(prefix: str, head: Head) -> None:
    known = _seen.setdefault(prefix[:_KEY], [])
    if len(prefix) >= _KEY and len(known) < _MANY and all(p != prefix for p, _head in known):
        known.append((prefix, head))


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


class _Step(NamedTuple):
    """One name taken: what fits after it, where it ends, whether it showed its kind."""

    live: tuple[Division, ...]
    end: int
    full: bool = True
    flag: str = ""
    name: str = ""


def _read_at(text: str, start: int, under: tuple[Division, ...]) -> Head:
    live, end, flags, name = under, start, [], ""
    pending: Head | None = None  # what to fall back on while a short name awaits its confirmation
    for _turn in range(_MAX_STEPS):
        step = _step(text, end, live, start=end == start)
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
        end = _skip_placeholder(text, end, live)
    if pending is not None and not _confirmed_by_rest(text, start, end, live):
        return pending
    if not live or end == start:
        return Head(live, end)
    return _with_contradiction(text, Head(live, end, tuple(dict.fromkeys(flags)), name))


def _stands_alone(step: _Step) -> bool:
    if any(d.level == COUNTY for d in step.live):
        return False
    # 广西 and 上海 are written without 省 or 市 as a rule; 朝阳 alone may be a gate or a district.
    # A city of three characters (石家庄) is nothing else.
    return step.end > 1 and any(d.level == PROVINCE or len(d.name) > _LONG_CITY for d in step.live)


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


def _step(text: str, at: int, live: tuple[Division, ...], *, start: bool) -> _Step | None:
    for name, entries in gazetteer().by_start.get(text[at : at + 2], ()):
        if text.startswith(name, at):
            step = _take(text, name, at + len(name), entries, live, start=start)
            if step is not None:
                return step
    if start and not live:
        code = ONE_CHARACTER.get(text[at : at + 1])
        return _Step((gazetteer().by_code[code],), at + 1, full=False) if code else None
    return _one_character_county(text, at, live)


def _one_character_county(text: str, at: int, live: tuple[Division, ...]) -> _Step | None:
    # 山西吕梁岚顺会: the name of 岚县 without its kind is one character; a township of its own confirms it.
    if len(live) != 1 or live[0].level != CITY:
        return None
    for county in _two_character_counties(live[0].code):
        if text.startswith(county.name[0], at) and stem_at(county.code, text, at + 1):
            return _Step((county,), at + 1, full=False, name=county.name[0])
    return None


@lru_cache(maxsize=512)
def _two_character_counties(city: str) -> tuple[Division, ...]:
    return tuple(d for d in gazetteer().counties.get(city, ()) if len(d.name) == 2)  # noqa: PLR2004


def _take(
    text: str, name: str, end: int, entries: tuple[Entry, ...], live: tuple[Division, ...], *, start: bool
) -> _Step | None:
    if len(entries) == 1 and len(live) <= 1:  # most names: one division, in full, under what was read
        entry = entries[0]
        inside = not live or _under(entry.division, live[0])
        if entry.full and not entry.former and inside and _free(text, end, entry, live):
            return _Step((entry.division,), end, name=name)
    fitting = [e for e in entries if _fits(e, live, start=start) and _free(text, end, e, live)]
    if not fitting:
        return None
    if not live:
        # With nothing before it, a name that another county bore lately is as likely that county's.
        return _step_to(fitting, name, end, past=True)
    below = [e for e in fitting if any(_under(e.division, d) for d in live)]
    if below:
        return _step_to(below, name, end)
    if any(_under(d, e.division) or d == e.division for e in fitting for d in live):
        kept = tuple(d for d in live if any(d.code.startswith(e.division.code) for e in fitting))
        return _Step(kept, end, full=any(e.full for e in fitting), flag="repeated", name=name)
    return None


def _step_to(entries: list[Entry], name: str, end: int, *, past: bool = False) -> _Step:
    # Where one name is a city's and, in full, a county's too, the one that shows its kind is meant.
    # A name of today goes before the same name of yesterday.
    present = [e for e in entries if not e.former or (past and e.lately)]
    present = present or [e for e in entries if e.listed] or entries
    chosen = [e for e in present if e.full] or present
    if past and not chosen[0].full:  # 西安 alone is the city, not 牡丹江's 西安区
        chosen = [e for e in chosen if e.division.level < COUNTY] or chosen
    live = tuple(sorted(e.division for e in chosen))
    return _Step(live, end, chosen[0].full, "old-name" if all(e.former for e in chosen) else "", name)


def _fits(entry: Entry, live: tuple[Division, ...], *, start: bool) -> bool:
    if entry.full:
        return True
    if not live:
        return start
    return entry.division.level > PROVINCE or start or any(d.code == entry.division.code for d in live)


def _free(text: str, end: int, entry: Entry, live: tuple[Division, ...]) -> bool:
    if entry.full:
        # 台州市路桥区: what opens a road's suffix opens the name of a division too.
        # 富阳市场口镇: what opens a market opens the name of a town.
        if (
            _ROAD_AFTER_FULL.match(text, end)
            and not _division_follows(text, end, entry.division)
            and not stem_at(entry.division.code, text, end)
        ):
            return False
        # 古县镇 is a town; 政和县镇前镇 a county and a town: what agrees with the county tells.
        return (
            bool(live)
            or entry.division.level < COUNTY
            or text[end : end + 1] not in {"镇", "乡", "村"}
            or bool(towns_at(entry.division.code, text, end))
        )
    if entry.division.level == COUNTY:
        # 麻章湖光镇: one of its own townships speaks for the county, whatever character it begins with.
        return not _PLACE_AFTER_SHORT.match(text, end) or bool(stem_at(entry.division.code, text, end))
    return not _PLACE_AFTER_SHORT.match(text, end) or _division_follows(text, end, entry.division)


def _division_follows(text: str, end: int, above: Division) -> bool:
    # 山西大同, 江苏南京: what opens a place's name opens the next division's name as well.
    bucket = gazetteer().by_start.get(text[end : end + 2], ())
    return any(
        text.startswith(name, end) and any(_under(e.division, above) for e in entries)
        for name, entries in bucket
    )


def _under(division: Division, above: Division) -> bool:
    return division.level > above.level and division.code.startswith(above.code)


def _skip_placeholder(text: str, end: int, live: tuple[Division, ...]) -> int:
    if any(d.level == COUNTY for d in live):
        return end
    match = _PLACEHOLDER.match(text, end)
    return match.end() if match else end


def _with_contradiction(text: str, head: Head) -> Head:
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
            if len(beside) == 1 and stem_at(beside[0].code, text, head.end + len(name)):
                return Head((beside[0],), head.end + len(name), head.flags, name)
            continue
        found = [e.division for e in entries if e.full and _free(text, head.end + len(name), e, head.live)]
        word = len(name) <= 2  # noqa: PLR2004 - 郊县, 新县, 城区: words as well
        shared = len(found) != 1 or any(e.former for e in entries)
        if name[-1] == "区" and (word or head.county or shared):
            continue
        if not found or (word and head.county):
            continue
        return _judge(text, head, name, found)
    return head


def _beside(division: Division, other: Division) -> bool:
    same = division.level == other.level == COUNTY and division.code[:CITY] == other.code[:CITY]
    return same and division != other


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
    below = end
    for _turn in range(_MAX_STEPS):
        step = _step(text, below, tuple(found), start=False)
        if step is None:
            break
        below, found = step.end, list(step.live)
    return head._replace(flags=(*head.flags, f"contradiction:{name}"), tail=below)
