"""kill -9 of everything at any moment, run again: the bytes of an undisturbed run, and nothing left over."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest
from e2e_chain import MAILING, changed, goods, hashes, leftovers, made, outside, rows_of, start

pytestmark = pytest.mark.slow  # a minute and a half of kills


def moments(seed, count):
    """Seeded moments, spread over a run: (share of its files that are there, seconds after that)."""
    draw = random.Random(seed)
    return [((i + draw.random()) / count, draw.random() * 0.1) for i in range(count)]


def kill(process, begun, moment):
    """Kill a process group at a moment.

    begun: tells how much of the work is on disk, from 0 to 1, or None before the first trace of it.
    """
    share, pause = moment
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        done = begun()
        if done is not None and done >= share:
            break
        time.sleep(0.001)
    time.sleep(pause)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def progress(workspace, trace, whole):
    """How much of the work is on disk, measured by files."""

    def share():
        if not (made(workspace) / trace).exists():
            return None
        files = sum(not p.is_dir() for p in made(workspace).rglob("*"))
        return files / whole

    return share


def count(folder):
    return sum(p.is_file() for p in folder.rglob("*"))


# The earliest moment is while nothing is on disk but the work's first trace.
@pytest.mark.parametrize("moment", [(0, 0.05), *moments(1, 3)], ids=lambda m: f"{m[0]:.2f}")
def test_a_merge_killed_at_any_moment_is_done_again_as_if_nothing_had_been(at, states, moment):
    workspace = at("imported")
    whole = count(made(states.at("merged")))
    process = start("-w", workspace, "merge")
    kill(process, progress(workspace, "scratch", whole), moment)

    again = outside("-w", workspace, "merge")

    assert process.returncode == -signal.SIGKILL
    assert again.code == 3
    assert goods(workspace) == goods(states.at("merged"))
    assert leftovers(workspace) == []
    query = "SELECT piece, part, position FROM pieces ORDER BY position"
    assert rows_of(workspace, query) == rows_of(states.at("merged"), query)


@pytest.mark.parametrize("moment", [(0, 0.05), *moments(2, 3)], ids=lambda m: f"{m[0]:.2f}")
def test_a_render_killed_at_any_moment_is_done_again_as_if_nothing_had_been(at, states, moment):
    workspace = at("merged")
    before = count(made(workspace))
    whole = count(made(states.at("rendered")) / "print")
    process = start("-w", workspace, "render")
    share = progress(workspace, "print", 1)
    kill(process, lambda: None if share() is None else (share() - before) / whole, moment)

    again = outside("-w", workspace, "render")

    assert process.returncode == -signal.SIGKILL
    assert again.code == 0
    assert goods(workspace) == goods(states.at("rendered"))
    assert leftovers(workspace) == []


def test_an_import_killed_while_it_writes_leaves_nothing_that_counts(at, states):
    workspace = at("new")
    file = workspace / "inbox" / "transactions.xlsx"
    folder = workspace / "imports" / MAILING / "transactions"
    process = start("-w", workspace, "import", "transactions", file)
    kill(process, lambda: 1 if folder.exists() and any(folder.iterdir()) else None, (1, 0))

    again = outside("-w", workspace, "import", "transactions", file)

    assert process.returncode == -signal.SIGKILL
    assert again.code == 3
    assert leftovers(workspace) == []
    query = "SELECT sha256, rows_kept, totals FROM imports WHERE table_name = 'transactions'"
    assert rows_of(workspace, query) == rows_of(states.at("imported"), query)


def test_a_folder_killed_between_its_two_renames_comes_back(at, call):
    workspace = at("merged")
    whole = goods(workspace)
    package = made(workspace) / "package"
    package.rename(package.with_name("package.old.tmp"))

    result = call("-w", workspace, "render", "--workers", "1")

    assert result.code == 0
    assert {n: d for n, d in goods(workspace).items() if n.startswith("package/")} == whole
    assert leftovers(workspace) == []


def test_a_render_killed_before_it_told_the_database_is_told_by_the_next(at, states):
    workspace = at("rendered")
    changed(workspace, "UPDATE mailings SET state = 'merged'")
    changed(workspace, "DELETE FROM audit WHERE command = 'render'")
    (workspace / "audit.head").unlink()

    assert outside("-w", workspace, "render").code == 0

    told = "SELECT command, facts FROM audit WHERE command = 'render'"
    assert rows_of(workspace, told) == rows_of(states.at("rendered"), told)
    assert rows_of(workspace, "SELECT state FROM mailings") == [("rendered",)]


@pytest.mark.parametrize("seconds", [0.9, 1.3, 1.7, 2.1])
def test_papers_killed_while_they_are_made_are_made_again_the_same(at, states, seconds):
    workspace = at("verified")
    process = start("-w", workspace, "manifest")
    time.sleep(seconds)  # on a slow machine the earliest, on a fast one the last falls beside the work
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()

    assert outside("-w", workspace, "manifest").code == 0
    assert hashes(made(workspace) / "manifest") == hashes(made(states.at("posted")) / "manifest")
    assert leftovers(workspace) == []
    query = "SELECT state, posted_on FROM mailings"
    assert rows_of(workspace, query) == rows_of(states.at("posted"), query)
