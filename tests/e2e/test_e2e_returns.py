"""Returned mail from the scanner to the address book and the next merge."""

from __future__ import annotations

import io
import json
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime

import openpyxl
import pytest
from e2e_chain import LATER, MAILING, changed, environment, pieces, rows_of, yibao
from test_e2e_again import returns_of

from yibao_cli.cli.scan_app import run_station
from yibao_cli.codes import SheetCode, piece_number
from yibao_cli.jobs.returns import scanning
from yibao_cli.jobs.returns.scanning import open_station
from yibao_cli.jobs.workspace import open_workspace
from yibao_cli.returns.judging import Verdict

DAY = "2026-10-20"


@pytest.fixture
def scan(call, monkeypatch):
    """Feed lines to a scanner of the workspace; gives the exit code and what came of each line."""

    def fed(workspace, *lines, station="A", options=()):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        where = ("--now", DAY, "-w", workspace, "returns", "scan", MAILING, "--station", station)
        result = call(*where, *options)
        return result.code, [json.loads(line) for line in result.out.splitlines()]

    return fed


def code_of(piece, copy=0, mailing=MAILING):
    return str(SheetCode(mailing, piece, copy, 1, 2))


def numbers(workspace):
    return [p["piece"] for p in pieces(workspace)]


def returned(workspace):
    return rows_of(workspace, "SELECT piece, copy, reason, returned_on FROM returns ORDER BY piece")


def test_a_letter_that_waits_is_named_by_its_number_whatever_is_wrong_with_its_row(mailed, call):
    piece = numbers(mailed)[0]
    book = returns_of(mailed / "back.xlsx", [piece], day="2026-09-01")
    call("--now", "2026-11-21", "-w", mailed, "returns", "import", book)

    [row] = call("-w", mailed, "returns", "waiting", "-f", "jsonl").out.splitlines()

    assert json.loads(row)["piece"] == piece
    assert json.loads(row)["what"] == "returned on 2026-09-01, before the posting on …"


def test_a_list_with_headers_of_its_own_is_read_by_what_the_refusal_says(mailed, call):
    book = returns_of(mailed / "back.xlsx", numbers(mailed)[:3])
    sheet = openpyxl.load_workbook(book)
    head = next(c for row in sheet.active.iter_rows() for c in row if c.value == "账单编号")
    head.value = "信件号"
    sheet.save(book)
    command = ("--now", "2026-11-21", "-w", mailed, "returns", "import", book)

    refused, taken = call(*command), call(*command, "--map", "信件号=piece")

    assert refused.code == 65
    assert "--map" in refused.err
    assert taken.code == 0, taken.err
    assert len(returned(mailed)) == 3
    assert call(*command, "--map", "nonsense").code == 2


def test_codes_and_their_reason_keys_are_recorded_one_by_one(mailed, scan):
    workspace = mailed
    one, two, three = sorted(numbers(workspace))[:3]

    code, told = scan(workspace, code_of(one), "5", two, f"{three} 拒收")

    assert code == 0
    assert [t["outcome"] for t in told] == ["accepted", "reason", "accepted", "accepted"]
    assert returned(workspace) == [(one, 0, "R05", DAY), (two, 0, "R99", DAY), (three, 0, "R06", DAY)]


def test_every_way_to_be_wrong_is_told_kept_and_never_counted(mailed, scan, call):
    workspace = mailed
    good = numbers(workspace)[0]
    damaged = code_of(good)[:-2] + "xx"
    lines = [
        *(code_of(good), code_of(good), good),
        *(code_of(piece_number(9_999_999)), code_of(good, copy=3), damaged),
        *(code_of(good, mailing="OTHER-CLIENT"), "6901234567892"),
    ]

    code, told = scan(workspace, *lines)

    words = ["accepted", "duplicate", "duplicate", "unknown", "unknown", "damaged", "foreign", "foreign"]
    assert (code, [t["outcome"] for t in told]) == (3, words)
    assert [t["rule"] for t in told][1:] == ["T108", "T108", "T103", "T113", "T110", "T111", "T111"]
    assert len(returned(workspace)) == 1
    listed = call("-w", workspace, "returns", "waiting", "-f", "jsonl")
    assert [json.loads(line)["rule"] for line in listed.out.splitlines()] == [t["rule"] for t in told][1:]


def test_undo_takes_the_last_one_back_and_it_can_be_scanned_again(mailed, scan):
    workspace = mailed
    one, two = sorted(numbers(workspace))[:2]

    _code, told = scan(workspace, one, two, "u", "u", "u", one)

    assert [t["outcome"] for t in told] == ["accepted", "accepted", "undone", "undone", "said", "accepted"]
    assert [row[0] for row in returned(workspace)] == [one]


def test_a_key_without_a_letter_and_an_empty_line_change_nothing(mailed, scan):
    workspace = mailed

    code, told = scan(workspace, "", "5", "c")

    assert (code, [t["outcome"] for t in told]) == (0, ["said", "said"])
    assert returned(workspace) == []


def test_a_preset_reason_counts_where_none_is_keyed(mailed, scan):
    workspace = mailed
    one, two = sorted(numbers(workspace))[:2]

    scan(workspace, one, two, "9", options=("--reason", "7"))

    assert [row[2] for row in returned(workspace)] == ["R07", "R09"]


@pytest.mark.parametrize(
    "option", [("--on", "2026-10-01"), ("--on", "2027-01-01"), ("--on", "x"), ("--reason", "xyz")]
)
def test_a_day_or_reason_that_cannot_be_is_a_wrong_command_line(mailed, scan, option):
    code, told = scan(mailed, options=option)

    assert (code, told) == (2, [])


def test_two_stations_at_once_count_each_letter_once(mailed):
    workspace = mailed
    found = sorted(numbers(workspace))[:40]
    lines = "".join(f"{code_of(n)}\n" for n in found).encode()
    command = [sys.executable, "-m", "yibao_cli", *yibao("--now", DAY, "-w", workspace, "returns", "scan")]

    both = [
        subprocess.Popen(
            [*command, "--station", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        for name in ("A", "B")
    ]
    for process in both:
        process.stdin.write(lines)
        process.stdin.close()
        process.stdin = None
    outcomes = [
        json.loads(line)["outcome"] for p in both for line in p.communicate(timeout=120)[0].splitlines()
    ]

    assert sorted(outcomes) == ["accepted"] * 40 + ["duplicate"] * 40
    assert [row[0] for row in returned(workspace)] == found
    assert rows_of(workspace, "SELECT count(*) FROM returns WHERE NOT marked") == [(0,)]


def test_a_killed_station_loses_no_scan_and_the_next_one_catches_up(mailed, scan):
    workspace = mailed
    one, two = sorted(numbers(workspace))[:2]
    command = [sys.executable, "-m", "yibao_cli", *yibao("--now", DAY, "-w", workspace, "returns", "scan")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
    process.stdin.write(f"{one} 8\n".encode())
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()

    assert [row[:3] for row in returned(workspace)] == [(one, 0, "R08")]
    assert rows_of(workspace, "SELECT count(*) FROM returns WHERE marked") == [(0,)]
    scan(workspace, two)
    assert rows_of(workspace, "SELECT count(*) FROM returns WHERE marked") == [(2,)]


def test_a_key_after_a_letter_that_was_put_aside_leaves_the_one_before_alone(mailed, scan):
    one, two = sorted(numbers(mailed))[:2]

    _code, told = scan(mailed, f"{one} 5", f"{one} 5", "3", "u", "13", two, "13", "7")

    outcomes = ["accepted", "duplicate", "said", "said", "foreign", "accepted", "foreign", "reason"]
    assert [t["outcome"] for t in told] == outcomes
    assert [row[:3] for row in returned(mailed)] == [(one, 0, "R05"), (two, 0, "R07")]


def test_two_scanners_of_one_name_are_told(mailed, call):
    station = open_station(open_workspace(mailed, datetime(2026, 10, 20, 4, tzinfo=UTC)), MAILING, "A")

    with station.held():
        result = call("--now", DAY, "-w", mailed, "returns", "scan", MAILING, "--station", "A")

    assert result.code == 75
    assert "--station B" in result.err


def test_the_dead_are_on_the_list_that_the_next_merge_reads(mailed, scan):
    workspace = mailed
    person = pieces(workspace)[0]

    scan(workspace, f"{person['piece']} 8")

    listed = (workspace / "returns" / "停寄名单-退信.csv").read_text(encoding="utf-8-sig")
    assert f'"{person["person_no"]}","死亡","{DAY}"' in listed
    query = "SELECT table_name, rows_kept FROM imports WHERE mailing = '' AND NOT superseded"
    assert ("suppressions", 1) in rows_of(workspace, query)


def test_taking_the_only_stop_back_takes_the_list_out_of_force(mailed, scan):
    workspace = mailed
    person = pieces(workspace)[0]["piece"]
    scan(workspace, f"{person} 8")

    scan(workspace, "3", station="A")

    query = "SELECT count(*) FROM imports WHERE table_name = 'suppressions' AND NOT superseded"
    assert rows_of(workspace, query) == [(0,)]


def test_the_dead_stay_on_the_list_when_their_mailing_is_purged(mailed, scan):
    person = pieces(mailed)[0]
    scan(mailed, f"{person['piece']} 8")
    changed(mailed, "DELETE FROM returns")
    shutil.rmtree(mailed / "mailings" / MAILING / "package")

    scan(mailed)

    listed = (mailed / "returns" / "停寄名单-退信.csv").read_text(encoding="utf-8-sig")
    assert person["person_no"] in listed
    query = "SELECT count(*) FROM imports WHERE table_name = 'suppressions' AND NOT superseded"
    assert rows_of(mailed, query) == [(1,)]


def test_the_entry_that_was_used_is_marked(mailed, scan):
    workspace = mailed
    person = pieces(workspace)[0]["piece"]

    scan(workspace, f"{person} 1")

    query = (
        "SELECT h.action, h.address_id = p.address_id FROM address_history h, pieces p "
        f"WHERE p.piece = '{person}' AND h.action = 'returned'"
    )
    assert rows_of(workspace, query) == [("returned", 1)]


def test_refused_rows_of_a_list_wait_for_a_person_once(mailed, call):
    workspace = mailed
    back = returns_of(workspace / "back.xlsx", [piece_number(9_999_999), "13010219600101123X"])
    for _ in range(2):
        assert call("--now", LATER, "-w", workspace, "returns", "import", back).code == 3

    listed = call("-w", workspace, "returns", "waiting", "-f", "jsonl")

    told = [json.loads(line) for line in listed.out.splitlines()]
    assert [t["rule"] for t in told] == ["T103", "T101"]
    assert "130102" not in listed.out
    first = told[0]["number"]
    assert call("-w", workspace, "returns", "settle", first).code == 0
    assert len(call("-w", workspace, "returns", "waiting", "-f", "jsonl").out.splitlines()) == 1
    assert call("-w", workspace, "returns", "settle", first).code == 66


def test_a_row_that_cannot_be_read_waits_for_a_person_once(mailed, call):
    one = min(numbers(mailed))
    listed = mailed / "post.csv"
    listed.write_text(f"条码,改退日期,改退原因\n{one},10月20日,拒收\n", encoding="utf-8")
    for _ in range(2):
        assert call("--now", LATER, "-w", mailed, "returns", "import", listed).code == 3

    told = call("-w", mailed, "returns", "waiting", "-f", "jsonl").out.splitlines()

    assert [(json.loads(t)["rule"], json.loads(t)["source"]) for t in told] == [("I142", "post.csv!2")]
    assert returned(mailed) == []


def test_a_list_that_is_corrected_and_imported_again_changes_reasons_and_counts_nothing_twice(mailed, call):
    one, two, three, four = sorted(numbers(mailed))[:4]
    rows = [(code_of(one), "拒收 已故"), (two.lower(), "电话空号"), (three, "拒收"), (four, "改派")]
    listed, where = mailed / "post.csv", ("--now", LATER, "-w", mailed, "returns", "import")

    def told(*reasons):
        lines = [f"{n},{DAY},{r}" for (n, _said), r in zip(rows, reasons, strict=True)]
        listed.write_text("\n".join(["账单编号,退信日期,退回原因", *lines, ""]), encoding="utf-8")
        return call(*where, listed)

    first = told(*(said for _n, said in rows))
    corrected = told("已故", "迁移", "拒收", "改派")
    (mailed / "templates").mkdir(exist_ok=True)
    (mailed / "templates/returns.toml").write_text('[words]\nR10 = ["改派"]\n', encoding="utf-8")
    reworded = told("已故", "迁移", "拒收", "改派")
    again = told("已故", "迁移", "拒收", "改派")

    assert [r.code for r in (first, corrected, reworded, again)] == [3, 0, 0, 0]
    assert "4 rows = 4 recorded" in first.err
    assert "T116" in first.err
    assert "T128 this reason says R06 R08 alike" in first.err
    assert "2 of those known have another reason now" in corrected.err
    assert "1 of those known have another reason now" in reworded.err
    assert "4 known already" in again.err
    assert "another reason" not in again.err
    assert [row[2] for row in returned(mailed)] == ["R08", "R05", "R06", "R10"]
    person = next(p for p in pieces(mailed) if p["piece"] == one)["person_no"]
    stopped = (mailed / "returns" / "停寄名单-退信.csv").read_text(encoding="utf-8-sig")
    assert f'"{person}","死亡","{DAY}"' in stopped
    assert rows_of(mailed, "SELECT count(*) FROM intake WHERE outcome LIKE 'T%'") == [(0,)]


# ------------------------------------------------------------------ the account


def account_of(workspace):
    path = workspace / "mailings" / MAILING / "account" / f"account-{MAILING}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_account_of_a_day_and_what_late_returns_change_of_it(mailed, call, scan):
    one, two = sorted(numbers(mailed))[:2]
    scan(mailed, f"{one} 7")
    first = call("--now", "2026-10-21", "-w", mailed, "reconcile")
    call(
        "--now", "2026-11-25", "-w", mailed, "returns", "import", returns_of(mailed / "late.xlsx", [two], DAY)
    )

    second = call("--now", "2026-11-25", "-w", mailed, "reconcile")

    assert (first.code, second.code) == (0, 0)
    assert "the account of 2026-10-21 said 1 returned; by now it is 2" in second.err
    account = account_of(mailed)
    assert (account["returned"], account["final"], account["tied"]) == (2, True, True)
    assert [(r["as_of"], r["returned_now"]) for r in account["restated"]] == [("2026-10-21", 2)]
    assert {row["source"] for row in account["by_source"]} == {"roster.xlsx"}
    assert [s["role"] for s in account["signatures"]] == ["编制人", "复核人"]
    pdf = mailed / "mailings" / MAILING / "account" / f"account-{MAILING}.pdf"
    assert pdf.stat().st_mode & 0o777 == 0o600


def test_a_return_after_the_window_restates_the_account_that_presumed_delivery(mailed, call):
    one, two = sorted(numbers(mailed))[:2]
    first = returns_of(mailed / "first.xlsx", [one], DAY)
    call("--now", "2026-11-12", "-w", mailed, "returns", "import", first)
    call("--now", "2026-11-12", "-w", mailed, "reconcile")
    late = returns_of(mailed / "late.xlsx", [two], "2026-11-20")
    call("--now", "2026-11-25", "-w", mailed, "returns", "import", late)

    call("--now", "2026-11-25", "-w", mailed, "reconcile")

    found = [(r["as_of"], r["returned_then"], r["returned_now"]) for r in account_of(mailed)["restated"]]
    assert found == [("2026-11-12", 1, 2)]


def test_the_account_of_a_past_day_leaves_out_what_came_later(mailed, call, scan):
    scan(mailed, min(numbers(mailed)))

    result = call("--now", LATER, "-w", mailed, "reconcile", "--as-of", "2026-10-19")

    assert result.code == 0
    assert (account_of(mailed)["returned"], account_of(mailed)["later"]) == (0, 1)


@pytest.mark.parametrize("day", ["2026-10-01", "2027-01-01", "soon"])
def test_a_day_that_cannot_have_an_account_is_a_wrong_command_line(mailed, call, day):
    assert call("--now", LATER, "-w", mailed, "reconcile", "--as-of", day).code == 2


def test_the_sums_of_the_account_are_those_of_the_database(mailed, call, scan):
    scan(mailed, *(f"{n} {1 + i % 9}" for i, n in enumerate(sorted(numbers(mailed))[:30])))

    call("--now", LATER, "-w", mailed, "reconcile")

    account = account_of(mailed)
    by_county = rows_of(
        mailed,
        "SELECT p.county, count(*), count(r.piece) FROM pieces p LEFT JOIN returns r "
        "ON r.mailing = p.mailing AND r.piece = p.piece GROUP BY p.county",
    )
    assert sorted((r["county"], r["posted"], r["returned"]) for r in account["by_county"]) == sorted(
        by_county
    )
    by_reason = rows_of(mailed, "SELECT reason, count(*) FROM returns GROUP BY reason")
    assert sorted((r["reason"], r["pieces"]) for r in account["by_reason"]) == sorted(by_reason)
    assert account["posted"] == sum(
        account[s] for s in ("signed", "presumed", "returned", "remailed", "pending")
    )


def test_a_return_of_a_signed_piece_is_told(mailed, call, scan):
    piece = numbers(mailed)[0]
    scan(mailed, piece)
    changed(
        mailed, f"INSERT INTO receipts VALUES ('{MAILING}', 'piece', '{piece}', '2026-10-12', '', '', '', 1)"
    )

    result = call("--now", LATER, "-w", mailed, "reconcile")

    assert result.code == 3
    assert "T117" in result.err


# ------------------------------------------------------------------ a person at a terminal


def test_a_person_sees_and_hears_what_each_scan_came_to(mailed, capsys):
    piece = numbers(mailed)[0]
    station = open_station(
        open_workspace(mailed, datetime(2026, 10, 20, 4, tzinfo=UTC)), MAILING, "A\x1b[31m"
    )

    refused = run_station(
        station,
        [f"{piece}\n", "5\n", f"{piece}\n", "\x1b]0;x\x07\n", "c\n", "q\n"],
        shown=True,
        out=sys.stdout,
    )

    told = capsys.readouterr()
    assert (refused, told.out) == (2, "")
    # One beep for what counts, two for what is put aside.
    assert told.err.count("\a") == 1 + 2 + 2
    assert "\x1b]0" not in told.err
    assert "\x1b[31m" not in told.err
    assert "迁移新址不明" in told.err
    assert station.counts == {"accepted": 1, "duplicate": 1, "foreign": 1}


def test_a_scan_that_another_station_won_is_a_duplicate(mailed, monkeypatch):
    piece = numbers(mailed)[0]
    now = datetime(2026, 10, 20, 4, tzinfo=UTC)
    one, other = (open_station(open_workspace(mailed, now), MAILING, name) for name in "AB")
    one.take(piece)
    # As where the database lets two look before either writes: this one saw no return yet.
    monkeypatch.setattr(scanning, "judge", lambda *_given: Verdict(0))

    assert other.take(piece).rule == "T108"
