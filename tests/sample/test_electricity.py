from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.money import fen
from yibao_cli.sample.electricity import customer_no

LAST, NOW, TIMES, KWH, PEAK, VALLEY, PEAK_FEE, VALLEY_FEE = range(2, 10)
TIERS = (10, 13, 16)
CHARGE, ARREARS, LATE, DUE = range(19, 23)
CAPACITY, ADJUSTMENT = 24, 26


@pytest.fixture(scope="module")
def bills(electricity):
    return electricity.rows("bills.xlsx", "户号")


def unlike(bills, law):
    return sum(not law(row) for row in bills)


def test_readings_give_the_energy_except_where_planted(electricity, bills):
    wrong = unlike(bills, lambda row: (row[NOW] - row[LAST]) * row[TIMES] == row[KWH])

    assert wrong == electricity.expected["bills"]["planted"]["energy_does_not_tie"]


def test_peak_and_valley_and_the_tiers_give_the_energy(bills):
    assert unlike(bills, lambda row: row[PEAK] + row[VALLEY] == row[KWH] == sum(row[c] for c in TIERS)) == 0


def test_tier_fees_are_energy_times_price(bills):
    assert unlike(bills, lambda row: all(abs(row[c] * row[c + 1] - row[c + 2]) < 0.00501 for c in TIERS)) == 0


def test_fees_give_the_charge_except_where_planted(electricity, bills):
    parts = (PEAK_FEE, VALLEY_FEE, *(c + 2 for c in TIERS), CAPACITY, ADJUSTMENT)

    wrong = unlike(bills, lambda row: sum(fen(row[c]) for c in parts) == fen(row[CHARGE]))

    assert wrong == electricity.expected["bills"]["planted"]["charge_does_not_tie"]


def test_charge_arrears_and_late_fee_give_the_sum_due_except_where_planted(electricity, bills):
    wrong = unlike(bills, lambda row: fen(row[CHARGE]) + fen(row[ARREARS]) + fen(row[LATE]) == fen(row[DUE]))

    assert wrong == electricity.expected["bills"]["planted"]["total_does_not_tie"]


def test_customers_and_bills_differ_by_what_was_planted(electricity, bills):
    customers = {row[0] for row in electricity.rows("roster.xlsx", "户号")}
    billed = {row[0] for row in bills}

    planted = electricity.expected["bills"]["planted"]
    assert len(customers - billed) == planted["no_bill"]
    assert len(billed - customers) == planted["unknown_customer"]


@given(st.sets(st.integers(1, 1_500_002), min_size=2, max_size=30))
def test_customer_numbers_are_ten_digits_and_single(ordinals):
    numbers = {customer_no(ordinal) for ordinal in ordinals}

    assert len(numbers) == len(ordinals)
    assert all(len(number) == 10 and number.startswith("0") for number in numbers)
