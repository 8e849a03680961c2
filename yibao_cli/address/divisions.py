"""The divisions in memory: names to divisions, codes to divisions, townships of a county.

Loaded at first use, then shared; townships are split county by county as they are asked for. Names
that are gone lead to what they are today; where they were split, to every part.
"""

from __future__ import annotations

import csv
import gzip
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.address import names

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = Path(__file__).parent / "data"
DATA = _FOLDER / "divisions.csv.gz"
FORMER = _FOLDER / "former.csv"

PROVINCE, CITY, COUNTY, TOWN, VILLAGE = 2, 4, 6, 9, 12  # a level is the length of its code
_LATELY = 2010
_BARE = 2  # 郊区, 城区, 东区: words as well, so a name of two characters wants its city before it
LEVEL_NAMES = {0: "none", PROVINCE: "province", CITY: "prefecture", COUNTY: "county", TOWN: "township",
               VILLAGE: "village"}  # fmt: skip


class Division(NamedTuple):
    """A province, prefecture or county; `level` is the length of its code."""

    code: str
    name: str
    level: int


class Entry(NamedTuple):
    """A way to write a division: `full` shows its kind (成都市), `former` is a kind or name of the past.

    listed: the former name stands in the lists of the past; otherwise it is what a rule makes of it.
    lately: it was in force in the last years, so that addresses still bear it.
    """

    division: Division
    full: bool
    former: bool = False
    listed: bool = False
    lately: bool = False


_KINDS = re.compile(r"街道办事处|街道办|街道|街办|地区|苏木|镇|乡")
_ETHNIC = re.compile(rf"(?<=..)(?:(?:{names.PEOPLES})族)*(?:民族)?乡$")

Bucket = tuple[tuple[str, tuple[Entry, ...]], ...]


class Gazetteer(NamedTuple):
    """Everything known above the townships.

    by_code: code to division.
    by_start: first two characters of a name to (name, what it may mean), longest name first.
    towns: county code to its townships as the file writes them.
    direct: codes of cities without counties (东莞), where the city stands for its county.
    counties: code of a prefecture to its counties, in code order.
    moved: county and the name of a prefecture it has left to the county (寿县, 六安市).
    """

    by_code: dict[str, Division]
    by_start: dict[str, Bucket]
    towns: dict[str, str]
    direct: frozenset[str]
    moved: dict[tuple[str, str], Division]
    counties: dict[str, list[Division]]


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
    index, moved = _index(by_code)
    counties: dict[str, list[Division]] = {}
    for division in by_code.values():
        if division.level == COUNTY:
            counties.setdefault(division.code[:CITY], []).append(division)
    return Gazetteer(by_code, index, towns, direct, moved, counties)


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


def _index(by_code: dict[str, Division]) -> tuple[dict[str, Bucket], dict[tuple[str, str], Division]]:
    written: dict[str, dict[Division, Entry]] = {}
    moved: dict[tuple[str, str], Division] = {}
    for division in by_code.values():
        for name, entry in _forms(division, by_code):
            written.setdefault(name, {}).setdefault(division, entry)
    for name, prefecture, last, division in _former_names(by_code):
        if name == division.name:
            moved[name, prefecture] = division
        elif name != prefecture or division.level == CITY or name.endswith("市"):
            entry = Entry(division, full=len(name) > _BARE, former=True, listed=True, lately=last >= _LATELY)
            there = written.setdefault(name, {})
            if division not in there or there[division].former:
                there[division] = entry
    starts: dict[str, list[tuple[str, tuple[Entry, ...]]]] = {}
    for name, entries in written.items():
        starts.setdefault(name[:2], []).append((name, tuple(entries.values())))
    buckets = {
        start: tuple(sorted(found, key=lambda f: (-len(f[0]), f[0]))) for start, found in starts.items()
    }
    return buckets, moved


def _former_names(by_code: dict[str, Division]) -> Iterator[tuple[str, str, int, Division]]:
    with FORMER.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for code in row["codes"].split():
                # 东莞 is its own county in the lists of the past as well.
                division = by_code.get(code) or by_code.get(code[:CITY])
                if division is not None:
                    yield row["name"], row["prefecture"], int(row["last"]), division


def _forms(division: Division, by_code: dict[str, Division]) -> list[tuple[str, Entry]]:
    name, full, short = division.name, Entry(division, full=True), Entry(division, full=False)
    forms = [(name, full), *((n, full) for n in names.BY_HAND.get(name, ()))]
    if division.level == PROVINCE:
        return forms + [(n, short) for n in names.province_forms(name)]
    forms += [(n, full) for n in names.full_forms(name)]
    forms += [(n, short) for n in (*names.short_forms(name), *names.shorter_forms(name))]
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
    return [
        town
        for county in ((code,) if len(code) == COUNTY else counties_with_towns(code))
        for listed in _beginning(county, start)
        if (town := _written(listed, text, at))
    ]


@lru_cache(maxsize=1)
def town_names() -> dict[str, tuple[str, ...]]:
    """The codes of the counties, or cities without counties, that have a township of a name."""
    found: dict[str, tuple[str, ...]] = {}
    for county, listed in gazetteer().towns.items():
        for town in listed.split(" "):
            found[town[3:]] = (*found.get(town[3:], ()), county)
    return found


@cache
def counties_with_towns(code: str) -> tuple[str, ...]:
    """Codes under which the townships of a division are listed."""
    listed = gazetteer().towns
    if code in listed or len(code) != CITY:
        return (code,) if code in listed else ()
    return tuple(d.code for d in gazetteer().counties.get(code, ()) if d.code in listed)


def stem_at(code: str, text: str, at: int) -> str:
    """A township under a county, written with or without its kind, at least two characters of it: 虎门."""
    start = text[at : at + 2]
    longest = ""
    if len(start) < 2:  # noqa: PLR2004
        return longest
    for listed in _beginning(code, start):
        if len(listed.stem) > len(longest) and text.startswith(listed.stem, at):
            longest = listed.stem
    return longest


class _Listed(NamedTuple):
    """A township as listed, what stands before its kind, and the stem without a people either."""

    town: Town
    before: tuple[str, ...]
    stem: str


def _beginning(county: str, start: str) -> list[_Listed]:
    """The townships of a county whose names begin with two characters, in the order of the list."""
    found: list[_Listed] = []
    listed = gazetteer().towns.get(county, "")
    place = listed.find(start)
    while place >= 0:
        # 001仓前街道 002五常街道: three digits and a name; 场镇 inside a name is no beginning.
        first = place - 3
        if first >= 0 and (not first or listed[first - 1] == " "):
            stop = listed.find(" ", place)
            found.append(_listed(county, listed[first : stop if stop > 0 else None]))
        place = listed.find(start, place + 1)
    return found


@cache
def _listed(county: str, row: str) -> _Listed:
    name = row[3:]
    plain = _ETHNIC.sub("", name) if name[-1] == "乡" else name
    stem = _without_kind(name)
    before = (stem, plain) if plain != name else (stem,) if stem != name else ()
    town = Town(name, f"{county:0<6}{row[:3]}", name)
    return _Listed(town, before, stem if plain == name else _without_kind(plain))


def _without_kind(name: str) -> str:
    for kind in ("街道", "镇", "乡", "地区", "苏木"):
        if name.endswith(kind) and name != kind:
            return name[: -len(kind)]
    return name


def _written(listed: _Listed, text: str, at: int) -> Town | None:
    town = listed.town
    named = text.startswith(town.name, at)
    if named and not text.startswith("办", at + len(town.name)):
        return town  # as it stands in the list, and not 关山街道办事处
    for before in listed.before:
        if text.startswith(before, at) and (kind := _KINDS.match(text, at + len(before))):
            return Town(before + kind[0], town.code, town.name)
    return town if named else None
