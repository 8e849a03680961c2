"""What passes through a workspace while a command works: private, and gone with it, however it ends.

A lock tells whether the command is still there: the kernel frees it on kill -9, whereas the number of a
process is given again, as after a restart or in the next container. Where the workspace has a key, what a
file says has no name on the disk: it is reached through the process that holds it open, and goes with it.
Source: Linux, unlink(2), and proc(5) on /proc/PID/fd.
"""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from yibao_cli.errors import YibaoError
from yibao_cli.sealed.keys import key_of
from yibao_cli.store.files import lock, private_folder, told_as_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack
    from typing import IO

PASSING = "imports/unpacked-"  # in a workspace, what the names of such folders begin with
_ROOM, _slash, _PREFIX = PASSING.partition("/")
_LOCKS = ".locks"


@contextmanager
def passing_folder(workspace: Path) -> Iterator[Path]:
    """A private folder of the workspace until the block ends."""
    name = f"{_PREFIX}{secrets.token_hex(8)}"
    # Held before the folder is there, so that it never looks like one that was left behind.
    with lock(workspace / _LOCKS, name):
        folder = private_folder(workspace / _ROOM / name)
        try:
            yield folder
        finally:
            _remove(workspace, folder)


def sweep_passing(workspace: Path) -> None:
    """Remove what commands that were killed had passing; what cannot be removed waits for the next one."""
    for folder in (workspace / _ROOM).glob(f"{_PREFIX}*"):
        with suppress(YibaoError, OSError), lock(workspace / _LOCKS, folder.name):
            _remove(workspace, folder)


def _remove(workspace: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        (workspace / _LOCKS / f"{folder.name}.lock").unlink()


@contextmanager
def passing_file(path: Path, stack: ExitStack) -> Iterator[IO[bytes]]:
    """Write a new private file of a passing folder; as `hide`, before there is a word in it."""
    with told_as_errors(path):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            hide(path, stack)
            yield stream


def hide(path: Path, stack: ExitStack) -> None:
    """Where there is a key, take its name from what a file of a passing folder says, until `stack` ends.

    At `path` stands the way to it then. Where the system knows no such way, as outside of Linux, the file
    stays as it is, and a sweep removes it if need be.
    """
    if key_of(path) is None:
        return
    descriptor = os.open(path, os.O_RDONLY)
    stack.callback(os.close, descriptor)
    way = Path(f"/proc/{os.getpid()}/fd/{descriptor}")
    if os.access(way, os.R_OK):
        path.unlink()
        path.symlink_to(way)
