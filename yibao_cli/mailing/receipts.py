"""Rows of a list of receipts matched to handovers and pieces; unsigned and late ones."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.codes import (
    is_day,
    mask_id,
    mask_name,
    parse_copy,
    parse_handover_code,
    parse_sheet_code,
)
from yibao_cli.mailing.tracking import folded, is_tracking_number
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

HANDOVER, PIECE = "handover", "piece"


class ReceiptRow(NamedTuple):
    """A row of the list as it was read; time as `09:30`, "" for none, None where it is no time."""

    code: str
    mailing: str
    day: str
    time: str | None
    signer: str
    file: str
    sheet: str
    row: int


class Receipt(NamedTuple):
    """A receipt that counts. scope: handover or piece; signer: masked."""

    scope: str
    subject: str
    day: str
    time: str
    signer: str
    row: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows are held against.

    posted_on, today: ISO. employers: employer to the number of its handover; promised: that to its day.
    copy_of: the copy of a piece that counts, None for no piece. piece_of: the piece that bears a tracking
    number. signed: what is signed for already, by (scope, subject): day, file and row. wants_signer:
    whether a receipt without a name is none.
    """

    mailing: str
    posted_on: str
    today: str
    deadline: str
    employers: Mapping[str, int]
    promised: Mapping[int, str]
    copy_of: Callable[[str], int | None]
    piece_of: Callable[[str], str]
    signed: Mapping[tuple[str, str], tuple[str, str, int]]
    wants_signer: bool = True


@dataclass
class Matched:
    """Every row is among the receipts, among those known before, or has a finding that refuses it."""

    receipts: list[Receipt] = field(default_factory=list)
    known: int = 0
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)


def match_receipts(rows: Iterable[ReceiptRow], known: Known) -> Matched:
    """Match the rows of a list of receipts: rules M154 to M163; late ones count, and are told."""
    found = Matched()
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        subject = _subject(row, known)
        if isinstance(subject, Finding):
            _refuse(found, subject)
            continue
        before = known.signed.get(subject)
        if before is not None and before[1:] == (row.file, row.row) and before[0] == row.day:
            found.known += 1
            continue
        fault = _wrong(row, known, before, first.get(subject))
        if fault is not None:
            _refuse(found, fault)
            continue
        first[subject] = row.row
        receipt = Receipt(*subject, row.day, row.time or "", mask_name(row.signer.strip()), row.row)
        found.receipts.append(receipt)
        found.findings += _late(row, receipt, known)
    return found


def is_late(day: str, time: str, promised: str, deadline: str) -> bool:
    """Whether something was signed for after the promised day, or on it after the deadline."""
    return bool(promised) and (day > promised or (day == promised and time > deadline))


def _refuse(found: Matched, fault: Finding) -> None:
    found.refused += 1
    found.findings.append(fault)


def _subject(row: ReceiptRow, known: Known) -> tuple[str, str] | Finding:
    """What a row is the receipt of: the code of a sheet, an employer's number, a piece, a tracking number."""
    code = unicodedata.normalize("NFKC", row.code).strip()
    if (named := row.mailing.strip().upper()) and named != known.mailing:
        return _finding(row, "M155", "批次号", mask_id(named))
    if code in known.employers:
        return HANDOVER, str(known.employers[code])
    handover, sheet = parse_handover_code(code.upper()), parse_sheet_code(code.upper())
    if any(c is not None and c.mailing != known.mailing for c in (handover, sheet)):
        return _finding(row, "M155", "签收码", code.upper())
    if handover is not None:
        there = handover.number in known.promised
        return (HANDOVER, str(handover.number)) if there else _finding(row, "M155", "签收码", code.upper())
    return _piece(row, code, known)


def _piece(row: ReceiptRow, code: str, known: Known) -> tuple[str, str] | Finding:
    if is_tracking_number(folded(code)) and (piece := known.piece_of(folded(code))):
        return PIECE, piece
    parsed = parse_copy(code.upper())
    if parsed is None:
        return _finding(row, "M154", "签收码", mask_id(code[:40]))
    current = known.copy_of(parsed[0])
    if current is None:
        return _finding(row, "M155", "签收码", parsed[0])
    if parsed[1] is not None and parsed[1] < current:
        return _finding(row, "M161", "签收码", parsed[0], copy=current)
    return PIECE, parsed[0]


def _wrong(
    row: ReceiptRow, known: Known, before: tuple[str, str, int] | None, first: int | None
) -> Finding | None:
    day = row.day
    faults: tuple[tuple[bool, str, str, dict[str, object]], ...] = (
        (not is_day(day) or row.time is None, "M159", "签收日期", {}),
        (day < known.posted_on, "M156", "签收日期", {"day": day, "posted_on": known.posted_on}),
        (day > known.today, "M160", "签收日期", {"day": day}),
        (known.wants_signer and not row.signer.strip(), "M163", "签收人", {}),
        (first is not None, "M157", "签收码", {"first": first}),
        (before is not None, "M158", "签收码", {"day": before[0] if before else ""}),
    )
    return next(
        (_finding(row, rule, column, "", **more) for wrong, rule, column, more in faults if wrong), None
    )


def _late(row: ReceiptRow, receipt: Receipt, known: Known) -> list[Finding]:
    if receipt.scope != HANDOVER:
        return []
    promised = known.promised[int(receipt.subject)]
    if not is_late(receipt.day, receipt.time, promised, known.deadline):
        return []
    delivered = f"{receipt.day} {receipt.time}".rstrip()  # a sheet may bear no time
    details = {"delivered": delivered, "promised": promised, "deadline": known.deadline}
    return [_finding(row, "M162", "签收时间", receipt.time, **details)]


def _finding(row: ReceiptRow, rule: str, column: str, value: str = "", **details: object) -> Finding:
    return Finding(rule, row.file, row.sheet, row.row, column, value, details)
