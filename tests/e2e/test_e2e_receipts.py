"""Signed sheets at a hand scanner: a code, the name of who signed, the next."""

from __future__ import annotations

import io
import json
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from e2e_chain import MAILING, environment, pieces, rows_of, yibao

from yibao_cli.cli.scan_app import run_station
from yibao_cli.codes import HandoverCode, SheetCode, piece_number
from yibao_cli.jobs.handover.receiptscanning import open_receipt_station
from yibao_cli.jobs.workspace import open_workspace

DAY, PROMISED = "2026-10-20", "2026-10-19"


@pytest.fixture
def handed(mailed):
    """A posted mailing with three handovers to employers."""
    numbers = sorted({p["employer_no"] for p in pieces(mailed) if p["employer_no"]})[:3]
    with sqlite3.connect(mailed / "yibao.db") as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(handovers)")]
        for n, employer in enumerate(numbers, 1):
            known = {"mailing": MAILING, "number": n, "employer_no": employer, "day": PROMISED}
            row = [known.get(name, 0) for name in names]
            connection.execute(f"INSERT INTO handovers VALUES ({','.join('?' * len(row))})", row)
    return mailed


@pytest.fixture
def scan(call, monkeypatch):
    """Feed lines to a scanner of the workspace; gives the exit code and what came of each line."""

    def fed(workspace, *lines, station="A", options=()):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        where = ("--now", DAY, "-w", workspace, "receipts", "scan", MAILING, "--station", station)
        result = call(*where, *options)
        return result.code, [json.loads(line) for line in result.out.splitlines()]

    return fed


def sheet(number, mailing=MAILING):
    return str(HandoverCode(mailing, number))


def signed(workspace):
    return rows_of(workspace, "SELECT scope, subject, day, signer FROM receipts ORDER BY scope, subject")


def test_sheets_and_names_are_recorded_one_by_one_and_names_are_masked(handed, scan):
    piece = min(p["piece"] for p in pieces(handed))

    code, told = scan(handed, sheet(1), "王小明", sheet(2), f"{sheet(3)} 李 红", piece)

    assert code == 0
    assert [t["outcome"] for t in told] == ["accepted", "signer", "accepted", "accepted", "accepted"]
    assert signed(handed) == [
        ("handover", "1", DAY, "王**"),
        ("handover", "2", DAY, ""),
        ("handover", "3", DAY, "李**"),
        ("piece", piece, DAY, ""),
    ]
    assert "小明" not in json.dumps(told, ensure_ascii=False)


def test_every_wrong_sheet_is_told_kept_and_never_counted(handed, scan, call):
    damaged = sheet(1)[:-2] + "xx"
    lines = [sheet(1), sheet(1), sheet(999), sheet(1, "OTHER-1"), damaged, piece_number(9_999_999), "12345"]

    code, told = scan(handed, *lines)

    outcomes = ["accepted", "duplicate", "unknown", "wrong-mailing", "damaged", "unknown", "damaged"]
    rules = ["M158", "M155", "M155", "M154", "M155", "M154"]
    assert (code, [t["outcome"] for t in told]) == (3, outcomes)
    assert [t["rule"] for t in told][1:] == rules
    assert len(signed(handed)) == 1
    waiting = call("-w", handed, "returns", "waiting", "-f", "jsonl")
    assert [json.loads(line)["rule"] for line in waiting.out.splitlines()] == rules


def test_undo_and_a_name_belong_to_the_last_sheet_that_counts(handed, scan):
    one, two = sheet(1), sheet(2)

    _code, told = scan(handed, one, two, "u", one, "李红", "u", "u", "u", "张三", two, "计数")

    said = ["accepted", "accepted", "undone", "duplicate", "said", "said", "undone", "said", "said"]
    assert [t["outcome"] for t in told] == [*said, "accepted", "said"]
    assert signed(handed) == [("handover", "2", DAY, "")]
    assert "accepted 1" in told[-1]["text"]


def test_a_sheet_that_was_signed_late_counts_and_is_told(handed, scan):
    code, told = scan(handed, sheet(1))

    assert (code, told[0]["outcome"]) == (0, "accepted")
    assert f"delivered late: on {DAY}" in told[0]["text"]


def test_what_an_input_method_or_a_scanner_makes_of_a_code_is_read(handed, scan):
    typed = sheet(1).lower().replace("/", "、")
    wide = "".join(chr(ord(c) + 0xFEE0) for c in sheet(2))

    _code, told = scan(handed, typed, wide, f"]d1{sheet(3)}")

    assert [t["outcome"] for t in told] == ["accepted"] * 3


def test_the_name_given_for_the_session_counts_where_none_is_typed(handed, scan):
    scan(
        handed, sheet(1), sheet(2), "李红", options=("--signer", "王小明", "--on", PROMISED, "--time", "9:30")
    )

    assert [row[3] for row in signed(handed)] == ["王**", "李*"]
    assert rows_of(handed, "SELECT DISTINCT day, time FROM receipts") == [(PROMISED, "09:30")]


@pytest.mark.parametrize(
    "option", [("--on", "2026-10-01"), ("--on", "2027-01-01"), ("--on", "x"), ("--time", "25:99")]
)
def test_a_day_or_time_that_cannot_be_is_a_wrong_command_line(handed, scan, option):
    assert scan(handed, sheet(1), options=option) == (2, [])
    assert signed(handed) == []


def test_before_the_posting_nothing_is_signed_for(at, scan):
    assert scan(at("verified"), sheet(1)) == (5, [])


def test_two_stations_at_once_count_each_sheet_once_and_a_killed_one_loses_nothing(handed):
    some = [p["piece"] for p in pieces(handed)][:40]
    command = [sys.executable, "-m", "yibao_cli", *yibao("--now", DAY, "-w", handed, "receipts", "scan")]
    stations = [
        subprocess.Popen(
            [*command, "--station", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        for name in "AB"
    ]
    outcomes = []
    for piece in some:
        for station in stations:
            station.stdin.write(f"{SheetCode(MAILING, piece, 0, 1, 2)}\n")
            station.stdin.flush()
        outcomes.append(sorted(json.loads(station.stdout.readline())["outcome"] for station in stations))

    stations[0].send_signal(signal.SIGKILL)
    for station in stations:
        station.communicate()

    assert outcomes == [["accepted", "duplicate"]] * len(some)
    assert len(signed(handed)) == len(some)


def test_a_person_sees_and_hears_what_each_sheet_came_to(handed, capsys):
    station = open_receipt_station(
        open_workspace(handed, datetime(2026, 10, 20, 4, tzinfo=UTC)), MAILING, "A"
    )

    refused = run_station(station, [sheet(1), "王小明", sheet(1), "q"], shown=True, out=sys.stdout)

    said = capsys.readouterr()
    assert (refused, said.out) == (1, "")
    assert said.err.count("\a") == 3
    assert "✓" in said.err
    assert "王**" in said.err
    assert "小明" not in said.err


def test_receipts_that_were_scanned_are_signed_in_the_account(handed, scan, call):
    number, employer = rows_of(handed, "SELECT number, employer_no FROM handovers")[0]
    own = [p for p in pieces(handed) if p["employer_no"] == employer]
    scan(handed, sheet(number))

    call("--now", DAY, "-w", handed, "reconcile", MAILING)

    account = json.loads((handed / f"mailings/{MAILING}/account/account-{MAILING}.json").read_text("utf-8"))
    assert account["signed"] == len(own) > 0
