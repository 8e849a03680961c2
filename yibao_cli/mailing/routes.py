"""Routes of the vehicles that deliver to employers: who is on which vehicle, in which order, and when.

Stops that lie near each other come together: by coordinates along a Hilbert curve where there are any, else
by postcode, county and street. The run is cut into vehicles, as few as can be, none with more than it may
have. A vehicle with coordinates goes to the nearest neighbour each time, and 2-opt shortens its way.
Appointed stops keep their hour. Pure: equal arguments give equal routes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

_CURVE = 16  # bits of a coordinate on the curve: 65,536 steps a side
_PASSES = 20  # of 2-opt; each takes every pair of a route's ways once
_SMALLEST_GAIN = 1e-12
_OFFICE, _AREA = 6, 4  # digits of a postcode that name a delivery office, and a county or city
_HOUR = 60


class Stop(NamedTuple):
    """An employer to deliver to.

    key: postcode, county and street as text, by which it lies beside others where coordinates are missing.
    place: longitude and latitude, degrees; None where unknown. appointed: (ISO day, minutes from midnight or
    -1 for any time), None without an appointment.
    """

    employer_no: str
    postcode: str
    key: str
    pieces: int
    place: tuple[float, float] | None = None
    appointed: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be planned with: vehicles; stops and pieces of each in a day; days, ISO; minutes of the clock.

    minutes: from one stop to the next, the stop itself among them.
    """

    days: tuple[str, ...]
    vehicles: int = 40
    stops: int = 100
    pieces: int = 20_000
    minutes: float = 2.4
    starts: int = 480
    deadline: int = 720

    @property
    def most(self) -> int:
        """Stops that a vehicle can make in time."""
        return max(min(self.stops, int((self.deadline - self.starts) / self.minutes + 1e-9)), 0)


class Visit(NamedTuple):
    """A stop on a route: its index, day, vehicle and place on the way from 1, minutes of the clock."""

    stop: int
    day: str
    vehicle: int
    place: int
    at: int


@dataclass(frozen=True, slots=True)
class Plan:
    """visits: every stop on a route, route by route; left: indices of those no vehicle has room for."""

    visits: list[Visit]
    left: list[int] = field(default_factory=list)


def plan_routes(stops: list[Stop], limits: Limits) -> Plan:
    """Put every stop on a vehicle, or among those that are left; no vehicle has more than it may have."""
    places = _places(stops)
    run = sorted(range(len(stops)), key=lambda i: _rank(stops[i], places[i]))
    visits: list[Visit] = []
    for day in limits.days:
        today = [i for i in run if _day_of(stops[i], limits) in {"", day}]
        # Whoever made an appointment for the day comes first; then the run, as it lies.
        fixed = [i for i in today if _day_of(stops[i], limits)]
        room = limits.vehicles * limits.most
        taken = set((fixed + [i for i in today if i not in set(fixed)])[:room])
        groups = _cut([i for i in run if i in taken], stops, limits)
        for vehicle, group in enumerate(groups[: limits.vehicles], start=1):
            visits += _visits(_way(group, places), stops, (day, vehicle), limits)
        placed = {v.stop for v in visits}
        run = [i for i in run if i not in placed]
    return Plan(visits, run)


def clock(minutes: int) -> str:
    """Minutes from midnight as people write them: `09:05`."""
    return f"{minutes // _HOUR:02d}:{minutes % _HOUR:02d}"


def minutes_of(text: str) -> int:
    """Minutes from midnight of `09:05`; ValueError for anything else."""
    hours, _colon, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):  # noqa: PLR2004 - two digits
        raise ValueError(text)
    found = int(hours) * _HOUR + int(minutes)
    if int(minutes) >= _HOUR or found >= 24 * _HOUR:
        raise ValueError(text)
    return found


def _day_of(stop: Stop, limits: Limits) -> str:
    """The day a stop must be on, "" for any; an appointment on no day of the delivery binds nothing."""
    day = stop.appointed[0] if stop.appointed else ""
    return day if day in limits.days else ""


def _places(stops: list[Stop]) -> list[tuple[float, float] | None]:
    """Coordinates of every stop: where its own are missing, the middle of its office's, area's, or of all."""
    known: dict[str, list[tuple[float, float]]] = {}
    for stop in stops:
        if stop.place is not None:
            for size in (_OFFICE, _AREA, 0):
                known.setdefault(stop.postcode[:size], []).append(stop.place)
    if not known:
        return [None] * len(stops)
    middle = {
        k: (math.fsum(x for x, _y in v) / len(v), math.fsum(y for _x, y in v) / len(v))
        for k, v in known.items()
    }
    found: list[tuple[float, float] | None] = []
    for stop in stops:
        near = next((middle[k] for n in (_OFFICE, _AREA) if (k := stop.postcode[:n]) in middle), middle[""])
        found.append(stop.place or near)
    low = [min(p[axis] for p in found if p) for axis in (0, 1)]
    span = max(max(p[axis] for p in found if p) - low[axis] for axis in (0, 1)) or 1.0
    # On the unit square; a degree is shorter from east to west, which changes no neighbours within a city.
    return [((p[0] - low[0]) / span, (p[1] - low[1]) / span) if p else None for p in found]


def _rank(stop: Stop, place: tuple[float, float] | None) -> tuple[bool, int, str, str]:
    """Where a stop lies in the one run; without a postcode it is last."""
    curve = _hilbert(place) if place else 0
    return (not stop.postcode and place is None, curve, stop.key, stop.employer_no)


def _hilbert(place: tuple[float, float]) -> int:
    """Place of a point of the unit square on a Hilbert curve: near places have near numbers."""
    side = 1 << _CURVE
    x, y = (min(int(c * (side - 1)), side - 1) for c in place)
    found, step = 0, side >> 1
    while step:
        right, up = int(bool(x & step)), int(bool(y & step))
        found += step * step * ((3 * right) ^ up)
        if not up:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        step >>= 1
    return found


def _cut(run: list[int], stops: list[Stop], limits: Limits) -> list[list[int]]:
    """The run in vehicles: evenly, and none with more stops or pieces than it may have."""
    if not run or not limits.most:
        return []
    total = sum(stops[i].pieces for i in run)
    fewest = max(math.ceil(len(run) / limits.most), math.ceil(total / limits.pieces))
    groups = _evenly(run, stops, limits, min(math.ceil(len(run) / fewest), limits.most))
    # Where large employers break the even shares too often, full vehicles need fewer of them.
    return groups if len(groups) <= limits.vehicles else _evenly(run, stops, limits, limits.most)


def _evenly(run: list[int], stops: list[Stop], limits: Limits, size: int) -> list[list[int]]:
    groups: list[list[int]] = [[]]
    load = 0
    for i in run:
        full = len(groups[-1]) >= size or (groups[-1] and load + stops[i].pieces > limits.pieces)
        if full:
            groups.append([])
            load = 0
        groups[-1].append(i)
        load += stops[i].pieces
    return groups


def _way(group: list[int], places: list[tuple[float, float] | None]) -> list[int]:
    """The order in which a vehicle goes: nearest neighbour, then 2-opt; without coordinates the run's."""
    if len(group) < 3 or any(places[i] is None for i in group):  # noqa: PLR2004 - two stops have one way
        return group
    points = np.array([places[i] for i in group])
    lengths = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    return [group[i] for i in _two_opt(_nearest(lengths), lengths)]


def _nearest(lengths: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[int]:
    """From the first of the run always to the nearest that is left."""
    left = np.ones(len(lengths), bool)
    way = [0]
    left[0] = False
    while len(way) < len(lengths):
        nearest = int(np.where(left, lengths[way[-1]], np.inf).argmin())
        way.append(nearest)
        left[nearest] = False
    return way


def _two_opt(way: list[int], lengths: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[int]:
    """Turn stretches of an open way around as long as it gets shorter."""
    order = np.array(way)
    count = len(order)
    for _turn in range(_PASSES):
        better = False
        for i in range(count - 1):
            rest = order[i + 1 :]
            after = np.append(lengths[rest[:-1], rest[1:]], 0.0)
            # Way i -> i+1 ... j -> j+1 becomes i -> j ... i+1 -> j+1; the last stop has no way after it.
            new_after = np.append(lengths[order[i + 1], rest[1:]], 0.0)
            gains = lengths[order[i], order[i + 1]] + after - lengths[order[i], rest] - new_after
            best = int(gains.argmax())
            if gains[best] > _SMALLEST_GAIN:
                order[i + 1 : i + 2 + best] = order[i + 1 : i + 2 + best][::-1].copy()
                better = True
        if not better:
            break
    return [int(i) for i in order]


def _visits(way: list[int], stops: list[Stop], route: tuple[str, int], limits: Limits) -> list[Visit]:
    """Give each stop its time: appointed ones their hour, the others the times between, in their order."""
    day, vehicle = route
    times: dict[int, int] = {}
    for i in sorted(way, key=lambda i: (_hour(stops[i], day), i)):
        hour = _hour(stops[i], day)
        if hour >= 0:
            slot = max(math.ceil((hour - limits.starts) / limits.minutes), 0)
            while slot in times:
                slot += 1
            times[slot] = i
    appointed = set(times.values())
    slot = 0
    for i in way:
        if i not in appointed:
            while slot in times:
                slot += 1
            times[slot] = i
    found = []
    for place, (number, i) in enumerate(sorted(times.items()), start=1):
        found.append(Visit(i, day, vehicle, place, int(limits.starts + number * limits.minutes)))
    return found


def _hour(stop: Stop, day: str) -> int:
    return stop.appointed[1] if stop.appointed and stop.appointed[0] == day else -1
