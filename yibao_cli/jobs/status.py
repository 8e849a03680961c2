"""How far a mailing is, and the command that comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from yibao_cli.i18n import _
from yibao_cli.jobs.workspace import Workspace, mailing_state, next_step, state_word
from yibao_cli.store.imports import active_imports
from yibao_cli.store.schema import addresses, returns

if TYPE_CHECKING:
    from sqlalchemy import Connection

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
    """What is known of each step, and the next command."""

    rows: list[StatusRow]
    next_step: str


def mailing_status(workspace: Workspace, mailing: str) -> MailingStatus:
    """Look at a mailing; changes nothing."""
    mailing = workspace.mailing_id(mailing)
    kind = workspace.kind(mailing)
    with workspace.reading() as connection:
        state = mailing_state(connection, mailing)
        rows = _import_rows(connection, kind, mailing)
        cleaned = connection.execute(select(func.count()).select_from(addresses)).scalar() or 0
        rows.append(StatusRow("address-book", _("address book"), cleaned))
        reached = state_word(state.state) if state else _("not merged")
        rows.append(StatusRow("mailing", _("mailing"), remark=reached))
        if state is not None:
            rows += _package_rows(workspace, mailing, state)
            query = select(func.count()).select_from(returns).where(returns.c.mailing == mailing)
            rows.append(StatusRow("returns", _("returns"), connection.execute(query).scalar() or 0))
        return MailingStatus(rows, _next(connection, kind, mailing, state, cleaned))


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


def _package_rows(workspace: Workspace, mailing: str, state: MailingState) -> list[StatusRow]:
    if state.is_purged:
        return []
    counts = workspace.package(mailing).manifest.counts
    posted = _("posted on {day}").format(day=state.posted_on) if state.posted_on else ""
    return [
        StatusRow("pieces", _("pieces"), counts["pieces"], posted),
        StatusRow("held", _("held"), counts["held"]),
    ]


def _next(connection: Connection, kind: Kind, mailing: str, state: MailingState | None, cleaned: int) -> str:
    if state is not None:
        return next_step(mailing, state.state)
    have = {r.table for r in active_imports(connection, mailing)}
    for table in kind.merge.required_tables:
        if table not in have:
            return f"yibao import {table} FILE"
    return next_step(mailing, "") if cleaned else "yibao address clean"
