"""The key of a workspace: fetched from where it is kept, and held against the mark of the one in use.

The mark `encryption.json` says by its id which key the workspace is sealed with, so that a missing or a wrong
key is known before anything is read, and never makes a new database beside the old one.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from yibao_cli.errors import CheckFailed, PermissionsError, SettingsError, os_reason
from yibao_cli.i18n import _
from yibao_cli.sealed.files import sealed_by
from yibao_cli.sealed.keys import Key, parsed, written
from yibao_cli.store.database import FILE_NAME as DATABASE
from yibao_cli.store.database import is_plain
from yibao_cli.store.files import private_folder, sync_folder, told_as_errors
from yibao_cli.store.imports import ROWS_FILE

if TYPE_CHECKING:
    from pathlib import Path

MARK = "encryption.json"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LARGEST = 4096  # bytes of a key file


@dataclass(frozen=True, slots=True)
class Mark:
    """What a workspace says of its key: the id in hexadecimal, "" for none; whether it is being changed."""

    key: str
    changing: bool = False


def read_mark(workspace: Path) -> Mark | None:
    """The mark of a workspace; None of one that is kept plain. Raises CheckFailed when it cannot be read."""
    path = workspace / MARK
    if not path.is_file():
        return None
    try:
        words = json.loads(path.read_text(encoding="utf-8"))
        return Mark(str(words["key"]), bool(words["changing"]))
    except (ValueError, KeyError, TypeError) as error:
        raise CheckFailed(
            _("this does not say which key the workspace has"),
            where=MARK,
            remedy=_("restore the file from a backup"),
        ) from error


def mark_text(mark: Mark) -> str:
    """A mark as it is written."""
    return json.dumps(asdict(mark))


def holds_plain_data(workspace: Path) -> bool:
    """Whether a workspace has a database or imports that nobody encrypted."""
    database = workspace / DATABASE
    if database.is_file() and database.stat().st_size:
        return is_plain(database)
    rows = workspace.glob(f"imports/**/{ROWS_FILE}")
    return any(not sealed_by(path) for path in rows)


# ---------------------------------------------------------------- where keys are kept


def key_in_file(path: Path, workspace: Path | None = None) -> Key:
    """The key in a file that only its owner can open.

    Raises SettingsError when it is not there, lies in the workspace or is no key; PermissionsError when
    others can open it, or it belongs to somebody else.
    """
    if workspace is not None and path.resolve().is_relative_to(workspace.resolve()):
        raise SettingsError(
            _("the key lies in the folder that it locks"),
            where=str(path),
            remedy=_(
                "keep it elsewhere: neither a backup nor a thief of the folder may have both data and key"
            ),
        )
    try:
        with path.open("rb") as stream:
            found = os.fstat(stream.fileno())
            text = stream.read(_LARGEST).decode("ascii", "replace")
    except PermissionError as error:
        raise PermissionsError(
            _("no permission to read the key"), where=str(path), remedy=_("make the file yours")
        ) from error
    except OSError as error:
        raise SettingsError(
            _("the key cannot be read: {reason}").format(reason=os_reason(error)),
            where=str(path),
            remedy=_("put the copy of the key there that you kept apart; without it nothing can be read"),
        ) from error
    if found.st_mode & _OTHERS or found.st_uid not in {os.geteuid(), 0}:
        raise PermissionsError(
            _("others can open the key"),
            where=str(path),
            remedy=_("make it yours alone: chmod 600 {file}").format(file=path),
        )
    return parsed(text, str(path))


def key_in_environment(name: str) -> Key:
    """The key in an environment variable; SettingsError when there is none."""
    text = os.environ.get(name, "")
    if not text:
        raise SettingsError(
            _("the environment variable {name} with the key is not set").format(name=name),
            where="encryption.key_env",
            remedy=_("set it where yibao is started; without the key nothing can be read"),
        )
    return parsed(text, name)


def key_in_keyring(entry: str) -> Key:
    """The key in the system's keyring; entry: `service/name`.

    Raises SettingsError without the package `keyring`, or when there is no such entry.
    """
    try:
        import keyring  # type: ignore[import-not-found] # noqa: PLC0415 - only where it is used
    except ImportError as error:
        # Any command may need the key: the code is that of every key that is not there.
        raise SettingsError(
            _("the package keyring is not installed"),
            where="encryption.keyring",
            remedy=_("install it: pip install keyring"),
        ) from error
    service, _slash, name = entry.partition("/")
    try:
        text = keyring.get_password(service, name)
    except Exception as error:
        # Each system's keyring has refusals of its own.
        raise SettingsError(
            _("the keyring cannot be opened: {error}").format(error=type(error).__name__),
            where="encryption.keyring",
            remedy=_("unlock it, or keep the key in a file"),
        ) from error
    if not text:
        raise SettingsError(
            _("the keyring has no entry {entry}").format(entry=entry),
            where="encryption.keyring",
            remedy=_("put the key there: keyring set {service} {name}").format(service=service, name=name),
        )
    return parsed(text, "encryption.keyring")


def write_key(path: Path, key: Key) -> None:
    """Write a key into a new private file; SettingsError when the file is there already."""
    private_folder(path.absolute().parent)
    with told_as_errors(path):
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError as error:
            raise SettingsError(
                _("there is a file of this name already"),
                where=str(path),
                remedy=_("name another: a key is never overwritten"),
            ) from error
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(written(key) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(path.absolute().parent)
