"""Take a list of returned mail in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from yibao_cli.codes import mask_id
from yibao_cli.config import shipped
from yibao_cli.i18n import _
from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.jobs.inbox import check_input
from yibao_cli.jobs.returns.settling import settle_returns
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.returns.judging import Copy, Facts
from yibao_cli.returns.lines import folded, read_code
from yibao_cli.returns.match import match_returns
from yibao_cli.returns.reasons import Wording, load_wording
from yibao_cli.rules import Severity
from yibao_cli.store import audit
from yibao_cli.store import returns as store
from yibao_cli.store.files import sha256_of
from yibao_cli.store.reprints import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.model import Finding
    from yibao_cli.returns.match import Matched

WORDS_FILE = "returns.toml"


@dataclass
class ReturnsOutcome:
    """Rows of the list: rows_in == accepted + known + refused; known were recorded before.

    reworded: those known whose reason reads otherwise by now. suppressed: members who get nothing more from
    the next mailing on, of all returns so far.
    """

    file_name: str
    rows_in: int = 0
    accepted: int = 0
    known: int = 0
    refused: int = 0
    reworded: int = 0
    suppressed: int = 0
    findings: list[Finding] = field(default_factory=list)


def import_returns(
    workspace: Workspace, path: Path, mailing: str, options: ReadOptions, progress: Progress = no_progress
) -> ReturnsOutcome:
    """Record the returns of a list; what cannot be right is told, kept for a person, and never counted.

    Raises StateError when the mailing is not posted.
    """
    mailing = workspace.mailing_id(mailing)
    check_input(path)
    outcome = ReturnsOutcome(path.name)
    wording = wording_of(workspace)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("posted",))
        rows = _rows(workspace, mailing, path, options, outcome)
        progress(_("matching returns"), len(rows), len(rows))
        with workspace.engine.begin() as connection:
            facts = mailing_facts(connection, mailing, state.posted_on, workspace.today)
            unread = _unread(outcome.findings)
            rows = _without_known(connection, mailing, rows, wording, outcome)
            matched = match_returns(rows, facts, wording)
            store.add_returns(connection, list(_new_rows(workspace, connection, facts, path.name, matched)))
            outcome.accepted = len(matched.accepted)
            outcome.refused += len(matched.findings)
            labels = workspace.kind(mailing).inputs["returns"]
            told = [*matched.findings, *matched.doubts]
            outcome.findings += [replace(f, column=labels.field(f.column).label) for f in told]
            _keep_refused(workspace, connection, mailing, [*unread, *matched.findings])
            counts = {"sha256": sha256_of(path), "rows": outcome.rows_in, "accepted": outcome.accepted}
            # A list that brought nothing new was counted when it did.
            by = () if outcome.accepted or outcome.reworded else ("sha256", "rows")
            audit.record_done(
                connection, at=workspace.stamp, command="returns import", mailing=mailing, facts=counts, by=by
            )
        outcome.suppressed = settle_returns(workspace, mailing)
    return outcome


def wording_of(workspace: Workspace) -> Wording:
    """How reasons are written for this client: the shipped words, and the workspace's own, which win."""
    shipped_words = shipped("templates") / "common" / WORDS_FILE
    return load_wording(shipped_words, own=workspace.own_templates / WORDS_FILE)


def mailing_facts(connection: Connection, mailing: str, posted_on: str, today: str, piece: str = "") -> Facts:
    """What is known of a mailing that was posted, or of one piece of it."""
    if piece:
        found = store.piece(connection, mailing, piece)
        pieces = {piece: True} if found is not None else {}
    else:
        pieces = dict.fromkeys(store.known_pieces(connection, mailing), True)
    returned = {(row.piece, row.copy) for row in store.recorded(connection, mailing, piece)}
    copies = copies_of(connection, mailing, posted_on, returned, piece)
    return Facts(mailing, posted_on, today, pieces, copies, returned)


def copies_of(
    connection: Connection, mailing: str, posted_on: str, returned: set[tuple[str, int]], piece: str = ""
) -> dict[str, tuple[Copy, ...]]:
    """Every copy of the pieces that have more than one, or of one piece.

    A copy that takes the place of spoiled ones makes them void, but for one that came back: that was mailed.
    """
    posted = {(row.piece, row.copy): row.posted_on for row in store.remailed(connection, mailing, piece)}
    again = {(row.piece, row.copy): row for row in store.reprinted(connection, mailing, piece)}
    copies = {}
    for name, keys in groupby(sorted({*again, *posted}), key=lambda key: key[0]):
        found = [Copy(0, posted_on)]
        for key in keys:
            row = again.get(key)
            if row is None or row.reason == Reason.REMAIL:
                found.append(Copy(key[1], posted.get(key, row.day if row else "")))
                continue
            found = [replace(c, is_void=c.is_void or (name, c.number) not in returned) for c in found]
            found.append(Copy(key[1], found[-1].posted_on))
        copies[name] = tuple(found)
    return copies


def _rows(
    workspace: Workspace, mailing: str, path: Path, options: ReadOptions, outcome: ReturnsOutcome
) -> pd.DataFrame:
    spec = workspace.kind(mailing).inputs["returns"]
    frames = []
    for batch in read_batches(path, spec, options):
        frames.append(batch.table.to_pandas())
        outcome.rows_in += batch.rows_in
        outcome.refused += batch.rows_rejected
        outcome.findings += batch.findings
    together: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return together.assign(src_file=path.name)


def _without_known(
    connection: Connection, mailing: str, rows: pd.DataFrame, wording: Wording, outcome: ReturnsOutcome
) -> pd.DataFrame:
    """Leave out rows that this very list has brought before: importing it twice changes nothing.

    Where the list or the workspace's words say another reason by now, the record gets it.
    """
    before = {
        (row.piece, row.returned_on, row.src_row): row
        for row in store.recorded(connection, mailing)
        if row.file_name == outcome.file_name
    }
    if not before:
        return rows
    pieces = [read_code(folded(str(piece))).piece for piece in rows["piece"]]
    said = rows["reason_text"] if "reason_text" in rows else [""] * len(rows)
    is_new = []
    for key, text in zip(zip(pieces, rows["returned_on"], rows["src_row"], strict=True), said, strict=True):
        record = before.get(key)
        is_new.append(record is None)
        reason = wording.known(str(text).strip()) if record is not None and isinstance(text, str) else None
        if record is not None and reason not in {None, record.reason}:
            store.change_reason(connection, (mailing, record.piece, record.copy), str(reason))
            outcome.reworded += 1
    outcome.known = len(rows) - sum(is_new)
    kept: pd.DataFrame = rows[is_new].reset_index(drop=True)
    return kept


def _new_rows(
    workspace: Workspace, connection: Connection, facts: Facts, name: str, matched: Matched
) -> Iterable[Mapping[str, object]]:
    """Rows of the table `returns`, with the entry of the address book that each copy went to."""
    went_to = store.sent_to(connection, facts.mailing, matched.accepted["piece"])
    for row in matched.accepted.to_dict("records"):
        piece, copy = str(row["piece"]), int(row["copy"])
        yield {
            "mailing": facts.mailing,
            "piece": piece,
            "copy": copy,
            "returned_on": row["returned_on"],
            "reason": row["reason"],
            "file_name": name,
            "src_row": int(row["src_row"]),
            "at": workspace.stamp,
            # A copy that was printed again goes where the first went.
            "address_id": went_to.get((piece, copy)) or went_to[piece, 0],
        }


def _unread(findings: Iterable[Finding]) -> list[Finding]:
    """The first finding of each row that could not be read, such as one without a date."""
    first: dict[tuple[str, int | None], Finding] = {}
    for finding in findings:
        if finding.severity is Severity.REJECT:
            # Whatever stands in a cell that is no piece may be a person's number.
            first.setdefault((finding.sheet, finding.row), replace(finding, value=""))
    return list(first.values())


def _keep_refused(
    workspace: Workspace, connection: Connection, mailing: str, findings: Iterable[Finding]
) -> None:
    """Keep what was refused until a person has settled it; a row that waits already is not kept twice."""
    before = {(row.source, row.outcome) for row in store.waiting(connection, mailing)}
    rows = []
    for finding in findings:
        source = finding.place.rpartition(" ")[0] if finding.column else finding.place
        if (source, finding.rule_id) not in before:
            rows.append(
                {
                    **blank_intake(workspace, mailing, "list"),
                    "source": source,
                    "piece": finding.details.get("piece", ""),
                    "returned_on": finding.details.get("day", ""),
                    "outcome": finding.rule_id,
                    "shown": finding.value or mask_id(""),
                }
            )
    store.log_all(connection, rows)


def blank_intake(workspace: Workspace, mailing: str, way: str) -> dict[str, object]:
    """A line of the intake with nothing in it yet."""
    return {
        "at": workspace.stamp,
        "operator": audit.operator(),
        "station": "",
        "way": way,
        "source": "",
        "mailing": mailing,
        "piece": "",
        "copy": 0,
        "returned_on": "",
        "reason": "",
        "outcome": "",
        "shown": "",
        "picture": "",
    }
