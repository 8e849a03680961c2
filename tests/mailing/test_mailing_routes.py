"""Routes: everybody once, no vehicle over its limits, short ways, kept appointments."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.mailing.contacts import call_days, filled, unknown_names
from yibao_cli.mailing.routes import Limits, Stop, clock, minutes_of, plan_routes

DAY, NEXT = "2026-10-09", "2026-10-10"


def stops_of(count, *, places=True, pieces=100, seed=1):
    draw = random.Random(seed)
    found = []
    for i in range(count):
        office = f"0500{draw.randrange(8):02d}"
        place = (114 + draw.random(), 38 + draw.random()) if places else None
        found.append(Stop(f"E{i:04d}", office, f"{office} {i}", pieces, place))
    return found


ANY_STOPS = st.builds(
    stops_of, st.integers(0, 60), places=st.booleans(), pieces=st.integers(1, 120), seed=st.integers(0, 9)
)
LIMITS = st.builds(
    Limits,
    days=st.sampled_from([(DAY,), (DAY, NEXT)]),
    vehicles=st.integers(1, 6),
    stops=st.integers(1, 12),
    pieces=st.integers(100, 1000),
    minutes=st.sampled_from([2.4, 15, 60]),
)


@settings(max_examples=60, deadline=None)
@given(ANY_STOPS, LIMITS)
def test_everybody_is_on_one_route_or_left_and_no_vehicle_has_too_much(stops, limits):
    plan = plan_routes(stops, limits)

    assert sorted([v.stop for v in plan.visits] + plan.left) == list(range(len(stops)))
    routes = defaultdict(list)
    for visit in plan.visits:
        routes[visit.day, visit.vehicle].append(visit)
    assert all(vehicle <= limits.vehicles for _day, vehicle in routes)
    for route in routes.values():
        assert len(route) <= limits.most
        assert sum(stops[v.stop].pieces for v in route) <= limits.pieces or len(route) == 1
        assert [v.place for v in route] == list(range(1, len(route) + 1))
        assert all(a.at <= b.at for a, b in pairwise(route))
        assert all(v.at <= limits.deadline for v in route)


@settings(max_examples=20, deadline=None)
@given(ANY_STOPS, LIMITS, st.randoms())
def test_the_order_of_the_employers_changes_no_route(stops, limits, draw):
    mixed = list(stops)
    draw.shuffle(mixed)

    def routes(given):
        return {
            (given[v.stop].employer_no, v.day, v.vehicle, v.place) for v in plan_routes(given, limits).visits
        }

    assert routes(mixed) == routes(stops)


def test_few_vehicles_are_used_and_evenly():
    plan = plan_routes(stops_of(210), Limits((DAY,), vehicles=40, stops=100))

    assert sorted(Counter(v.vehicle for v in plan.visits).values()) == [70, 70, 70]


def test_what_no_vehicle_can_take_is_left_or_goes_on_the_next_day():
    stops = stops_of(50)
    one_day = plan_routes(stops, Limits((DAY,), vehicles=2, stops=15))
    two_days = plan_routes(stops, Limits((DAY, NEXT), vehicles=2, stops=15))

    assert len(one_day.left) == 20
    assert not two_days.left
    assert Counter(v.day for v in two_days.visits) == {DAY: 30, NEXT: 20}


def test_a_way_is_shorter_than_the_run_and_crosses_itself_nowhere():
    stops = stops_of(40)
    places = [s.place for s in stops]
    way = [v.stop for v in plan_routes(stops, Limits((DAY,), vehicles=1, stops=100)).visits]

    assert distance(way, places) < 0.5 * distance(sorted(way), places)
    legs = [(places[a], places[b]) for a, b in pairwise(way)]
    assert not any(crossing(*a, *b) for i, a in enumerate(legs) for b in legs[i + 2 :])


def distance(way, places):
    return sum(math.dist(places[a], places[b]) for a, b in pairwise(way))


def crossing(a, b, c, d):
    def side(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < -1e-9 and side(c, d, a) * side(c, d, b) < -1e-9


def test_without_coordinates_one_office_stays_together():
    stops = stops_of(80, places=False)
    visits = plan_routes(stops, Limits((DAY,), vehicles=4, stops=20)).visits
    offices = [stops[v.stop].postcode for v in visits]

    assert offices == sorted(offices)


def test_an_employer_without_a_postcode_is_the_last_of_all():
    stops = [Stop("E1", "", "a", 1), *stops_of(5, places=False)]

    assert plan_routes(stops, Limits((DAY,))).visits[-1].stop == 0


def test_an_appointment_keeps_its_hour_and_its_day():
    stops = stops_of(30)
    stops[7] = stops[7]._replace(appointed=(DAY, minutes_of("09:00")))
    stops[9] = stops[9]._replace(appointed=(NEXT, -1))

    visits = {v.stop: v for v in plan_routes(stops, Limits((DAY, NEXT), vehicles=1, minutes=5)).visits}

    assert clock(visits[7].at) == "09:00"
    assert visits[9].day == NEXT
    assert visits[8].day == DAY


@pytest.mark.parametrize("text", ["", "9", "24:00", "09:60", "9.30", "09:5"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=f"^{text}|invalid"):
        minutes_of(text)


# ------------------------------------------------------------------ calls and messages


@given(st.lists(st.sampled_from([DAY, NEXT, "2026-10-15"]), max_size=40), st.integers(1, 10))
def test_nobody_is_called_too_late_and_no_day_has_too_many_calls(days, quota):
    told = call_days(days, quota, "2026-10-05")

    assert all(not t or "2026-10-05" <= t < day for t, day in zip(told, days, strict=True))
    assert max(Counter(filter(None, told)).values(), default=0) <= quota
    # A call is only left out when every day before the delivery is full.
    full = {t for t, n in Counter(told).items() if n == quota}
    for t, day in zip(told, days, strict=True):
        assert t or all(f"2026-10-{d:02d}" in full for d in range(5, int(day[-2:])))


def test_everybody_is_called_as_late_as_can_be():
    assert call_days([NEXT, DAY, NEXT], 1, "2026-10-01") == ["2026-10-09", "2026-10-08", "2026-10-07"]


def test_only_names_in_braces_are_replaced_and_data_is_never_read_as_one():
    words = {"unit": "{phone}厂", "phone": "1"}

    assert (
        filled("{unit} {phone} {nobody} {unit.__class__}", words) == "{phone}厂 1 {nobody} {unit.__class__}"
    )
    assert unknown_names("{unit} {nobody}", ["unit"]) == ["nobody"]


def test_two_opt_gives_a_way_no_turn_can_shorten():
    stops = stops_of(25, seed=3)
    places = [s.place for s in stops]
    way = [v.stop for v in plan_routes(stops, Limits((DAY,), vehicles=1)).visits]
    length = distance(way, places)

    shorter = [
        way[:i] + way[i : j + 1][::-1] + way[j + 1 :]
        for i in range(1, len(way))
        for j in range(i + 1, len(way))
    ]
    assert min(distance(w, places) for w in shorter) >= length - 1e-9
    assert math.isfinite(length)
