"""What comes after the posting: the last account of a mailing, and the next command by what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from yibao_cli.i18n import _
from yibao_cli.store import returns as store
from yibao_cli.store.schema import audit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

_INTAKE = (
    *("returns import", "returns scan", "returns decode"),
    *("receipts import", "receipts scan", "receipts decode"),
    *("returns remail", "reprint"),
)


@dataclass(frozen=True, slots=True)
class LastAccount:
    """The account of the latest day that one was drawn of: ISO, and pieces by state."""

    as_of: str
    counts: Mapping[str, int]


def last_account(connection: Connection, mailing: str) -> LastAccount | None:
    """The account of the latest day; of that day the one drawn last."""
    # The pack of a month that is over draws one of a day before.
    by_day = {row.as_of: figures for row, figures in store.drawn_accounts(connection, mailing)}
    return LastAccount(max(by_day), by_day[max(by_day)]) if by_day else None


def after_posting(
    connection: Connection, mailing: str, account: LastAccount | None, closes_on: str, today: str
) -> str:
    """The next command for a posted mailing. closes_on: last day of its window; today: ISO."""
    done = _Trail(connection, mailing)
    taken = done.last(_INTAKE)
    closed_since = account is not None and account.as_of <= closes_on < today
    if account is None or done.last(["reconcile"]) < taken or closed_since:
        return f"yibao reconcile {mailing}"
    if store.waiting(connection, mailing):
        return f"yibao returns waiting {mailing}"
    for command, wanted in (("report", True), ("returns corrections", account.counts["returned"] > 0)):
        since = done.last(["reconcile"]) if command == "report" else done.last(_INTAKE[:3])
        if wanted and done.last([command]) < since:
            return f"yibao {command} {mailing}"
    if account.counts["pending"]:
        opens = (date.fromisoformat(closes_on) + timedelta(days=1)).isoformat()
        return _("on {day}, when the window is over: `yibao reconcile {mailing}`").format(
            day=opens, mailing=mailing
        )
    return _("nothing until the end of the month: `yibao month-end`")


class _Trail:
    """When each command was last run for a mailing, as its place in the audit trail; 0 for never."""

    def __init__(self, connection: Connection, mailing: str) -> None:
        query = select(audit.c.command, func.max(audit.c.seq).label("seq")).where(audit.c.mailing == mailing)
        self._seen = {row.command: row.seq for row in connection.execute(query.group_by(audit.c.command))}

    def last(self, commands: Iterable[str]) -> int:
        return max((self._seen.get(command, 0) for command in commands), default=0)
