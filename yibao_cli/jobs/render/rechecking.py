"""Letters that ask for money are printed only while it is known who has paid since."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import select

from yibao_cli.codes import day_of
from yibao_cli.errors import StateError
from yibao_cli.i18n import _
from yibao_cli.kinds.binding import settings_on
from yibao_cli.kinds.kind import RECHECK_DAY, RECHECK_SETTING
from yibao_cli.sealed.files import source
from yibao_cli.store.imports import active_imports
from yibao_cli.store.schema import imports

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.kind import Kind


def require_recheck(workspace: Workspace, mailing: str, kind: Kind) -> None:
    """Refuse to print from a list of payments that is older than the kind allows.

    Whether the list is the one that was merged is asked of every package; here it is only its day. Raises
    StateError with that day and what to import.
    """
    table = kind.merge.recheck
    if not table:
        return
    allowed = int(settings_on(kind, workspace.mailing(mailing).posting)[RECHECK_SETTING])
    told = _told_on(workspace, mailing, table)
    if told and 0 <= (date.fromisoformat(workspace.today) - date.fromisoformat(told)).days <= allowed:
        return
    raise StateError(
        _("who has paid is known as of {day} only; this letter wants it at most {allowed} days old").format(
            day=told or "-", allowed=allowed
        ),
        remedy=_("import {label} of today with `yibao import {table} FILE`, then merge again").format(
            label=kind.inputs[table].label, table=table
        ),
    )


def _told_on(workspace: Workspace, mailing: str, table: str) -> str:
    """The last day that the lists of payments tell of; of lists without a row, the day of their import."""
    with workspace.reading() as connection:
        records = active_imports(connection, mailing, table)
        own = select(imports.c.imported_at).where(
            imports.c.mailing == mailing, imports.c.table_name == table, ~imports.c.superseded
        )
        imported = [day_of(row.imported_at) for row in connection.execute(own)]
    days = [_last_day(record.rows(workspace.folder)) for record in records if record.rows_kept]
    return max(filter(None, days or imported), default="")


def _last_day(path: Path) -> str:
    found: str | None = pc.max(pq.read_table(source(path), columns=[RECHECK_DAY]).column(RECHECK_DAY)).as_py()
    return found or ""
