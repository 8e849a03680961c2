"""The survey: how many, whom, and what their answers say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.returns.survey import Answer, allocate, draw, result, sample_size

STRATA = st.dictionaries(
    st.text("甲乙丙丁戊", min_size=1, max_size=2), st.integers(0, 500), min_size=1, max_size=8
)


@pytest.mark.parametrize(
    ("population", "precision", "size"),
    [(10**9, 0.05, 385), (10**9, 0.03, 1068), (1000, 0.05, 278), (50, 0.05, 45), (3, 0.01, 3), (0, 0.05, 0)],
)
def test_the_size_is_cochrans(population, precision, size):
    assert sample_size(population, precision) == size


@given(STRATA, st.integers(0, 400))
def test_calls_add_up_and_none_is_more_than_its_pieces(strata, size):
    calls = allocate(strata, size)

    known = {k: v for k, v in strata.items() if v}
    assert set(calls) == set(known)
    assert all(1 <= calls[k] <= known[k] for k in calls)
    assert sum(calls.values()) == min(max(size, len(known)), sum(known.values()))


def test_calls_are_in_proportion():
    assert allocate({"甲": 900, "乙": 90, "丙": 10}, 100) == {"甲": 90, "乙": 9, "丙": 1}


def test_the_same_seed_draws_the_same_in_whatever_order_pieces_come():
    pieces = {"甲": [str(n) for n in range(50)]}
    other = {"甲": list(reversed(pieces["甲"]))}

    assert draw(pieces, {"甲": 5}, 7) == draw(other, {"甲": 5}, 7)
    assert draw(pieces, {"甲": 5}, 7) != draw(pieces, {"甲": 5}, 8)
    assert len(set(draw(pieces, {"甲": 50}, 7))) == 50


def answers(stratum, yes, no):
    return [Answer(stratum, "reached", "yes", "yes", "yes", 90)] * yes + [
        Answer(stratum, "reached", "no")
    ] * no


def test_strata_count_by_their_pieces_and_not_by_their_calls():
    found = result([*answers("甲", 10, 0), *answers("乙", 5, 5)], {"甲": 900, "乙": 100})

    assert found.received.value == 0.75
    assert found.weighted == pytest.approx(0.95)
    assert found.weighted_low < 0.95 < found.weighted_high <= 1


def test_calls_that_reached_nobody_are_counted_and_say_nothing():
    calls = [
        *answers("甲", 3, 1),
        Answer("甲", "silent"),
        Answer("甲", "refused"),
        Answer("甲", "dead-line"),
        Answer("甲", ""),
    ]

    found = result(calls, {"甲": 100})

    assert (found.drawn, found.reached, found.silent, found.refused, found.dead, found.open_) == (
        8,
        4,
        1,
        1,
        1,
        1,
    )
    assert (found.received.count, found.received.of, found.satisfaction) == (3, 4, 90)


def test_a_survey_without_answers_says_nothing_and_does_not_fail():
    found = result([Answer("甲", "")], {"甲": 10})

    assert (found.received.of, found.received.low, found.received.high) == (0, 0.0, 1.0)
    assert (found.weighted_low, found.weighted_high) == (0.0, 1.0)
