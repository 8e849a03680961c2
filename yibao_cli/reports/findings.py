"""Findings as a workbook and as csv, for the people who will put them right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from yibao_cli.exports import Book, Column, frame_rows, write_csv
from yibao_cli.i18n import _
from yibao_cli.rules import Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from yibao_cli.exports import Sheet
    from yibao_cli.model import Finding

COLUMNS = ("severity", "rule", "file", "sheet", "row", "column", "value", "message", "remedy")
_TINTS = {
    Severity.REJECT: "#F8D0CC",
    Severity.HOLD: "#FBE3C4",
    Severity.WARN: "#FFF6CC",
    Severity.NOTE: "#E6F0E6",
}


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as rows, in the order given.

    Returns the columns of `COLUMNS`: severity is a value of `rules.Severity`; row is Int64, NA where there
    is none; value is masked already; message and remedy are in the language in use.
    """
    rows = [_cells(finding) for finding in findings]
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
    texts = {name: "string" for name in COLUMNS if name != "row"}
    return frame.astype({**texts, "row": "Int64"})


def write_findings(findings: Iterable[Finding], xlsx_path: Path, csv_path: Path) -> None:
    """Write findings as a workbook (a count by rule, then the list) and as csv; both private (0600).

    Words are in the language in use. Raises OSError when the disk refuses.
    """
    frame = findings_frame(findings)
    shown = frame.assign(severity=frame["severity"].map(severity_words()))
    columns = _list_columns()
    shown.columns = pd.Index([column.header for column in columns])
    title = _("Findings")
    with Book.to(xlsx_path, _("Page &P of &N"), title) as book:
        with book.sheet(_("Summary"), repeat=2) as sheet:
            _summary(sheet, frame)
        book.long_table(_("List"), title, columns, frame_rows(shown))
    write_csv(csv_path, shown)


def severity_words() -> dict[str, str]:
    """Severity -> its word in the language in use."""
    return {
        Severity.REJECT.value: _("rejected"),
        Severity.HOLD.value: _("held"),
        Severity.WARN.value: _("to check"),
        Severity.NOTE.value: _("note"),
    }


def count_by_rule(frame: pd.DataFrame) -> pd.DataFrame:
    """Count a findings frame by rule: severity, rule, count, message, remedy; the gravest first.

    The texts are those of the rule, with `…` for what differs from finding to finding.
    """
    counts = {str(rule_id): int(n) for rule_id, n in frame["rule"].value_counts().items()}
    gravity = list(Severity)
    ordered = sorted(counts, key=lambda r: (gravity.index(rule(r).severity), -counts[r], r))
    rules = [rule(r) for r in ordered]
    rows = [
        (r.severity.value, r.id, counts[r.id], general_text(r.message), general_text(r.remedy)) for r in rules
    ]
    return pd.DataFrame(rows, columns=["severity", "rule", "count", "message", "remedy"])


def _summary(sheet: Sheet, frame: pd.DataFrame) -> None:
    columns = (
        _severity_column(),
        Column(_("Rule")),
        Column(_("Count"), "count"),
        Column(_("What is wrong"), "wrap"),
        Column(_("What to do"), "wrap"),
    )
    sheet.line("title", _("Findings by rule"))
    sheet.header(columns)
    words = severity_words()
    for severity, *cells in frame_rows(count_by_rule(frame)):
        sheet.row(columns, (words[severity], *cells))
    sheet.row(columns, (_("Total"), None, len(frame), None, None), total=True)


def _cells(finding: Finding) -> tuple[Any, ...]:
    place = (finding.file, finding.sheet, finding.row, finding.column, finding.value)
    return (finding.severity.value, finding.rule_id, *place, finding.message(), finding.remedy())


def _list_columns() -> tuple[Column, ...]:
    return (
        _severity_column(),
        Column(_("Rule")),
        Column(_("File"), "wrap"),
        Column(_("Sheet"), "wrap"),
        Column(_("Row"), "count"),
        Column(_("Column")),
        Column(_("Value"), "wrap"),
        Column(_("What is wrong"), "wrap"),
        Column(_("What to do"), "wrap"),
    )


def _severity_column() -> Column:
    words = severity_words()
    return Column(_("Severity"), tints={words[severity]: tint for severity, tint in _TINTS.items()})


def general_text(text: str) -> str:
    """A text of a rule in the language in use, with `…` for what differs from finding to finding."""
    return re.sub(r"\{[^{}]*\}", "…", _(text))
