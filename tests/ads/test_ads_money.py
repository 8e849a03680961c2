from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.ads.quoting import Terms, cases, quote
from yibao_cli.ads.response import (
    arm_sizes,
    detectable_lift,
    lift_of,
    newcombe,
    read_code,
    response_code,
    wilson,
)
from yibao_cli.ads.settling import Count, settle, totals
from yibao_cli.ads.terms import DELIVERED, MAKE_GOOD, POSTED, REFUND

EVEN = Terms(50_000, postage=Fraction(120), price=Fraction(20_000_00))


def yuan(fen):
    return round(float(fen) / 100)


def test_the_panels_pay_for_the_postage_and_not_a_fen_more():
    found = quote(EVEN)

    assert (found.cost, found.revenue, found.margin) == (60_000_00, 60_000_00, 0)
    assert found.break_even == 20_000_00


@pytest.mark.parametrize(
    ("returned", "remailed", "flat", "by_delivery", "guarantee", "break_even"),
    [  # worked by hand: 50,000 pieces at 1.20, three panels at 20,000
        (0, 0, 0, 0, 0, 20_000),
        (5, 0, 0, -3_000, 0, 21_053),
        (10, 0, 0, -6_000, 0, 22_222),
        (10, 60, -3_600, -6_900, -3_600, 22_434),
        (15, 0, 0, -9_000, -3_333, 23_529),
        (20, 0, 0, -12_000, -6_667, 25_000),
    ],
)
def test_what_comes_back_is_told_in_money(returned, remailed, flat, by_delivery, guarantee, break_even):
    terms = replace(EVEN, returned=Fraction(returned, 100), remailed=Fraction(remailed, 100))
    found = {basis: quote(replace(terms, basis=basis)) for basis in ("flat", "delivered", "guarantee")}

    assert [yuan(found[b].margin) for b in found] == [flat, by_delivery, guarantee]
    assert yuan(found["delivered"].break_even) == break_even


def test_unsold_panels_and_taxes_raise_the_price_of_the_others():
    prices = {name: quote(terms).break_even for name, terms in cases(EVEN)}

    assert prices["one-unsold"] == 30_000_00
    assert prices["taxed"] == 21_200_00


def test_set_up_of_versions_is_shared_by_the_pieces():
    each = [quote(replace(EVEN, setup=Fraction(3_000_00), versions=v)).each for v in (1, 5, 20)]

    assert [float(e) / 100 for e in each] == [1.26, 1.5, 2.4]


def terms(**changes):
    return {
        "id": "C-01",
        "advertiser": "某超市",
        "quota": 1000,
        "floor": 1000,
        "price": 900_00,
        "per_thousand": False,
        "settled_by": DELIVERED,
        "remedy": REFUND,
    } | changes


TERMS = st.builds(
    lambda quota, share, price, per_thousand, by, remedy: terms(
        quota=quota,
        floor=quota * share // 100,
        price=price,
        per_thousand=per_thousand,
        settled_by=by,
        remedy=remedy,
    ),
    st.integers(1, 2_000_000),
    st.integers(0, 100),
    st.integers(0, 10_000_000),
    st.booleans(),
    st.sampled_from([POSTED, DELIVERED]),
    st.sampled_from([REFUND, MAKE_GOOD]),
)


@st.composite
def counts(draw):
    posted = draw(st.integers(0, 2_000_000))
    returned = draw(st.integers(0, posted))
    return Count(posted + draw(st.integers(0, 9)), posted, returned, draw(st.integers(0, returned)))


@given(st.lists(st.tuples(TERMS, counts()), max_size=6))
def test_no_fen_of_a_contract_is_lost(book):
    sums = totals(settle(t, c) for t, c in book)

    assert sums["billed"] + sums["refund"] + sums["makegood"] + sums["unbilled"] == sums["worth"]


@given(TERMS, counts())
def test_nobody_pays_less_than_nothing_or_more_than_the_contract(book, count):
    found = settle(book, count)

    assert 0 <= found.billed <= found.payable <= found.worth
    assert min(found.refund, found.makegood, found.unbilled, found.owed) >= 0
    assert (found.refund == 0) or (found.makegood == 0)


def test_what_did_not_arrive_of_a_flat_contract_is_refunded_by_the_piece():
    found = settle(terms(), Count(1000, 1000, 60, 10))

    assert (found.counted, found.refund, found.payable) == (950, 45_00, 855_00)


def test_a_make_good_is_paid_now_and_owed_in_pieces():
    found = settle(terms(remedy=MAKE_GOOD), Count(1000, 1000, 60, 10))

    assert (found.owed, found.makegood, found.refund, found.payable) == (50, 45_00, 0, 900_00)


def test_what_prints_beyond_the_quota_is_not_billed():
    found = settle(terms(per_thousand=True, price=333_33, quota=1000, floor=0), Count(1100, 1100))

    assert found.billed == found.worth == 333_33


@pytest.mark.parametrize(
    ("base", "lift", "ratio", "sizes"),
    [  # two proportions, 95 % and a power of 80 %, by the normal approximation
        (0.005, 0.5, 1, (15_599, 15_599)),
        (0.005, 0.5, 9, (82_517, 9_169)),
        (0.01, 0.5, 9, (40_979, 4_554)),
        (0.02, 0.2, 9, (108_417, 12_047)),
    ],
)
def test_how_many_it_takes_to_show_a_lift(base, lift, ratio, sizes):
    assert arm_sizes(base, lift, ratio) == sizes


@pytest.mark.parametrize(
    ("base", "held", "lift"), [(0.005, 2_500, 1.05), (0.02, 2_500, 0.46), (0.005, 35_000, 0.23)]
)
def test_the_smallest_lift_that_arms_can_show(base, held, lift):
    assert detectable_lift(base, held * 19, held) == pytest.approx(lift, abs=0.005)


def test_a_lift_below_what_can_be_shown_is_not_told():
    small, large = lift_of((47_500, 300), (2_500, 12)), lift_of((47_500, 1_900), (2_500, 20))

    assert (small.told, large.told) == (False, True)
    assert large.low > 0


@pytest.mark.parametrize(
    "arms", [((0, 0), (10, 1)), ((10, 1), (0, 0)), ((100, 5), (10, 0)), ((10, 10), (10, 10))]
)
def test_empty_arms_tell_nothing(arms):
    assert not lift_of(*arms).told


def test_intervals_are_those_of_the_books():
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, table I
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=1e-4)  # method 10


@given(st.text(max_size=20), st.integers(0, 10**7))
def test_a_code_is_read_back_however_it_is_written(key, number):
    code = response_code(key or "k", "2026Q3", f"{number:07d}X", "A")

    assert read_code(code) == read_code(f"https://e.cn/r/{code.lower()}") == code
    assert read_code(f"{code[:5]}-{code[5:]}") == code


@given(st.integers(0, 10), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_slip_in_a_code_is_found(place, char):
    code = response_code("k", "2026Q3", "00000011", "A")
    slipped = code[:place] + char + code[place + 1 :]

    assert (read_code(slipped) is None) == (slipped != code)


def test_codes_differ_by_piece_panel_mailing_and_key():
    base = ("k", "2026Q3", "00000011", "A")
    others = [("l", *base[1:]), ("k", "2026Q4", *base[2:]), (*base[:2], "00000022", "A"), (*base[:3], "B")]

    assert len({response_code(*b) for b in [base, *others]}) == 5
