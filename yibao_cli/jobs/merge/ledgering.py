"""Open the ledger of a mailing: its imports and the address book, joined and judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yibao_cli.address import examine
from yibao_cli.errors import SettingsError, StateError
from yibao_cli.i18n import _
from yibao_cli.jobs.workspace import mailing_state
from yibao_cli.ledger import judging
from yibao_cli.ledger.assemble import PREVIOUS, SUPPRESSIONS, Ledger, LedgerOptions, Source
from yibao_cli.sealed.files import source as content_of
from yibao_cli.store import book
from yibao_cli.store.packages import pieces_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.expressions import Expression
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.store.imports import ImportRecord

_ENTRIES_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to mail, None for all, and whose pieces come before the others, None for nobody's."""

    where: Expression | None = None
    first: Expression | None = None

    @property
    def mailed(self) -> str:
        """The condition for whom to mail, as it is written; "" for all."""
        return self.where.text if self.where is not None else ""


EVERYBODY = Choice()


def open_ledger(
    workspace: Workspace,
    kind: Kind,
    records: Iterable[ImportRecord],
    scratch: Path,
    choice: Choice = EVERYBODY,
) -> Ledger:
    """Join and judge the imports; whoever opens it closes it. choice: whom to mail, and whom first.

    Raises StateError when addresses of the roster are not in the address book yet, or the mailing of the
    period before has no package here.
    """
    records = list(records)
    settings = workspace.mailing(next(r.mailing for r in records if r.table == kind.merge.base))
    period = settings.starts, max(settings.posting, settings.ends)
    to_employers = settings.deliver == "employer"
    if to_employers and not any(r.table == "employers" for r in records):
        raise StateError(
            _("this mailing is delivered to employers, and no employers are imported"),
            remedy=_("import them with `yibao import {table} FILE`").format(table="employers"),
        )
    by_household = settings.order == "household"
    options = LedgerOptions(
        scratch, to_employers=to_employers, by_household=by_household, where=choice.where, first=choice.first
    )
    previous = _pieces_before(workspace, kind, settings.previous)
    unread = [r.rejected(workspace.folder) for r in records if r.table == kind.merge.recheck]
    unread = [path for path in unread if path.is_file()]
    ledger = Ledger(kind, _sources(workspace, records), options, period, previous, unread)
    try:
        judging.join(ledger, _address_book(workspace), _standards(ledger.sources.get(SUPPRESSIONS, ())))
        _require_addresses(ledger)
        judging.judge(ledger)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _pieces_before(workspace: Workspace, kind: Kind, mailing: str) -> list[Path]:
    """The pieces of the mailing of the period before, which tell what it closed with."""
    if not mailing:
        return []
    if kind.previous is None:
        raise SettingsError(
            _("the kind {kind} says nothing of the period before").format(kind=kind.id),
            where="yibao.toml",
            remedy=_("take `previous` away, or declare [previous] in its kind.toml"),
        )
    with workspace.reading() as connection:
        state = mailing_state(connection, mailing)
    if state is None:
        raise StateError(
            _("mailing {mailing}, the one before, has no package here").format(mailing=mailing),
            remedy=_(
                "import what it closed with by `yibao import {table} FILE`, and take `previous` away"
            ).format(table=PREVIOUS),
        )
    package = workspace.package(mailing)
    lacking = {kind.merge.key, kind.previous.closing} - set(package.piece_fields())
    if lacking:
        raise StateError(
            _("the pieces of mailing {mailing} have no {fields}").format(
                mailing=mailing, fields=", ".join(sorted(lacking))
            ),
            remedy=_("name a mailing of the same kind"),
        )
    return [package.folder / pieces_file(entry.part) for entry in package.manifest.parts]


def _require_addresses(ledger: Ledger) -> None:
    if unknown := ledger.count("record", "verdict = 'unknown'"):
        raise StateError(
            _("{count} addresses of the roster are not in the address book").format(count=unknown),
            remedy=_("run `yibao address clean` first"),
        )


def _sources(workspace: Workspace, records: Iterable[ImportRecord]) -> dict[str, list[Source]]:
    """The Parquet files of each table, in the order they were imported."""
    sources: dict[str, list[Source]] = {}
    offsets: Counter[str] = Counter()
    for record in records:
        path = record.rows(workspace.folder)
        if path.is_file():
            source = Source(path, record.file_name, offsets[record.table])
            sources.setdefault(record.table, []).append(source)
        offsets[record.table] += record.rows_in
    return sources


def _standards(lists: Iterable[Source]) -> pa.Table:
    """The addresses by which suppression lists name people, and their standard forms."""
    found: dict[str, str] = {}
    for source in lists:
        for raw in pc.unique(
            pq.read_table(content_of(source.path), columns=["address"]).column("address")
        ).to_pylist():
            if raw and raw not in found:
                found[raw] = examine(raw)[0].standard
    columns = [pa.array(column, pa.string()) for column in (found.keys(), found.values())]
    return pa.table(columns, names=["raw", "standard"])


def _address_book(workspace: Workspace) -> Iterator[pa.Table]:
    """The entries, some at a time, for a city's take a gigabyte as rows of Python; an empty table first."""
    c = book.entries().selected_columns
    columns = (c.id, c.raw, c.postcode_given, c.county_given, c.member, c.standard, c.county, c.postcode)
    query = book.entries().with_only_columns(*columns, c.province, c.city, c.street_key, c.verdict, c.reasons)
    names = query.selected_columns.keys()
    schema = pa.schema([(n, pa.int64() if n == "id" else pa.string()) for n in names])
    yield schema.empty_table()
    with workspace.reading() as connection:
        found = connection.execution_options(yield_per=_ENTRIES_AT_ONCE).execute(query)
        for rows in found.partitions():
            arrays = (pa.array(v, f.type) for v, f in zip(zip(*rows, strict=True), schema, strict=True))
            yield pa.Table.from_arrays(list(arrays), schema=schema)
