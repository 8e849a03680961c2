"""A table of postcodes by county, as the post or a public set gives it, and what it says of an address.

Four levels in six digits: 1 and 2 name the province, 3 the mail district, 4 the office of the county, 5
and 6 the delivery office. A table never holds every delivery office, so a postcode it does not list is
judged by its first four digits, or three.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from yibao_cli.address.divisions import CITY, COUNTY, PROVINCE, gazetteer
from yibao_cli.address.head import read_head
from yibao_cli.address.postcodes import provinces_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_PREFIXES = (6, 4, 3)
Answer = Literal["match", "prefix", "other", "unknown"]


class Answered(NamedTuple):
    """match: listed for the county; prefix: its first digits are; other: they are another county's.

    places: codes of the counties, or prefectures for three digits, that the postcode is listed for.
    """

    answer: Answer
    places: frozenset[str] = frozenset()


class PostcodeTable(NamedTuple):
    """Codes of the places by the first 6, 4 and 3 digits; `counties` counts those that are covered.

    sole: the postcode of each county for which the table has one only.
    """

    places: dict[str, frozenset[str]]
    counties: int
    sole: dict[str, str]

    def check(self, postcode: str, division_code: str) -> Answered:
        """Compare a postcode with a division of at least prefecture level; `unknown` where neither tells."""
        for digits in _PREFIXES:
            listed = self.places.get(postcode[:digits])
            if listed is None or len(postcode) < digits:
                continue
            if any(division_code.startswith(p) or p.startswith(division_code) for p in listed):
                return Answered("match" if digits == _PREFIXES[0] else "prefix", listed)
            if digits != _PREFIXES[0]:  # a single listed office may serve across a border
                return Answered("other", listed)
        return Answered("unknown")


def postcode_table(rows: Iterable[tuple[str, str, str, str]]) -> PostcodeTable:
    """Make a table from rows of postcode, province, city and county, names of today or of the past.

    Rows whose county no division bears, or whose postcode is not six digits, are left out.
    """
    places: dict[str, set[str]] = defaultdict(set)
    counties: dict[tuple[str, str, str], frozenset[str]] = {}
    listed: dict[str, set[str]] = defaultdict(set)
    for postcode, *names in rows:
        key = (names[0], names[1], names[2])
        if key not in counties:
            counties[key] = _codes(*key)
        if len(postcode) != COUNTY or not postcode.isdigit() or not counties[key]:
            continue
        # A county's name alone may be several counties'; the postcode's province decides.
        near = {c for c in counties[key] if c[:PROVINCE] in provinces_of(postcode)} or counties[key]
        for code in near:
            listed[code].add(postcode if len(near) == 1 else "")
        for digits in _PREFIXES[:2]:
            places[postcode[:digits]] |= near
        places[postcode[: _PREFIXES[2]]] |= {code[:CITY] for code in near}
    sole = {code: next(iter(codes)) for code, codes in listed.items() if len(codes) == 1 and "" not in codes}
    return PostcodeTable({prefix: frozenset(codes) for prefix, codes in places.items()}, len(listed), sole)


def _codes(province: str, city: str, county: str) -> frozenset[str]:
    upper = "" if city in {province, county} else city
    live = read_head(f"{province}{upper}{county}").live
    direct = gazetteer().direct
    return frozenset(d.code for d in live if d.level == COUNTY or d.code in direct)
