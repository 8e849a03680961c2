"""Files on disk: private, atomic, hashed, locked.

0600 files and 0700 folders; content goes to a temporary file beside its target, is synced and renamed, so a
kill at any moment leaves the old content or the new, never half. Source: POSIX, rename and fsync.
"""

from __future__ import annotations

import contextlib
import errno
import getpass
import hashlib
import os
import shutil
from typing import IO, TYPE_CHECKING, Any

from yibao_cli.errors import LockHeld, OutputError, PermissionsError, os_reason
from yibao_cli.i18n import _
from yibao_cli.sealed.files import any_content, sealed_into
from yibao_cli.sealed.keys import key_of
from yibao_cli.store.locks import try_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPORARY = ".tmp"
_CHUNK = 1 << 20


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner can enter, and so each folder above it that is not there yet."""
    with told_as_errors(folder):
        # mkdir(parents=True) gives the mode to the last folder alone.
        for above in reversed([p for p in folder.parents if not p.exists()]):
            above.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextlib.contextmanager
def atomic_file(target: Path, mode: str = "wb") -> Iterator[IO[Any]]:
    """Open a file that becomes `target` when the block ends well, and vanishes when it does not."""
    private_folder(target.parent)
    temporary = target.with_name(f"{target.name}.{os.getpid()}{TEMPORARY}")
    with told_as_errors(target):
        encoding = None if "b" in mode else "utf-8"
        newline = None if "b" in mode else ""
        try:
            descriptor = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_RDWR | _NO_FOLLOW, 0o600)
            with os.fdopen(descriptor, mode, encoding=encoding, newline=newline) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
            sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def kept_file(target: Path) -> Iterator[IO[bytes]]:
    """As `atomic_file`, of what names persons and stays in the workspace: sealed where that has a key."""
    with atomic_file(target) as stream, sealed_into(stream, key_of(target)) as sealed:
        yield sealed


@contextlib.contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends well."""
    private_folder(target.parent)
    temporary = target.with_name(f"{target.name}.{os.getpid()}{TEMPORARY}")
    old = target.with_name(f"{target.name}.old{TEMPORARY}")
    with told_as_errors(target):
        shutil.rmtree(temporary, ignore_errors=True)
        try:
            yield private_folder(temporary)
            shutil.rmtree(old, ignore_errors=True)
            if target.exists():
                target.rename(old)
            temporary.rename(target)
            sync_folder(target.parent)
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def recover_folder(target: Path) -> None:
    """Undo a replacement that was killed between its two renames, and sweep what it left."""
    old = target.with_name(f"{target.name}.old{TEMPORARY}")
    if old.exists() and not target.exists():
        old.rename(target)
    for left in target.parent.glob(f"{target.name}.*{TEMPORARY}"):
        shutil.rmtree(left, ignore_errors=True)


def sweep_dead(folder: Path) -> None:
    """Remove the temporary files and folders that processes which are no more left right below a folder."""
    for left in folder.glob(f"*{TEMPORARY}"):
        process = left.name.removesuffix(TEMPORARY).rpartition(".")[2]
        if not process.isdigit() or _is_alive(int(process)):
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                left.unlink()


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # pragma: no cover - there signal 0 ends a process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system can."""
    if os.name == "nt":  # pragma: no cover - Windows has no folder descriptors
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """SHA-256 of what a file says, hexadecimal: the same whether it is encrypted or not."""
    digest = hashlib.sha256()
    with any_content(path) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextlib.contextmanager
def lock(folder: Path, name: str) -> Iterator[None]:
    """Hold `name` in a folder; LockHeld at once when another run does. The kernel frees it on kill -9."""
    path = private_folder(folder) / f"{name}.lock"
    with path.open("a+") as stream:
        if not try_lock(stream):
            stream.seek(0)
            raise LockHeld(
                _("{name} is in use by another run (user and process: {holder})").format(
                    name=name, holder=stream.read().strip() or "?"
                ),
                remedy=_("wait for it to end, then try again"),
            )
        stream.truncate(0)
        stream.write(f"{user_name()} {os.getpid()}")
        stream.flush()
        yield


def user_name() -> str:
    """The system's name of whoever runs the program; `uid-1000` where a container knows no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid-{os.getuid()}" if hasattr(os, "getuid") else "uid-0"


def leave_no_core() -> None:
    """Let no crash of this process, or of one it starts, leave its memory on disk: persons are in it."""
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:  # pragma: no cover - Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


@contextlib.contextmanager
def told_as_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusals about a path into our errors, with what to do."""
    try:
        yield
    except PermissionError as error:
        raise PermissionsError(
            _("no permission to write"), where=str(path), remedy=_("make the folder yours, or choose another")
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise OutputError(
                _("the disk is full"), where=str(path), remedy=_("make room and run the command again")
            ) from error
        if error.errno in {errno.EROFS, errno.EIO, errno.EDQUOT}:
            raise OutputError(
                _("cannot write: {reason}").format(reason=os_reason(error)),
                where=str(path),
                remedy=_("mend the disk or choose another folder, and run the command again"),
            ) from error
        raise


_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
