"""Backup 备份 and restore: a workspace as one private file, read back before it counts."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from yibao_cli.errors import UsageError
from yibao_cli.i18n import _
from yibao_cli.store import audit
from yibao_cli.store.backups import check_backup, restore_backup, snapshot, write_backup
from yibao_cli.store.files import TEMPORARY, private_folder

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.backups import Contents


def back_up(workspace: Workspace, target: Path) -> Contents:
    """Write a backup of the workspace and read it through.

    Raises LockHeld while a mailing is being worked on, UsageError when the file is there already.
    """
    room = private_folder(workspace.folder / ".locks")
    copy = room / f"backup.db{TEMPORARY}"
    with ExitStack() as locks:
        locks.enter_context(workspace.locked("backup"))
        copy.unlink(missing_ok=True)  # of a run that was killed
        if target.exists():
            raise UsageError(
                _("there is a file of this name already"),
                where=str(target),
                remedy=_("name another: a backup never takes the place of an earlier one"),
            )
        for folder in sorted((workspace.folder / "mailings").glob("*/")):
            locks.enter_context(workspace.locked_mailing(folder.name))
        try:
            snapshot(workspace.engine, copy)
            with workspace.reading() as connection:
                head = audit.head(connection)
            write_backup(workspace.folder, copy, target, str(head or ""))
        finally:
            copy.unlink(missing_ok=True)
    return check_backup(target)


def restore(source: Path, folder: Path) -> Contents:
    """Make a workspace of a backup in a new folder."""
    return restore_backup(source, folder)
