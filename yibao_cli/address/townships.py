"""Find the township an address names, and by it the county."""

from __future__ import annotations

import re

from yibao_cli.address.divisions import (
    COUNTY,
    PROVINCE,
    Division,
    Town,
    gazetteer,
    stem_at,
    town_names,
    towns_at,
)
from yibao_cli.address.heads import is_county
from yibao_cli.address.villages import village_at

ROAD_AFTER = re.compile(r"[东南西北中]?(?:路|大?街(?!道|上[0-9])|大道)|巷|道")
_SEAT = re.compile(r"([^\d路街巷号()]{2,4}?)镇(?![镇乡路街海江])")
_OFFICE_STREET = re.compile(r"街(?=[^\d路街巷号()]{1,6}(?:路|街|大道|巷|村))")  # 杜曲街北街: 杜曲街道
_TOWN_FIRST = re.compile(r"[^\d路街巷号()]{2,8}?(?:街道|镇|乡)(?![东南西北中]?(?:路|街|大道)|[巷镇乡])")


def sole_town(text: str) -> tuple[Division | None, Town | None]:
    """A township at the start that one county alone has, and that county: 勐海镇象山路23号."""
    match = _TOWN_FIRST.match(text)
    counties = town_names().get(match[0], ()) if match else ()
    if match is None or len(counties) != 1:
        return None, None
    town = next((t for t in towns_at(counties[0], text, 0) if t.name == match[0]), None)
    return gazetteer().by_code.get(counties[0]), town


def has_place(county: Division, text: str, at: int) -> bool:
    """Tell whether a township without its kind, or a village of a county follows, and no road."""
    village = village_at(county.code, text, at)
    names = (stem_at(county.code, text, at), village.written if village else "")
    return any(
        n
        and n[-1] not in "路街巷"
        and (not ROAD_AFTER.match(text, at + len(n)) or _OFFICE_STREET.match(text, at + len(n)))
        for n in names
    )


def seat_town(text: str) -> Division | None:
    """The county whose seat was a town of its name that no list of today holds: 吴起镇迎宾大街."""
    match = _SEAT.match(text)
    if match is None or match[0] in town_names():
        return None
    found = {
        e.division
        for name, entries in gazetteer().by_start.get(text[:2], ())
        if name == match[1]
        for e in entries
        if e.division.level == COUNTY
    }
    return found.pop() if len(found) == 1 else None


def find_town(
    text: str, at: int, live: tuple[Division, ...]
) -> tuple[tuple[Division, ...], Town | None, int]:
    """The township the text names at a place, below the divisions read before it.

    Returns the divisions that fit now, the township or None, and where the rest begins.
    """
    if len(live) == 1 and live[0].level == COUNTY:  # as most are
        towns = towns_at(live[0].code, text, at)
        towns = [t for t in towns if not _is_road(t, text, at)]
        if not towns:
            return live, None, at
        if len(towns) == 1:
            return live, towns[0], at + len(towns[0].written)
    found = [
        (division, town)
        for division in live
        if division.level != PROVINCE
        for town in towns_at(division.code, text, at)
        if not _is_road(town, text, at)
    ]
    if not found and len(live) == 1 and live[0].code in gazetteer().direct:
        found = [(live[0], town) for town in _bare_towns(live[0].code, text, at)]
    if not found:
        return live, None, at
    longest = max(len(town.written) for _division, town in found)
    return _chosen(at, live, [f for f in found if len(f[1].written) == longest])


def county_of_place(
    text: str, at: int, city: Division
) -> tuple[tuple[Division, ...], Town | None, int, tuple[str, ...]]:
    """The county of a prefecture that alone has the township, under another kind, or the village named.

    Returns as `find_town` does, and the flag for a person to confirm it: 玉树州结古镇 is 结古街道 today.
    """
    by_code = gazetteer().by_code
    towns = [t for t in towns_at(city.code, text, at) if not _is_road(t, text, at)]
    longest = max((len(t.written) for t in towns), default=0)
    towns = [t for t in towns if len(t.written) == longest]
    if len({t.code[:COUNTY] for t in towns}) == 1:
        county = by_code[towns[0].code[:COUNTY]]
        return (county,), towns[0], at + longest, ("county-from-town",)
    village = None if towns else village_at(city.code, text, at)
    county_code = village.code[:COUNTY] if village else ""
    if county_code in by_code:
        return (by_code[county_code],), None, at, ("county-from-village",)
    return (city,), None, at, ()


def _is_road(town: Town, text: str, at: int) -> bool:
    # 马王街办西街: the office of a street is no road itself.
    return not town.written.endswith("办") and ROAD_AFTER.match(text, at + len(town.written)) is not None


def _bare_towns(city: str, text: str, at: int) -> list[Town]:
    stem = stem_at(city, text, at)
    if not stem or ROAD_AFTER.match(text, at + len(stem)):
        return []
    listed = gazetteer().towns[city].split(" ")
    return [Town(stem, f"{city:0<6}{t[:3]}", t[3:]) for t in listed if t[3:].startswith(stem)][:1]


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
