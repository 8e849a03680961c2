"""What the pages tell their reader to type is typed, and every command's example with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from docs_builders import DOCS, ROOT, read

from excerpts import excerpts, unsaid
from yibao_cli.jobs.program.docs import command_helps
from yibao_cli.jobs.program.sessions import told_in, typed_in

# In the order in which they are typed, all in one shell.
SESSIONS = ("tutorial.md", "examples.md", "howto-kind.md", "tutorial.zh-CN.md", "examples.zh-CN.md")
PAGES = [("README.md", "examples.md", "en"), ("README.zh-CN.md", "examples.zh-CN.md", "zh")]


def is_session(page):
    return re.search(r"^<!-- session( zh)? -->$", page, re.MULTILINE) is not None


@pytest.mark.slow
def test_every_session_says_what_the_program_says():
    pages = [str(DOCS / name) for name in SESSIONS]

    run = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "docs" / "console.py"), "--check", *pages],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("name", "examples", "language"), PAGES)
def test_what_a_readme_shows_of_the_demo_is_what_the_demo_says(name, examples, language, tmp_path):
    (shown,) = re.findall(r"^```console\n(.*?)^```$", read(name), re.MULTILINE | re.DOTALL)
    command = [sys.executable, "-m", "yibao_cli", "--lang", language, "demo", "demo"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=600
    )

    said = iter(run.stderr.splitlines())
    missing = [line for line in shown.splitlines() if line not in {"…", ""} and line not in said]

    assert (run.returncode, missing) == (0, [])
    assert unsaid(excerpts(examples)["yibao demo demo"], run.stderr) == []


def test_every_page_with_a_session_is_typed():
    assert {page.name for page in DOCS.glob("*.md") if is_session(page.read_text(encoding="utf-8"))} == set(
        SESSIONS
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_has_its_example_in_a_session(command_tree, language):
    told = told_in(((DOCS / name).read_text(encoding="utf-8") for name in SESSIONS), language)

    missing = [
        line
        for command in list(command_helps(command_tree))[1:]
        for line in command.examples
        if line not in told
    ]

    assert not missing


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ("$ a\n1\n2\n$ b\n", [("a", "1\n2\n"), ("b", "")]),
        ("$ a \\\n  b\n1\n", [("a \\\n  b", "1\n")]),
        ("words\n", []),
    ],
)
def test_a_block_is_read_as_lines_typed_and_what_they_say(block, found):
    assert list(typed_in(block)) == found
