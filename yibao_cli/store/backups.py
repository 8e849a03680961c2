"""A workspace as one file: a snapshot of the database and all files beside it, each with its hash.

The members are stored as they are: Parquet and PDF are compressed already. Of a workspace with a key the
archive as a whole is sealed by it, since print files and lists for the post lie in it too. A live SQLite file
must not be copied. Source: sqlite.org, How To Corrupt An SQLite Database File, 1.2 and 1.4.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from yibao_cli.errors import CheckFailed, InputNotFound, InputRefused, StateError
from yibao_cli.i18n import _
from yibao_cli.sealed.files import content, sealed_by, sealed_into
from yibao_cli.store.database import FILE_NAME as DATABASE
from yibao_cli.store.database import bare
from yibao_cli.store.files import TEMPORARY, atomic_file, atomic_folder, private_folder
from yibao_cli.store.passing import PASSING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from yibao_cli.sealed.keys import Key

_LIST = "backup.json"
_FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: how many files and bytes, and the head of the audit trail in it ("" for none).

    key: id of the key that it is sealed by, hexadecimal; "" for a plain one.
    """

    files: int
    size: int
    head: str
    key: str = ""


def snapshot(engine: Engine, target: Path) -> None:
    """Write a copy of a SQLite database as it is at one moment; StateError for a server's."""
    if engine.dialect.name != "sqlite":
        raise StateError(
            _("the database lies on a server, which has its own backups"),
            remedy=_("use pg_dump for it, and copy the workspace's folder besides"),
        )
    with bare(engine) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)


def write_backup(workspace: Path, database: Path, target: Path, head: str, key: Key | None) -> None:
    """Write all of a workspace into one file, the database from its snapshot; private, whole or nothing.

    key: what the file is sealed by; None for a plain one.
    """
    hashes: dict[str, str] = {}
    with (
        atomic_file(target) as stream,
        sealed_into(stream, key) as sealed,
        tarfile.open(fileobj=sealed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, path in [(DATABASE, database), *_files(workspace, target)]:
            hashes[name] = _add(tar, name, path)
        words = {"format": _FORMAT, "head": head, "files": hashes}
        _add_text(tar, _LIST, json.dumps(words, ensure_ascii=False, indent=1))


def backup_key(source: Path) -> bytes:
    """The id of the key that a backup is sealed by; empty for a plain one. Raises InputNotFound."""
    with _told(source):
        return sealed_by(source)


def check_backup(source: Path, key: Key | None = None) -> Contents:
    """Read a backup through; InputRefused when a file in it is missing, too many, or not as it was.

    key: what it is sealed by.
    """
    found: dict[str, str] = {}
    size = 0
    words: dict[str, object] = {}
    with _told(source):
        for name, stream, length in _members(source, key):
            if name == _LIST:
                words = _words(source, stream.read())
            else:
                found[name] = _sha256(stream)
                size += length
    if words.get("format") != _FORMAT or words.get("files") != found:
        raise _refused(source, _("its files are not those that were put into it"))
    return Contents(len(found), size, str(words.get("head", "")), backup_key(source).hex())


def restore_backup(source: Path, folder: Path, key: Key | None = None) -> Contents:
    """Check a backup, then make a workspace of it in a new or empty folder; whole or not at all."""
    contents = check_backup(source, key)
    if folder.exists() and any(folder.iterdir()):
        raise StateError(
            _("the folder is not empty"),
            where=str(folder),
            remedy=_("name a new folder; nothing is overwritten"),
        )
    with _told(source), atomic_folder(folder.resolve()) as room:
        for name, stream, _length in _members(source, key):
            if name != _LIST:
                target = room / name
                private_folder(target.parent)
                with atomic_file(target) as out:
                    while chunk := stream.read(_CHUNK):
                        out.write(chunk)
    return contents


def _files(workspace: Path, target: Path) -> Iterator[tuple[str, Path]]:
    """Files of a workspace by their names in the backup: no locks, no temporary files, no live database."""
    for path in sorted(workspace.rglob("*")):
        name = path.relative_to(workspace).as_posix()
        hidden = (
            name.startswith((".locks/", DATABASE, PASSING)) or TEMPORARY in name or path.suffix == ".backup"
        )
        if path.is_file() and not path.is_symlink() and not hidden and path.resolve() != target.resolve():
            yield name, path


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    member = tarfile.TarInfo(name)
    member.mode = 0o600
    with path.open("rb") as stream:
        member.size = path.stat().st_size
        reading = _Hashing(stream)
        tar.addfile(member, reading)
    return reading.digest.hexdigest()


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    member = tarfile.TarInfo(name)
    member.mode, member.size = 0o600, len(data)
    tar.addfile(member, io.BytesIO(data))


class _Hashing:
    """A reader that hashes what goes through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._stream.read(size)
        self.digest.update(data)
        return data


def _members(source: Path, key: Key | None) -> Iterator[tuple[str, IO[bytes], int]]:
    with content(source, key) as said, tarfile.open(fileobj=said, mode="r:") as tar:
        for member in tar:
            stream = tar.extractfile(member)
            if stream is None or not _is_inside(member.name):
                raise _refused(source, _("it holds what no workspace holds"))
            yield member.name, stream, member.size


@contextmanager
def _told(source: Path) -> Iterator[None]:
    """Turn what a damaged file does to its reader into a refusal."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputNotFound(
            _("there is no such file"), where=str(source), remedy=_("check the name and the folder")
        ) from error
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise _refused(source, _("it cannot be read to its end")) from error
    except CheckFailed as error:  # of what is sealed, a bit that was turned
        raise _refused(source, _("its files are not those that were put into it")) from error


def _words(source: Path, data: bytes) -> dict[str, object]:
    try:
        words = json.loads(data)
    except ValueError as error:
        raise _refused(source, _("its list cannot be read")) from error
    return words if isinstance(words, dict) else {}


def _is_inside(name: str) -> bool:
    return bool(name) and not name.startswith("/") and "\\" not in name and ".." not in name.split("/")


def _sha256(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _refused(source: Path, reason: str) -> InputRefused:
    return InputRefused(
        _("this is no whole backup: {reason}").format(reason=reason),
        where=source.name,
        remedy=_("use another backup"),
    )
