"""Photos and scans of signed sheets 签收单: their codes read, the receipts recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.codes import parse_handover_code, parse_sheet_code
from yibao_cli.i18n import _
from yibao_cli.jobs.handover.appointing import time_of
from yibao_cli.jobs.handover.receiving import ReceiptsOutcome, record_receipts
from yibao_cli.jobs.returns.decoding import pictures_in
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.mailing.receipts import ReceiptRow
from yibao_cli.model import Finding
from yibao_cli.returns.pictures import LARGEST, pages_of, read_codes
from yibao_cli.store import audit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from yibao_cli.returns.pictures import Page


@dataclass(frozen=True, slots=True)
class Signed:
    """What stands on the sheets beside their codes: who signed, ISO day ("" for today), time ("": none)."""

    signer: str
    day: str = ""
    time: str = ""


def decode_receipts(
    workspace: Workspace,
    mailing: str,
    files: Iterable[Path],
    signed: Signed,
    progress: Progress = no_progress,
) -> ReceiptsOutcome:
    """Record what pictures of signed sheets say; each page is a row, and each file one transaction.

    A page without a code of ours, or with two, is told and never counted.

    Raises InputNotFound for a file that is not there, StateError when the mailing is not posted.
    """
    mailing = workspace.mailing_id(mailing)
    outcome = ReceiptsOutcome("")
    pictures = list(pictures_in(files))
    day = signed.day or workspace.today
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("posted",))
        for done, (path, name) in enumerate(pictures, 1):
            outcome.file_name = name
            rows = _sheets_in(path, (day, time_of(signed.time), signed.signer), outcome)
            with workspace.engine.begin() as connection:
                record_receipts(workspace, connection, (mailing, state.posted_on), rows, outcome)
            progress(_("decoding pictures"), done, len(pictures))
        with workspace.engine.begin() as connection:
            facts = {"rows": outcome.rows_in, "accepted": outcome.accepted, "refused": outcome.refused}
            stamp, command = workspace.stamp, "receipts decode"
            audit.record(connection, at=stamp, command=command, mailing=mailing, facts=facts)
    return outcome


def _sheets_in(path: Path, signed: tuple[str, str | None, str], outcome: ReceiptsOutcome) -> list[ReceiptRow]:
    """A row for each page of a file that shows one code of ours; the others are told.

    signed: day, time and who signed, the same on all sheets.
    """
    rows = []
    for page in pages_of(path):
        outcome.rows_in += 1
        rule, code = _code_of(page)
        if rule:
            outcome.refused += 1
            details = {"limit": LARGEST, "count": 2}
            outcome.findings.append(Finding(rule, outcome.file_name, row=page.number, details=details))
        else:
            rows.append(ReceiptRow(code, "", *signed, outcome.file_name, "", page.number))
    return rows


def _code_of(page: Page) -> tuple[str, str]:
    """The rule why a page cannot be used, or the one code of ours on it."""
    if page.picture is None:
        return page.rule, ""
    codes = read_codes(page.picture)
    sheets = {code for code in codes if parse_handover_code(code) is not None}
    pieces = {sheet.piece: code for code in codes if (sheet := parse_sheet_code(code)) is not None}
    # The sheet's own code speaks for all the letters that lie beside it in the picture.
    ours = sorted(sheets) or list(pieces.values())
    if len(ours) != 1:
        return ("T115" if ours else "M154"), ""
    return "", ours[0]
