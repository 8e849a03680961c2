"""Merge a mailing: imports, address book, contracts and settings become the frozen package."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, update

from yibao_cli.errors import CheckFailed, SettingsError, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.findings import write_mailing_findings
from yibao_cli.jobs.merge.against import Tie, Totals, stated_totals, tie_to
from yibao_cli.jobs.merge.freezing import Freezer, Frozen
from yibao_cli.jobs.merge.ledgering import Choice, open_ledger
from yibao_cli.jobs.setup.kinds import require_clean_texts
from yibao_cli.jobs.workspace import (
    PRINT,
    SCRATCH,
    MailingState,
    Progress,
    Workspace,
    mailing_state,
    no_progress,
)
from yibao_cli.kinds.binding import bound_condition
from yibao_cli.ledger.remerging import Remerge, compare_pieces
from yibao_cli.store import audit
from yibao_cli.store.files import private_folder
from yibao_cli.store.imports import active_imports
from yibao_cli.store.packages import FOLDER, MANIFEST
from yibao_cli.store.schema import mailings, pieces

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.kinds.expressions import Expression
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.ledger.assemble import Ledger
    from yibao_cli.store.imports import ImportRecord


_PIECE_COLUMNS = ("piece", "part", "position", "address_id", "county", "employer_no")


@dataclass(frozen=True)
class MergeOrder:
    """What is asked of a merge, beside the mailing.

    against: the client's own totals; where: whom to mail, first: whose pieces come before the others, "" for
    what the settings say.
    """

    against: Path | None = None
    where: str = ""
    first: str = ""


@dataclass(frozen=True)
class MergeOutcome:
    """What was frozen, the workbook of all findings, and whether the package was the same before.

    tie: how it stands against the client's totals; where they do not tie, nothing was frozen and `frozen`
    is None. changes: against the package before, None for the first one. where: whom the package mails.
    """

    mailing: str
    frozen: Frozen | None = None
    findings_file: Path | None = None
    unchanged: bool = False
    tie: Tie | None = None
    changes: Remerge | None = None
    where: str = ""


def merge_mailing(
    workspace: Workspace,
    mailing: str,
    progress: Progress = no_progress,
    order: MergeOrder = MergeOrder(),
) -> MergeOutcome:
    """Freeze the package of a mailing.

    Raises StateError when something has to be done first, or the mailing is posted; CheckFailed when
    nothing is left to print; UsageError or SettingsError for a condition of whom to mail that is none.
    """
    mailing = workspace.mailing_id(mailing)
    kind = workspace.kind(mailing)
    settings = workspace.mailing(mailing)
    choice = Choice(
        _condition(workspace, mailing, ("where", order.where, settings.where)),
        _condition(workspace, mailing, ("first", order.first, settings.first)),
    )
    totals = stated_totals(workspace, kind, order.against) if order.against else None
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = mailing_state(connection, mailing)
            records = active_imports(connection, mailing)
        if state is not None and state.is_closed:
            raise StateError(
                _("mailing {mailing} is posted and stays as it is").format(mailing=mailing),
                remedy=_("a new mailing takes the new data"),
            )
        _require_imports(kind, mailing, records)
        require_clean_texts(workspace, mailing, kind)
        freezer = Freezer(workspace, mailing, kind, records, progress, choice)
        outcome = _frozen(freezer, totals, state)
        if outcome.frozen is None:
            return outcome
        workbook = write_mailing_findings(workspace, mailing, outcome.frozen.findings)
        if not outcome.frozen.counts["pieces"]:
            raise CheckFailed(
                _("nothing is left to print: every row of the roster is held, not selected or rejected"),
                where=str(workbook),
                remedy=_("see there why"),
            )
        if refused := outcome.frozen.refused:
            raise CheckFailed(refused.message(), where=str(workbook), remedy=refused.remedy())
        unchanged = _record(workspace, mailing, kind, outcome.frozen, outcome.tie)
    return replace(outcome, findings_file=workbook, unchanged=unchanged)


def _condition(workspace: Workspace, mailing: str, asked: tuple[str, str, str]) -> Expression | None:
    """A condition over the members: its name, what the command says of it, else what the settings do."""
    name, given, otherwise = asked
    settings = workspace.mailing(mailing)
    if not (given or otherwise):
        return None
    days = {"starts": settings.starts, "ends": settings.ends, "posting": settings.posting}
    try:
        return bound_condition(workspace.kind(mailing), given or otherwise, days)
    except SettingsError as error:
        if given:
            remedy = _("write for example --{name} \"category == '退休'\"").format(name=name)
            raise UsageError(error.message, where=f"--{name}", remedy=remedy) from error
        raise SettingsError(
            error.message, where=f"yibao.toml: mailings.{mailing}.{name}", remedy=error.remedy
        ) from error


def _require_imports(kind: Kind, mailing: str, records: list[ImportRecord]) -> None:
    have = {r.table for r in records}
    for table in kind.merge.required_tables:
        if table not in have:
            raise StateError(
                _("mailing {mailing} has no {label}").format(mailing=mailing, label=kind.inputs[table].label),
                remedy=_("import it with `yibao import {table} FILE`").format(table=table),
            )


def _frozen(freezer: Freezer, totals: Totals | None, state: MailingState | None) -> MergeOutcome:
    workspace, mailing = freezer.workspace, freezer.mailing
    scratch = private_folder(workspace.mailing_folder(mailing) / SCRATCH)
    try:
        freezer.progress(_("joining"), 0, 0)
        before = _kept_before(workspace, mailing, state, scratch)
        ledger = open_ledger(workspace, freezer.kind, freezer.records, scratch, freezer.choice)
        try:
            found = _tied(freezer, ledger, totals)
            if found is not None and not found.holds:
                _take_back(workspace, mailing, state, found)
                return MergeOutcome(mailing, tie=found)
            frozen = freezer.freeze(ledger)
            # Freezing holds more, for what does not fit: asked again, the account of the members is whole.
            found = _tied(freezer, ledger, totals)
        finally:
            ledger.close()
        changes = _changes(freezer, frozen, state, before) if before else None
        return MergeOutcome(mailing, frozen, tie=found, changes=changes, where=freezer.choice.mailed)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _tied(freezer: Freezer, ledger: Ledger, totals: Totals | None) -> Tie | None:
    return tie_to(ledger, totals, freezer.workspace, freezer.records) if totals is not None else None


def _take_back(workspace: Workspace, mailing: str, state: MailingState | None, found: Tie) -> None:
    """What was merged before does not tie either until that is shown: the mailing is not merged any more."""
    off = sum(not f.ties for f in found.figures)
    facts = {"against": found.sha256, "figures": len(found.figures), "figures_off": off}
    with workspace.engine.begin() as connection:
        if state is not None:
            connection.execute(delete(pieces).where(pieces.c.mailing == mailing))
            connection.execute(delete(mailings).where(mailings.c.id == mailing))
        audit.record(connection, at=workspace.stamp, command="merge --against", mailing=mailing, facts=facts)


def _kept_before(
    workspace: Workspace, mailing: str, state: MailingState | None, scratch: Path
) -> Path | None:
    """The files of the package before, under second names that outlive it; None where there is none."""
    package = workspace.mailing_folder(mailing) / FOLDER
    if state is None or not (package / MANIFEST).is_file():
        return None
    kept = private_folder(scratch / "before")
    for path in package.iterdir():
        if path.is_file():
            os.link(path, kept / path.name)
    return kept


def _changes(freezer: Freezer, frozen: Frozen, state: MailingState | None, before: Path) -> Remerge | None:
    """What is different from the package before; None where nothing is."""
    if state is None or not frozen.package_sha256 or state.package_sha256 == frozen.package_sha256:
        return None
    freezer.progress(_("comparing with the package before"), 0, 0)
    package = freezer.workspace.mailing_folder(freezer.mailing) / FOLDER
    found = compare_pieces(before, package, freezer.kind.merge.key, before.parent)
    names = {p.name for folder in (before, package) for p in folder.iterdir() if p.is_file()}
    others = sorted(n for n in names if not n.endswith(".parquet") and n != MANIFEST)
    return replace(found, files=tuple(n for n in others if _bytes(before / n) != _bytes(package / n)))


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _record(workspace: Workspace, mailing: str, kind: Kind, frozen: Frozen, tie: Tie | None) -> bool:
    """Tell the database; True when it knew this very package. Print files of another package go."""
    tied = {"against": tie.sha256, "figures_tied": len(tie.figures)} if tie else {}
    with workspace.reading() as connection:
        before = mailing_state(connection, mailing)
    if before is not None and before.package_sha256 == frozen.package_sha256:
        if tied:
            with workspace.engine.begin() as connection:
                facts = {"package": frozen.package_sha256, **tied}
                audit.record(
                    connection, at=workspace.stamp, command="merge --against", mailing=mailing, facts=facts
                )
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
        facts = {"package": frozen.package_sha256, **frozen.counts, **tied}
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
