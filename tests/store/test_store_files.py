from __future__ import annotations

import errno
import getpass
import hashlib
import os
import stat
import subprocess
import sys

import pytest

from yibao_cli.errors import LockHeld, OutputError, PermissionsError
from yibao_cli.store.files import (
    atomic_file,
    atomic_folder,
    lock,
    private_folder,
    recover_folder,
    sha256_of,
    sweep_dead,
    told_as_errors,
)

HOLDER = """
import sys
from pathlib import Path
from yibao_cli.store.files import lock
with lock(Path(sys.argv[1]), "mailing-2026Q3"):
    print("held", flush=True)
    sys.stdin.read()
"""


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def write(target, content, *, fail=False):
    """Write a file as the program does; fail after the content is written."""
    with atomic_file(target) as out:
        out.write(content)
        if fail:
            raise RuntimeError("stopped half-way")


def replace_folder(target, name, *, fail=False):
    """Replace a folder as the program does; fail after its file is written."""
    with atomic_folder(target) as folder:
        (folder / name).write_text("new")
        if fail:
            raise RuntimeError("stopped half-way")


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_file_takes_its_place_whole_and_is_its_owners_alone(tmp_path):
    target = tmp_path / "new/part.pdf"

    write(target, b"pages")

    assert target.read_bytes() == b"pages"
    assert names(target.parent) == ["part.pdf"]
    assert mode(target) == 0o600
    assert mode(target.parent) == 0o700


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(tmp_path, old):
    target = tmp_path / "part.pdf"
    if old is not None:
        target.write_bytes(old)

    with pytest.raises(RuntimeError, match="half-way"):
        write(target, b"new", fail=True)

    assert names(tmp_path) == ([] if old is None else ["part.pdf"])
    assert old is None or target.read_bytes() == old


def test_what_a_killed_run_left_is_written_over(tmp_path):
    (tmp_path / f"part.pdf.{os.getpid()}.tmp").write_bytes(b"half")

    write(tmp_path / "part.pdf", b"whole")

    assert names(tmp_path) == ["part.pdf"]


def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (tmp_path / f"part.pdf.{os.getpid()}.tmp").symlink_to(victim)

    with pytest.raises(OSError, match="symbolic links"):
        write(tmp_path / "part.pdf", b"new")

    assert victim.read_bytes() == b"mine"


def test_text_is_utf_8_with_its_line_ends_as_they_are(tmp_path):
    with atomic_file(tmp_path / "a.csv", "w") as out:
        out.write("张三\r\n")

    assert (tmp_path / "a.csv").read_bytes() == "张三\r\n".encode()


def test_a_folder_takes_the_place_of_the_old_one_whole(tmp_path):
    target = tmp_path / "package"
    replace_folder(target, "a")

    replace_folder(target, "b")

    assert names(tmp_path) == ["package"]
    assert names(target) == ["b"]
    assert mode(target) == 0o700


def test_a_failure_while_filling_a_folder_leaves_the_old_one(tmp_path):
    target = tmp_path / "package"
    replace_folder(target, "a")

    with pytest.raises(RuntimeError, match="half-way"):
        replace_folder(target, "b", fail=True)

    assert names(tmp_path) == ["package"]
    assert names(target) == ["a"]


def test_a_replacement_killed_between_its_two_renames_is_undone(tmp_path):
    old = private_folder(tmp_path / "package.old.tmp")
    (old / "a").write_text("old")
    private_folder(tmp_path / "package.123.tmp")

    recover_folder(tmp_path / "package")

    assert names(tmp_path) == ["package"]
    assert names(tmp_path / "package") == ["a"]


def test_a_replacement_killed_at_its_end_is_swept_up(tmp_path):
    replace_folder(tmp_path / "package", "b")
    private_folder(tmp_path / "package.old.tmp")

    recover_folder(tmp_path / "package")

    assert names(tmp_path) == ["package"]
    assert names(tmp_path / "package") == ["b"]


def test_a_hash_is_the_one_every_tool_gives(tmp_path):
    content = bytes(range(256)) * 8192
    (tmp_path / "a").write_bytes(content)

    assert sha256_of(tmp_path / "a") == hashlib.sha256(content).hexdigest()


def test_a_second_run_is_told_who_holds_the_lock_and_waits_for_nothing(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"held\n"

        with pytest.raises(LockHeld, match=rf"mailing-2026Q3 .* {holder.pid}\)"):
            lock(tmp_path, "mailing-2026Q3").__enter__()

        with lock(tmp_path, "mailing-2026Q4"):
            pass
        holder.kill()
        holder.wait()
        # The kernel frees the lock of a killed run.
        with lock(tmp_path, "mailing-2026Q3"):
            pass


def test_a_lock_is_free_again_after_its_block(tmp_path):
    with lock(tmp_path, "a"):
        pass
    with lock(tmp_path, "a"):
        assert (tmp_path / "a.lock").read_text() == f"{getpass.getuser()} {os.getpid()}"


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.EACCES, PermissionsError),
        (errno.EPERM, PermissionsError),
        (errno.ENOSPC, OutputError),
        (errno.EROFS, OutputError),
        (errno.EIO, OutputError),
        (errno.EDQUOT, OutputError),
        (errno.ENOTDIR, NotADirectoryError),
    ],
)
def test_the_systems_refusals_become_errors_with_a_remedy(tmp_path, number, error):
    with pytest.raises(error) as caught, told_as_errors(tmp_path):
        raise OSError(number, os.strerror(number))

    assert getattr(caught.value, "remedy", "its own") != ""


def test_what_dead_processes_left_is_swept_and_what_the_living_write_is_not(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f"list.csv.{dead.pid}.tmp").touch()
    (tmp_path / f"pack.{dead.pid}.tmp").mkdir()
    (tmp_path / f"pack.{dead.pid}.tmp" / "inside").touch()
    kept = {f"report.{os.getpid()}.tmp", "package.old.tmp", "own.tmp", "list.csv"}
    for name in kept:
        (tmp_path / name).touch()

    sweep_dead(tmp_path)
    sweep_dead(tmp_path / "nowhere")

    assert {p.name for p in tmp_path.iterdir()} == kept
