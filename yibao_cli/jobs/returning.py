"""Take a list of returned mail in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import insert, select

from yibao_cli.i18n import _
from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.jobs.book import note_returns
from yibao_cli.jobs.inbox import check_input
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.returns.match import match_returns
from yibao_cli.store import audit
from yibao_cli.store.files import sha256_of
from yibao_cli.store.schema import pieces, returns

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.model import Finding


@dataclass
class ReturnsOutcome:
    """Rows of the list: rows_in == accepted + known + refused; known were recorded before, just so."""

    file_name: str
    rows_in: int = 0
    accepted: int = 0
    known: int = 0
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)


def import_returns(
    workspace: Workspace, path: Path, mailing: str, options: ReadOptions, progress: Progress = no_progress
) -> ReturnsOutcome:
    """Record the returns of a list; what cannot be right is told and never counted.

    Raises StateError when the mailing is not posted.
    """
    mailing = workspace.mailing_id(mailing)
    check_input(path)
    outcome = ReturnsOutcome(path.name)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("posted",))
        rows = _rows(workspace, mailing, path, options, outcome)
        progress(_("matching returns"), len(rows), len(rows))
        with workspace.engine.begin() as connection:
            recorded = _recorded(connection, mailing)
            rows = _without_known(rows, recorded, path.name, outcome)
            matched = match_returns(
                rows, mailing, _posted(connection, mailing), set(recorded), state.posted_on, workspace.today
            )
            _insert(connection, mailing, path.name, matched.accepted)
            came_back = _with_entries(connection, mailing, matched.accepted)
            note_returns(connection, workspace.stamp, mailing, state.posted_on, came_back)
            outcome.accepted = len(matched.accepted)
            outcome.refused += len(matched.findings)
            outcome.findings += [_in_words(workspace, mailing, f) for f in matched.findings]
            facts = {"sha256": sha256_of(path), "rows": outcome.rows_in, "accepted": outcome.accepted}
            audit.record(
                connection, at=workspace.stamp, command="returns import", mailing=mailing, facts=facts
            )
    return outcome


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


def _in_words(workspace: Workspace, mailing: str, finding: Finding) -> Finding:
    """A finding that names its column as the list does, not as we do."""
    spec = workspace.kind(mailing).inputs["returns"]
    return replace(finding, column=spec.field(finding.column).label)


def _recorded(connection: Connection, mailing: str) -> dict[str, tuple[str, str, int]]:
    """What is recorded: piece -> day, file and row it came from."""
    r = returns.c
    query = select(r.piece, r.returned_on, r.file_name, r.src_row).where(r.mailing == mailing)
    return {row.piece: (row.returned_on, row.file_name, row.src_row) for row in connection.execute(query)}


def _without_known(
    rows: pd.DataFrame, recorded: dict[str, tuple[str, str, int]], name: str, outcome: ReturnsOutcome
) -> pd.DataFrame:
    """Leave out rows that this very list has brought before: importing it twice changes nothing."""
    facts = zip(rows["piece"], rows["returned_on"], rows["src_row"], strict=True)
    known = [recorded.get(piece) == (day, name, row) for piece, day, row in facts]
    outcome.known = sum(known)
    kept: pd.DataFrame = rows[[not k for k in known]].reset_index(drop=True)
    return kept


def _posted(connection: Connection, mailing: str) -> dict[str, bool]:
    query = select(pieces.c.piece).where(pieces.c.mailing == mailing)
    return dict.fromkeys(connection.execute(query).scalars(), True)


def _with_entries(
    connection: Connection, mailing: str, accepted: pd.DataFrame
) -> list[tuple[str, int, str, str]]:
    """What came back, with the entry of the address book each piece was sent to."""
    query = select(pieces.c.piece, pieces.c.address_id).where(pieces.c.mailing == mailing)
    sent_to = {row.piece: row.address_id for row in connection.execute(query)}
    facts = zip(accepted["piece"], accepted["reason"], accepted["returned_on"], strict=True)
    return [(piece, sent_to[piece], reason, day) for piece, reason, day in facts]


def _insert(connection: Connection, mailing: str, name: str, accepted: pd.DataFrame) -> None:
    rows = [
        {
            "mailing": mailing,
            "piece": row["piece"],
            "returned_on": row["returned_on"],
            "reason": row["reason"],
            "file_name": name,
            "src_row": int(row["src_row"]),
        }
        for row in accepted.to_dict("records")
    ]
    if rows:
        connection.execute(insert(returns), rows)
