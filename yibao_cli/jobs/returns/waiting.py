"""What was refused and waits for a person: looked at, and settled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import InputNotFound
from yibao_cli.i18n import N_, _
from yibao_cli.model import Finding
from yibao_cli.store import audit
from yibao_cli.store import returns as store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Row

    from yibao_cli.jobs.workspace import Workspace

_ELSEWHERE = "T102"  # shows the mailing that the row names
_BLANK = re.compile(r"\{\w+\}")
COLUMNS = (
    N_("number"),
    N_("when"),
    N_("station"),
    N_("source"),
    N_("piece"),
    N_("copy"),
    N_("rule"),
    N_("what"),
    N_("picture"),
)


def waiting_rows(workspace: Workspace, mailing: str) -> list[dict[str, object]]:
    """What waits in a mailing, oldest first; COLUMNS."""
    mailing = workspace.mailing_id(mailing)
    with workspace.reading() as connection:
        rows = store.waiting(connection, mailing)
    return [dict(zip(COLUMNS, _cells(row, mailing), strict=True)) for row in rows]


def _cells(row: Row[Any], mailing: str) -> tuple[object, ...]:
    letter = (row.piece or row.shown, row.copy)
    known = {
        "mailing": mailing,
        "day": row.returned_on,
        "named": row.shown if row.outcome == _ELSEWHERE else "",
    }
    fault = (row.outcome, _said(row.outcome, known))
    return (row.id, row.at, row.station, row.source, *letter, *fault, row.picture)


def settle_waiting(workspace: Workspace, numbers: Iterable[int]) -> int:
    """Settle lines of the list; gives how many. Raises InputNotFound for a number that does not wait."""
    count = 0
    with workspace.engine.begin() as connection:
        for number in numbers:
            if not store.settle_waiting(connection, number):
                raise InputNotFound(
                    _("nothing waits under number {number}").format(number=number),
                    remedy=_("see the list: `yibao returns waiting`"),
                )
            count += 1
        facts = {"settled": count}
        audit.record(connection, at=workspace.stamp, command="returns settle", mailing="", facts=facts)
    return count


def _said(rule_id: str, known: Mapping[str, str]) -> str:
    """What is wrong, in words; what only the first message knew is left out."""
    details = {name: value for name, value in known.items() if value}
    return _BLANK.sub("…", Finding(rule_id, details=details).message())
