"""Take one name of a division off the head of an address."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from yibao_cli.address.divisions import CITY, COUNTY, PROVINCE, Division, Entry, gazetteer, stem_at, towns_at
from yibao_cli.address.names import ONE_CHARACTER

MAX_STEPS = 8

# A name in front of one of these is a road's or a market's (北海市重庆路, 昆山市场), not a division.
_ROAD_AFTER_FULL = re.compile(r"路(?![东西南北中]?村)|街(?!道)|巷|大道|场")
_PLACE_AFTER_SHORT = re.compile(
    r"[东南西北中新老上下前后内外]?[一二三四五六七八九十]?(?:大?(?:路|街|道)|[巷弄里])|胡同|环"
    r"|[大广小花苑酒宾医公中学校银商市场园山湖江河阁寺门桥站村庄屯镇乡国际府城馆厂楼农水火]"
)
# Behind the name of an upper division a short name is likelier, and only a whole word tells against it:
# 黑河市爱辉大五家子 lies in 爱辉区, 济南市长清大学城 in a town of that name.
_WORD_AFTER_SHORT = re.compile(
    r"[东南西北中新老上下前后内外]?[一二三四五六七八九十]?(?:大?(?:路|街|道)|[巷弄])|里[0-9弄街巷]|胡同|环[东南西北城路]"
    r"|大(?:学(?!城|科技)|[厦楼酒桥门院药剧饭市])|广(?:场(?![东南西北]路)|电)|小[学区吃]|花[园苑卉城鸟]|苑|酒[店楼家]|宾馆|医[院药]|公[园寓司安交]|中[学心医]|学[校院]"
    r"|银行|商[场城厦店贸务]|市[场政]|国[际税土]|农[业贸行商]|水[库厂电利果泥]|火车|江(?![苏滨])|站(?!前)|城(?![关隍东南西北])|[园湖河寺门桥村镇乡府馆厂楼]|山[庄路庙]|庄园|屯[路街]"
)
_TOWN_AHEAD = re.compile(r"[^\d路街巷号()镇乡]{2}[镇乡](?![镇乡路]|街(?!道))")
_PLACEHOLDER = re.compile(
    r"市辖区|市辖县|(?<=市)区(?=[^\d路街巷道区]{1,4}区)|县(?=[^\d路街巷道]{1,12}(?:县|自治县))|(?:省|自治区)直辖(?:县级行政(?:区划|单位))?"
    r"|(?<=香港)(?:新界|九龙(?!城)|港岛|香港岛)|(?<=特别行政区)(?:新界|九龙(?!城)|港岛|香港岛)|(?:生产建设)?兵团(?:第?[一二三四五六七八九十0-9]{1,3}师)?"
)


class Step(NamedTuple):
    """One name taken: what fits after it, where it ends, whether it showed its kind."""

    live: tuple[Division, ...]
    end: int
    full: bool = True
    flag: str = ""
    name: str = ""


def next_step(text: str, at: int, live: tuple[Division, ...], *, start: bool) -> Step | None:
    """Take the longest name that fits at a place, below the divisions read before it; None if none does."""
    for name, entries in gazetteer().by_start.get(text[at : at + 2], ()):
        if text.startswith(name, at):
            step = _take(text, name, at + len(name), entries, live, start=start)
            if step is not None:
                return step
    if start and not live:
        code = ONE_CHARACTER.get(text[at : at + 1])
        return Step((gazetteer().by_code[code],), at + 1, full=False) if code else None
    return _one_character_county(text, at, live) or _shared_character(text, at, live)


def _shared_character(text: str, at: int, live: tuple[Division, ...]) -> Step | None:
    """乐山市中区, 青岛市南区: the character of the city is that of its district as well."""
    if len(live) != 1 or live[0].level != CITY or text[at - 1 : at] != "市":
        return None
    for name, entries in gazetteer().by_start.get(text[at - 1 : at + 1], ()):
        found = [e.division for e in entries if e.full and _under(e.division, live[0])]
        if len(found) == 1 and text.startswith(name, at - 1):
            return Step((found[0],), at - 1 + len(name), name=name)
    return None


def _one_character_county(text: str, at: int, live: tuple[Division, ...]) -> Step | None:
    # 山西吕梁岚顺会: the name of 岚县 without its kind is one character; a township of its own confirms it.
    if len(live) != 1 or live[0].level != CITY:
        return None
    county = _of_one_character(text, at, live[0])
    return Step((county,), at + 1, full=False, name=county.name[0]) if county else None


def _of_one_character(text: str, at: int, city: Division) -> Division | None:
    for county in _two_character_counties(city.code):
        if text.startswith(county.name[0], at) and stem_at(county.code, text, at + 1):
            return county
    return None


@lru_cache(maxsize=512)
def _two_character_counties(city: str) -> tuple[Division, ...]:
    return tuple(d for d in gazetteer().counties.get(city, ()) if len(d.name) == 2)  # noqa: PLR2004


def _take(
    text: str, name: str, end: int, entries: tuple[Entry, ...], live: tuple[Division, ...], *, start: bool
) -> Step | None:
    if len(entries) == 1 and len(live) <= 1:  # most names: one division, in full, under what was read
        entry = entries[0]
        inside = not live or _under(entry.division, live[0])
        if entry.full and not entry.former and inside and is_free(text, end, entry, live):
            return Step((entry.division,), end, name=name)
    fitting = [e for e in entries if _fits(e, live, start=start) and is_free(text, end, e, live)]
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
        return Step(kept, end, full=any(e.full for e in fitting), flag="repeated", name=name)
    return None


def _step_to(entries: list[Entry], name: str, end: int, *, past: bool = False) -> Step:
    # Where one name is a city's and, in full, a county's too, the one that shows its kind is meant.
    # A name of today goes before the same name of yesterday.
    present = [e for e in entries if not e.former or (past and e.lately)]
    present = present or [e for e in entries if e.listed] or entries
    chosen = [e for e in present if e.full] or present
    if not past and not chosen[0].full:  # 北戴河 alone is the district, not the zone beside it
        chosen = [e for e in chosen if not e.division.name.endswith("新区")] or chosen
    if past and not chosen[0].full:  # 西安 alone is the city, not 牡丹江's 西安区
        chosen = [e for e in chosen if e.division.level < COUNTY] or chosen
    live = tuple(sorted(e.division for e in chosen))
    return Step(live, end, chosen[0].full, "old-name" if all(e.former for e in chosen) else "", name)


def _fits(entry: Entry, live: tuple[Division, ...], *, start: bool) -> bool:
    if entry.full:
        return True
    if not live:
        return start
    return entry.division.level > PROVINCE or start or any(d.code == entry.division.code for d in live)


def is_free(text: str, end: int, entry: Entry, live: tuple[Division, ...]) -> bool:
    """Tell whether a name that ends at a place is a division's, and not that of a road or a market."""
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
        pattern = _WORD_AFTER_SHORT if live else _PLACE_AFTER_SHORT
        if not pattern.match(text, end) or stem_at(entry.division.code, text, end):
            return True
        # 红安七里镇, 台安大张镇: what opens a place opens the name of a town as well.
        return not live and _TOWN_AHEAD.match(text, end) is not None
    return not _PLACE_AFTER_SHORT.match(text, end) or _division_follows(text, end, entry.division)


def _division_follows(text: str, end: int, above: Division) -> bool:
    # 山西大同, 江苏南京: what opens a place's name opens the next division's name as well.
    bucket = gazetteer().by_start.get(text[end : end + 2], ())
    return any(
        text.startswith(name, end) and any(_under(e.division, above) for e in entries)
        for name, entries in bucket
    ) or (above.level == CITY and _of_one_character(text, end, above) is not None)


def _under(division: Division, above: Division) -> bool:
    return division.level > above.level and division.code.startswith(above.code)


def skip_placeholder(text: str, end: int, live: tuple[Division, ...]) -> int:
    """Where the text goes on behind words that stand for no division: 市辖区, 省直辖县."""
    if any(d.level == COUNTY for d in live):
        return end
    match = _PLACEHOLDER.match(text, end)
    return match.end() if match else end
