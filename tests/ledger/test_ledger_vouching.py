"""An adjustment stands on vouchers with two signatures; an account opens with what the last one closed with."""

from __future__ import annotations

import pytest

from ledger_builders import World, balance, member, opened, result_of, voucher
from yibao_cli.ledger import outcome


def world(*vouchers, adjusted=1200, **more):
    balances = [balance(1, opening=100_00, adjusted=adjusted), balance(2, opening=50_00)]
    return World([[member(1), member(2)]], [balances], adjustments=[list(vouchers)], **more)


def found_in(given):
    with opened(given) as ledger:
        found = [f for _row, rules in outcome.held_rows(ledger, {}) for f in rules]
        candidates = [row for batch in outcome.candidate_batches(ledger, 10) for row in batch.to_pylist()]
    return found, {row["person_no"]: row["adjustment_note"] for row in candidates}


def test_a_voucher_of_the_same_sum_lets_the_piece_print_and_is_told_on_it():
    found, notes = found_in(world(voucher(1, "P0001", 1000), voucher(2, "P0001", 200)))

    assert not found
    words = "补录缴费 +10.00元（凭证V0001）；补录缴费 +2.00元（凭证V0002）"
    assert notes == {"P0001": f"调整说明：{words}", "P0002": ""}


def test_more_than_two_vouchers_are_told_by_their_number():
    rows = [voucher(n, "P0001", -1_234_567, reason="冲回") for n in (1, 2, 3)]

    _found, notes = found_in(world(*rows, adjusted=-3_703_701))

    assert notes["P0001"].startswith("调整说明：冲回 -12,345.67元（凭证V0001）；")
    assert notes["P0001"].endswith("（凭证V0002）等3笔")


@pytest.mark.parametrize(
    ("rows", "off"),
    [
        ([], "12.00"),
        ([voucher(1, "P0001", 1199)], "0.01"),
        ([voucher(1, "P0001", 1200, approver="赵 秀云")], "12.00"),
        ([voucher(1, "P0001", 1200, operator="Wang Li", approver="wang li")], "12.00"),
        ([voucher(1, "P0002", 1200)], "12.00"),
    ],
)
def test_an_adjustment_that_vouchers_do_not_make_is_held_with_the_difference(rows, off):
    found, _notes = found_in(world(*rows))

    held = next(f for f in found if f.value.endswith("1"))
    assert held.rule_id == "H130"
    assert held.details["told"] == "12.00"
    assert held.details["difference"] == off


def test_a_voucher_without_an_adjustment_is_held_too():
    found, _notes = found_in(world(voucher(1, "P0001", 1200), voucher(2, "P0002", 500)))

    assert [(f.rule_id, f.details["difference"]) for f in found] == [("H130", "-5.00")]


def test_rows_that_do_not_count_are_named_with_their_place():
    twice = World(
        [[member(1)]],
        [[balance(1, adjusted=1200)]],
        adjustments=[
            [voucher(1, "P0001", 1200), voucher(3, "P0001", 1, operator="钱建国")],
            [voucher(1, "P0001", 1200), voucher(4, "P0009", 7)],
        ],
    )

    found = result_of(twice)

    rules = [
        (f.rule_id, f.file, f.row, f.value) for f in found.doubts if f.rule_id in {"L220", "L221", "L222"}
    ]
    assert rules == [
        ("L221", "adjustments-0.xlsx", 3, "V0003"),
        ("L220", "adjustments-1.xlsx", 2, "V0001"),
        ("L222", "adjustments-1.xlsx", 3, "V0004"),
    ]
    assert not found.held


def test_an_account_that_opens_with_something_else_than_the_last_one_closed_with_is_held():
    before = [{"member_no": "P0001", "closing": 100_00}, {"member_no": "P0002", "closing": 49_99}]

    found, _notes = found_in(world(voucher(1, "P0001", 1200), previous=[before]))

    assert [f.rule_id for f in found] == ["H131"]
    assert found[0].details == {"told": "50.00", "known": "49.99", "difference": "0.01"}


def test_who_was_not_there_before_is_not_compared():
    before = [{"member_no": "P0001", "closing": 100_00}]

    found, _notes = found_in(world(voucher(1, "P0001", 1200), previous=[before]))

    assert not found
