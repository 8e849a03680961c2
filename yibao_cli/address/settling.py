"""Settle which division an address means: by the county column, the postcode and the township."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.address.cleaning import HAN, normalise
from yibao_cli.address.divisions import COUNTY, PROVINCE, Division, Town, gazetteer, towns_at
from yibao_cli.address.head import Head, is_county, read_head
from yibao_cli.address.postcodes import provinces_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# A county, by its form, that the list does not confirm.
UNKNOWN_COUNTY = re.compile(
    rf"(?:(?![路街巷号镇乡村])[{HAN}]){{1,6}}?(?:县|区|市|旗)"
    rf"(?![东南西北中]?(?:大?[路街道]|[巷场])|[{HAN}]{{0,2}}(?:小区|社区))"
)
_ROAD_AFTER = re.compile(r"路|大?街(?!道)|巷|道")


class Place(NamedTuple):
    """The divisions of one address: the finest ones that fit, its township, where the rest begins."""

    live: tuple[Division, ...]
    town: Town | None
    end: int
    flags: tuple[str, ...]


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
    if not under:
        return head
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
    head = _head(text, under)
    live = head.live
    if len(live) > 1:
        live = _narrow(live, lambda d: d.code[:PROVINCE] in provinces_of(postcode))
    live, town, end = _find_town(text, head.end, live)
    if len(live) > 1:
        live = _prefer_upper(live)
    if len(live) <= 1:
        return Place(live, town, end, head.flags)
    # Counties of one name stay open; readings that share no name are no reading.
    one_name = len({d.name for d in live}) == 1
    return Place(live if one_name else (), None, head.end if one_name else 0, head.flags)


def _narrow(live: tuple[Division, ...], keep: Callable[[Division], bool]) -> tuple[Division, ...]:
    return tuple(d for d in live if keep(d)) or live


def _prefer_upper(live: tuple[Division, ...]) -> tuple[Division, ...]:
    # 吉林 is a province and a city in it: what both readings share is the province.
    top = min(live, key=lambda d: d.level)
    return (top,) if all(d.code.startswith(top.code) for d in live) else live


def _find_town(
    text: str, at: int, live: tuple[Division, ...]
) -> tuple[tuple[Division, ...], Town | None, int]:
    found = [
        (division, town)
        for division in live
        if division.level != PROVINCE
        for town in towns_at(division.code, text, at)
        if not _ROAD_AFTER.match(text, at + len(town.written))
    ]
    longest = max((len(town.written) for _division, town in found), default=0)
    return _chosen(at, live, [f for f in found if len(f[1].written) == longest])


def _chosen(
    at: int, live: tuple[Division, ...], best: list[tuple[Division, Town]]
) -> tuple[tuple[Division, ...], Town | None, int]:
    exact = [b for b in best if b[1].written == b[1].name] or best
    if len({town.code for _division, town in exact}) != 1:
        return live, None, at
    division, town = exact[0]
    county = gazetteer().by_code.get(town.code[:COUNTY], division)
    # A changed kind (乡 for 镇) confirms a township of its county, but does not find a county.
    if county != division and (town.written != town.name or not is_county(county)):
        return live, None, at
    return (county,), town, at + len(town.written)
