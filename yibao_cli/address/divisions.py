"""The divisions in memory: names to divisions, codes to divisions, townships of a county.

Loaded at first use, then shared; townships are split county by county as they are asked for.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from yibao_cli.address import names

DATA = Path(__file__).parent / "data" / "divisions.csv.gz"

PROVINCE, CITY, COUNTY, TOWN = 2, 4, 6, 9  # a level is the length of its code
LEVEL_NAMES = {0: "none", PROVINCE: "province", CITY: "prefecture", COUNTY: "county", TOWN: "township"}


class Division(NamedTuple):
    """A province, prefecture or county; `level` is the length of its code."""

    code: str
    name: str
    level: int


class Entry(NamedTuple):
    """A way to write a division: `full` shows its kind (成都市), `former` is a kind it no longer has."""

    division: Division
    full: bool
    former: bool = False


_KINDS = re.compile(r"街道办事处|街道办|街道|地区|苏木|镇|乡")
_KIND = re.compile(r"(?<=.)(?:街道|地区|苏木|镇|乡)$")

Bucket = tuple[tuple[str, tuple[Entry, ...]], ...]


class Gazetteer(NamedTuple):
    """Everything known above the townships.

    by_code: code to division.
    by_start: first two characters of a name to (name, what it may mean), longest name first.
    towns: county code to its townships as the file writes them.
    direct: codes of cities without counties (东莞), where the city stands for its county.
    """

    by_code: dict[str, Division]
    by_start: dict[str, Bucket]
    towns: dict[str, str]
    direct: frozenset[str]


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The divisions of `data/divisions.csv.gz`."""
    by_code: dict[str, Division] = {}
    towns: dict[str, str] = {}
    lines = gzip.decompress(DATA.read_bytes()).decode().splitlines()
    for line in lines[1:]:
        code, name, listed = line.split(",", 2)
        by_code[code] = Division(code, name, len(code))
        if listed:
            towns[code] = listed
    direct = _fold_cities_without_counties(by_code, towns)
    return Gazetteer(by_code, _index(by_code), towns, direct)


def _fold_cities_without_counties(by_code: dict[str, Division], towns: dict[str, str]) -> frozenset[str]:
    # The source repeats 东莞市 as its own county to hang townships on; a letter names it once.
    doubled = [d for d in by_code.values() if d.level == COUNTY and _same_as_city(d, by_code)]
    for county in doubled:
        del by_code[county.code]
        towns[county.code[:CITY]] = towns.pop(county.code)
    return frozenset(county.code[:CITY] for county in doubled)


def _same_as_city(county: Division, by_code: dict[str, Division]) -> bool:
    city = by_code.get(county.code[:CITY])
    return city is not None and city.name == county.name


def _index(by_code: dict[str, Division]) -> dict[str, Bucket]:
    written: dict[str, dict[Division, Entry]] = {}
    for division in by_code.values():
        for name, entry in _forms(division, by_code):
            written.setdefault(name, {}).setdefault(division, entry)
    starts: dict[str, list[tuple[str, tuple[Entry, ...]]]] = {}
    for name, entries in written.items():
        starts.setdefault(name[:2], []).append((name, tuple(entries.values())))
    return {start: tuple(sorted(found, key=lambda f: (-len(f[0]), f[0]))) for start, found in starts.items()}


def _forms(division: Division, by_code: dict[str, Division]) -> list[tuple[str, Entry]]:
    name, full, short = division.name, Entry(division, full=True), Entry(division, full=False)
    forms = [(name, full), *((n, full) for n in names.BY_HAND.get(name, ()))]
    if division.level == PROVINCE:
        return forms + [(n, short) for n in names.province_forms(name)]
    forms += [(n, full) for n in names.full_forms(name)]
    forms += [(n, short) for n in names.short_forms(name)]
    if division.level == CITY:
        former = Entry(division, full=True, former=True)
        return forms + [(n, former) for n in names.former_prefecture(name)]
    forms += [(n, Entry(division, full=n[-1] != "区", former=True)) for n in names.former_county(name)]
    return forms + [(n, short) for n in names.zone_forms(name, _parents(division, by_code))]


def _parents(county: Division, by_code: dict[str, Division]) -> tuple[str, ...]:
    above = [by_code[c] for c in (county.code[:PROVINCE], county.code[:CITY]) if c in by_code]
    short = [n for d in above for n in (*names.province_forms(d.name), *names.short_forms(d.name))]
    return (*(d.name for d in above), *short)


class Town(NamedTuple):
    """A way to write a township, and the township's nine-digit code and official name."""

    written: str
    code: str
    name: str


def towns_at(code: str, text: str, at: int) -> list[Town]:
    """Townships under a county or, for all its counties, a prefecture that the text names at a place.

    A township that changed from 乡 to 镇 or 街道 is found under each kind, for rosters are older than
    the list. Two characters at least must agree.
    """
    start = text[at : at + 2]
    if len(start) < 2:  # noqa: PLR2004
        return []
    return [town for county in counties_with_towns(code) for town in _towns_at(county, start, text, at)]


@lru_cache(maxsize=4096)
def counties_with_towns(code: str) -> tuple[str, ...]:
    """Codes under which the townships of a division are listed."""
    listed = gazetteer().towns
    return (code,) if code in listed else tuple(sorted(c for c in listed if c.startswith(code)))


def _towns_at(county: str, start: str, text: str, at: int) -> list[Town]:
    # The list of a county is short, so it is searched as it stands; splitting 41,000 townships
    # beforehand would cost more than most runs spend on parsing.
    listed = gazetteer().towns[county]
    found: list[Town] = []
    place = listed.find(start)
    while place >= 0:
        if listed[place - 1].isdigit():
            name = listed[place:].split(" ", 1)[0]
            written = _written(name, text, at)
            if written:
                found.append(Town(written, f"{county:0<6}{listed[place - 3 : place]}", name))
        place = listed.find(start, place + 1)
    return found


def _written(name: str, text: str, at: int) -> str:
    stem = _KIND.sub("", name)
    if stem != name and text.startswith(stem, at):
        kind = _KINDS.match(text, at + len(stem))
        if kind:
            return stem + kind[0]
    return name if text.startswith(name, at) else ""
