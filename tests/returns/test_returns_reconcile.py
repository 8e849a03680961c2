"""The account of a mailing: every posted piece in exactly one state."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from returns_builders import account_of, came_back, posted

from yibao_cli.codes import piece_number
from yibao_cli.errors import InternalError, StateError
from yibao_cli.returns.judging import Copy
from yibao_cli.returns.rates import reaches, wilson
from yibao_cli.returns.standing import STATES, Beyond

TEN = posted(*[("长安区", "D1")] * 6, *[("辛集市", "D2")] * 4)


def states(account):
    return account.posted, account.delivered, account.returned, account.pending


@pytest.mark.parametrize(
    ("today", "expected"), [("2026-11-07", (10, 0, 1, 9)), ("2026-11-08", (10, 9, 1, 0))]
)
def test_silence_counts_as_delivered_from_the_day_after_the_window(today, expected):
    account = account_of(TEN, came_back((3, "2026-10-20", "R06")), today)

    assert states(account) == expected
    assert account.is_final == (today == "2026-11-08")


def test_a_return_after_the_window_still_counts():
    account = account_of(TEN, came_back((3, "2026-11-30", "R06")))

    assert states(account) == (10, 9, 1, 0)


def test_the_account_of_a_past_day_leaves_later_returns_out_and_says_so():
    returns = came_back((3, "2026-10-20", "R06"), (4, "2026-11-30", "R06"))

    account = account_of(TEN, returns, "2026-11-29")

    assert (states(account), account.later) == ((10, 9, 1, 0), 1)
    assert account.returned_pieces["piece"].tolist() == [piece_number(3)]


@pytest.mark.parametrize(("count", "kept"), [(1, True), (2, False)])
@pytest.mark.parametrize("today", ["2026-10-31", "2026-12-01"])
def test_the_promise_is_broken_as_soon_as_it_cannot_be_kept(count, kept, today):
    account = account_of(TEN, came_back(*[(n, "2026-10-20", "R06") for n in range(1, count + 1)]), today)

    assert account.kept is kept
    assert account.best.value == pytest.approx(1 - count / 10)


def test_tables_count_by_county_employer_and_reason():
    returns = came_back((7, "2026-10-21", "R05"), (1, "2026-10-20", "R06"), (8, "2026-10-20", "R05"))

    account = account_of(TEN, returns)

    counts = ["posted", "delivered", "returned", "pending"]
    assert account.by_county[["county", *counts]].to_numpy().tolist() == [
        ["长安区", 6, 5, 1, 0],
        ["辛集市", 4, 2, 2, 0],
    ]
    assert account.by_employer["employer_no"].tolist() == ["D2", "D1"]
    assert account.by_county["rate"].tolist() == pytest.approx([5 / 6, 0.5])
    assert account.by_reason[["reason", "label", "pieces"]].to_numpy().tolist() == [
        ["R05", "迁移新址不明", 2],
        ["R06", "收件人拒收", 1],
    ]
    assert account.by_reason["share"].sum() == pytest.approx(1)
    assert account.returned_pieces["piece"].tolist() == [piece_number(n) for n in (1, 8, 7)]
    assert account.returned_pieces["next_action"].str.len().min() > 5


def test_employers_without_returns_are_left_out():
    account = account_of(TEN, came_back())

    assert account.by_employer.empty
    assert account.by_reason.empty
    assert account.kept


def test_a_mailing_that_was_not_posted_has_no_account():
    with pytest.raises(StateError, match="no piece of this mailing was posted"):
        account_of(TEN.iloc[:0], came_back())


@pytest.mark.parametrize(
    ("pieces", "returns"),
    [
        (TEN, came_back((11, "2026-10-20", "R06"))),
        (TEN, came_back((1, "2026-10-20", "R06"), (1, "2026-10-21", "R06"))),
        (pd.concat([TEN, TEN]), came_back()),
    ],
)
def test_pieces_that_cannot_be_are_our_bug(pieces, returns):
    with pytest.raises(InternalError):
        account_of(pieces, returns)


def test_the_interval_is_the_published_one():
    rate = wilson(9, 10)

    assert (round(rate.low, 4), round(rate.high, 4)) == (0.5958, 0.9821)


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_the_interval_holds_the_rate_and_stays_a_share(of, count):
    assume(count <= of)

    rate = wilson(count, of)

    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    assert rate.low < rate.high


PLACES = st.lists(
    st.tuples(st.sampled_from(["长安区", "辛集市", None]), st.sampled_from(["D1", "D2", None])), min_size=1
)
RETURNS = st.dictionaries(
    st.integers(1, 60),
    st.tuples(st.sampled_from(["2026-10-20", "2026-11-30"]), st.sampled_from(["R01", "R05", "R99"])),
)


@settings(deadline=None)
@given(PLACES, RETURNS, st.sampled_from(["2026-10-31", "2026-11-08", "2026-12-01"]))
def test_every_posted_piece_is_in_exactly_one_state(places, returns, today):
    back = came_back(*[(n, *said) for n, said in returns.items() if n <= len(places)])

    account = account_of(posted(*places), back, today)

    assert account.posted == len(places) == len(account.states)
    assert account.posted == account.delivered + account.returned + account.pending
    assert account.delivered == 0 or account.pending == 0
    assert account.returned + account.later == len(back)
    for table, total in ((account.by_county, account.posted), (account.by_employer, None)):
        assert (table["posted"] == table[["delivered", "returned", "pending"]].sum(axis=1)).all()
        assert total is None or table["posted"].sum() == total
    assert account.by_employer["returned"].sum() == account.by_reason["pieces"].sum() == account.returned


# ------------------------------------------------------------------ receipts, copies, re-mails


def beyond(**known):
    return Beyond(**known)


def mailed_again(piece, day="2026-11-01"):
    return {piece_number(piece): (Copy(0, "2026-10-08"), Copy(1, day))}


def test_a_signed_piece_is_delivered_before_the_window_closes():
    account = account_of(
        TEN, came_back(), "2026-10-31", beyond=beyond(signed={piece_number(2): "2026-10-12"})
    )

    assert (account.counts["signed"], account.delivered, account.pending) == (1, 1, 9)


def test_a_receipt_of_tomorrow_does_not_count_today():
    account = account_of(
        TEN, came_back(), "2026-10-31", beyond=beyond(signed={piece_number(2): "2026-11-01"})
    )

    assert account.counts["signed"] == 0


def test_a_piece_that_was_signed_for_and_came_back_is_returned_and_told():
    known = beyond(signed={piece_number(3): "2026-10-12"})

    account = account_of(TEN, came_back((3, "2026-10-20", "R06")), beyond=known)

    assert (account.returned, account.counts["signed"], account.both) == (1, 0, (piece_number(3),))


@pytest.mark.parametrize(
    ("today", "expected"), [("2026-10-31", (1, 0, 0)), ("2026-11-15", (0, 1, 0)), ("2026-12-02", (0, 1, 1))]
)
def test_a_piece_mailed_again_is_cured_when_it_stays_away_for_a_window(today, expected):
    returns = came_back((3, "2026-10-20", "R07"))

    account = account_of(TEN, returns, today, beyond=beyond(copies=mailed_again(3)))

    assert (account.returned, account.remailed, account.cured) == expected
    assert account.is_final == (today == "2026-12-02")
    assert (account.first_pass.count, account.cure.of) == (9, 1)


def test_a_piece_that_comes_back_twice_is_one_returned_piece_of_two_returns():
    returns = came_back((3, "2026-10-20", "R07"), (3, "2026-11-20", "R03")).assign(copy=[0, 1])

    account = account_of(TEN, returns, beyond=beyond(copies=mailed_again(3)))

    assert (account.returned, account.remailed, account.came_back) == (1, 0, 1)
    assert account.by_reason["pieces"].sum() == len(account.returned_pieces) == 2
    assert (account.cycle.median, account.cycle.p90) == (15.5, pytest.approx(18.3))


def test_the_promise_looks_at_what_is_delivered_in_the_end():
    returns = came_back((1, "2026-10-20", "R07"), (2, "2026-10-20", "R07"))
    copies = mailed_again(1) | mailed_again(2)

    assert not account_of(TEN, returns).kept
    assert account_of(TEN, returns, beyond=beyond(copies=copies)).kept


def test_printed_is_posted_and_spoiled():
    void = {piece_number(3): (Copy(0, "2026-10-08", is_void=True), Copy(1, "2026-10-08"))}

    whole = account_of(TEN, came_back(), beyond=beyond(copies=void, printed=11, spoiled=1, planned=20))
    short = account_of(TEN, came_back(), beyond=beyond(copies=void, printed=12, spoiled=1))
    asked = account_of(TEN, came_back(), beyond=beyond(waiting=2))

    # Copies that are asked for and not printed yet stand in none of the three.
    assert (whole.tied, short.tied, asked.tied) == (True, False, True)
    assert asked.copies["waiting"] == 2
    assert whole.copies["posted"] == 10
    assert short.copies["missing"] == 1
    assert (whole.first_yield.count, whole.first_yield.of) == (9, 20)


def test_pieces_are_counted_by_office_walk_and_source():
    pieces = TEN.assign(
        office=["甲局"] * 3 + [None] * 7, walk=["1"] * 10, source=["a.xlsx"] * 4 + ["b.xlsx"] * 6
    )

    account = account_of(pieces, came_back((1, "2026-10-20", "R06")))

    found = {
        place: table[[place, "posted", "returned"]].to_numpy().tolist()
        for place, table in account.by_place.items()
    }
    assert found["office"] == [["甲局", 3, 1], ["", 7, 0]]
    assert found["walk"] == [["1", 10, 1]]
    assert found["source"] == [["a.xlsx", 4, 1], ["b.xlsx", 6, 0]]


def test_days_add_up():
    account = account_of(
        TEN, came_back((1, "2026-10-20", "R06"), (2, "2026-10-22", "R06"), (3, "2026-10-20", "R01"))
    )

    assert account.by_day.to_numpy().tolist() == [["2026-10-20", 2, 2], ["2026-10-22", 1, 3]]


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_promise_is_reached_exactly(possible, of):
    assert reaches(0.9, possible, of) == (10 * possible >= 9 * of)


@settings(deadline=None)
@given(PLACES, RETURNS, st.sets(st.integers(1, 60)), st.sampled_from(["2026-10-31", "2026-12-01"]))
def test_with_receipts_and_copies_every_piece_is_in_exactly_one_state_too(places, returns, signed, today):
    back = came_back(*[(n, *said) for n, said in returns.items() if n <= len(places)])
    copies = {}
    for n in list(returns)[::2]:
        copies |= mailed_again(n)
    receipts = {piece_number(n): "2026-10-12" for n in signed if n <= len(places)}

    account = account_of(posted(*places), back, today, beyond=beyond(signed=receipts, copies=copies))

    assert sum(account.counts[state] for state in STATES) == account.posted
    assert set(account.states["state"]) <= set(STATES)
    assert account.came_back == account.returned + account.remailed
