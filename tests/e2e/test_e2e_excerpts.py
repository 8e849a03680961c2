"""What help and pages show of commands that no session can hold is what these say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from excerpts import excerpts, unsaid

PAGES = [("examples.md", "en"), ("examples.zh-CN.md", "zh")]


@pytest.mark.parametrize(("examples", "language"), PAGES)
def test_excerpts_show_what_the_commands_say(examples, language, at):
    shown = excerpts(examples)
    folder = at("posted")
    assert len(shown) == 6
    for line in shown:
        command = line.split()[1]
        if command in {"demo", "serve"}:
            continue
        run = subprocess.run(
            [sys.executable, "-m", "yibao_cli", "--lang", language, "-w", folder, *line.split()[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        assert run.returncode in {0, 3}, run.stdout
        assert unsaid(shown[line], run.stdout) == []


@pytest.mark.parametrize(("examples", "language"), PAGES)
def test_the_excerpt_of_serve_shows_what_it_says(examples, language, at):
    command = [sys.executable, "-m", "yibao_cli", "--lang", language, "-w", at("posted"), "serve", "--open"]
    with subprocess.Popen(
        command,
        env={**os.environ, "BROWSER": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        said = [server.stdout.readline() for _line in range(2)]
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)

    assert server.returncode == 0
    assert unsaid(excerpts(examples)["yibao serve --open"], "".join(said)) == []
