from __future__ import annotations

import pytest

from yibao_cli.store.contracts import (
    Invoice,
    accounts,
    keep_invoices,
    keep_makegoods,
    makegoods,
    overdue_customers,
    use_makegoods,
)
from yibao_cli.store.database import open_database

DONE, NEXT, LATER = "2026Q3", "2026Q4", "2027Q1"


@pytest.fixture
def connection(tmp_path):
    engine = open_database(tmp_path)
    with engine.begin() as found:
        yield found
    engine.dispose()


def billed(connection, amount, day, due):
    keep_invoices(connection, DONE, [Invoice(DONE, "C-01", "金谷", amount, day, due)])


def test_who_is_late_stays_late_when_a_mailing_is_settled_again(connection):
    billed(connection, 3150_00, "2026-10-20", "2026-11-19")
    assert overdue_customers(connection, "2026-12-01")["金谷"].overdue == 3150_00

    billed(connection, 3000_00, "2026-12-01", "2026-12-31")  # returns came in

    late = overdue_customers(connection, "2026-12-01")["金谷"]
    assert (late.overdue, late.since) == (3000_00, "2026-11-19")


def test_what_is_billed_for_the_first_time_is_due_from_then(connection):
    billed(connection, 0, "2026-10-20", "2026-11-19")

    billed(connection, 50_00, "2026-12-01", "2026-12-31")

    assert overdue_customers(connection, "2026-12-01") == {}
    assert [a.billed for a in accounts(connection, "2026-12-01")] == [50_00]


def owed(connection, mailing):
    return {(one.mailing, one.pieces) for one in makegoods(connection, mailing)}


def test_what_turns_out_missing_after_pieces_were_made_good_is_owed_too(connection):
    keep_makegoods(connection, DONE, {"C-01": 500})
    use_makegoods(connection, NEXT, makegoods(connection, NEXT))

    keep_makegoods(connection, DONE, {"C-01": 800})
    keep_makegoods(connection, DONE, {"C-01": 800})

    assert owed(connection, NEXT) == {(DONE, 500), (f"{DONE}#2", 300)}
    assert owed(connection, LATER) == {(f"{DONE}#2", 300)}
    use_makegoods(connection, LATER, makegoods(connection, LATER))
    keep_makegoods(connection, DONE, {"C-01": 850})
    assert owed(connection, "2027Q2") == {(f"{DONE}#3", 50)}


def test_what_is_missing_changes_until_it_is_printed(connection):
    keep_makegoods(connection, DONE, {"C-01": 500})
    keep_makegoods(connection, DONE, {"C-01": 200})
    assert owed(connection, NEXT) == {(DONE, 200)}

    keep_makegoods(connection, DONE, {"C-01": 0})

    assert owed(connection, NEXT) == set()


def test_fewer_missing_than_were_made_good_takes_nothing_back(connection):
    keep_makegoods(connection, DONE, {"C-01": 500})
    use_makegoods(connection, NEXT, makegoods(connection, NEXT))

    keep_makegoods(connection, DONE, {"C-01": 300})

    assert owed(connection, NEXT) == {(DONE, 500)}
    assert owed(connection, LATER) == set()
