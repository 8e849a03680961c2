"""How far a mailing is, and the command that comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from yibao_cli.i18n import _
from yibao_cli.jobs.inbox import inbox_of, waiting
from yibao_cli.jobs.render.approving import has_proofs
from yibao_cli.jobs.reports.following import after_posting, last_account
from yibao_cli.jobs.typed import path_typed
from yibao_cli.jobs.workspace import Workspace, mailing_state, next_step, state_word
from yibao_cli.returns.standing import Terms
from yibao_cli.store.approvals import approval_of
from yibao_cli.store.imports import active_imports
from yibao_cli.store.schema import addresses, returns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from yibao_cli.jobs.reports.following import LastAccount
    from yibao_cli.jobs.workspace import MailingState
    from yibao_cli.kinds.kind import Kind


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One step: its name for programs and its label for people, how many rows or pieces, and a remark."""

    step: str
    label: str
    count: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class MailingStatus:
    """What is known of each step, and the next command.

    pieces: rows of the roster, and what became of them until the package was frozen; {} before. account: the
    last account that was drawn.
    """

    rows: list[StatusRow]
    next_step: str
    pieces: Mapping[str, int] = field(default_factory=dict)
    account: LastAccount | None = None


def mailing_status(workspace: Workspace, mailing: str) -> MailingStatus:
    """Look at a mailing; changes nothing."""
    mailing = workspace.mailing_id(mailing)
    kind = workspace.kind(mailing)
    pieces: Mapping[str, int] = {}
    with workspace.reading() as connection:
        state = mailing_state(connection, mailing)
        rows = _import_rows(connection, kind, mailing)
        cleaned = connection.execute(select(func.count()).select_from(addresses)).scalar() or 0
        rows.append(StatusRow("address-book", _("address book"), cleaned))
        reached = state_word(state.state) if state else _("not merged")
        rows.append(StatusRow("mailing", _("mailing"), remark=reached))
        if state is not None:
            pieces = {} if state.is_purged else workspace.package(mailing).manifest.counts
            rows += _package_rows(pieces, state)
            query = select(func.count()).select_from(returns).where(returns.c.mailing == mailing)
            rows.append(StatusRow("returns", _("returns"), connection.execute(query).scalar() or 0))
        account = last_account(connection, mailing)
        if account is not None:
            remark = _("account of {day}").format(day=account.as_of)
            rows.append(StatusRow("delivered", _("delivered"), account.counts["delivered"], remark))
        if state is not None and state.state == "posted":
            closes_on = Terms(state.posted_on, "", workspace.settings.promise.window_days, 0).closes_on
            step = after_posting(connection, mailing, account, closes_on, workspace.today)
            kept_until = workspace.settings.retention.ends(state.posted_on)
            if kept_until and kept_until < workspace.today:
                remark = _("to be purged since {day}").format(day=kept_until)
                rows.append(StatusRow("retention", _("retention"), remark=remark))
                step = f"yibao purge {mailing} --dry-run"
        else:
            have = {r.table for r in active_imports(connection, mailing)}
            step = (
                next_step(mailing, state.state) if state else _next(workspace, have, kind, mailing, cleaned)
            )
            if state is not None and state.state == "merged" and workspace.settings.approval.required:
                signed = approval_of(connection, mailing, state.package_sha256)
                step = step if signed else f"yibao approve {mailing}"
                remark = _("signed by {name}").format(name=signed.checker) if signed else _("not signed")
                rows.append(StatusRow("approval", _("approval"), remark=remark))
            if state is not None and state.state == "merged":
                shown = has_proofs(workspace, mailing, state.package_sha256)
                step = step if shown else f"yibao proof {mailing}"
        return MailingStatus(rows, step, pieces, account)


def _import_rows(connection: Connection, kind: Kind, mailing: str) -> list[StatusRow]:
    rows = []
    records = active_imports(connection, mailing)
    for table in (t for t in kind.inputs if t != "returns"):
        own = [r for r in records if r.table == table]
        rejected = sum(r.rows_rejected for r in own)
        remark = _("{rejected} rejected").format(rejected=rejected) if rejected else ""
        count = sum(r.rows_kept for r in own)
        rows.append(StatusRow(table, kind.inputs[table].label, count, remark if own else _("not imported")))
    return rows


def _package_rows(counts: Mapping[str, int], state: MailingState) -> list[StatusRow]:
    if not counts:
        return []
    posted = _("posted on {day}").format(day=state.posted_on) if state.posted_on else ""
    return [
        StatusRow("pieces", _("pieces"), counts["pieces"], posted),
        StatusRow("held", _("held"), counts["held"]),
    ]


def _next(workspace: Workspace, have: set[str], kind: Kind, mailing: str, cleaned: int) -> str:
    """The command that comes before a mailing is merged. have: tables that were imported."""
    for table in kind.merge.required_tables:
        if table not in have:
            files = waiting(workspace, table, kind.inputs[table].label) or [inbox_of(workspace)]
            return " ".join(["yibao import", table, *map(path_typed, files)])
    return next_step(mailing, "") if cleaned else "yibao address clean"
