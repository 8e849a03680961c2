"""Rows of a return list matched to posted pieces."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from yibao_cli.codes import is_mailing_id, is_piece_number, mask_id
from yibao_cli.model import Finding
from yibao_cli.returns.reasons import reason_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

_BLANK = ""
_MAILING_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Matched:
    """What a return list came to: every row is in `accepted` or has exactly one finding.

    accepted: columns piece, returned_on (ISO), reason (R code), src_row (Int64, NA where unknown).
    """

    accepted: pd.DataFrame
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    mailing: str
    posted: Mapping[str, bool]
    already: AbstractSet[str]
    posted_on: str
    today: str


class _Row(NamedTuple):
    piece: str
    mailing: str
    day: str
    reason: str
    file: str
    sheet: str
    number: int | None

    def finding(self, rule_id: str, column: str, value: str, **details: object) -> Finding:
        return Finding(rule_id, self.file, self.sheet, self.number, column, value, details)


def match_returns(
    rows: pd.DataFrame,
    mailing: str,
    posted: Mapping[str, bool],
    already: AbstractSet[str],
    posted_on: str,
    today: str,
) -> Matched:
    """Match the rows of a return list to the pieces of one mailing.

    rows: text columns piece, returned_on (ISO), reason_text and, where there are such, mailing (blank
      means this one), src_file, src_sheet, src_row.
    posted: piece number -> whether it was handed to the post; already: pieces whose return is recorded.
    posted_on, today: ISO days.

    Of several rows about one piece the first that can be accepted counts. Rules T101 to T109.
    len(accepted) + len(findings) == len(rows), always.
    """
    known = _Known(mailing, posted, already, posted_on, today)
    accepted: dict[str, _Row] = {}
    findings: list[Finding] = []
    for row in _rows(rows):
        # What names the piece is judged before what is said about it.
        fault = _wrong_piece(row, known) or _wrong_day(row, known) or _twice(row, known, accepted)
        if fault is None:
            accepted[row.piece] = row
        else:
            findings.append(fault)
    return Matched(_frame(accepted.values()), tuple(findings))


def _wrong_piece(row: _Row, known: _Known) -> Finding | None:
    if not is_piece_number(row.piece):
        # Whatever a clerk typed here may be a person's number.
        return row.finding("T101", "piece", mask_id(row.piece))
    if row.mailing not in {_BLANK, known.mailing}:
        named = row.mailing if _names_a_mailing(row.mailing) else mask_id(row.mailing)
        return row.finding("T102", "mailing", named, named=named, mailing=known.mailing)
    if row.piece not in known.posted:
        return row.finding("T103", "piece", row.piece, mailing=known.mailing)
    if not known.posted[row.piece]:
        return row.finding("T104", "piece", row.piece)
    return None


def _wrong_day(row: _Row, known: _Known) -> Finding | None:
    if not _is_day(row.day):
        return row.finding("T109", "returned_on", mask_id(row.day))
    if row.day < known.posted_on:
        return row.finding("T105", "returned_on", row.day, day=row.day, posted_on=known.posted_on)
    if row.day > known.today:
        return row.finding("T106", "returned_on", row.day, day=row.day)
    return None


def _twice(row: _Row, known: _Known, accepted: Mapping[str, _Row]) -> Finding | None:
    if row.piece in accepted:
        first = accepted[row.piece].number
        return row.finding("T107", "piece", row.piece, first="?" if first is None else first)
    if row.piece in known.already:
        return row.finding("T108", "piece", row.piece)
    return None


def _rows(frame: pd.DataFrame) -> Iterator[_Row]:
    pieces, mailings, days, reasons, files, sheets = (
        _texts(frame, name)
        for name in ("piece", "mailing", "returned_on", "reason_text", "src_file", "src_sheet")
    )
    numbers = _values(frame, "src_row")
    for i, number in enumerate(numbers):
        yield _Row(
            piece=_folded(pieces[i]),
            mailing=_folded(mailings[i]),
            day=days[i].strip(),
            reason=reason_code(reasons[i]),
            file=files[i],
            sheet=sheets[i],
            number=None if number is None else int(number),
        )


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    return [_BLANK if value is None else str(value) for value in _values(frame, name)]


def _values(frame: pd.DataFrame, name: str) -> list[Any]:
    if name not in frame:
        return [None] * len(frame)
    column = frame[name].astype(object)
    return column.where(column.notna(), None).tolist()


def _frame(accepted: Iterable[_Row]) -> pd.DataFrame:
    kept = list(accepted)
    texts = {
        "piece": [row.piece for row in kept],
        "returned_on": [row.day for row in kept],
        "reason": [row.reason for row in kept],
    }
    frame = pd.DataFrame(texts, dtype="string")
    frame["src_row"] = pd.array([row.number for row in kept], dtype="Int64")
    return frame


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()


def _names_a_mailing(text: str) -> bool:
    # A phone or id number typed into the wrong column has the form of a mailing id, but more digits.
    return is_mailing_id(text) and sum(c.isdigit() for c in text) <= _MAILING_DIGITS


def _is_day(text: str) -> bool:
    # Only YYYY-MM-DD compares as text in the order of days; fromisoformat admits other forms.
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
