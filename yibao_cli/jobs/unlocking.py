"""Which key a workspace has: as its settings say, held against its mark; remembered for every file in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.config import FILE_NAME, load_settings
from yibao_cli.errors import SettingsError, StateError
from yibao_cli.i18n import _
from yibao_cli.sealed import keys
from yibao_cli.store.files import atomic_file, leave_no_core
from yibao_cli.store.resealing import opens_with, sealing_key
from yibao_cli.store.unlocking import (
    MARK,
    Mark,
    holds_plain_data,
    key_in_environment,
    key_in_file,
    key_in_keyring,
    mark_text,
    read_mark,
)

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.config import Settings
    from yibao_cli.sealed.keys import Key

# Workers open files of a workspace, not the workspace: they ask here. Those of a cluster outlive the key that
# they first asked for, so it counts as long as the mark is the file that it was.
_Stamp = tuple[int, int] | None  # inode and time of the mark; None where there is none
_known: dict[Path, tuple[_Stamp, Key | None]] = {}


def configured_key(folder: Path, settings: Settings) -> Key | None:
    """The key that the settings of a workspace name; None where they name none.

    From here on the process has something to keep to itself, and leaves no core. Raises SettingsError or
    PermissionsError when the key cannot be had.
    """
    leave_no_core()
    place = settings.encryption
    if place.key_file:
        return key_in_file((folder / place.key_file).expanduser(), folder)
    if place.key_env:
        return key_in_environment(place.key_env)
    return key_in_keyring(place.keyring) if place.keyring else None


def key_in_use(folder: Path, settings: Settings) -> Key | None:
    """The key of a workspace, when it is the one that its data is encrypted with; changes nothing.

    Raises SettingsError for a missing or wrong key, StateError when the data is not encrypted yet, or only
    in part.
    """
    key, mark = configured_key(folder, settings), read_mark(folder)
    if mark is None:
        if key is not None and not opens_with(folder, key):
            raise _another(sealing_key(folder), key)
        if key is not None and holds_plain_data(folder):
            raise StateError(
                _("the settings name a key, and the data of this workspace is not encrypted yet"),
                where=FILE_NAME,
                remedy=_("encrypt it with `yibao keys encrypt`, or take [encryption] out of yibao.toml"),
            )
        return key
    if mark.changing:
        raise StateError(
            _("the key of this workspace was being changed, and that did not come to its end"),
            where=MARK,
            remedy=_("run the same `yibao keys` command again: it goes on where it stopped"),
        )
    if key is None:
        raise SettingsError(
            _("this workspace is encrypted by key {id}, and no key is configured").format(id=mark.key),
            where=FILE_NAME,
            remedy=_("name that key in [encryption]; without it nothing can be read"),
        )
    if key.id.hex() != mark.key:
        raise _another(mark.key, key)
    return key


def _another(wanted: str, key: Key) -> SettingsError:
    return SettingsError(
        _("this workspace is encrypted by key {id}, and the settings name key {other}").format(
            id=wanted or "?", other=key.id.hex()
        ),
        where=FILE_NAME,
        remedy=_(
            "name that key in [encryption], or go over to the new one with `yibao keys rotate --old FILE`"
        ),
    )


def unlock(folder: Path, settings: Settings) -> None:
    """Find the key of a workspace before anything of it is opened; a new one is marked with it."""
    key = key_in_use(folder, settings)
    if key is not None and read_mark(folder) is None:
        write_mark(folder, Mark(key.id.hex()))
    _known[folder] = _stamp(folder), key


def write_mark(folder: Path, mark: Mark | None) -> None:
    """Say which key a workspace has; None for no key any more."""
    if mark is None:
        (folder / MARK).unlink(missing_ok=True)
        return
    with atomic_file(folder / MARK, "w") as stream:
        stream.write(mark_text(mark))


def _key_above(path: Path) -> Key | None:
    for folder in path.absolute().parents:
        known = _known.get(folder)
        if known and known[0] == _stamp(folder):
            return known[1]
        if known or (folder / FILE_NAME).is_file():
            stamp = _stamp(folder)
            _known[folder] = stamp, key_in_use(folder, load_settings(folder))
            return _known[folder][1]
    return None


def _stamp(folder: Path) -> _Stamp:
    try:
        found = (folder / MARK).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


keys.find_by(_key_above)
