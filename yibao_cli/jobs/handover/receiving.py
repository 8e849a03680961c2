"""Receipts: what was signed for, who has not signed, who signed late, and the notice for a newspaper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import StateError
from yibao_cli.i18n import N_, Word, _
from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.jobs.handover.appointing import time_of
from yibao_cli.jobs.handover.handing import handover_texts
from yibao_cli.jobs.inbox import check_input
from yibao_cli.jobs.mailing.tracking import table_spec
from yibao_cli.jobs.merge.employers import employer_rows
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.mailing.contacts import filled
from yibao_cli.mailing.receipts import HANDOVER, Known, ReceiptRow, is_late, match_receipts
from yibao_cli.store import audit, handovers, tracking
from yibao_cli.store.files import atomic_file, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.model import Finding

COLUMNS = (
    N_("number"),
    N_("employer_no"),
    N_("employer_name"),
    N_("pieces"),
    N_("day"),
    N_("state"),
    N_("signed_on"),
    N_("signed_at"),
)


@dataclass
class ReceiptsOutcome:
    """Rows of the list: rows_in == accepted + known + refused."""

    file_name: str
    rows_in: int = 0
    accepted: int = 0
    known: int = 0
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass
class OpenReceipts:
    """Handovers by how they stand; rows: the open and the late ones."""

    employers: int = 0
    signed: int = 0
    late: int = 0
    unsigned: int = 0
    rows: list[dict[str, object]] = field(default_factory=list)


def import_receipts(
    workspace: Workspace, path: Path, mailing: str, options: ReadOptions, progress: Progress = no_progress
) -> ReceiptsOutcome:
    """Record what a list says was signed for; what cannot be right is told and never counted.

    Raises StateError when the mailing is not posted.
    """
    mailing = workspace.mailing_id(mailing)
    check_input(path)
    outcome = ReceiptsOutcome(path.name)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("posted",))
        rows = list(_rows(path, options, outcome))
        progress(_("matching receipts"), len(rows), len(rows))
        with workspace.engine.begin() as connection:
            record_receipts(workspace, connection, (mailing, state.posted_on), rows, outcome)
            facts = {"sha256": sha256_of(path), "rows": outcome.rows_in, "accepted": outcome.accepted}
            by = () if outcome.accepted else ("sha256", "rows")
            audit.record_done(
                connection, at=workspace.stamp, command="receipts import", mailing=mailing, facts=facts, by=by
            )
    return outcome


def record_receipts(
    workspace: Workspace,
    connection: Connection,
    posted: tuple[str, str],
    rows: Iterable[ReceiptRow],
    outcome: ReceiptsOutcome,
) -> None:
    """Record the rows of one file that can be right, and count them.

    posted: the mailing, and its day of posting.
    """
    matched = match_receipts(rows, known_of(workspace, connection, posted))
    handovers.sign(connection, posted[0], [_stored(r, outcome.file_name) for r in matched.receipts])
    outcome.accepted += len(matched.receipts)
    outcome.known += matched.known
    outcome.refused += matched.refused
    outcome.findings += matched.findings


def open_receipts(workspace: Workspace, mailing: str, notice: Path | None = None) -> OpenReceipts:
    """The handovers that nobody signed for, and those signed for late.

    notice: where the text for the newspaper goes, with the open ones.

    Raises StateError when the mailing was never handed over.
    """
    mailing = workspace.mailing_id(mailing)
    deadline = workspace.settings.handover.deadline
    found = OpenReceipts()
    with workspace.reading() as connection:
        require_state(connection, mailing, ("verified", "posted"))
        rows = handovers.all_of(connection, mailing)
        signed = handovers.signed(connection, mailing)
        names = {
            n: r.get("employer_name") or "" for n, r in employer_rows(workspace, connection, mailing).items()
        }
    if not rows:
        raise StateError(
            _("mailing {mailing} has no handovers").format(mailing=mailing),
            remedy=_("make them with `yibao handover {mailing}`").format(mailing=mailing),
        )
    for row in rows:
        receipt = signed.get((HANDOVER, str(row.number)))
        late = receipt is not None and is_late(receipt.day, receipt.time, row.day, deadline)
        found.employers += 1
        found.signed += receipt is not None
        found.late += late
        found.unsigned += receipt is None
        if receipt is None or late:
            about = (row.number, row.employer_no, names.get(row.employer_no, ""), row.pieces, row.day)
            when = (receipt.day, receipt.time) if receipt is not None else ("", "")
            state = Word("late", N_("signed for late")) if late else Word("open", N_("not signed for"))
            found.rows.append(dict(zip(COLUMNS, (*about, state, *when), strict=True)))
    if notice is not None:
        _write_notice(workspace, mailing, notice, found)
    return found


def _write_notice(workspace: Workspace, mailing: str, path: Path, found: OpenReceipts) -> None:
    texts = handover_texts(workspace, mailing, workspace.package(mailing))
    names = [str(r["employer_name"] or r["employer_no"]) for r in found.rows if r["state"] == "open"]
    words = {**texts.words, "count": str(len(names)), "list": "、".join(names)}
    with atomic_file(path, "w") as stream:
        stream.write(filled(texts.texts["newspaper"], words))


def known_of(
    workspace: Workspace, connection: Connection, posted: tuple[str, str], *, is_scanned: bool = False
) -> Known:
    """What receipts are held against.

    posted: the mailing, and its day of posting. is_scanned: one at a time, so that the receipts of before are
    left to the caller, and with the name of who signed or without.
    """
    mailing, posted_on = posted
    rows = handovers.all_of(connection, mailing)
    signed = {} if is_scanned else handovers.signed(connection, mailing)

    def piece_of(number: str) -> str:
        found = tracking.find(connection, number)
        return found[1] if found is not None and found[0] == mailing else ""

    return Known(
        mailing,
        posted_on,
        workspace.today,
        workspace.settings.handover.deadline,
        {r.employer_no: r.number for r in rows},
        {r.number: r.day for r in rows},
        lambda piece: handovers.piece_copy(connection, mailing, piece),
        piece_of,
        {key: (r.day, r.file_name, r.src_row) for key, r in signed.items()},
        wants_signer=not is_scanned,
    )


def _rows(path: Path, options: ReadOptions, outcome: ReceiptsOutcome) -> Iterator[ReceiptRow]:
    for batch in read_batches(path, table_spec("receipts"), options):
        outcome.rows_in += batch.rows_in
        outcome.refused += batch.rows_rejected
        outcome.findings += batch.findings
        for row in batch.table.to_pylist():
            time = time_of(row["time"] or "")
            where = (path.name, row["src_sheet"] or "", row["src_row"])
            yield ReceiptRow(
                row["code"], row["mailing"] or "", row["day"] or "", time, row["signer"] or "", *where
            )


def _stored(receipt: Any, file_name: str) -> dict[str, Any]:
    names = ("scope", "subject", "day", "time", "signer")
    return {n: getattr(receipt, n) for n in names} | {"file_name": file_name, "src_row": receipt.row}
