"""What the merge will find fault with, told when a file is imported: another period, keys of another file.

These findings are about the file beside the mailing as it is now, so they are told and not kept; the merge
judges again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.ledger.comparing import outside, overlap
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from yibao_cli.kinds.fields import TableSpec
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.ledger.comparing import Hits
    from yibao_cli.store.imports import ImportRecord


def untimely(
    rows: Path, file_name: str, kind: Kind, table: str, period: tuple[str, str]
) -> Iterator[Finding]:
    """One finding when rows of an account, or lines, are of days outside the mailing's period, ISO."""
    if found := _day_of(kind, table):
        rule_id, day = found
        if hits := outside(rows, day, period, rows.parent):
            label = kind.inputs[table].field(day).label
            yield _at(rule_id, file_name, hits, label, first=period[0], last=period[1])


def twice_told(
    rows: Path, file_name: str, spec: TableSpec, others: Iterable[tuple[ImportRecord, Path]]
) -> Iterator[Finding]:
    """One finding for each other file of the table that has keys of this one too."""
    column = "/".join(spec.field(name).label for name in spec.key)
    for record, other in others:
        if hits := overlap(rows, other, spec, rows.parent):
            yield _at("I186", file_name, hits, column, other=record.file_name)


def _day_of(kind: Kind, table: str) -> tuple[str, str] | None:
    """The rule, and the field that says of which day a row of the table is."""
    merge = kind.merge
    if table == merge.lines and merge.line_date:
        return "L206", merge.line_date
    if table in merge.accounts and merge.as_of and merge.as_of in kind.inputs[table].names:
        return "I185", merge.as_of
    return None


def _at(rule_id: str, file_name: str, hits: Hits, column: str, **details: object) -> Finding:
    return Finding(rule_id, file_name, hits.sheet, hits.row, column, details={"count": hits.count, **details})
