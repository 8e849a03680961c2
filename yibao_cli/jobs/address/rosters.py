"""Where the members of a mailing get their mail, as its files say it: row after row, in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow.parquet as pq

from yibao_cli.errors import StateError
from yibao_cli.i18n import _
from yibao_cli.sealed.files import source
from yibao_cli.store.imports import active_imports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.jobs.address.booking import Writing
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.imports import ImportRecord

_BATCH = 5_000
EMPLOYERS = "employers"


class RosterRow(NamedTuple):
    """What a row of the roster says about where its member gets mail; member as `person_no=17`.

    Of the employers, too, where they get the mail: then as `employer_no=E1`.
    """

    writing: Writing
    member: str


def sources_of(workspace: Workspace, mailing: str) -> list[ImportRecord]:
    """The files that say where a mailing goes: its rosters, and the employers where these get the mail."""
    rosters = rosters_of(workspace, mailing)
    if workspace.mailing(mailing).deliver != "employer":
        return rosters
    with workspace.reading() as connection:
        return [*rosters, *active_imports(connection, mailing, EMPLOYERS)]


def rosters_of(workspace: Workspace, mailing: str) -> list[ImportRecord]:
    """The rosters that count for a mailing; StateError when there is none."""
    base = workspace.kind(mailing).merge.base
    with workspace.reading() as connection:
        rosters = active_imports(connection, mailing, base)
    if not rosters:
        raise StateError(
            _("mailing {mailing} has no roster").format(mailing=mailing),
            remedy=_("import it with `yibao import {table} FILE`").format(table=base),
        )
    return rosters


def roster_batches(workspace: Workspace, mailing: str, record: ImportRecord) -> Iterator[list[RosterRow]]:
    """The rows of a roster, or of the employers, by the thousand, with what they say about the address."""
    names = "address", "postcode", "county", workspace.kind(mailing).merge.key
    if record.table == EMPLOYERS:
        names = "employer_address", "employer_postcode", "", "employer_no"
    file = pq.ParquetFile(source(record.rows(workspace.folder)))
    wanted = [c for c in names if c in file.schema_arrow.names]
    for batch in file.iter_batches(_BATCH, columns=wanted):
        rows = zip(*(_texts(batch, c, wanted) for c in names), strict=True)
        # An employer without an address gets no mail: its members do, at home.
        yield [
            RosterRow(row[:3], f"{names[3]}={row[3]}") for row in rows if row[0] or record.table != EMPLOYERS
        ]


def _texts(batch: Any, column: str, present: list[str]) -> list[str]:
    if column not in present:
        return [""] * int(batch.num_rows)
    return [v or "" for v in batch.column(column).to_pylist()]
