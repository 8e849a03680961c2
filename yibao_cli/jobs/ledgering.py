"""Open the ledger of a mailing: its imports and the address book, joined and judged."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlalchemy import select

from yibao_cli.errors import StateError
from yibao_cli.i18n import _
from yibao_cli.ledger import outcome
from yibao_cli.ledger.assemble import Ledger, LedgerOptions, Source
from yibao_cli.store.schema import addresses

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.store.imports import ImportRecord


def open_ledger(workspace: Workspace, kind: Kind, records: Iterable[ImportRecord], scratch: Path) -> Ledger:
    """Join and judge the imports; whoever opens it closes it.

    Raises StateError when addresses of the roster are not in the address book yet.
    """
    records = list(records)
    settings = workspace.mailing(records[0].mailing)
    period = settings.starts, max(settings.posting, settings.ends)
    ledger = Ledger(kind, _sources(workspace, records), LedgerOptions(scratch), period)
    try:
        ledger.join(_address_book(workspace))
        _require_addresses(ledger)
        ledger.judge()
    except BaseException:
        ledger.close()
        raise
    return ledger


def _require_addresses(ledger: Ledger) -> None:
    if unknown := outcome.count_where(ledger, "record", "verdict = 'unknown'"):
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


def _address_book(workspace: Workspace) -> pa.Table:
    a = addresses.c
    columns = (a.id, a.raw, a.postcode_given, a.county_given, a.standard, a.county, a.postcode)
    query = select(*columns, a.street_key, a.verdict, a.reasons)
    with workspace.reading() as connection:
        rows = connection.execute(query).all()
    names = query.selected_columns.keys()
    values = zip(*rows, strict=True) if rows else [[]] * len(names)
    types = [pa.int64() if n == "id" else pa.string() for n in names]
    return pa.table([pa.array(v, t) for v, t in zip(values, types, strict=True)], names=names)
