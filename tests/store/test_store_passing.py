"""What passes through a workspace is there for its command, and for nobody when that is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from yibao_cli.sealed import keys
from yibao_cli.sealed.keys import new_key
from yibao_cli.store.passing import hide, passing_file, passing_folder, sweep_passing

CHECKOUT = Path(__file__).parents[2]
SECRET = b"110101199001011237"

nameless = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the way to it is Linux's")

HOLDER = """
import sys
from contextlib import ExitStack
from pathlib import Path
from yibao_cli.sealed import keys
from yibao_cli.store.passing import passing_file, passing_folder
if sys.argv[2]:
    keys.find_by(lambda _path: keys.new_key())
with ExitStack() as stack:
    folder = stack.enter_context(passing_folder(Path(sys.argv[1])))
    with passing_file(folder / "stdin", stack) as stream:
        stream.write(b"110101199001011237")
    print(folder / "stdin", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def keyed(monkeypatch):
    """Every path has a key."""
    key = new_key()
    monkeypatch.setattr(keys, "_find", lambda _path: key)


@pytest.fixture
def holder(tmp_path):
    """A command that something passes through: the process, and where it reads."""
    running = []

    def started(*, key):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path), "key" if key else ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=CHECKOUT,
        )
        running.append(process)
        return process, Path(process.stdout.readline().decode().strip())

    yield started
    for process in running:
        process.communicate()


def killed(process):
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def left(folder):
    """Files below a folder that say it."""
    return [p for p in folder.rglob("*") if p.is_file() and SECRET in p.read_bytes()]


@nameless
def test_with_a_key_what_passes_is_gone_with_the_process(holder, tmp_path):
    process, path = holder(key=True)

    assert path.read_bytes() == SECRET  # as a process of its own, which reads workbooks, does
    killed(process)
    assert left(tmp_path) == []


def test_what_a_killed_command_left_is_swept_and_what_passes_through_another_is_not(holder, tmp_path):
    first, _path = holder(key=False)
    _second, there = holder(key=False)
    killed(first)
    assert len(left(tmp_path)) == 2

    sweep_passing(tmp_path)

    assert left(tmp_path) == [there]
    assert len(list((tmp_path / ".locks").iterdir())) == 1


def test_a_folder_of_an_earlier_version_is_swept_whoever_has_its_number_now(tmp_path):
    (tmp_path / "imports" / f"unpacked-{os.getpid()}-x").mkdir(parents=True)

    sweep_passing(tmp_path)

    assert list((tmp_path / "imports").iterdir()) == []
    assert list((tmp_path / ".locks").iterdir()) == []


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_at_the_end_nothing_is_left_however_it_comes(keyed, tmp_path, ends):
    before = len(list(Path("/proc/self/fd").iterdir())) if sys.platform.startswith("linux") else 0

    def work():
        with ExitStack() as stack:
            folder = stack.enter_context(passing_folder(tmp_path))
            (folder / "book.xlsx").write_bytes(SECRET)
            hide(folder / "book.xlsx", stack)
            assert (folder / "book.xlsx").read_bytes() == SECRET
            assert (folder / "book.xlsx").stat().st_size == len(SECRET)
            if ends == "badly":
                raise KeyError

    if ends == "badly":
        with pytest.raises(KeyError):
            work()
    else:
        work()

    assert [p for p in tmp_path.rglob("*") if not p.is_dir()] == []
    if sys.platform.startswith("linux"):
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_where_the_system_knows_no_way_to_a_file_without_a_name_it_keeps_it(keyed, tmp_path, monkeypatch):
    monkeypatch.setattr("yibao_cli.store.passing.os.access", lambda _path, _mode: False)
    with ExitStack() as stack:
        folder = stack.enter_context(passing_folder(tmp_path))
        with passing_file(folder / "stdin", stack) as stream:
            stream.write(SECRET)

        assert (folder / "stdin").read_bytes() == SECRET
        assert not (folder / "stdin").is_symlink()
        assert (folder / "stdin").stat().st_mode & 0o777 == 0o600
