"""Rows of a list of receipts: whose they are, which count, which are late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.codes import HandoverCode, SheetCode, parse_copy, parse_handover_code, piece_number
from yibao_cli.mailing.receipts import Known, ReceiptRow, is_late, match_receipts

MAILING, POSTED, TODAY = "2026Q3", "2026-10-08", "2026-11-10"
PIECE, COPIED, GONE = piece_number(1), piece_number(2), piece_number(3)
NUMBER = "XA00000000131"


def known(**changes):
    copies = {PIECE: 0, COPIED: 1}
    values = {
        "mailing": MAILING,
        "posted_on": POSTED,
        "today": TODAY,
        "deadline": "12:00",
        "employers": {"E1": 1, "E2": 2},
        "promised": {1: "2026-10-09", 2: "2026-10-09"},
        "copy_of": copies.get,
        "piece_of": {NUMBER: PIECE}.get,
        "signed": {},
    }
    return Known(**{**values, **changes})


def row(code, day="2026-10-09", time="09:00", signer="王小明", mailing="", number=2):
    return ReceiptRow(code, mailing, day, time, signer, "r.xlsx", "", number)


def matched(*rows, **changes):
    return match_receipts([r._replace(row=n) for n, r in enumerate(rows, 2)], known(**changes))


@pytest.mark.parametrize(
    ("code", "scope", "subject"),
    [
        ("E1", "handover", "1"),
        (str(HandoverCode(MAILING, 2)), "handover", "2"),
        (str(HandoverCode(MAILING, 2)).lower(), "handover", "2"),
        (PIECE, "piece", PIECE),
        (f"{COPIED}-1", "piece", COPIED),
        (str(SheetCode(MAILING, COPIED, 1, 1, 2)), "piece", COPIED),
        ("xa000000001 31", "piece", PIECE),
    ],
)
def test_whatever_was_scanned_names_the_handover_or_the_piece(code, scope, subject):
    found = matched(row(code))

    assert not found.findings
    assert [(r.scope, r.subject, r.signer) for r in found.receipts] == [(scope, subject, "王**")]


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (row("hello"), "M154"),
        (row("00000012"), "M154"),
        (row(GONE), "M155"),
        (row(str(HandoverCode(MAILING, 3))), "M155"),
        (row(str(HandoverCode("2026Q2", 1))), "M155"),
        (row(str(SheetCode("2026Q2", PIECE, 0, 1, 2))), "M155"),
        (row("E1", mailing="2026Q2"), "M155"),
        (row("E1", day="2026-10-07"), "M156"),
        (row("E1", day=""), "M159"),
        (row("E1", day="20261009"), "M159"),
        (row("E1", time=None), "M159"),
        (row("E1", day="2026-11-11"), "M160"),
        (row(str(SheetCode(MAILING, COPIED, 0, 1, 2))), "M161"),
        (row("E1", signer=" "), "M163"),
    ],
)
def test_a_row_that_cannot_be_right_is_told_and_not_counted(bad, rule):
    found = matched(bad)

    assert (found.receipts, found.refused) == ([], 1)
    assert [f.rule_id for f in found.findings] == [rule]


def test_twice_in_one_file_and_recorded_before_count_once():
    found = matched(
        row("E1"), row("E1"), row("E2"), signed={("handover", "2"): ("2026-10-09", "old.xlsx", 7)}
    )

    assert [r.subject for r in found.receipts] == ["1"]
    assert [f.rule_id for f in found.findings] == ["M157", "M158"]


def test_the_same_file_once_more_changes_nothing():
    found = matched(row("E1"), signed={("handover", "1"): ("2026-10-09", "r.xlsx", 2)})

    assert (found.receipts, found.known, found.findings) == ([], 1, [])


def test_late_ones_count_and_are_told():
    found = matched(row("E1", time="12:01"), row("E2", day="2026-10-10", time=""))

    assert len(found.receipts) == 2
    assert [f.rule_id for f in found.findings] == ["M162", "M162"]
    assert "on 2026-10-10, promised" in found.findings[1].message()


@pytest.mark.parametrize(
    ("day", "time", "late"),
    [
        ("2026-10-09", "12:00", False),
        ("2026-10-09", "", False),
        ("2026-10-08", "15:00", False),
        ("2026-10-09", "12:01", True),
        ("2026-10-10", "08:00", True),
    ],
)
def test_the_deadline_itself_is_in_time(day, time, late):
    assert is_late(day, time, "2026-10-09", "12:00") is late


@given(st.integers(1, 999_999))
def test_a_sign_off_code_reads_back_and_no_digit_of_it_may_differ(number):
    code = str(HandoverCode(MAILING, number))
    broken = [code[:-1] + d for d in "0123456789" if d != code[-1]]

    assert parse_handover_code(code) == HandoverCode(MAILING, number)
    assert not any(map(parse_handover_code, broken))


@given(st.text(max_size=40))
def test_nothing_that_may_be_typed_breaks_the_reading(text):
    assert parse_copy(text) is None or text[:1].isdigit() or text.startswith("YB1/")
    assert len(matched(row(text)).findings) + len(matched(row(text)).receipts) == 1
