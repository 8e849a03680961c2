"""What a person sees of a long job, on a terminal and in a log."""

from __future__ import annotations

import json
import os
import sys

import pytest

from yibao_cli.cli import progress as module
from yibao_cli.cli.progress import Lines, rate_words, time_words
from yibao_cli.cli.view import View


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def lines_after(*states, seconds=1.0):
    """The line at the end of a job that said these things, some seconds apart."""
    clock = Clock()
    lines = Lines(lambda _line: None, clock)
    for what, done, of in states:
        lines.show(what, done, of)
        clock.now += seconds
    return lines.line()


@pytest.mark.parametrize(
    ("states", "line"),
    [
        (
            [("rendering", 0, 9000), ("rendering", 2000, 9000)],
            "rendering: 2,000 of 9,000, 1,000 a second, 7 s left",
        ),
        (
            [("a", 500, 500), ("rendering", 0, 700_000), ("rendering", 1000, 700_000)],
            "rendering: 1,000 of 700,000, 500 a second, 23 min left",
        ),
        ([("joining", 0, 0)], "joining ..."),
        ([("decoding", 0, 0), ("decoding", 7, 0)], "decoding: 7, 3.5 a second"),
        ([("rendering", 0, 9), ("rendering", 9, 9)], "rendering: 9 of 9, 4.5 a second"),
    ],
)
def test_a_line_says_how_far_how_fast_and_how_long_yet(states, line):
    assert lines_after(*states) == line


def test_nothing_is_said_before_the_job_says_something():
    assert Lines(lambda _line: None).line() == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (61, "1 min"), (3600 * 2 + 125, "2 h 2 min")]
)
def test_time_is_told_roughly(seconds, words):
    assert time_words(seconds) == words


def test_no_rate_is_no_word():
    assert (rate_words(0), rate_words(0.25), rate_words(12_345.6)) == ("", "0.2 a second", "12,346 a second")


@pytest.fixture
def hasty(monkeypatch):
    """The first line comes at once, and the others soon."""
    monkeypatch.setattr(module, "_FIRST", 0.01)
    monkeypatch.setattr(module, "_MOST", 0.02)


def working(view, capsys, lines=2):
    """Lines on stderr of a job that ends when so many were said."""
    said = ""
    with view.progress() as show:
        show("joining", 0, 0)
        for _again in range(2000):
            module.time.sleep(0.005)
            said += capsys.readouterr().err
            if said.count("\n") >= lines:
                break
    return said + capsys.readouterr().err


def test_a_log_gets_plain_lines_though_the_job_says_nothing_more(hasty, capsys):
    said = working(View(), capsys)

    assert set(said.splitlines()) == {"joining ..."}


def test_programs_get_them_as_json(hasty, capsys):
    said = working(View(log_json=True), capsys)

    assert all(
        json.loads(line) == {"type": "progress", "message": "joining ..."} for line in said.splitlines()
    )


def test_a_short_job_and_a_quiet_one_say_nothing(hasty, capsys, monkeypatch):
    with View(quiet=True).progress() as show:
        show("joining", 0, 0)
        module.time.sleep(0.05)
    monkeypatch.setattr(module, "_FIRST", 30.0)
    with View().busy("joining"):
        pass

    assert capsys.readouterr().err == ""


def on_a_terminal(code, columns=100):
    """All that a program writes on a terminal of so many columns."""
    pty = pytest.importorskip("pty")
    process, terminal = pty.fork()
    if process == 0:
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns)}
        os.execve(sys.executable, [sys.executable, "-c", code], environment)
    shown = b""
    while True:
        try:
            chunk = os.read(terminal, 1 << 16)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    os.close(terminal)
    os.waitpid(process, 0)
    return shown.decode()


def test_a_terminal_gets_a_bar_with_rate_that_leaves_nothing_behind():
    text = on_a_terminal(
        "import time\nfrom yibao_cli.cli.view import View\n"
        "with View().progress() as show:\n"
        "    for n in range(12):\n        show('rendering [red]', n * 100, 1200)\n        time.sleep(0.15)\n"
    )

    assert "rendering [red]" in text  # data is no markup
    assert "a second" in text
    assert "/1200" in text
    assert text.rstrip("\r\n").endswith("\x1b[2K") or "\x1b[2K" in text[-40:]


def test_what_is_said_beside_a_bar_is_broken_by_the_terminal_alone():
    text = on_a_terminal(
        "from yibao_cli.cli.view import View\nview = View()\n"
        "with view.progress() as show:\n    show('reading', 1, 2)\n    view.say('I110 ' + '缺' * 60)\n",
        columns=40,
    )

    assert "I110 " + "缺" * 60 in text
