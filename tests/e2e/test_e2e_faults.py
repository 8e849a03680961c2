"""Faults of the machine, each with its promised outcome; and every exit code, provoked once."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from e2e_chain import (
    MAILING,
    environment,
    finish,
    goods,
    goods_said,
    hashes,
    leftovers,
    made,
    outside,
    pdfs,
    rows_of,
    start,
    yibao,
)
from sqlcipher3 import dbapi2
from test_e2e_privacy import configure, key_file
from test_e2e_states import HOLDER, as_anybody, shadowed

from yibao_cli.errors import ExitCode, InternalError, OutputError
from yibao_cli.jobs.workers.pool import run_tasks
from yibao_cli.store import database

# ------------------------------------------------------------------ the disk

# In a mount namespace of its own: a file system in memory with little room left, or one that is read-only; the
# command; then room is made, and the command again.
pytestmark = pytest.mark.slow  # a minute of waiting for faults to pass

ON_A_DISK = """
import json, os, shutil, subprocess, sys
source, place, back, left, *words = sys.argv[1:]
def mount(*options):
    subprocess.run(["mount", *options, place], check=True)
def command():
    done = subprocess.run([sys.executable, "-m", "yibao_cli", *words], capture_output=True, text=True)
    return [done.returncode, done.stderr]
mount("-t", "tmpfs", "-o", "size=256m", "none")
workspace = os.path.join(place, "workspace")
shutil.copytree(source, workspace)
found = os.statvfs(place)
used = (found.f_blocks - found.f_bfree) * found.f_frsize
mount("-o", "remount,ro" if left == "ro" else f"remount,size={used + int(left)}")
said = [command()]
mount("-o", "remount,rw,size=256m")
said.append(command())
shutil.copytree(workspace, back)
for saved in os.listdir(place):
    if saved != "workspace":
        shutil.copy(os.path.join(place, saved), back)
print(json.dumps(said))
"""


def on_a_disk(source, folder, left, *words):
    """How a command ends on a disk with so many bytes left, or "ro", and when there is room; and the workspace."""
    place, back = folder / "disk", folder / "back"
    place.mkdir()
    arguments = [str(source), str(place), str(back), str(left)]
    done = subprocess.run(
        [
            *("unshare", "--mount", sys.executable, "-c", ON_A_DISK, *arguments),
            *yibao(
                "-q",
                "-w",
                place / "workspace",
                *(w.format(inbox=place / "workspace" / "inbox", disk=place) for w in words),
            ),
        ],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return [*json.loads(done.stdout), back]


def _can_mount():
    if not sys.platform.startswith("linux") or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


mounting = pytest.mark.skipif(not _can_mount(), reason="only root of Linux may mount")


@pytest.fixture(scope="module")
def under_a_key(states, tmp_path_factory):
    """The small workspace at a state, under a key; and the key."""
    root = tmp_path_factory.mktemp("keyed")
    key = key_file(root)

    def at_state(state):
        folder = root / state
        if not folder.exists():
            shutil.copytree(states.at(state), folder)
            configure(folder, f'key_file = "{key}"')
            assert outside("-w", folder, "keys", "encrypt").code == 0
        return folder, key

    return at_state


# Of a merge the database, the package and the findings come to their end at different places.
TIGHT = [
    ("new", "import roster {inbox}/roster.xlsx", 0, 3),
    ("new", "import roster {inbox}/roster.xlsx", 64, 3),
    ("imported", "address clean", 0, 3),
    ("imported", "merge", 64, 3),
    ("imported", "merge", 600, 3),
    ("merged", "render --workers 2", 200, 0),
    ("rendered", "backup {disk}/saved.backup", 800, 0),
]


@mounting
@pytest.mark.parametrize("is_keyed", [False, True], ids=["plain", "keyed"])
@pytest.mark.parametrize(("state", "words", "left", "code"), TIGHT, ids=lambda v: str(v).partition(" ")[0])
def test_a_full_disk_is_told_and_with_room_the_work_is_done(
    states, under_a_key, tmp_path, *, state, words, left, code, is_keyed
):
    source, key = under_a_key(state) if is_keyed else (states.at(state), None)

    full, again, back = on_a_disk(source, tmp_path, left << 10, *words.split())

    assert full[0] == 74, full[1]
    assert full[1].endswith("the disk is full; make room and run the command again\n")
    assert len(full[1].splitlines()) == 1
    assert again[0] == code, again[1]
    assert leftovers(back) == []
    done = {"merge": "merged", "render": "rendered", "backup": "rendered"}.get(words.split()[0])
    if done:
        assert (goods_said(back, key) if is_keyed else goods(back)) == goods(states.at(done))
    if words.startswith("backup"):
        restored = tmp_path / "restored"
        assert outside("-w", back, "restore", back / "saved.backup", restored).code == 0
        assert hashes(restored / "mailings") == hashes(source / "mailings")


@mounting
@pytest.mark.parametrize("left", [0, 60, 250])
def test_a_key_is_taken_on_a_full_disk_when_there_is_room_and_no_file_is_half(states, tmp_path, left):
    source, key = shutil.copytree(states.at("rendered"), tmp_path / "source"), key_file(tmp_path)
    configure(source, f'key_file = "{key}"')

    full, again, back = on_a_disk(source, tmp_path, left << 10, "keys", "encrypt")

    assert (full[0], len(full[1].splitlines())) == (74, 1), full[1]
    assert "the disk is full; make room" in full[1]
    assert again[0] == 0, again[1]
    assert goods_said(back, key) == goods(states.at("rendered"))
    assert leftovers(back) == []
    assert outside("-w", back, "keys", "check").code == 0


@mounting
@pytest.mark.parametrize("left", [0, 200])
def test_a_purge_on_a_full_disk_ends_when_there_is_room(states, tmp_path, left):
    words = ["purge", "--yes", "--early", "--addresses"]

    full, again, back = on_a_disk(states.at("posted"), tmp_path, left << 10, *words)

    assert full[0] in {0, 74}, full[1]
    assert len(full[1].splitlines()) == 1  # or its last words: backups made before hold the data
    assert again[0] == 0, again[1]
    assert rows_of(back, "SELECT count(*) FROM pieces") == [(0,)]
    assert list(back.glob("mailings/*/package")) == []
    assert len(list((back / "certificates").iterdir())) == 1


@mounting
def test_a_read_only_disk_is_told_and_written_again_the_work_is_done(states, tmp_path):
    refused, again, _back = on_a_disk(states.at("imported"), tmp_path, "ro", "merge")

    assert refused[0] == 74, refused[1]
    assert "the disk is read-only" in refused[1]
    assert len(refused[1].splitlines()) == 1
    assert again[0] == 3


# ------------------------------------------------------------------ the database


def locked(workspace):
    """A connection that writes and does not end."""
    holder = dbapi2.connect(workspace / "yibao.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    return holder


def test_a_database_locked_for_some_seconds_is_waited_for(at, states):
    workspace = at("imported")
    holder = locked(workspace)
    process = start("-w", workspace, "merge")
    time.sleep(5)
    assert process.poll() is None
    holder.execute("ROLLBACK")

    assert finish(process).code == 3
    assert goods(workspace) == goods(states.at("merged"))
    holder.close()


@pytest.mark.parametrize(
    "words", [["merge"], ["address", "clean"], ["import", "roster", "{inbox}/roster.xlsx"]]
)
def test_a_database_that_stays_locked_is_told_and_later_the_work_is_done(call, at, monkeypatch, words):
    workspace = at("new" if words[0] == "import" else "imported")
    call("-w", workspace, "status")  # makes a new one
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.2)
    holder = locked(workspace)
    words = [w.format(inbox=workspace / "inbox") for w in words]

    result = call("-w", workspace, *words)

    assert result.code == 75, result.err
    assert "the database is locked by another run; try again later" in result.err
    holder.execute("ROLLBACK")
    holder.close()
    assert call("-w", workspace, *words).code == 3
    assert leftovers(workspace) == []


def test_a_database_that_is_lost_under_way_is_no_bug_of_ours(at):
    opened = database.open_database(at("imported"))
    with opened.begin() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(OutputError, match="cannot be read or written any more"):
            connection.exec_driver_sql("DELETE FROM imports")
    opened.dispose()


# ------------------------------------------------------------------ the clock, and two at once


def test_a_clock_that_jumped_back_changes_nothing_that_is_made(call, at, states):
    workspace = at("imported")

    for words in ("merge", "render --workers 1", "verify --workers 1"):
        assert call("-w", workspace, "--now", "2025-01-01", *words.split()).code in {0, 3}

    assert goods(workspace) == goods(states.at("verified"))
    assert call("-w", workspace, "--now", "2024-06-01", "audit", "verify").code == 0
    assert call("-w", workspace, "--now", "2024-06-01", "status").code == 0


def test_of_two_nights_that_begin_at_once_one_works_and_one_goes_home(at, states):
    workspace = at("new")
    with (workspace / "yibao.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[nightly]\nsteps = ["import", "address clean", "merge"]\n')
    nights = [start("-w", workspace, "nightly") for _cron in range(2)]
    ended = [finish(night) for night in nights]

    assert sorted(r.code for r in ended) == [3, 75]
    assert "nightly is in use by another run" in next(r for r in ended if r.code == 75).err
    # Its list of imports is in the order in which they came, which is the night's.
    made_, wanted = (goods(w) | {"package/package.json": ""} for w in (workspace, states.at("merged")))
    assert made_ == wanted
    query = "SELECT count(*) FROM imports"
    assert rows_of(workspace, query) == rows_of(states.at("merged"), query)


# ------------------------------------------------------------------ memory


def greedy(task):
    """Take more than this process may have, the first time."""
    mark = Path(task)
    if not mark.exists():
        mark.touch()
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        return len(bytearray(2 << 30))
    return 7


def insatiable(task):
    raise MemoryError


def test_a_worker_without_memory_is_another_and_the_rest_goes_on(tmp_path):
    marks = [str(tmp_path / str(number)) for number in range(4)]
    Path(marks[1]).touch()

    assert sorted(run_tasks(greedy, marks, 2)) == [(mark, 7) for mark in marks]


def test_what_takes_the_memory_of_three_workers_is_told(tmp_path):
    with pytest.raises(InternalError, match="killed its worker 3 times") as told:
        list(run_tasks(insatiable, ["a", "b"], 2))

    assert "check the memory of the machine" in told.value.remedy


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for the workers in /proc")
def test_a_worker_that_the_system_kills_costs_nothing_but_time(at, states):
    workspace = at("merged")
    process = start("-w", workspace, "render", "--workers", "2")
    deadline = time.monotonic() + 60
    killed = 0
    while process.poll() is None and time.monotonic() < deadline and not killed:
        if (made(workspace) / "print").exists():
            for worker in workers_of(process.pid)[:1]:
                os.kill(worker, signal.SIGKILL)
                killed += 1
        time.sleep(0.01)

    assert finish(process).code == 0
    assert killed
    assert goods(workspace) == goods(states.at("rendered"))


def workers_of(pid):
    """Processes that were started by one, to work for it."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    words = {int(p): Path(f"/proc/{p}/cmdline").read_bytes() for p in listed if Path(f"/proc/{p}").exists()}
    return [p for p, line in words.items() if b"spawn_main" in line]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_whatever_crashes_leaves_no_memory_on_the_disk(at, tmp_path):
    workspace = at("merged")
    allowed = resource.getrlimit(resource.RLIMIT_CORE)[1]

    def generous():
        resource.setrlimit(resource.RLIMIT_CORE, (allowed, allowed))

    process = start("-w", workspace, "render", "--workers", "2", preexec_fn=generous, cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not (workers := workers_of(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.01)
    limits = [Path(f"/proc/{p}/limits").read_text(encoding="utf-8") for p in (process.pid, *workers)]
    os.kill(process.pid, signal.SIGSEGV)
    process.communicate()

    assert {line.split()[4] for text in limits for line in text.splitlines() if "core file" in line} == {"0"}
    assert process.returncode == -signal.SIGSEGV
    assert list(tmp_path.glob("core*")) == list(workspace.rglob("core*")) == []


# ------------------------------------------------------------------ signals


@pytest.mark.parametrize(
    ("state", "words", "number"),
    [
        ("merged", ["render", "--workers", "2"], signal.SIGINT),
        ("new", ["import", "transactions", "{inbox}/transactions.xlsx"], signal.SIGTERM),
    ],
)
def test_whatever_is_told_to_end_ends_soon_and_goes_on_when_it_is_run_again(at, states, state, words, number):
    workspace = at(state)
    words = [w.format(inbox=workspace / "inbox") for w in words]
    trace = (workspace / ".locks") / f"mailing-{MAILING}.lock"
    trace.unlink(missing_ok=True)
    process = start("-w", workspace, *words)
    deadline = time.monotonic() + 60
    while not trace.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    # A terminal's Ctrl-C reaches the workers too.
    os.killpg(process.pid, number)
    told = time.monotonic()

    result = finish(process)

    assert result.code == 128 + number, result.err
    assert time.monotonic() - told < 20
    assert len(result.err.splitlines()) == 1
    assert "interrupted; run the same command again" in result.err
    assert outside("-w", workspace, *words).code in {0, 3}
    assert leftovers(workspace) == []
    if state == "merged":
        assert goods(workspace) == goods(states.at("rendered"))


# ------------------------------------------------------------------ every exit code


def _interrupted(at, number):
    process = start("-w", at("imported"), "merge")
    time.sleep(1.5)
    process.send_signal(number)
    return finish(process).code


def _altered(call, at):
    workspace = at("rendered")
    part = pdfs(workspace)[0]
    part.write_bytes(part.read_bytes() + b"\n")
    return call("-w", workspace, "verify", "--workers", "1").code


def _no_workbook(call, at):
    workspace = at("new")
    (workspace / "inbox" / "roster.xlsx").write_bytes(b"no workbook")
    return call("-w", workspace, "import", "roster", workspace / "inbox" / "roster.xlsx").code


def _no_database(call, at):
    workspace = at("imported")
    (workspace / "yibao.db").write_bytes(b"no database" * 100)
    return call("-w", workspace, "status").code


def _no_setting(call, at):
    workspace = at("new")
    with (workspace / "yibao.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n[no-such-table]\n")
    return call("-w", workspace, "status").code


def _held(call, at):
    workspace = at("merged")
    lock = workspace / ".locks" / f"mailing-{MAILING}.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        return call("-w", workspace, "merge").code


def _private(at):
    workspace = at("new")
    workspace.chmod(0o500)
    code, _err = as_anybody("-w", workspace, "status")
    workspace.chmod(0o700)
    return code


def _with_module(at, tmp_path, state, command, module, body):
    return outside("-w", at(state), command, env=shadowed(tmp_path, module, body)).code


PROVOKED = {
    ExitCode.OK: lambda call, at, _tmp: call("-w", at("posted"), "status").code,
    ExitCode.USAGE: lambda call, at, _tmp: call("-w", at("posted"), "merge", "--no-such-option").code,
    ExitCode.FINDINGS: lambda call, at, _tmp: call("-w", at("imported"), "merge").code,
    ExitCode.CHECK_FAILED: lambda call, at, _tmp: _altered(call, at),
    ExitCode.STATE: lambda call, at, _tmp: call("-w", at("merged"), "manifest").code,
    ExitCode.INPUT_REFUSED: lambda call, at, _tmp: _no_workbook(call, at),
    ExitCode.NOT_FOUND: lambda call, at, _tmp: (
        call("-w", at("new"), "import", "roster", "/no/such.xlsx").code
    ),
    ExitCode.UNAVAILABLE: lambda _call, at, tmp: _with_module(
        at, tmp, "merged", "render", "justmytype_intl_cjk", "raise ImportError"
    ),
    ExitCode.BUG: lambda _call, at, tmp: _with_module(
        at, tmp, "rendered", "verify", "zxingcpp", "raise RuntimeError"
    ),
    ExitCode.IO: lambda call, at, _tmp: _no_database(call, at),
    ExitCode.LOCKED: lambda call, at, _tmp: _held(call, at),
    ExitCode.PERMISSIONS: lambda _call, at, _tmp: _private(at),
    ExitCode.SETTINGS: lambda call, at, _tmp: _no_setting(call, at),
    ExitCode.INTERRUPTED: lambda _call, at, _tmp: _interrupted(at, signal.SIGINT),
    ExitCode.TERMINATED: lambda _call, at, _tmp: _interrupted(at, signal.SIGTERM),
}


def test_every_documented_code_is_provoked_below():
    page = (Path(__file__).parents[2] / "docs" / "exit-codes.md").read_text(encoding="utf-8")

    assert set(PROVOKED) == set(ExitCode)
    assert all(f"| `{int(code)}` |" in page for code in ExitCode)


@pytest.mark.parametrize("code", PROVOKED, ids=lambda c: str(int(c)))
def test_each_exit_code_is_given(call, at, tmp_path, code):
    if code is ExitCode.PERMISSIONS and not sys.platform.startswith("linux"):
        pytest.skip("capabilities are Linux's")

    assert PROVOKED[code](call, at, tmp_path) == code
