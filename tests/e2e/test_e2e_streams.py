"""stdout is for the next program, stderr for a person; data is text wherever it goes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import openpyxl
import pytest
from e2e_chain import (
    CHECKOUT,
    LATER,
    MAILING,
    environment,
    made,
    outside,
    pieces,
    rows_of,
    said_cleanly,
    yibao,
)


@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
def test_the_rows_of_status_are_on_stdout_and_nothing_else(call, states, form):
    result = call("-w", states.at("posted"), "status", "-f", form)

    assert result.code == 0
    steps = {
        "table": lambda out: [line.split()[0] for line in out.splitlines()[1:]],
        "csv": lambda out: [r["step"] for r in csv.DictReader(io.StringIO(out))],
        "jsonl": lambda out: [json.loads(line)["step"] for line in out.splitlines()],
    }[form](result.out)
    assert len(steps) == 15
    assert "reconcile 2026Q3" not in result.out


def test_rows_can_go_to_a_file_that_is_private(call, states, tmp_path):
    target = tmp_path / "status.csv"

    result = call("-w", states.at("merged"), "status", "-f", "csv", "-o", target)

    assert result.out == ""
    assert target.stat().st_mode & 0o777 == 0o600
    assert "roster" in target.read_text(encoding="utf-8")


def test_a_clean_verification_gives_a_header_and_no_row(call, at):
    workspace = at("rendered")

    as_csv = call("-w", workspace, "verify", "-f", "csv", "--workers", "1")
    as_jsonl = call("-w", workspace, "verify", "-f", "jsonl", "--workers", "1")

    assert as_csv.out == '"part","page","piece","what","detail"\n'
    assert as_jsonl.out == ""
    assert "0 differences over 169 pieces, 338 pages, 6 parts" in as_csv.err


def test_a_quiet_command_that_goes_well_says_nothing(call, at):
    workspace = at("merged")

    result = call("-q", "-w", workspace, "render", "--workers", "1")

    assert (result.code, result.out, result.err) == (0, "", "")


# ------------------------------------------------------------------ messages for programs


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "roster", "{inbox}/roster.xlsx"], 3),
        (["import", "roster", "{inbox}/nowhere.xlsx"], 66),
        (["merge"], 5),
        (["status"], 0),
        (["merge", "--fast"], 2),
        (["mrege"], 2),
    ],
)
def test_every_line_of_a_json_log_is_json(call, at, arguments, code):
    workspace = at("new")

    words = [a.format(inbox=workspace / "inbox") for a in arguments]
    result = call("--log-json", "-w", workspace, *words)

    assert result.code == code
    records = [json.loads(line) for line in result.err.splitlines()]
    assert records
    assert {r["type"] for r in records} <= {"info", "warning", "finding", "error"}
    if code not in {0, 3}:
        assert [r["exit"] for r in records if r["type"] == "error"] == [code]


# ------------------------------------------------------------------ pipes


ADDRESSES = "河北省石家庄市长安区中山东路1号\n\n石家庄桥西区\n=1+1\n"


def test_addresses_go_through_as_a_filter_line_by_line(canaries):
    done = subprocess.run(
        [sys.executable, "-m", "yibao_cli", *yibao("address", "parse")],
        input=ADDRESSES.encode(),
        env=environment(),
        capture_output=True,
        check=False,
        timeout=60,
    )

    records = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 0
    assert done.stderr == b""
    assert [r["raw"] for r in records] == ADDRESSES.split("\n")[:-1]
    assert (records[0]["county"], records[0]["division_code"]) == ("长安区", "130102")


def test_a_reader_that_goes_away_is_no_reason_to_complain():
    command = [sys.executable, "-m", "yibao_cli", *yibao("address", "parse")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        process.stdin.write(ADDRESSES.encode())
        process.stdin.flush()
        process.stdout.close()
        try:
            process.stdin.write(ADDRESSES.encode() * 2000)
            process.stdin.close()
        except BrokenPipeError:
            pass
        said = process.stderr.read()
        process.wait(timeout=60)

    assert said == b""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_do_no_harm(at, closed):
    workspace = at("new")
    file = workspace / "inbox" / "employers.xlsx"

    codes = [
        with_closed(closed, "-w", workspace, *words) for words in (["import", "employers", file], ["status"])
    ]

    assert codes == [0, 0]
    assert rows_of(workspace, "SELECT table_name, rows_kept FROM imports") == [("employers", 40)]


def with_closed(closed, *arguments):
    """Run a command under a shell's redirection, in the environment that cron gives."""
    command = [sys.executable, "-m", "yibao_cli", *yibao(*arguments)]
    env = {"PATH": os.defpath, "LANG": "C", "PYTHONPATH": str(CHECKOUT)}
    shell = ["/bin/sh", "-c", f'exec "$0" "$@" {closed}', *command]
    return subprocess.run(shell, env=env, capture_output=True, check=False, timeout=60).returncode


def test_another_encoding_of_the_place_does_not_change_the_data(at):
    workspace = at("imported")
    env = environment(LC_ALL="en_US.ISO-8859-1", PYTHONUTF8="0", PYTHONIOENCODING="latin-1")

    result = outside("-w", workspace, "status", "-f", "jsonl", env=env)

    assert result.code == 0
    assert {json.loads(line)["step"] for line in result.out.splitlines()} >= {"roster", "balances"}
    table = outside("-w", workspace, "status", env=env)
    assert "参保人员名册" in table.out


def test_a_full_disk_behind_stdout_is_an_error_of_output(at, canaries):
    workspace = at("merged")
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        result = said_cleanly(outside("-w", workspace, "status", stdout=full), canaries)

    assert result.code == 74
    assert "the disk is full" in result.err


# ------------------------------------------------------------------ hostile names


@pytest.fixture
def hostile(at, call):
    """A posted mailing, and the two members whose names try to be something else."""
    workspace = at("posted")
    call("--now", LATER, "-w", workspace, "reconcile")
    names = [p["name"] for p in pieces(workspace)]
    return workspace, [n for n in names if n.startswith("=") or "[/" in n]


def test_names_that_look_like_formulas_or_markup_are_printed_as_they_are(hostile):
    _workspace, names = hostile

    assert any(n.startswith("=") for n in names)
    assert any("[/" in n for n in names)


def test_no_workbook_that_is_handed_out_has_a_formula(hostile):
    workspace, names = hostile
    books = sorted(made(workspace).rglob("*.xlsx"))

    cells = {b.name: list(_cells(b)) for b in books}

    names_of = ("account", "exceptions", "findings", "manifest", "postage", "qualification")
    assert set(cells) == {f"{n}-{MAILING}.xlsx" for n in names_of}
    assert all(c.data_type != "f" for found in cells.values() for c in found)
    listed = {c.value for c in cells[f"manifest-{MAILING}.xlsx"]}
    assert set(names) <= listed


def _cells(book):
    for sheet in openpyxl.load_workbook(book):
        for row in sheet.iter_rows():
            yield from (c for c in row if c.value is not None)


def test_no_csv_that_is_handed_out_has_a_field_that_a_spreadsheet_would_run(hostile):
    workspace, names = hostile
    files = sorted(made(workspace).rglob("*.csv"))
    fields = {f.name: [c for row in _rows(f) for c in row] for f in files}

    tables = {f"{n}.csv" for n in ("job", "part", "bag", "bundle", "piece")}
    assert set(fields) == {f"{n}-{MAILING}.csv" for n in ("findings", "manifest")} | tables
    for found in fields.values():
        assert not [c for c in found if c.startswith(("=", "+", "-", "@", "\t", "\r"))]
    for name in names:
        shown = f"'{name}" if name.startswith("=") else name
        assert shown in fields[f"manifest-{MAILING}.csv"]


def _rows(file):
    with file.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.reader(stream)


def test_findings_show_nobody(states, canaries):
    folder = made(states.at("merged")) / "findings"
    text = (folder / f"findings-{MAILING}.csv").read_text(encoding="utf-8-sig")

    assert not canaries.found_in(text)
