"""How far a mailing is: tables and charts that fit a terminal, and the command that is next."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys

import pytest
from e2e_chain import LATER, MAILING, environment, pieces, yibao

from yibao_cli.cli.status_view import bars, sparkline
from yibao_cli.cli.terminal import width_of

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def following(call, workspace, now=LATER):
    said = call("--now", now, "-w", workspace, "status", "-f", "csv").err
    return re.search(r"(?m)^next: (.*)$", said)[1].replace(f" -w {workspace}", "")


def test_after_the_posting_each_step_is_next_until_it_is_done(call, mailed, monkeypatch):
    sent = sorted(p["piece"] for p in pieces(mailed))
    listed = mailed / "back.csv"
    listed.write_text(f"账单编号,退信日期,退回原因\n{sent[0]},2026-10-20,查无此人\n", encoding="utf-8")

    seen = [following(call, mailed)]
    for command in ("reconcile", "report", ("returns", "import", listed), "reconcile", "report"):
        words = (command,) if isinstance(command, str) else command
        assert call("--now", LATER, "-w", mailed, *words).code in {0, 3}
        seen.append(following(call, mailed))

    steps = ("reconcile", "report", "", "reconcile", "report", "returns corrections")
    rest = "nothing until the end of the month: `yibao month-end`"
    assert seen == [f"yibao {step} {MAILING}" if step else rest for step in steps]


def test_an_open_window_is_waited_for_and_accounted_for_when_it_is_over(call, mailed):
    for command in ("reconcile", "report"):
        call("--now", "2026-10-20", "-w", mailed, command)

    waiting = following(call, mailed, "2026-10-21")

    day = re.search(r"on (\S+), when the window is over", waiting)[1]
    assert following(call, mailed, day) == f"yibao reconcile {MAILING}"


def test_what_was_refused_waits_for_a_person_first(call, mailed):
    listed = mailed / "back.csv"
    listed.write_text("账单编号,退信日期,退回原因\n9999999X,2026-10-20,查无此人\n", encoding="utf-8")
    call("--now", LATER, "-w", mailed, "returns", "import", listed)
    call("--now", LATER, "-w", mailed, "reconcile")

    assert following(call, mailed) == f"yibao returns waiting {MAILING}"


def on_a_terminal(*words, columns=80):
    """What a command writes on a terminal of so many columns, without colours."""
    ours, theirs = pty.openpty()
    env = environment(COLUMNS=str(columns), TERM="xterm")
    process = subprocess.Popen(
        [sys.executable, "-m", "yibao_cli", *yibao(*words)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=env,
    )
    os.close(theirs)
    found = b""
    while True:
        try:
            some = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not some:
            break
        found += some
    os.close(ours)
    assert process.wait() == 0
    return ESCAPES.sub("", found.decode()).replace("\r", "")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", ["status", "report"])
def test_tables_and_charts_fit_the_terminal(call, states, tmp_path, command, language):
    workspace = shutil.copytree(states.at("posted"), tmp_path / "ws")
    call("--now", LATER, "-w", workspace, "reconcile")

    shown = on_a_terminal("--lang", language, "--now", LATER, "-w", workspace, command)

    # The path of a file is as long as it is.
    lines = [line for line in shown.splitlines() if str(tmp_path) not in line and "\x1b" not in line]
    assert max(map(width_of, lines)) <= 80
    assert "█" in shown
    assert "───" in shown


def test_bars_are_as_long_as_their_share_and_none_is_lost():
    lines = list(bars([("甲" * 40, 900_000), ("乙", 1), ("丙", 0)], 1_000_000))

    assert [line.count("█") for line in lines] == [27, 1, 0]
    assert all(width_of(line) <= 80 for line in lines)
    assert "90.0%" in lines[0]


def test_a_long_row_of_days_is_put_together():
    line = sparkline([0, 5] * 100)

    assert 0 < len(line) <= 50
    assert set(sparkline([1, 0, 8])) == {"▂", " ", "█"}
    assert sparkline([]) == ""
