"""Clean the addresses of a mailing's roster into the address book."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from sqlalchemy import insert, select

from yibao_cli.address import examine, sort_key
from yibao_cli.errors import StateError
from yibao_cli.i18n import _
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress
from yibao_cli.store import audit
from yibao_cli.store.imports import active_imports
from yibao_cli.store.schema import addresses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from yibao_cli.store.imports import ImportRecord

_BATCH = 5_000
Writing = tuple[str, str, str]  # address, postcode and county as the client writes them


@dataclass
class CleanOutcome:
    """Counts over the writings of the roster: new in the book, and all by verdict."""

    rows: int = 0
    writings: int = 0
    added: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


def clean_addresses(workspace: Workspace, mailing: str, progress: Progress = no_progress) -> CleanOutcome:
    """Examine every address of the roster that the book does not have yet.

    Raises StateError when no roster is imported.
    """
    mailing = workspace.mailing_id(mailing)
    base = workspace.kind(mailing).merge.base
    outcome = CleanOutcome()
    with workspace.locked("addresses"):
        with workspace.reading() as connection:
            rosters = active_imports(connection, mailing, base)
            known = set(_known(connection))
        if not rosters:
            raise StateError(
                _("mailing {mailing} has no roster").format(mailing=mailing),
                remedy=_("import it with `yibao import {table} FILE`").format(table=base),
            )
        seen: set[Writing] = set()
        total = sum(r.rows_kept for r in rosters)
        for batch in _batches(workspace, rosters):
            outcome.rows += len(batch)
            fresh = [w for w in dict.fromkeys(batch) if w not in known]
            known.update(fresh)
            seen.update(batch)
            _add(workspace, fresh)
            outcome.added += len(fresh)
            progress(_("cleaning addresses"), outcome.rows, total)
        outcome.writings = len(seen)
        _count(workspace, mailing, seen, outcome)
    return outcome


def _add(workspace: Workspace, fresh: list[Writing]) -> None:
    """Examine new writings and keep them, in a transaction of their own: others write between batches."""
    entries = [_entry(w) for w in fresh]
    if entries:
        with workspace.engine.begin() as connection:
            connection.execute(insert(addresses), entries)


def _count(workspace: Workspace, mailing: str, seen: set[Writing], outcome: CleanOutcome) -> None:
    """Count the verdicts of this roster's writings, and record the job."""
    with workspace.engine.begin() as connection:
        for writing, verdict, reasons in _verdicts(connection):
            if writing in seen:
                outcome.verdicts[verdict] += 1
                outcome.reasons.update(rule_id for rule_id, _details in json.loads(reasons))
        facts = {"rows": outcome.rows, "added": outcome.added, **outcome.verdicts}
        audit.record(connection, at=workspace.stamp, command="address clean", mailing=mailing, facts=facts)


def _batches(workspace: Workspace, rosters: list[ImportRecord]) -> Iterator[list[Writing]]:
    for record in rosters:
        file = pq.ParquetFile(record.rows(workspace.folder))
        wanted = [c for c in ("address", "postcode", "county") if c in file.schema_arrow.names]
        for batch in file.iter_batches(_BATCH, columns=wanted):
            columns = [_texts(batch, c, wanted) for c in ("address", "postcode", "county")]
            yield list(zip(*columns, strict=True))


def _texts(batch: Any, column: str, present: list[str]) -> list[str]:
    if column not in present:
        return [""] * int(batch.num_rows)
    return [v or "" for v in batch.column(column).to_pylist()]


def _known(connection: Connection) -> Iterator[Writing]:
    for writing, _verdict, _reasons in _verdicts(connection):
        yield writing


def _verdicts(connection: Connection) -> Iterator[tuple[Writing, str, str]]:
    a = addresses.c
    for row in connection.execute(select(a.raw, a.postcode_given, a.county_given, a.verdict, a.reasons)):
        yield (row.raw, row.postcode_given, row.county_given), row.verdict, row.reasons


def _entry(writing: Writing) -> dict[str, object]:
    raw, postcode, county = writing
    address, verdict = examine(raw, postcode=postcode, county_hint=county)
    return {
        "raw": raw,
        "postcode_given": postcode,
        "county_given": county,
        "standard": address.standard,
        "province": address.province,
        "city": address.city,
        "county": address.county,
        "postcode": postcode or address.postcode,
        "division_code": address.division_code,
        "street_key": sort_key(address),
        "level": address.level,
        "score": address.score,
        "verdict": verdict.verdict,
        "reasons": json.dumps([[r.rule_id, dict(r.details)] for r in verdict.reasons], ensure_ascii=False),
    }
