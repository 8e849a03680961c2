"""Who has a bar of a chart too large to be told, whichever of his lines make it."""

from __future__ import annotations

import pytest

from ledger_builders import World, balance, line, member, opened
from yibao_cli.ledger import outcome

WORDS = ("门诊", "住院")
MONTHS = ("2026-07", "2026-08")


def world():
    """1 has it in two lines of one word and month, 2 in lines of two, 3 below nothing, 4 in no bar."""
    lines = [
        line(1, 1, paid=600, traded_on="2026-07-01"),
        line(1, 2, paid=400, traded_on="2026-07-31"),
        line(2, 3, paid=600, traded_on="2026-07-01"),
        line(2, 4, paid=400, traded_on="2026-08-01", service="住院"),
        line(3, 5, paid=-1000, traded_on="2026-08-01"),
        line(4, 6, paid=5000, traded_on="2025-07-01", service="购药"),
    ]
    spent = {1: 1000, 2: 1000, 3: -1000, 4: 5000}
    people = range(1, 5)
    return World([[member(n) for n in people]], [[balance(n, spent=spent[n]) for n in people]], [lines])


@pytest.mark.parametrize(
    ("name", "bars", "amount", "rows"),
    [
        ("service", WORDS, 1000, [1, 3]),
        ("service", WORDS, 1001, []),
        ("service", (*WORDS, "购药"), 1001, [4]),
        ("traded_on", MONTHS, 1000, [1, 3]),
        ("traded_on", MONTHS, 600, [1, 2, 3]),
    ],
)
def test_whoever_has_a_bar_of_that_much_is_found(name, bars, amount, rows):
    by = outcome.bar_sql(name, monthly=bars is MONTHS)

    with opened(world()) as ledger:
        found = outcome.rows_with_bar(ledger, "standard", (by, "account_paid", bars), amount)
        nobody = outcome.rows_with_bar(ledger, "large", (by, "account_paid", bars), 1)

    assert found == rows
    assert nobody == []
