"""Which walk 投递段 of the post covers an address: by estate, road and number, village or town."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from yibao_cli.address.cleaning import normalise
from yibao_cli.address.ordering import padded

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = re.compile(r"[0-9]+")
_KIND = re.compile(r"(?:自治县|县|区|市|旗|街道办事处|街道|镇|乡)$")
Side = Literal["odd", "even", ""]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One row of the post's table: a road with its numbers, an estate, a village or a town, and its walk.

    first, last: numbers of the road, 0 where it is open on that side; side: odd or even numbers alone.
    """

    walk: str
    place: str
    county: str = ""
    town: str = ""
    office: str = ""
    first: int = 0
    last: int = 0
    side: Side = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """The fields of a delivery point that a table can speak of."""

    county: str
    town: str
    village: str
    road: str
    road_no: str
    poi: str


class WalkTable:
    """The rows of the post's table, found by the name of the place."""

    def __init__(self, rows: Iterable[Stretch]) -> None:
        self._by_place: dict[str, list[Stretch]] = defaultdict(list)
        for row in rows:
            self._by_place[_folded(row.place)].append(row)

    def find(self, spot: Spot) -> tuple[Stretch, ...]:
        """The rows that cover a point, one a walk; the nearest to the door decide.

        First the estate, then the road with a range of numbers that has this one, then the whole road, the
        village, the town. More than one row means that the table contradicts itself.
        """
        on_road = [r for r in self._at(spot.road, spot) if _has_number(r, spot.road_no)]
        for rows in (
            self._at(spot.poi, spot),
            [r for r in on_road if r.first or r.last or r.side],
            on_road,
            self._at(spot.village, spot),
            self._at(spot.town, spot),
        ):
            if rows:
                return tuple({r.walk: r for r in reversed(rows)}.values())[::-1]
        return ()

    def _at(self, place: str, spot: Spot) -> list[Stretch]:
        rows = self._by_place.get(_folded(place), []) if place else []
        return [r for r in rows if _agree(r.county, spot.county) and _agree(r.town, spot.town)]


def _has_number(row: Stretch, road_no: str) -> bool:
    if not (row.first or row.last or row.side):
        return True
    match = _NUMBER.search(padded(road_no))
    if match is None:
        return False
    number = int(match[0])
    fits_side = not row.side or (row.side == "odd") == bool(number % 2)
    return row.first <= number and (not row.last or number <= row.last) and fits_side


def _agree(one: str, other: str) -> bool:
    """Whether two names of a county or town can mean the same; what is not said agrees with everything."""
    return not (one and other) or _KIND.sub("", one) == _KIND.sub("", other)


def _folded(place: str) -> str:
    return padded(normalise(place).text).upper()
