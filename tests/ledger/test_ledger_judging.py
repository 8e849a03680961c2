"""Holds, variants and findings by example."""

from __future__ import annotations

import pyarrow as pa
import pytest

import ledger_builders
from ledger_builders import BAD, GOOD, KIND, NOWHERE, World, balance, line, member, opened, result_of
from yibao_cli.ledger import ordering, outcome
from yibao_cli.ledger.judging import hold


def findings(world):
    with opened(world) as ledger:
        return [f for _row, found in outcome.held_rows(ledger, {}) for f in found]


def one(*, lines=(), roster=None, **changes):
    """A world of one member whose balance is changed."""
    return World([[member(1, **(roster or {}))]], [[balance(1, **changes)]], [list(lines)])


def test_a_member_whose_account_ties_is_a_piece():
    found = result_of(one(opening=10_000, spent=250, lines=[line(1, 1, paid=100), line(1, 2, paid=150)]))

    assert found.held == {}
    assert [(p["closing"], p["line_count"], p["variant"]) for p in found.pieces] == [(9750, 2, "standard")]
    assert found.totals["closing"] == 9750


@pytest.mark.parametrize("off", [1, -1, 100])
def test_a_closing_off_by_a_fen_is_held_and_the_difference_named(off):
    (found,) = findings(one(opening=500, off=off))

    assert found.rule_id == "H302"
    assert found.details["law"] == "opening-to-closing"
    assert found.details["difference"] == {1: "-0.01", -1: "0.01", 100: "-1.00"}[off]


def test_lines_that_do_not_add_up_to_the_spending_are_held():
    (found,) = findings(one(spent=99, lines=[line(1, 1, paid=100)]))

    assert (found.rule_id, found.details["law"]) == ("H302", "lines-to-spent")
    assert found.details["difference"] == "0.01"


def test_each_line_whose_parts_do_not_tie_is_counted():
    lines = [line(1, 1, off=1), line(1, 2), line(1, 3, off=-1)]

    (found,) = findings(one(spent=300, lines=lines))

    assert (found.rule_id, found.details["count"]) == ("H303", 2)


def test_a_blank_amount_counts_as_nothing():
    found = result_of(one(opening=700, interest=None, adjusted=None, lines=[line(1, 1, paid=None)]))

    assert found.held == {}
    assert [(p["closing"], p["adjusted"]) for p in found.pieces] == [(700, 0)]


@pytest.mark.parametrize(
    ("roster", "rule"),
    [
        ({"status": "死亡"}, "H101"),
        ({"status": "转出"}, "H102"),
        ({"status": "户口外迁"}, "H102"),
        ({"address": BAD}, "H201"),
        ({"postcode": None}, "H202"),
        ({"status": "死亡", "address": BAD}, "H101"),
    ],
)
def test_who_is_not_mailed_is_held_by_the_first_rule_that_says_so(roster, rule):
    assert findings(one(roster=roster))[0].rule_id == rule


def test_a_postcode_the_address_book_lacks_is_taken_from_the_roster():
    found = result_of(one(roster={"address": NOWHERE, "postcode": "050035"}))

    assert [p["postcode"] for p in found.pieces] == ["050035"]


def test_a_member_without_a_balance_is_held():
    assert [f.rule_id for f in findings(World([[member(1)]], [[balance(2)]]))] == ["H301"]


def test_a_member_in_two_rosters_is_mailed_once():
    found = result_of(World([[member(1)], [member(2), member(1)]], [[balance(1), balance(2)]]))

    assert sorted(p["row_id"] for p in found.pieces) == [1, 2]
    assert found.held == {3: ["H100"]}


def test_the_first_of_two_balances_counts_and_the_second_is_named():
    world = World([[member(1)]], [[balance(1, opening=5)], [balance(1, opening=7)]])

    found = result_of(world)

    assert found.totals["opening"] == 5
    assert [(f.rule_id, f.file, f.row) for f in found.twice] == [("L203", "balances-1.xlsx", 2)]


def test_a_finding_names_the_row_in_the_clients_file_and_masks_the_member():
    (found,) = findings(World([[member(1)], [member(2, status="死亡")]], [[balance(1), balance(2)]]))

    assert (found.file, found.sheet, found.row, found.column) == ("roster-1.xlsx", "Sheet1", 2, "个人编号")
    assert found.value == "*0002"


def test_a_bad_address_says_why():
    (found,) = findings(one(roster={"address": BAD}))

    assert "the address is empty" in found.details["reasons"]


@pytest.mark.parametrize(
    ("changes", "variant"),
    [
        ({}, "standard"),
        ({"category": "退休"}, "large"),
        ({"large_type": True}, "large"),
        ({"large_type": False}, "standard"),
    ],
)
def test_large_type_goes_to_retirees_and_to_who_asks_for_it(changes, variant):
    assert [p["variant"] for p in result_of(one(roster=changes)).pieces] == [variant]


def test_the_employers_list_has_the_last_word_on_a_name():
    world = one(roster={"employer_no": "E1", "employer_name": "旧名"})
    world.employers = [[{"employer_no": "E1", "employer_name": "新名", "delivery_mode": "门到门"}]]

    (piece,) = result_of(world).pieces

    assert (piece["employer_name"], piece["delivery_mode"]) == ("新名", "门到门")


def test_rows_found_unprintable_later_are_held_too():
    with opened(World([[member(1), member(2)]], [[balance(1), balance(2)]])) as ledger:
        hold(ledger, [2], "H401")
        known = {(2, "H401"): {"characters": "𫝑 (U+2B751)"}}
        held = [
            (row, f.rule_id, dict(f.details))
            for row, found in outcome.held_rows(ledger, known)
            for f in found
        ]

        assert ordering.order_pieces(ledger) == 1
        assert held == [(2, "H401", {"characters": "𫝑 (U+2B751)"})]


def test_the_print_order_is_total_even_where_the_kind_does_not_name_the_row():
    kind = KIND.model_copy(update={"merge": KIND.merge.model_copy(update={"print_order": ("county",)})})
    members = [member(n, postcode="050011") for n in range(1, 40)]
    world = World([members], [[balance(n) for n in range(1, 40)]])

    found = result_of(world, kind=kind)

    assert [p["row_id"] for p in found.pieces] == list(range(1, 40))


def test_text_that_looks_like_sql_stays_text():
    hostile = "'; DROP TABLE judged; --"
    world = one(roster={"name": hostile, "employer_no": hostile})

    (piece,) = result_of(world).pieces

    assert (piece["name"], piece["employer_no"], piece["address"]) == (hostile, hostile, GOOD)


def test_lines_stand_by_date_and_then_by_serial_number_whatever_the_order_of_the_file():
    days = {1: "2026-09-01", 2: "2026-07-02", 3: "2026-07-02", 4: "2026-08-03"}
    lines = [line(1, serial, traded_on=days[serial]) for serial in (3, 1, 4, 2)]

    found = result_of(one(spent=400, lines=lines))

    assert [r["serial_no"][-1] for r in found.lines] == ["2", "3", "4", "1"]


def test_a_mailing_without_lines_has_pieces_without_lines():
    found = result_of(World([[member(1)]], [[balance(1, opening=3)]], []))

    assert [(p["line_count"], p["opening"]) for p in found.pieces] == [(0, 3)]
    assert found.lines == []


def test_an_address_book_that_comes_in_stretches_says_what_it_says_as_a_whole(monkeypatch):
    world = World(
        [[member(1), member(2, address=BAD), member(3, address=NOWHERE), member(1)]],
        [[balance(n) for n in (1, 2, 3)]],
    )
    whole = result_of(world)
    book = ledger_builders.address_book(world)

    stretches = [book.schema.empty_table(), *(book.slice(n, 1) for n in range(book.num_rows))]
    monkeypatch.setattr(ledger_builders, "address_book", lambda _world: iter(stretches))

    assert book.num_rows >= 2
    assert result_of(world) == whole


def test_places_that_come_in_stretches_put_every_piece_in_its_place():
    world = World([[member(n) for n in (1, 2, 3)]], [[balance(n) for n in (1, 2, 3)]])
    with opened(world) as ledger:
        rows = (
            ledger.query("SELECT row_id FROM judged ORDER BY row_id").to_arrow_table()["row_id"].to_pylist()
        )
        places = pa.table({"row_id": rows, "position": [2, 3, 1]})

        pieces = ordering.order_pieces(ledger, iter([places.slice(0, 1), places.slice(1)]))

        found = ledger.query("SELECT row_id FROM ordered ORDER BY position").to_arrow_table()
    assert pieces == 3
    assert found.column("row_id").to_pylist() == [rows[2], rows[0], rows[1]]
