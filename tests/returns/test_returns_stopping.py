"""Who gets nothing more."""

from __future__ import annotations

import pytest

from yibao_cli.returns.stopping import Came, stops

MAILINGS = ("2026Q1", "2026Q2", "2026Q3")


def came(mailing, reason, day="2026-10-20", member="17"):
    return Came(mailing, member, reason, day)


def words(*returns, answered=None):
    return [(s.member, s.word, s.since) for s in stops(returns, MAILINGS, answered)]


def test_the_dead_are_stopped_at_once():
    assert words(came("2026Q3", "R08")) == [("17", "死亡", "2026-10-20")]


def test_who_refused_is_stopped_and_death_is_the_stronger_reason():
    both = came("2026Q2", "R06", "2026-07-20"), came("2026Q3", "R08")

    assert words(both[0]) == [("17", "拒收纸质", "2026-07-20")]
    assert words(*both) == [("17", "死亡", "2026-10-20")]


def test_two_mailings_in_a_row_stop_and_one_between_does_not():
    first, second, third = (
        came(m, "R03", d) for m, d in zip(MAILINGS, ("2026-04-20", "2026-07-20", "2026-10-20"), strict=True)
    )

    assert words(second, third) == [("17", "其他停寄", "2026-10-20")]
    assert words(first, third) == []
    assert words(third) == []


@pytest.mark.parametrize("reason", ["R10", "R11", "R12"])
def test_the_posts_own_faults_do_not_count(reason):
    assert words(came("2026Q2", reason, "2026-07-20"), came("2026Q3", "R03")) == []


def test_an_address_corrected_after_the_return_settles_it():
    two = came("2026Q2", "R03", "2026-07-20"), came("2026Q3", "R03")

    assert words(*two, answered={"17": "2026-08-01"}) == []
    assert words(*two, answered={"17": "2026-07-01"}) == [("17", "其他停寄", "2026-10-20")]
    assert words(came("2026Q3", "R08"), answered={"17": "2026-11-01"}) == [("17", "死亡", "2026-10-20")]


def test_members_come_in_order_each_once():
    found = words(came("2026Q3", "R08", member="9"), came("2026Q3", "R06", member="12"))

    assert [m for m, _word, _since in found] == ["12", "9"]
