"""Workbooks that people write answers into: what somebody wrote is never lost to a second run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from yibao_cli.errors import StateError
from yibao_cli.i18n import _
from yibao_cli.store.files import sha256_of
from yibao_cli.store.schema import audit

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace

_HANDED_IN = ("address apply", "appointments")  # their events tell the hash of what came back


def require_no_answers(workspace: Workspace, there: Path, made: Path, command: str) -> None:
    """Refuse that a new workbook takes the place of one that somebody has written into.

    there: the file as it stands, if there is one; made: what would take its place, whose hash the events of
    `command` tell in their facts. One that was handed in may go, and one that would be the same.

    Raises StateError.
    """
    if not there.is_file():
        return
    digest = sha256_of(there)
    if digest == sha256_of(made):
        return
    a = audit.c
    told = select(a.seq).where(a.command.in_((command, *_HANDED_IN)), a.facts.contains(digest))
    with workspace.reading() as connection:
        if connection.execute(told.limit(1)).first() is not None:
            return
    raise StateError(
        _("the file is not as yibao wrote it: answers may stand in it that a new one would wipe out"),
        where=str(there),
        remedy=_("hand it in, move it to another folder, or delete it, and run the command again"),
    )
