"""The night as cron runs it: quiet when well, one account when not, and nothing asked."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from e2e_chain import CHECKOUT, MAILING, environment, finish, outside, pdfs, start

from yibao_cli.__main__ import run
from yibao_cli.jobs.workers.steps import run_step

QUICK = '\n[nightly]\nsteps = ["import", "address clean", "merge"]\n'


@pytest.fixture
def workspace(at):
    folder = at("new")
    settings(folder, QUICK)
    return folder


def settings(folder, words):
    path = folder / "yibao.toml"
    path.write_text(path.read_text(encoding="utf-8") + words, encoding="utf-8")


def report(folder):
    (path,) = (folder / "nightly").glob(f"nightly-{MAILING}-*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_night_runs_its_steps_and_leaves_an_account_that_names_nobody(workspace, canaries):
    result = outside("-w", workspace, "nightly")

    assert result.code == 3  # records of the sample need a person
    assert result.out == ""
    assert not canaries.found_in(result.err)
    account = report(workspace)
    words = [step["command"].split(" --")[0] for step in account["steps"]]
    assert words[-2:] == ["address clean", f"merge {MAILING}"]
    assert {"import roster", "import balances", "import transactions"} <= set(words)
    assert not canaries.found_in(json.dumps(account, ensure_ascii=False))
    assert outside("-w", workspace, "status").code == 0


def test_a_night_with_nothing_to_tell_is_silent(at):
    folder = at("posted")

    result = outside("-w", folder, "nightly")

    assert (result.code, result.out, result.err) == (0, "", "")
    assert not (folder / "nightly").exists()


def test_the_first_step_that_fails_ends_the_night_with_its_code(workspace):
    (workspace / "inbox" / "roster.xlsx").write_bytes(b"no workbook")

    result = outside("-w", workspace, "nightly")

    assert result.code == 65
    assert report(workspace)["steps"][-1]["command"].startswith("import roster")
    assert "roster.xlsx" in result.err


def test_a_stale_inbox_ends_the_night_before_it_began(workspace):
    settings(workspace, "fresh_hours = 26\n")
    days_ago = time.time() - 3 * 86400
    for path in (workspace / "inbox").iterdir():
        os.utime(path, (days_ago, days_ago))

    result = outside("-w", workspace, "nightly")

    assert result.code == 66
    assert "younger than 26 hours" in result.err


@pytest.mark.slow
def test_each_recipient_gets_a_copy_of_the_account(workspace, tmp_path):
    settings(workspace, f'recipients = ["{tmp_path / "centre"}"]\n')
    (workspace / "inbox" / "roster.xlsx").write_bytes(b"no workbook")

    outside("-w", workspace, "nightly")

    (copy,) = (tmp_path / "centre").iterdir()
    assert json.loads(copy.read_text(encoding="utf-8")) == report(workspace)


def test_two_nights_at_once_are_one(workspace):
    locks = workspace / ".locks"
    locks.mkdir(mode=0o700)
    with (locks / "nightly.lock").open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("operator 4711")
        held.flush()

        result = outside("-w", workspace, "nightly")

    assert result.code == 75
    assert "operator 4711" in result.err


def test_a_step_that_is_not_known_is_refused_with_its_place(workspace):
    path = workspace / "yibao.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"merge"]', '"format"]'), encoding="utf-8")

    result = outside("-w", workspace, "nightly")

    assert result.code == 78
    assert "nightly" in result.err


@pytest.mark.slow
def test_an_interrupted_night_ends_its_step_and_says_so(at):
    folder = at("imported")
    settings(folder, '\n[nightly]\nsteps = ["merge", "render", "verify"]\n')
    process = start("-w", folder, "nightly")
    waited = time.monotonic() + 60
    while not (folder / "mailings").exists() and time.monotonic() < waited:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)

    assert finish(process).code == 143
    again = outside("-w", folder, "nightly")
    assert again.code == 3
    assert pdfs(folder)


def test_a_step_whose_time_is_over_is_told_to_end(tmp_path):
    step = run_step(["sample", str(tmp_path / "big"), "--members", "100000"], [], limit=2)

    assert step.late
    assert step.code == 143


# ------------------------------------------------------------------ for a monitor, and for cron


def account(folder, started, code=0, name="x"):
    reports = folder / "nightly"
    reports.mkdir(mode=0o700, exist_ok=True)
    words = {"mailing": MAILING, "started": started, "exit": code}
    (reports / f"nightly-{MAILING}-{name}.json").write_text(json.dumps(words), encoding="utf-8")


@pytest.mark.parametrize(
    ("nights", "code"),
    [
        ([], 4),
        ([("2026-11-20T03:00:00+00:00", 0)], 0),
        ([("2026-11-20T03:00:00+00:00", 3)], 0),
        ([("2026-11-20T03:00:00+00:00", 74)], 4),
        ([("2026-11-20T03:00:00+00:00", 0), ("2026-11-21T03:00:00+00:00", 65)], 0),
        ([("2026-11-18T03:00:00+00:00", 0), ("2026-11-21T03:00:00+00:00", 65)], 4),
        ([("2027-11-20T03:00:00+00:00", 0)], 4),  # the clock jumped back
    ],
)
def test_a_monitor_hears_when_no_night_ended_well_of_late(at, capfd, nights, code):
    folder = at("imported")
    for number, (started, ended) in enumerate(nights):
        account(folder, started, ended, str(number))
    (folder / "nightly").mkdir(mode=0o700, exist_ok=True)
    (folder / "nightly" / f"nightly-{MAILING}-broken.json").write_bytes(b"{")

    # The day is noon in China, 4 o'clock in Greenwich.
    assert run(["--lang", "en", "-w", str(folder), "--now", "2026-11-21", "nightly", "--check", "26"]) == code

    said = capfd.readouterr()
    assert said.out == ""
    assert ("look whether cron runs" in said.err) is (code == 4)


def test_a_mailing_that_is_posted_needs_no_night_for_a_monitor(at, capfd):
    assert run(["--lang", "en", "-w", str(at("posted")), "nightly", "--check", "1"]) == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_recipient_that_cannot_be_written_is_told_and_the_others_get_theirs(at, tmp_path):
    folder = at("merged")
    (tmp_path / "file").touch()
    places = json.dumps([str(tmp_path / "file" / "centre"), str(tmp_path / "city")])
    settings(folder, f'\n[nightly]\nsteps = ["render"]\nrecipients = {places}\n')

    result = outside("-w", folder, "nightly")

    assert result.code == 74
    assert "file/centre: the account of the night could not be written there" in result.err
    assert report(folder)["untold"] == [str(tmp_path / "file" / "centre")]
    assert [p.name for p in (tmp_path / "city").iterdir()] == [p.name for p in (folder / "nightly").iterdir()]
    assert pdfs(folder)


@pytest.mark.slow
def test_a_bare_cron_hears_nothing_of_a_good_night_and_json_alone_of_a_bad_one(at, tmp_path):
    folder = at("merged")
    settings(folder, '\n[nightly]\nsteps = ["render", "verify"]\n')

    good = bare(folder, tmp_path)
    (folder / "mailings" / MAILING / "package" / "package.json").write_bytes(b"{}")
    bad = bare(folder, tmp_path)

    assert (good.returncode, good.stdout, good.stderr) == (0, b"", b"")
    assert bad.returncode == 4
    assert bad.stdout == b""
    lines = [json.loads(line) for line in bad.stderr.decode().splitlines()]
    assert lines
    assert all({"type", "message"} <= line.keys() for line in lines)


def bare(folder, tmp_path):
    """A night in an environment with nothing in it, without standard input."""
    words = [sys.executable, "-m", "yibao_cli", "--log-json", "-w", str(folder), "nightly"]
    return subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" "$@" <&-', *words],
        env={"PATH": "/usr/bin:/bin", "LANG": "C", "PYTHONPATH": str(CHECKOUT)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=300,
    )


@pytest.mark.slow
def test_a_night_waits_for_the_signature_and_the_next_one_goes_on(at):
    folder = at("imported")
    settings(folder, '\n[nightly]\nsteps = ["merge", "proof", "render", "verify"]\n')
    settings(folder, "\n[approval]\nrequired = true\n")
    settings(folder, '\n[roles]\noperator = ["cron"]\napprover = ["li", "cron"]\n')

    def night(day):
        return outside("-w", folder, "--now", day, "nightly", env=environment(YIBAO_USER="cron"))

    first = night("2026-09-20")

    assert (first.code, first.out) == (5, "")
    assert f"exit   5  render {MAILING}" in first.err
    assert f"proof-{MAILING}.pdf: the proofs of mailing {MAILING} are not signed" in first.err
    assert f"li signs: yibao approve {MAILING}" in first.err  # cron merged it, and cannot
    assert pdfs(folder) == []
    assert night("2026-09-21").code == 5

    signed = outside("-w", folder, "approve", env=environment(YIBAO_USER="li"))
    assert signed.code == 0, signed.err
    last = night("2026-09-22")
    assert last.code in {0, 3}, last.err
    assert len(pdfs(folder)) > 1
