"""What an import says of a file: its totals; and in a dry run columns, ten typed rows, findings by rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from yibao_cli import money
from yibao_cli.i18n import _
from yibao_cli.ingest.mask import mask_for
from yibao_cli.reports.findings import general_text, severity_words
from yibao_cli.rules import Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.jobs.ingest.keeping import ImportOutcome
    from yibao_cli.kinds.fields import FieldSpec, TableSpec
    from yibao_cli.store.imports import SheetTotals

_PERSONAL = {"name", "id", "id-number", "uscc", "mobile"}


def totals_lines(outcome: ImportOutcome) -> Iterator[str]:
    """The control totals: rows of each sheet where there are several, sums of money fields in yuan."""
    for sheet in outcome.sheets:
        parts = [_rows(sheet)] if len(outcome.sheets) > 1 else []
        parts += [f"{outcome.spec.field(n).label} {money.yuan(fen)}" for n, fen in sheet.sums.items()]
        if parts:
            place = f"{outcome.file_name}:{sheet.sheet}" if sheet.sheet else outcome.file_name
            yield f"  {place}: " + _("; ").join(parts)


def preview_lines(outcome: ImportOutcome) -> Iterator[str]:
    """The mapping of each sheet, the headers that are not used, the first rows, the findings by rule."""
    unused = {f.sheet: f.details["columns"] for f in outcome.findings if f.rule_id == "I104"}
    for sheet, fields in outcome.mapping.items():
        pairs = ", ".join(f"{header} = {field}" for field, header in fields.items())
        yield _("sheet {sheet}: {pairs}").format(sheet=sheet or "-", pairs=pairs)
        if sheet in unused:
            yield _("sheet {sheet}: not used: {columns}").format(sheet=sheet or "-", columns=unused[sheet])
    for row in outcome.preview:
        yield " | ".join(_row(row, outcome.spec))
    yield from _by_rule(outcome)


def _rows(sheet: SheetTotals) -> str:
    return _("{rows_in} rows in = {rows_kept} kept + {rows_rejected} rejected").format(
        rows_in=sheet.rows_in, rows_kept=sheet.rows_kept, rows_rejected=sheet.rows_rejected
    )


def _row(row: dict[str, object], spec: TableSpec) -> Iterator[str]:
    for field in spec.fields:
        value = row[field.name]
        if value is not None:
            yield f"{field.name}={_shown(value, field)}"


def _shown(value: object, field: FieldSpec) -> str:
    """A typed value, masked where it could tell who somebody is."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.sensitive or field.type in _PERSONAL:
        return mask_for(field)(value)
    return money.yuan(value) if field.type == "money" and isinstance(value, int) else str(value)


def _by_rule(outcome: ImportOutcome) -> Iterator[str]:
    counts = Counter(f.rule_id for f in outcome.findings)
    words = severity_words()
    gravity = list(Severity)
    for rule_id in sorted(counts, key=lambda r: (gravity.index(rule(r).severity), r)):
        severity = words[rule(rule_id).severity.value]
        yield _("{rule} {severity} × {count}: {message}").format(
            rule=rule_id,
            severity=severity,
            count=counts[rule_id],
            message=general_text(rule(rule_id).message),
        )
