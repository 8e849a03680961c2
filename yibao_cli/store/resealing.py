"""A workspace goes over from one key to another, or from plain to encrypted and back; each file whole or not.

A file names the key that sealed it, and a database opens with one: what is done is seen, so a run that was
killed is simply run again. Hashes do not change: they are of what a file says.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from yibao_cli.errors import CheckFailed, LockHeld, OutputError, SettingsError
from yibao_cli.i18n import _
from yibao_cli.sealed.files import content, sealed_by, sealing
from yibao_cli.store.database import FILE_NAME, is_plain, raw_key, refusals_told, unlock, unusable
from yibao_cli.store.files import TEMPORARY, sync_folder, told_as_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from sqlalchemy import Connection

    from yibao_cli.sealed.keys import Key

_CHUNK = 1 << 20
# What is made for people to read, and names them; a file that fits none of these is never taken out.
LISTS = (
    "imports/**/changes.xlsx",
    "mailings/*/survey*/*.xlsx",
    "mailings/*/corrections/*.xlsx",
    "mailings/*/returns/*.jpg",
    "monthend/*.zip",
    "monthend/*/*/corrections-*.xlsx",
    "returns/*.csv",
)
# What is kept of persons in files, beside what is made to leave: imports, packages, lists to be taken out.
PATTERNS = (
    *("imports/**/*.parquet", "imports/**/*.jsonl"),
    *("mailings/*/package/*.parquet", "mailings/*/findings/*.jsonl"),
    *LISTS,
)


def sealable(workspace: Path) -> Iterator[Path]:
    """The files of a workspace that are sealed where it has a key."""
    return _files(workspace, PATTERNS)


def lists(workspace: Path) -> Iterator[Path]:
    """Those of them that are made for people to read."""
    return _files(workspace, LISTS)


def _files(workspace: Path, patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(p for p in workspace.glob(pattern) if p.is_file() and not p.is_symlink())


def reseal_file(path: Path, old: Key | None, new: Key | None) -> bool:
    """Seal a file by another key; None stands for plain. False when it is so already.

    Raises SettingsError when it has neither key, CheckFailed when it is not as it was written.
    """
    found = sealed_by(path)
    if found == (new.id if new else b""):
        return False
    if found != (old.id if old else b""):
        raise SettingsError(
            _("this file is encrypted by key {id}, neither the old nor the new one").format(
                id=found.hex() or _("none")
            ),
            where=str(path),
            remedy=_("give the key it has with --old, or take the file away"),
        )
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")
    with told_as_errors(path):
        try:
            with content(path, old) as stream, sealing(temporary, new) as target:
                shutil.copyfileobj(stream, target, _CHUNK)
            _sync(temporary)
            temporary.replace(path)
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
    return True


def reseal_database(workspace: Path, old: Key | None, new: Key | None) -> bool:
    """Write SQLite's file anew under another key; None stands for plain. False when it is so already.

    Raises LockHeld while another run has it open, SettingsError when the old key is not its key.
    """
    path = workspace / FILE_NAME
    if not path.is_file() or not path.stat().st_size or _opens(path, new):
        return False
    if not _opens(path, old):
        if old is None:
            raise unusable(new)
        raise SettingsError(
            _("the database does not open with key {id}, nor with the new one").format(id=old.id.hex()),
            where=FILE_NAME,
            remedy=_("give the key it has with --old, or restore it from a backup"),
        )
    fresh = path.with_name(f"{FILE_NAME}.{os.getpid()}{TEMPORARY}")
    with told_as_errors(path):
        try:
            fresh.unlink(missing_ok=True)
            os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with refusals_told(workspace):
                _export(path, fresh, old, new)
            _sync(fresh)
            fresh.replace(path)
            sync_folder(workspace)
        finally:
            fresh.unlink(missing_ok=True)
    return True


def require_whole_database(connection: Connection) -> None:
    """Hold every page of SQLite's encrypted file against its check; CheckFailed at what was changed."""
    if connection.exec_driver_sql("PRAGMA cipher_integrity_check").first() is not None:
        raise CheckFailed(
            _("the encrypted database is not as it was written"),
            where=FILE_NAME,
            remedy=_("use nothing of it; restore it from a backup"),
        )


def opens_with(workspace: Path, key: Key) -> bool:
    """Whether a key is that of the data which a workspace has: of its database, else of a sealed file."""
    path = workspace / FILE_NAME
    if path.is_file() and path.stat().st_size and not is_plain(path):
        return _opens(path, key)
    return next((sealed_by(p) == key.id for p in sealable(workspace) if sealed_by(p)), True)


def sealing_key(workspace: Path) -> str:
    """The id of the key that the first sealed file of a workspace names, hexadecimal; "" where none does."""
    return next((found.hex() for p in sealable(workspace) if (found := sealed_by(p))), "")


def _export(path: Path, fresh: Path, old: Key | None, new: Key | None) -> None:
    connection = _connected(path, old)
    try:
        # Only the last connection may leave WAL: nobody writes on in a file that is about to be replaced.
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        if mode != "delete":
            raise _in_use()
        connection.execute(
            f"ATTACH DATABASE ? AS fresh KEY {raw_key(new) if new else repr('')}", (str(fresh),)
        )
        connection.execute("SELECT sqlcipher_export('fresh')")
        names = [
            row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
        ]
        if any(_rows(connection, "main", n) != _rows(connection, "fresh", n) for n in names):
            raise OutputError(
                _("the database was not copied whole"),
                where=FILE_NAME,
                remedy=_("nothing was changed; run the command again"),
            )
        connection.execute("DETACH DATABASE fresh")
    except connection.OperationalError as error:
        if "locked" in str(error):
            raise _in_use() from error
        raise
    finally:
        connection.close()


def _in_use() -> LockHeld:
    return LockHeld(
        _("the database is open in another run"),
        where=FILE_NAME,
        remedy=_("end it, then run the command again"),
    )


def _rows(connection: Any, schema: str, table: str) -> int:
    name = table.replace('"', '""')
    return int(connection.execute(f'SELECT count(*) FROM {schema}."{name}"').fetchone()[0])  # noqa: S608


def _connected(path: Path, key: Key | None) -> Any:
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - only where SQLite is used

    connection = dbapi2.connect(str(path), isolation_level=None, timeout=1)
    unlock(connection, key)
    return connection


def _opens(path: Path, key: Key | None) -> bool:
    if key is None or is_plain(path):
        return key is None and is_plain(path)
    connection = _connected(path, key)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except connection.DatabaseError:
        return False
    finally:
        connection.close()
    return True


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
