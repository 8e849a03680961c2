"""Settle which division an address means: by the county column, the postcode and the township."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.address.cleaning import HAN, normalise
from yibao_cli.address.confusion import ALIKE
from yibao_cli.address.divisions import CITY, COUNTY, PROVINCE, Division, Town, gazetteer
from yibao_cli.address.head import read_head
from yibao_cli.address.postcodes import provinces_of
from yibao_cli.address.townships import county_of_place, find_town, has_place, seat_town, sole_town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yibao_cli.address.heads import Head

# A county, by its form, that the list does not confirm.
UNKNOWN_COUNTY = re.compile(
    rf"(?:(?![路街巷号镇乡村])[{HAN}]){{1,6}}?(?:县|区|市|旗)"
    rf"(?![东南西北中]?(?:大?[路街道]|[巷场])|[{HAN}]{{0,2}}(?:小区|社区))"
)


class Place(NamedTuple):
    """The divisions of one address: the finest ones that fit, its township, where the rest begins.

    tail: where road and number begin; behind `end` when a contradicting name stands between.
    name: the name of the last division as written. text: what `end` counts in.
    """

    live: tuple[Division, ...]
    town: Town | None
    end: int
    flags: tuple[str, ...]
    tail: int
    name: str
    text: str


@lru_cache(maxsize=4096)
def hinted(hint: str) -> tuple[Division, ...]:
    """Divisions a county column may mean: a code, 长安区, 石家庄市长安区 or 长安; empty when none."""
    known = gazetteer().by_code.get(hint)
    if known is not None:
        return (known,)
    text = normalise(hint).text
    head = read_head(text)
    if head.live:
        return head.live
    # A column headed 区县 may say 长安 where an address would say 长安区.
    bucket = gazetteer().by_start.get(text[:2], ())
    return tuple(sorted(e.division for name, entries in bucket if name == text for e in entries))


def _head(text: str, under: tuple[Division, ...]) -> Head:
    head = read_head(text)
    if not head.live:
        return read_head(text, under)._replace(flags=("county-from-hint",))
    return _merge_hint(text, head, under)


def _merge_hint(text: str, head: Head, under: tuple[Division, ...]) -> Head:
    agreeing = _related(head.live, under)
    if not agreeing:
        return head._replace(flags=(*head.flags, "hint-differs"))
    if head.county:
        return head._replace(live=agreeing)
    below = tuple(h for h in under if any(h.code.startswith(d.code) and h != d for d in head.live))
    if not below or UNKNOWN_COUNTY.match(text, head.end):
        return head._replace(live=agreeing)
    return head._replace(live=below, flags=(*head.flags, "county-from-hint"))


def _related(live: Iterable[Division], under: tuple[Division, ...]) -> tuple[Division, ...]:
    return tuple(
        d for d in live if any(d.code.startswith(h.code) or h.code.startswith(d.code) for h in under)
    )


def settle(text: str, under: tuple[Division, ...], postcode: str) -> Place:
    """Read the divisions of a normalised address, decide between those of one name, find the township.

    under: what the county column names; empty where there is none.
    """
    head = _head(text, under) if under else read_head(text)
    if len(head.live) == 1 and head.live[0].level == COUNTY and "leading-text" not in head.flags:  # as most
        live, town, end = find_town(text, head.end, head.live)
        return Place(live, town, end, head.flags, max(end, head.tail), head.name, text)
    if not under and (not head.county or "leading-text" in head.flags):
        text, head = _second_look(text, head)
    if not head.live and not under and (found := _by_town(text, postcode)):
        return found
    live = head.live
    if len(live) > 1:
        live = _narrow(live, lambda d: d.code[:PROVINCE] in provinces_of(postcode))
    live, town, end = find_town(text, head.end, live)
    flags = head.flags
    if len(live) > 1:
        live = _prefer_upper(_by_own_place(text, end, live))
    if len(live) > 1 and not _one_name(live, head.name):
        # Readings that share no name are no reading.
        return Place((), None, 0, (), 0, "", text)
    if town is None and len(live) == 1 and live[0].level == CITY and live[0].code not in gazetteer().direct:
        live, town, end, implied = county_of_place(text, end, live[0])
        flags = (*flags, *implied)
    return Place(live, town, end, flags, max(end, head.tail), head.name, text)


def _by_town(text: str, postcode: str) -> Place | None:
    division, town = sole_town(text)
    if division is None or town is None:
        return _by_seat(text, postcode)
    if postcode and division.code[:PROVINCE] not in provinces_of(postcode):
        return None
    end = len(town.written)
    return Place((division,), town, end, ("county-from-town",), end, division.name, text)


def _by_seat(text: str, postcode: str) -> Place | None:
    division = seat_town(text)
    if division is None or (postcode and division.code[:PROVINCE] not in provinces_of(postcode)):
        return None
    return Place((division,), None, 0, ("short-name",), 0, division.name, text)


def _one_name(live: tuple[Division, ...], written: str) -> bool:
    if len({d.name for d in live}) == 1:
        return True
    # One name of the past or two counties that share it, one of them by what it was called: 吴县市, 桥东区.
    bucket = gazetteer().by_start.get(written[:2], ())
    meant = {e.division for name, entries in bucket if name == written for e in entries}
    return set(live) <= meant and all(d.level == COUNTY for d in live)


def _second_look(text: str, head: Head) -> tuple[str, Head]:
    """Look again at an address whose county was not found: in the wrong order, or with a wrong character."""
    turned = _turned(text) if not head.live or "leading-text" in head.flags else None
    if turned is not None:
        return turned, (found := read_head(turned))._replace(flags=(*found.flags, "reordered"))
    if head.county:
        return text, head
    if head.live and not UNKNOWN_COUNTY.match(text, head.end):
        return text, _skipped(text, head) or head
    return text, _corrected(text, head) or _skipped(text, head) or head


_MISWRITTEN = re.compile(rf"(?:[是少剩时事省市维]|[A-Za-z]省?|[{HAN}]{{1,8}}?(?:市|州|自治州?))(?=[{HAN}])")


def _skipped(text: str, head: Head) -> Head | None:
    """The county behind a province or city that is written wrongly: 甘肃是陇南市武都区, 呼伦贝市阿荣旗."""
    if len(head.live) != 1 or _contradicts(head):
        return None
    match = _MISWRITTEN.match(text, head.end)
    if match is None:
        return None
    rest = text[: head.end] + text[match.end() :]
    new = read_head(rest)
    if not _goes_further(head, new, rest) or head.end >= new.end:
        return None
    above = [d.name for d in _chain(new.live[0])[:-1]]
    if len(match[0]) == 1:
        name = head.live[0].name
    else:
        name = next((n for n in above if len(set(match[0][:-1]) & set(n)) > 0), "")
    if not name:
        return None
    return new._replace(end=new.end + len(match[0]), flags=(*new.flags, f"corrected:{name}"))


_LAST_DOOR = re.compile(r"^(.*[0-9号室栋幢楼层座元户房#),])([^0-9号室栋幢楼层座元户房#),]{2,24})$")
_KINDS = ("省", "市", "区", "县", "旗", "州", "盟")


def _turned(text: str) -> str | None:
    """文一西路969号余杭区杭州市 with the divisions in front: 杭州市余杭区文一西路969号."""
    match = _LAST_DOOR.match(text)
    if match is None or not match[2].endswith(_KINDS):
        return None
    rest, names = match[2].lstrip(",;"), []
    while rest:
        name = next((n for n, _e in gazetteer().by_start.get(rest[:2], ()) if rest.startswith(n)), "")
        if not name:
            return None
        names.append(name)
        rest = rest[len(name) :].lstrip(",;")
    upper = "".join(reversed(names))
    head = read_head(upper + match[1])
    turned = head.county and head.end == len(upper) and len(head.live) == 1
    return upper + match[1] if turned else None


_CORRECTED_WITHIN = 12


def _corrected(text: str, head: Head) -> Head | None:
    """The one county reached by exchanging one character for another that sounds or looks like it."""
    found: dict[tuple[Division, ...], Head] = {}
    for at in range(min(len(text), max(head.end, 0) + _CORRECTED_WITHIN)):
        for other in ALIKE.get(text[at], ""):
            changed = f"{text[:at]}{other}{text[at + 1 :]}"
            if not _names_at(changed, at):
                continue
            new = read_head(changed)
            if at < new.end and _goes_further(head, new, changed):
                name = next((d.name for d in _chain(new.live[0]) if other in d.name), new.live[0].name)
                found.setdefault(new.live, new._replace(flags=(*new.flags, f"corrected:{name}")))
    return next(iter(found.values())) if len(found) == 1 else None


_LONG_NAME = 4  # characters before the wrong one


def _names_at(text: str, at: int) -> bool:
    """Tell whether a name that shows its kind covers a place: reading the whole head costs more."""
    starts = gazetteer().by_start
    for start in range(max(0, at - _LONG_NAME), at + 1):
        for name, _entries in starts.get(text[start : start + 2], ()):
            if start + len(name) > at and name.endswith(_KINDS) and text.startswith(name, start):
                return True
    return False


def _goes_further(old: Head, new: Head, text: str) -> bool:
    if len(new.live) != 1 or not new.county or "leading-text" in new.flags:
        return False
    return all(new.live[0].code.startswith(d.code) for d in old.live) and (
        _shows_kinds(new) or has_place(new.live[0], text, new.end)
    )


def _shows_kinds(head: Head) -> bool:
    return head.name.endswith(_KINDS) and len(head.name) > 2 and not _contradicts(head)  # noqa: PLR2004


def _contradicts(head: Head) -> bool:
    return any(flag.startswith("contradiction") for flag in head.flags)


def _chain(division: Division) -> list[Division]:
    by_code = gazetteer().by_code
    return [
        by_code[c] for c in (division.code[:PROVINCE], division.code[:CITY], division.code) if c in by_code
    ]


def _by_own_place(text: str, at: int, live: tuple[Division, ...]) -> tuple[Division, ...]:
    """Of counties that share a name the one that has the township or village the text goes on with."""
    if any(d.level != COUNTY for d in live):
        return live
    own = tuple(d for d in live if has_place(d, text, at))
    return own if len(own) == 1 else live


def _narrow(live: tuple[Division, ...], keep: Callable[[Division], bool]) -> tuple[Division, ...]:
    return tuple(d for d in live if keep(d)) or live


def _prefer_upper(live: tuple[Division, ...]) -> tuple[Division, ...]:
    # 吉林 is a province and a city in it: what both readings share is the province.
    top = min(live, key=lambda d: d.level)
    return (top,) if all(d.code.startswith(top.code) for d in live) else live
