"""Merge a mailing: imports, address book, contracts and settings become the frozen package."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, update

from yibao_cli.errors import CheckFailed, StateError
from yibao_cli.i18n import _
from yibao_cli.jobs.findings import write_mailing_findings
from yibao_cli.jobs.freezing import Freezer, Frozen
from yibao_cli.jobs.kinds import require_clean_texts
from yibao_cli.jobs.ledgering import open_ledger
from yibao_cli.jobs.workspace import PRINT, SCRATCH, Progress, Workspace, mailing_state, no_progress
from yibao_cli.store import audit
from yibao_cli.store.files import private_folder
from yibao_cli.store.imports import active_imports
from yibao_cli.store.schema import mailings, pieces

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.kinds.kind import Kind
    from yibao_cli.store.imports import ImportRecord


_PIECE_COLUMNS = ("piece", "part", "position", "address_id", "county", "employer_no")


@dataclass
class MergeOutcome:
    """What was frozen, the workbook of all findings, and whether the package was the same before."""

    mailing: str
    frozen: Frozen
    findings_file: Path
    unchanged: bool


def merge_mailing(workspace: Workspace, mailing: str, progress: Progress = no_progress) -> MergeOutcome:
    """Freeze the package of a mailing.

    Raises StateError when something has to be done first, or the mailing is posted; CheckFailed when
    nothing is left to print.
    """
    mailing = workspace.mailing_id(mailing)
    kind = workspace.kind(mailing)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = mailing_state(connection, mailing)
            records = active_imports(connection, mailing)
        if state is not None and state.state == "posted":
            raise StateError(
                _("mailing {mailing} is posted and stays as it is").format(mailing=mailing),
                remedy=_("a new mailing takes the new data"),
            )
        _require_imports(kind, mailing, records)
        require_clean_texts(workspace, mailing, kind)
        frozen = _frozen(Freezer(workspace, mailing, kind, records, progress))
        workbook = write_mailing_findings(workspace, mailing, frozen.findings)
        if not frozen.counts["pieces"]:
            raise CheckFailed(
                _("nothing is left to print: every row of the roster is held or rejected"),
                where=str(workbook),
                remedy=_("see there why"),
            )
        unchanged = _record(workspace, mailing, kind, frozen)
    return MergeOutcome(mailing, frozen, workbook, unchanged)


def _require_imports(kind: Kind, mailing: str, records: list[ImportRecord]) -> None:
    have = {r.table for r in records}
    for table in kind.merge.required_tables:
        if table not in have:
            raise StateError(
                _("mailing {mailing} has no {label}").format(mailing=mailing, label=kind.inputs[table].label),
                remedy=_("import it with `yibao import {table} FILE`").format(table=table),
            )


def _frozen(freezer: Freezer) -> Frozen:
    scratch = private_folder(freezer.workspace.mailing_folder(freezer.mailing) / SCRATCH)
    try:
        freezer.progress(_("joining"), 0, 0)
        ledger = open_ledger(freezer.workspace, freezer.kind, freezer.records, scratch)
        try:
            return freezer.freeze(ledger)
        finally:
            ledger.close()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _record(workspace: Workspace, mailing: str, kind: Kind, frozen: Frozen) -> bool:
    """Tell the database; True when it knew this very package. Print files of another package go."""
    with workspace.reading() as connection:
        before = mailing_state(connection, mailing)
    if before is not None and before.package_sha256 == frozen.package_sha256:
        return True
    # The files go first: after a kill in between, the database still names the old package, and merging
    # again comes through here again.
    shutil.rmtree(workspace.mailing_folder(mailing) / PRINT, ignore_errors=True)
    with workspace.engine.begin() as connection:
        values = {"kind": kind.id, "state": "merged", "posted_on": ""}
        values["package_sha256"] = frozen.package_sha256
        if before is None:
            connection.execute(insert(mailings).values(id=mailing, **values))
        else:
            connection.execute(update(mailings).where(mailings.c.id == mailing).values(**values))
        _replace_pieces(connection, workspace, mailing)
        facts = {"package": frozen.package_sha256, **frozen.counts}
        audit.record(connection, at=workspace.stamp, command="merge", mailing=mailing, facts=facts)
    return False


def _replace_pieces(connection: Connection, workspace: Workspace, mailing: str) -> None:
    connection.execute(delete(pieces).where(pieces.c.mailing == mailing))
    package = workspace.package(mailing)
    for entry in package.manifest.parts:
        table = package.pieces(entry.part, list(_PIECE_COLUMNS))
        connection.execute(insert(pieces), [_piece_row(mailing, r) for r in table.to_pylist()])


def _piece_row(mailing: str, row: dict[str, Any]) -> dict[str, Any]:
    blanks = {"county": row["county"] or "", "employer_no": row["employer_no"] or ""}
    return {**row, **blanks, "mailing": mailing, "copy": 0}
