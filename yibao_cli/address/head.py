"""Read the divisions at the head of an address, from the province down to the county.

At each place the longest name that fits is taken, as long as it lies under what was read before it.
All divisions that still fit are kept (鼓楼区 names four), and what follows decides between them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from yibao_cli.address.divisions import CITY, COUNTY, PROVINCE, Division, Entry, gazetteer, towns_at
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
    r"|生产建设兵团(?:第?[一二三四五六七八九十0-9]{1,3}师)?"
)
_ZONE_AFTER = re.compile(r"[^\d路街巷]{0,4}(?:高新|经开|经济(?:技术)?开发|工业园|开发)区")
_LONG_CITY = 3
_UNDER_PROVINCE = "90"  # digits 3 and 4 of a county that no prefecture governs


class Head(NamedTuple):
    """What the head of an address names.

    live: the finest divisions that fit, in code order; more than one where the name is shared.
    end: where the rest begins. flags: what was remarkable; `contradiction:昆山市` bears the name.
    """

    live: tuple[Division, ...] = ()
    end: int = 0
    flags: tuple[str, ...] = ()

    @property
    def county(self) -> bool:
        """Tell whether the county is reached, by each division that fits."""
        return bool(self.live) and all(is_county(d) for d in self.live)


def is_county(division: Division) -> bool:
    """Tell whether nothing between the division and its townships is missing (东莞 has no counties)."""
    return division.level == COUNTY or division.code in gazetteer().direct


def read_head(text: str, under: tuple[Division, ...] = ()) -> Head:
    """Read the divisions a normalised address begins with.

    under: divisions known from elsewhere (the roster's county column); names must lie in or above them.
    A name that starts later in the text is found when it shows its kind, and flagged `leading-text`.
    """
    # No name holds a digit, so all doors of a road share one reading, remembered up to the first.
    match = _TO_DIGIT.match(text, 0, WINDOW)
    short = match[0] if match else text[:WINDOW]
    head = _read(short, under)
    reached_the_cut = head.end > len(short) - _LOOK_AHEAD or not head.live
    return _read(text[:WINDOW], under) if match and reached_the_cut else head


@lru_cache(maxsize=1 << 15)
def _read(text: str, under: tuple[Division, ...]) -> Head:
    head = _read_at(text, 0, under)
    if head.live or under:
        return head
    for start in range(1, min(len(text) - 3, _MAX_LEADING)):
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


def _read_at(text: str, start: int, under: tuple[Division, ...]) -> Head:
    live, end, flags = under, start, []
    pending: Head | None = None  # what to fall back on while a short name awaits its confirmation
    for _turn in range(_MAX_STEPS):
        step = _step(text, end, live, start=end == start)
        if step is None:
            break
        if not step.full and end == start and not under and not _stands_alone(step):
            pending = Head(under, start)
        elif step.live != live:
            pending = None
        live, end = step.live, step.end
        if step.flag:
            flags.append(step.flag)
        end = _skip_placeholder(text, end, live)
    if pending is not None and not _confirmed_by_rest(text, end, live):
        return pending
    if not live or end == start:
        return Head(live, end)
    return _with_contradiction(text, Head(live, end, tuple(dict.fromkeys(flags))))


def _stands_alone(step: _Step) -> bool:
    # 广西 and 上海 are written without 省 or 市 as a rule; 朝阳 alone may be a gate or a district.
    # A city of three characters (石家庄) is nothing else.
    return step.end > 1 and any(d.level == PROVINCE or len(d.name) > _LONG_CITY for d in step.live)


def _confirmed_by_rest(text: str, end: int, live: tuple[Division, ...]) -> bool:
    """Tell whether a zone or one of its own townships follows the short name of a city."""
    if _ZONE_AFTER.match(text, end):
        return True
    return any(towns_at(d.code, text, end) for d in live if d.level == CITY)


def _step(text: str, at: int, live: tuple[Division, ...], *, start: bool) -> _Step | None:
    for name, entries in gazetteer().by_start.get(text[at : at + 2], ()):
        if text.startswith(name, at):
            step = _take(text, at + len(name), entries, live, start=start)
            if step is not None:
                return step
    code = ONE_CHARACTER.get(text[at : at + 1]) if start and not live else None
    return _Step((gazetteer().by_code[code],), at + 1, full=False) if code else None


def _take(
    text: str, end: int, entries: tuple[Entry, ...], live: tuple[Division, ...], *, start: bool
) -> _Step | None:
    fitting = [e for e in entries if _fits(e, live, start=start) and _free(text, end, e, live)]
    if not fitting:
        return None
    if not live:
        return _step_to(fitting, end)
    below = [e for e in fitting if any(_under(e.division, d) for d in live)]
    if below:
        return _step_to(below, end)
    if any(_under(d, e.division) or d == e.division for e in fitting for d in live):
        kept = tuple(d for d in live if any(d.code.startswith(e.division.code) for e in fitting))
        return _Step(kept, end, full=True, flag="repeated")
    return None


def _step_to(entries: list[Entry], end: int) -> _Step:
    # Where one name is a city's and, in full, a county's too, the one that shows its kind is meant.
    # A name of today goes before the same name of yesterday.
    present = [e for e in entries if not e.former] or entries
    chosen = [e for e in present if e.full] or present
    live = tuple(sorted(e.division for e in chosen))
    return _Step(live, end, chosen[0].full, "old-name" if chosen[0].former else "")


def _fits(entry: Entry, live: tuple[Division, ...], *, start: bool) -> bool:
    if entry.full:
        return True
    if not live:
        return start and entry.division.level != COUNTY
    return entry.division.level > PROVINCE or start or any(d.code == entry.division.code for d in live)


def _free(text: str, end: int, entry: Entry, live: tuple[Division, ...]) -> bool:
    if entry.full:
        # 台州市路桥区: what opens a road's suffix opens the name of a division too.
        if _ROAD_AFTER_FULL.match(text, end) and not _division_follows(text, end, entry.division):
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
        return not _PLACE_AFTER_SHORT.match(text, end) or bool(towns_at(entry.division.code, text, end))
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
        if not text.startswith(name, head.end) or name[-1] not in "省市县旗州盟":
            continue
        found = [e.division for e in entries if e.full and _free(text, head.end + len(name), e, head.live)]
        if not found or (len(name) <= 2 and head.county):  # noqa: PLR2004 - 郊县, 新县: words as well
            continue
        return _judge(head, name, found)
    return head


def _judge(head: Head, name: str, found: list[Division]) -> Head:
    same_province = [d for d in found if any(d.code[:PROVINCE] == live.code[:PROVINCE] for live in head.live)]
    end = head.end + len(name)
    if len(same_province) == 1 and same_province[0].code[PROVINCE:CITY] == _UNDER_PROVINCE:
        return Head(tuple(same_province), end, head.flags)
    if head.county and len(same_province) == 1 and same_province[0].level == COUNTY:
        if any(d.level == CITY for d in head.live):
            return head
        return Head(tuple(same_province), end, (*head.flags, "old-name"))
    return Head(head.live, head.end, (*head.flags, f"contradiction:{name}"))
