"""Help shows what its example says, in the reader's language, and never wider than a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from yibao_cli import i18n
from yibao_cli.cli import examples
from yibao_cli.cli.terminal import shortened, width_of
from yibao_cli.jobs.program.sessions import examples_json

LINE = "yibao status 2026Q3"
PAGE = "# A page\n\n{mark}\n\n```console\n$ yibao status 2026Q3\n{output}$ yibao render\n1 part\n```\n"


def help_of(language, *words):
    run = subprocess.run(
        [sys.executable, "-m", "yibao_cli", "--lang", language, *words, "--help"],
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize(("language", "example"), [("en", "Example"), ("zh", "示例")])
@pytest.mark.parametrize("words", [("status",), ("returns", "import"), ("init",)])
def test_below_an_example_stands_what_it_says(language, example, words):
    shown = help_of(language, *words)

    told = json.loads(Path(examples.__file__).with_name(examples.FILE_NAME).read_text(encoding="utf-8"))[
        language
    ]
    lines = [k for k in told if k.startswith(" ".join(("yibao", *words, "")))]
    assert lines
    assert example in shown
    for line in lines:
        for said in told[line]:
            assert f"\n    {shortened(said, 74)}\n" in shown
    assert max(map(width_of, shown.splitlines())) <= 80


def test_an_example_that_no_session_has_stands_alone():
    assert examples.said("yibao nothing of the kind") == []


def test_a_reader_of_chinese_gets_english_where_there_is_no_chinese(monkeypatch):
    monkeypatch.setattr(i18n, "_language", "zh")
    monkeypatch.setattr(examples, "_told", lambda: {"en": {"a": ["one"], "b": ["two"]}, "zh": {"a": ["一"]}})

    assert (examples.said("a"), examples.said("b")) == (["一"], ["two"])


def test_of_a_long_output_the_ends_are_kept_and_others_are_left_out():
    english = PAGE.format(mark="<!-- session -->", output="".join(f"{n}\n" for n in range(9)))
    chinese = PAGE.format(mark="<!-- session zh -->", output="中" * 100 + "\n")

    told = json.loads(examples_json([english, chinese, "no session\n"], [LINE]))

    assert told == {"en": {LINE: ["0", "1", "2", "…", "7", "8"]}, "zh": {LINE: ["中" * 79 + "…"]}}
