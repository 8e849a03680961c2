"""The night as cron runs it: quiet when well, one account when not, and nothing asked."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time

import pytest
from e2e_chain import MAILING, finish, outside, pdfs, start

from yibao_cli.jobs.steps import run_step

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
