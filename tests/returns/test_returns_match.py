"""Rows of a return list: each is accepted, or has exactly one finding."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.codes import SheetCode, piece_number
from yibao_cli.returns.judging import Copy, Facts
from yibao_cli.returns.match import match_returns
from yibao_cli.returns.reasons import Wording
from yibao_cli.rules import RULES, Severity

POSTED = {piece_number(n): n != 9 for n in range(1, 10)}
ALREADY = {(piece_number(8), 0)}
GOOD = {"piece": piece_number(1), "mailing": "2026Q3", "returned_on": "2026-10-20", "reason_text": "拒收"}


def facts(**known):
    knowing = {"pieces": POSTED, "returned": ALREADY, "posted_on": "2026-10-08", "today": "2026-11-10"}
    return Facts("2026Q3", **{**knowing, **known})


def matched(*rows, **known):
    full = [
        {**GOOD, "src_file": "r.xlsx", "src_sheet": "退信", "src_row": n, **r} for n, r in enumerate(rows, 4)
    ]
    columns = [*GOOD, "src_file", "src_sheet", "src_row"]
    frame = pd.DataFrame(full, columns=columns).astype(dict.fromkeys(columns[:-1], "string"))
    return match_returns(frame, facts(**known))


def test_a_good_row_is_accepted_with_its_reason():
    result = matched({"piece": piece_number(2).lower(), "reason_text": "房屋已拆迁"})

    assert result.findings == ()
    assert result.accepted.to_dict("records") == [
        {"piece": piece_number(2), "copy": 0, "returned_on": "2026-10-20", "reason": "R05", "src_row": 4}
    ]


@pytest.mark.parametrize(
    ("row", "rule_id", "column"),
    [
        ({"piece": piece_number(1)[:-1] + "?"}, "T101", "piece"),
        ({"piece": None}, "T101", "piece"),
        ({"mailing": "2026Q2"}, "T102", "mailing"),
        ({"piece": piece_number(77)}, "T103", "piece"),
        ({"piece": piece_number(9)}, "T104", "piece"),
        ({"returned_on": "2026-10-07"}, "T105", "returned_on"),
        ({"returned_on": "2026-11-11"}, "T106", "returned_on"),
        ({"piece": piece_number(8)}, "T108", "piece"),
        ({"returned_on": None}, "T109", "returned_on"),
        ({"returned_on": "20261020"}, "T109", "returned_on"),
    ],
)
def test_each_fault_has_its_own_rule_and_place(row, rule_id, column):
    result = matched(row)

    (finding,) = result.findings
    assert (finding.rule_id, finding.column, finding.place) == (rule_id, column, f"r.xlsx:退信!4 {column}")
    assert "{" not in finding.message() + finding.remedy()
    assert result.accepted.empty


@pytest.mark.parametrize("day", ["2026-10-08", "2026-11-10"])
def test_the_day_of_posting_and_today_are_good_days(day):
    assert matched({"returned_on": day}).findings == ()


def test_a_blank_mailing_means_this_one():
    assert matched({"mailing": None}, {"mailing": " ", "piece": piece_number(2)}).findings == ()


def test_columns_that_a_list_lacks_are_blank():
    frame = pd.DataFrame([{k: v for k, v in GOOD.items() if k != "mailing"}])

    result = match_returns(frame, facts())

    assert result.accepted["src_row"].isna().tolist() == [True]


def test_of_two_rows_about_a_piece_the_first_counts():
    result = matched({"reason_text": "拒收"}, {"reason_text": "逾期未领"})

    assert result.accepted["reason"].tolist() == ["R06"]
    assert [(f.rule_id, f.row, f.details["first"]) for f in result.findings] == [("T107", 5, 4)]


def test_a_refused_row_does_not_make_the_next_one_a_second():
    result = matched({"returned_on": "2027-01-01"}, {})

    assert [f.rule_id for f in result.findings] == ["T106"]
    assert result.accepted["src_row"].tolist() == [5]


@pytest.mark.parametrize("row", [{"piece": "13800138000"}, {"mailing": "13010219600101123X"}])
def test_a_persons_number_in_the_wrong_column_is_masked(row):
    (finding,) = matched(row).findings

    shown = f"{finding.value} {finding.message()}"
    assert "138001" not in shown
    assert "130102" not in shown


PIECES = st.one_of(
    st.integers(1, 12).map(piece_number), st.sampled_from(["", "00012340", "张三", " " + piece_number(3)])
)
DAYS = st.sampled_from(["2026-10-07", "2026-10-08", "2026-11-10", "2026-11-11", "", "10/20", None])
ROWS = st.fixed_dictionaries(
    {"piece": PIECES, "mailing": st.sampled_from(["2026Q3", "", None, "2026Q2"]), "returned_on": DAYS}
)


@settings(deadline=None)
@given(st.lists(ROWS, max_size=12))
def test_every_row_is_accepted_or_has_exactly_one_rejecting_finding(rows):
    result = matched(*rows)

    accepted, refused = result.accepted["src_row"].tolist(), [f.row for f in result.findings]
    assert sorted([*accepted, *refused]) == list(range(4, 4 + len(rows)))
    assert {RULES[f.rule_id].severity for f in result.findings} <= {Severity.REJECT}


@settings(deadline=None)
@given(st.lists(ROWS, max_size=12))
def test_accepted_pieces_are_posted_new_and_single(rows):
    accepted = matched(*rows).accepted

    assert accepted["piece"].is_unique
    assert all(POSTED[piece] for piece in accepted["piece"])
    assert piece_number(8) not in set(accepted["piece"])
    assert accepted["returned_on"].between("2026-10-08", "2026-11-10").all()


# ------------------------------------------------------------------ codes, copies, wording

SECOND = {piece_number(8): (Copy(0, "2026-10-08"), Copy(1, "2026-10-25"))}
REPLACED = {piece_number(1): (Copy(0, "2026-10-08", is_void=True), Copy(1, "2026-10-08"))}


def code(piece, copy=0, mailing="2026Q3"):
    return str(SheetCode(mailing, piece, copy, 1, 2))


def test_a_scanned_code_in_the_list_names_piece_mailing_and_copy():
    result = matched({"piece": code(piece_number(1)), "mailing": None})

    assert result.accepted[["piece", "copy"]].to_numpy().tolist() == [[piece_number(1), 0]]


@pytest.mark.parametrize(
    ("row", "known", "rule_id"),
    [
        ({"piece": code(piece_number(1))[:-1] + "x"}, {}, "T110"),
        ({"piece": code(piece_number(1), mailing="2026Q2"), "mailing": None}, {}, "T102"),
        ({"piece": code(piece_number(1), copy=1)}, {}, "T113"),
        ({"piece": code(piece_number(1))}, {"copies": REPLACED}, "T112"),
        ({"piece": code(piece_number(8), copy=1), "returned_on": "2026-10-24"}, {"copies": SECOND}, "T105"),
    ],
)
def test_a_code_that_cannot_be_right_has_its_rule(row, known, rule_id):
    result = matched(row, **known)

    (finding,) = result.findings
    assert finding.rule_id == rule_id
    assert "{" not in finding.message() + finding.remedy()


def test_a_number_without_copy_means_the_copy_that_is_still_out():
    late = {"piece": piece_number(8), "returned_on": "2026-11-01"}

    result = matched(late, {"piece": piece_number(1)}, copies={**SECOND, **REPLACED})

    assert result.accepted[["piece", "copy"]].to_numpy().tolist() == [
        [piece_number(8), 1],
        [piece_number(1), 1],
    ]


def test_the_same_copy_twice_is_refused_and_the_next_copy_is_not():
    rows = [{"piece": code(piece_number(8), c), "returned_on": "2026-11-01"} for c in (0, 1, 1)]

    result = matched(*rows, copies=SECOND)

    assert [f.rule_id for f in result.findings] == ["T108", "T107"]
    assert result.accepted["copy"].tolist() == [1]


def test_a_wording_that_nobody_knows_counts_as_other_and_is_told_once():
    rows = [{"piece": piece_number(n), "reason_text": "电话空号"} for n in (1, 2)]

    result = matched(*rows)

    assert result.accepted["reason"].tolist() == ["R99", "R99"]
    assert [(f.rule_id, f.row) for f in result.doubts] == [("T116", 4)]
    assert "空号" not in result.doubts[0].value + result.doubts[0].message()


def test_a_wording_that_says_two_things_counts_as_other_and_is_told_once():
    rows = [{"piece": piece_number(n), "reason_text": "拒收,已故"} for n in (1, 2)]

    result = matched(*rows)

    assert result.accepted["reason"].tolist() == ["R99", "R99"]
    assert [(f.rule_id, f.row, f.details) for f in result.doubts] == [("T128", 4, {"reasons": "R06 R08"})]
    assert "R06 R08" in result.doubts[0].message()


# Numbers that end with a digit, as Excel leaves them: one that was posted, one that was not, one nobody has.
CUT = {n: piece_number(n).lstrip("0") for n in (4, 5, 9, 20)}


@pytest.mark.parametrize(("number", "rule_id"), [(4, "T129"), (5, "T129"), (9, "T101"), (20, "T101")])
def test_a_number_without_its_zeros_is_refused_with_the_piece_it_would_be(number, rule_id):
    assert CUT[number].isdigit()

    result = matched({"piece": CUT[number]})

    (finding,) = result.findings
    assert (finding.rule_id, result.accepted.empty) == (rule_id, True)
    assert (piece_number(number) in finding.message()) is (rule_id == "T129")
    assert "{" not in finding.message() + finding.remedy()


@pytest.mark.parametrize("typed", ["", "1", "0", "13", "1380013800", "12345678", "²", "-26", "2.5E+2"])
def test_what_is_no_cut_number_is_not_taken_for_one(typed):
    assert [f.rule_id for f in matched({"piece": typed}).findings] == ["T101"]


def test_the_words_of_a_client_win():
    frame = pd.DataFrame([{**GOOD, "reason_text": "拒收"}])

    accepted = match_returns(frame, facts(), Wording([{"R07": ["拒收"]}])).accepted

    assert accepted["reason"].tolist() == ["R07"]
