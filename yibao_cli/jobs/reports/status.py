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
    with workspace.reading() as connection:
        state, account = mailing_state(connection, mailing), last_account(connection, mailing)
        cleaned = connection.execute(select(func.count()).select_from(addresses)).scalar() or 0
        pieces: Mapping[str, int] = {}
        if state is not None and not state.is_purged:
            pieces = workspace.package(mailing).manifest.counts
        rows = [
            *_import_rows(connection, kind, mailing),
            StatusRow("address-book", _("address book"), cleaned),
            StatusRow("mailing", _("mailing"), remark=state_word(state.state) if state else _("not merged")),
            *(_made_rows(connection, mailing, pieces, state) if state else ()),
            *(_account_rows(account) if account else ()),
        ]
        more: list[StatusRow] = []
        if state is None:
            have = {r.table for r in active_imports(connection, mailing)}
            step = _before_merging(workspace, have, kind, mailing, cleaned)
        elif state.state == "posted":
            more, step = _after_posting(workspace, connection, mailing, state, account)
        else:
            more, step = _before_posting(workspace, connection, mailing, state)
        return MailingStatus([*rows, *more], step, pieces, account)


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


def _made_rows(
    connection: Connection, mailing: str, counts: Mapping[str, int], state: MailingState
) -> list[StatusRow]:
    """What was frozen, and what came back of it. counts: of the package, {} where it is gone."""
    query = select(func.count()).select_from(returns).where(returns.c.mailing == mailing)
    came_back = StatusRow("returns", _("returns"), connection.execute(query).scalar() or 0)
    if not counts:
        return [came_back]
    posted = _("posted on {day}").format(day=state.posted_on) if state.posted_on else ""
    return [
        StatusRow("pieces", _("pieces"), counts["pieces"], posted),
        StatusRow("held", _("held"), counts["held"]),
        came_back,
    ]


def _account_rows(account: LastAccount) -> list[StatusRow]:
    remark = _("account of {day}").format(day=account.as_of)
    return [StatusRow("delivered", _("delivered"), account.counts["delivered"], remark)]


def _before_posting(
    workspace: Workspace, connection: Connection, mailing: str, state: MailingState
) -> tuple[list[StatusRow], str]:
    """The row of the signature, where one is asked for, and the next command."""
    step = next_step(mailing, state.state)
    if state.state != "merged":
        return [], step
    rows = []
    if workspace.settings.approval.required:
        signed = approval_of(connection, mailing, state.package_sha256)
        step = step if signed else f"yibao approve {mailing}"
        remark = _("signed by {name}").format(name=signed.checker) if signed else _("not signed")
        rows.append(StatusRow("approval", _("approval"), remark=remark))
    shown = has_proofs(workspace, mailing, state.package_sha256)
    return rows, step if shown else f"yibao proof {mailing}"


def _after_posting(
    workspace: Workspace,
    connection: Connection,
    mailing: str,
    state: MailingState,
    account: LastAccount | None,
) -> tuple[list[StatusRow], str]:
    """A row where the mailing has been kept too long, and the next command."""
    kept_until = workspace.settings.retention.ends(state.posted_on)
    if kept_until and kept_until < workspace.today:
        remark = _("to be purged since {day}").format(day=kept_until)
        return [StatusRow("retention", _("retention"), remark=remark)], f"yibao purge {mailing} --dry-run"
    closes_on = Terms(state.posted_on, "", workspace.settings.promise.window_days, 0).closes_on
    return [], after_posting(connection, mailing, account, closes_on, workspace.today)


def _before_merging(workspace: Workspace, have: set[str], kind: Kind, mailing: str, cleaned: int) -> str:
    """The command that comes before a mailing is merged. have: tables that were imported."""
    for table in kind.merge.required_tables:
        if table not in have:
            files = waiting(workspace, table, kind.inputs[table].label) or [inbox_of(workspace)]
            return " ".join(["yibao import", table, *map(path_typed, files)])
    return next_step(mailing, "") if cleaned else "yibao address clean"
