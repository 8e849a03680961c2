"""Tab in each shell: mailings, kinds and tables of the workspace, and silence where there is none."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from yibao_cli.jobs.program import completing

SETTINGS = '[mailings.2026Q3]\nkind = "medical"\n[mailings.2026Q4]\nkind = "electricity"\n'


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "yibao.toml").write_text(SETTINGS, encoding="utf-8")
    kind = tmp_path / "templates" / "water-bill"
    kind.mkdir(parents=True)
    (kind / "kind.toml").write_text("[inputs.meters]\n", encoding="utf-8")
    return tmp_path


def completed(folder, shell, *words):
    """What a shell would offer for the last word."""
    line = " ".join(("yibao", *words))
    asked = {
        "_YIBAO_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words)),
    }
    run = subprocess.run(
        [sys.executable, "-c", "from yibao_cli.__main__ import run; run()"],
        cwd=folder,
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return run.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_completes_the_mailings(workspace, shell):
    said = completed(workspace, shell, "merge", "2026Q")

    assert "2026Q3" in said
    assert "2026Q4" in said


def test_kinds_are_those_shipped_and_those_of_the_workspace(workspace):
    assert "water-bill" in completing.kinds(workspace)
    assert "medical" in completing.kinds(None)


def test_tables_are_those_of_the_mailings_kinds_and_of_what_they_extend(workspace):
    tables = completing.tables(workspace)

    assert tables[0] == "roster" or "roster" in tables
    assert "transactions" in tables
    (workspace / "yibao.toml").write_text('[mailings.A]\nkind = "water-bill"\n', encoding="utf-8")
    assert completing.tables(workspace) == ["meters"]
    (workspace / "yibao.toml").write_text('[mailings.A]\nkind = "medical-dl"\n', encoding="utf-8")
    assert "transactions" in completing.tables(workspace)


@pytest.mark.parametrize("broken", ["not = [toml", "mailings = 3", '[mailings]\nA = "x"'])
def test_a_broken_workspace_completes_nothing_and_says_nothing(tmp_path, broken):
    (tmp_path / "yibao.toml").write_text(broken, encoding="utf-8")

    assert completed(tmp_path, "bash", "render", "2026") in {"", "\n"}


def test_outside_of_a_workspace_there_is_nothing_to_complete(tmp_path):
    assert completing.mailings(tmp_path) == []
