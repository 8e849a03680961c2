"""Backup 备份 and restore: a workspace as one private file, read back before it counts."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from yibao_cli.codes import is_mailing_id
from yibao_cli.config import find_workspace, load_settings
from yibao_cli.errors import SettingsError, UsageError, YibaoError
from yibao_cli.i18n import _
from yibao_cli.jobs.unlocking import configured_key
from yibao_cli.sealed.keys import key_of
from yibao_cli.store import audit
from yibao_cli.store.backups import backup_key, check_backup, restore_backup, snapshot, write_backup
from yibao_cli.store.files import TEMPORARY, private_folder
from yibao_cli.store.imports import STANDING
from yibao_cli.store.unlocking import key_in_file

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.sealed.keys import Key
    from yibao_cli.store.backups import Contents


def back_up(workspace: Workspace, target: Path) -> Contents:
    """Write a backup of the workspace, sealed by its key where it has one, and read it through.

    Raises LockHeld while a mailing is being worked on, UsageError when the file is there already.
    """
    room = private_folder(workspace.folder / ".locks")
    copy = room / f"backup.db{TEMPORARY}"
    key = key_of(copy)
    with ExitStack() as locks:
        locks.enter_context(workspace.locked("backup"))
        copy.unlink(missing_ok=True)  # of a run that was killed
        if target.exists():
            raise UsageError(
                _("there is a file of this name already"),
                where=str(target),
                remedy=_("name another: a backup never takes the place of an earlier one"),
            )
        _lock_what_is_worked_on(workspace, locks)
        try:
            snapshot(workspace.engine, copy)
            with workspace.reading() as connection:
                head = audit.head(connection)
            write_backup(workspace.folder, copy, target, str(head or ""), key)
        finally:
            copy.unlink(missing_ok=True)
    return check_backup(target, key)


def _lock_what_is_worked_on(workspace: Workspace, locks: ExitStack) -> None:
    """Let nobody import into, or change, a mailing or a table that counts for all of them."""
    mailings = {p.name for p in (workspace.folder / "mailings").glob("*/")}
    # An import comes before anything is made of it.
    imported = {p.name for p in (workspace.folder / "imports").glob("*/") if is_mailing_id(p.name)}
    for mailing in sorted(mailings | imported):
        locks.enter_context(workspace.locked_mailing(mailing))
    for table in sorted(STANDING):
        locks.enter_context(workspace.locked_standing(table))


def restore(source: Path, folder: Path, key_file: Path | None = None, given: Path | None = None) -> Contents:
    """Make a workspace of a backup in a new folder.

    key_file: holds the key that the backup is sealed by; None for that of the workspace at hand. given: the
    workspace at hand, if it is not the one around the current folder.

    Raises SettingsError without that key.
    """
    return restore_backup(source, folder, _key_for(source, key_file, given))


def _key_for(source: Path, key_file: Path | None, given: Path | None) -> Key | None:
    wanted = backup_key(source)
    if not wanted:
        return None
    key = key_in_file(key_file.expanduser()) if key_file else _key_at_hand(given)
    if key is None or key.id != wanted:
        raise SettingsError(
            _("this backup is encrypted by key {id}, and that key is not at hand").format(id=wanted.hex()),
            where=str(key_file or source),
            remedy=_("name the file that holds it: --key FILE; without it nothing can be read"),
        )
    return key


def _key_at_hand(given: Path | None) -> Key | None:
    """The key of the workspace that somebody stands in, if they do and it can be had."""
    with suppress(YibaoError):
        folder = find_workspace(given)
        return configured_key(folder, load_settings(folder))
    return None
