"""Take a review workbook back: decisions applied, conflicts told, nothing done twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from yibao_cli.address import normalise
from yibao_cli.i18n import _
from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.jobs.address.booking import ACCEPTED, CORRECTED, HELD, judging_of
from yibao_cli.jobs.address.deciding import decide
from yibao_cli.jobs.address.decisions import Decider, Decision
from yibao_cli.jobs.address.review import OWN, members_by_writing, review_spec, who_writes
from yibao_cli.jobs.inbox import check_input
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress
from yibao_cli.model import Finding
from yibao_cli.store import audit, book
from yibao_cli.store.files import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.jobs.address.booking import Writing
    from yibao_cli.jobs.address.decisions import Action

_WORDS: dict[str, Action] = {"采用": "accepted", "更正": "corrected", "暂扣": "held"}
_AT_ONCE = 500  # decisions of one transaction; who is killed between two goes on where it ended
_COLUMNS = {ACCEPTED: "decision", CORRECTED: "text", HELD: "decision"}


@dataclass
class ApplyOutcome:
    """Rows of the workbook: rows == applied + known + undecided + refused.

    also: other writings of the same points that the decisions were carried over to.
    """

    file_name: str
    rows: int = 0
    applied: int = 0
    known: int = 0
    undecided: int = 0
    refused: int = 0
    also: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row in which somebody decided something; the decision's member is a number as the row has it."""

    decision: Decision
    raw: str
    own: bool  # for one member alone
    sheet: str
    number: int

    @property
    def subject(self) -> tuple[int, str]:
        return self.decision.address_id, self.decision.member if self.own else ""


def apply_review(
    workspace: Workspace, mailing: str, path: Path, by: str = "", progress: Progress = no_progress
) -> ApplyOutcome:
    """Apply the decisions of a workbook that `write_review` wrote.

    by: who decided; "" for whoever runs the program. Raises what is wrong with the file.
    """
    mailing = workspace.mailing_id(mailing)
    check_input(path)
    outcome = ApplyOutcome(path.name)
    with workspace.locked("addresses"):
        rows = _without_contradictions(_decided_rows(path, outcome), outcome)
        members = members_by_writing(workspace, mailing)
        decider = Decider(by or audit.operator(), workspace.stamp, path.name, judging_of(workspace))
        # A member's own door first: it leaves the entry that all share as the workbook has it.
        rows.sort(key=lambda row: not row.own)
        for start in range(0, len(rows), _AT_ONCE):
            with workspace.engine.begin() as connection:
                for row in rows[start : start + _AT_ONCE]:
                    _apply(connection, row, decider, members, outcome)
            progress(_("applying decisions"), min(start + _AT_ONCE, len(rows)), len(rows))
        _record(workspace, mailing, path, outcome)
    return outcome


def _record(workspace: Workspace, mailing: str, path: Path, outcome: ApplyOutcome) -> None:
    facts = {"sha256": sha256_of(path), "rows": outcome.rows, "applied": outcome.applied}
    facts |= {"known": outcome.known, "refused": outcome.refused, "also": outcome.also}
    with workspace.engine.begin() as connection:
        audit.record(connection, at=workspace.stamp, command="address apply", mailing=mailing, facts=facts)


def _decided_rows(path: Path, outcome: ApplyOutcome) -> list[_Row]:
    """The rows in which somebody decided; the others are counted."""
    found = []
    for batch in read_batches(path, review_spec(), ReadOptions(unmapped=True)):
        outcome.rows += batch.rows_in
        outcome.refused += batch.rows_rejected
        outcome.findings += batch.findings
        for values in batch.table.to_pylist():
            row = _row(values)
            if row is None:
                outcome.undecided += 1
            else:
                found.append(row)
    return found


def _row(values: dict[str, Any]) -> _Row | None:
    text = values["text"] or ""
    # Who writes a corrected address and no word beside it means it.
    word = values["decision"] or ("更正" if text else "")
    if not word:
        return None
    number = str(values["address_id"])
    own = values["scope"] == OWN
    decision = Decision(
        int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0,  # noqa: PLR2004 - a 64-bit id
        _WORDS[word],
        token=values["token"] or "",
        text=text,
        postcode=values["postcode"] or "",
        member=str(values["member_no"] or "") if own else "",
        why=values["why"] or "",
    )
    return _Row(decision, values["raw"] or "", own, values["src_sheet"] or "", values["src_row"])


def _without_contradictions(rows: list[_Row], outcome: ApplyOutcome) -> list[_Row]:
    """Leave out rows that decide differently about the same entry."""
    firsts: dict[tuple[int, str], _Row] = {}
    wrong: set[tuple[int, str]] = set()
    for row in rows:
        first = firsts.setdefault(row.subject, row)
        if replace(first.decision, why="") != replace(row.decision, why=""):
            wrong.add(row.subject)
    kept = [row for row in rows if row.subject not in wrong]
    for row in (r for r in rows if r.subject in wrong):
        outcome.refused += 1
        other = next(r for r in rows if r.subject == row.subject and r.decision != row.decision)
        outcome.findings.append(_placed(Finding("A147", details={"first": other.number}), row, outcome))
    return kept


def _apply(
    connection: Connection,
    row: _Row,
    decider: Decider,
    members: dict[Writing, list[str]],
    outcome: ApplyOutcome,
) -> None:
    decision = _understood(connection, row, members)
    if isinstance(decision, Finding):
        outcome.refused += 1
        outcome.findings.append(_placed(decision, row, outcome))
        return
    result = decide(connection, decision, decider, who_writes(members))
    outcome.applied += result.applied
    outcome.known += result.known
    outcome.refused += not (result.applied or result.known)
    outcome.also += result.also
    outcome.findings += [_placed(f, row, outcome) for f in result.findings]


def _understood(connection: Connection, row: _Row, members: dict[Writing, list[str]]) -> Decision | Finding:
    """The decision of a row, with its member as the book has it; a finding where it cannot be."""
    entry = book.entry(connection, row.decision.address_id)
    # Cells are trimmed when they are read, and a person may sort one column without the others.
    if entry is None or normalise(entry.raw).text != normalise(row.raw).text:
        return Finding("A145")
    if not row.own:
        return row.decision
    if row.decision.action != CORRECTED:
        return Finding("A154")
    writing = entry.raw, entry.postcode_given, entry.county_given
    number = row.decision.member
    meant = next((m for m in members.get(writing, ()) if m.partition("=")[2] == number), None)
    return replace(row.decision, member=meant) if meant else Finding("A155")


def _placed(finding: Finding, row: _Row, outcome: ApplyOutcome) -> Finding:
    """A finding at the row's place in the workbook."""
    column = _labels()[_COLUMNS[row.decision.action]]
    return replace(finding, file=outcome.file_name, sheet=row.sheet, row=row.number, column=column)


@cache
def _labels() -> dict[str, str]:
    """Field of the workbook to its header."""
    return {f.name: f.label for f in review_spec().fields}
