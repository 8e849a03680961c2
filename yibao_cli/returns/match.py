"""Rows of a return list matched to posted pieces."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from yibao_cli.codes import is_mailing_id, mask_id
from yibao_cli.model import Finding
from yibao_cli.returns.judging import Facts, judge
from yibao_cli.returns.lines import folded, read_code, with_zeros
from yibao_cli.returns.reasons import OTHER, Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_BLANK = ""
_MAILING_DIGITS = 8
# Whatever stands in a cell that is no code of ours may be a person's number.
_NO_CODE = {"damaged": "T101", "foreign": "T101"}
_OURS = "YB1/"


@dataclass(frozen=True, slots=True)
class Matched:
    """What a return list came to: every row is in `accepted` or has exactly one finding in `findings`.

    accepted: columns piece, copy (int64), returned_on (ISO), reason (R code), src_row (Int64, NA where
    unknown). doubts: a finding for each wording that nobody knows (T116), or that says two things (T128).
    """

    accepted: pd.DataFrame
    findings: tuple[Finding, ...]
    doubts: tuple[Finding, ...] = ()


class _Row(NamedTuple):
    piece: str
    copy: int | None
    mailing: str
    day: str
    said: str
    reason: str
    torn: tuple[str, ...]
    fault: str
    file: str
    sheet: str
    number: int | None

    def finding(self, rule_id: str, column: str, value: str, **details: object) -> Finding:
        return Finding(rule_id, self.file, self.sheet, self.number, column, value, details)


def match_returns(rows: pd.DataFrame, facts: Facts, wording: Wording | None = None) -> Matched:
    """Match the rows of a return list to the pieces of one mailing.

    rows: text columns piece (its number or a sheet's code), returned_on (ISO), reason_text and, where there
      are such, mailing (blank means this one), src_file, src_sheet, src_row.

    Of several rows about one copy the first that can be accepted counts. Rules T101 to T113, T129.
    len(accepted) + len(findings) == len(rows), always.
    """
    accepted: dict[tuple[str, int], _Row] = {}
    findings: list[Finding] = []
    for row in _rows(rows, wording or Wording()):
        fault = _wrong_code(row, facts) or _wrong_piece(row, facts, accepted)
        if fault is not None:
            findings.append(fault)
    return Matched(_frame(accepted), tuple(findings), tuple(_unknown_words(accepted.values())))


def _wrong_code(row: _Row, facts: Facts) -> Finding | None:
    if row.fault:
        whole = with_zeros(row.piece)
        if facts.pieces.get(whole):
            return row.finding("T129", "piece", whole, piece=whole)
        return row.finding(row.fault, "piece", mask_id(row.piece))
    if row.mailing not in {_BLANK, facts.mailing}:
        named = row.mailing if _names_a_mailing(row.mailing) else mask_id(row.mailing)
        return row.finding("T102", "mailing", named, named=named, mailing=facts.mailing, piece=row.piece)
    return None


def _wrong_piece(row: _Row, facts: Facts, accepted: dict[tuple[str, int], _Row]) -> Finding | None:
    """Judge a row and enter it, or say why not."""
    verdict = judge(facts, row.piece, row.copy, row.day)
    if not verdict.rule:
        first = accepted.setdefault((row.piece, verdict.copy), row)
        if first is row:
            return None
        number = "?" if first.number is None else first.number
        return row.finding("T107", "piece", row.piece, first=number, piece=row.piece)
    is_date = verdict.rule in {"T105", "T106", "T109"}
    shown = row.piece if not is_date else mask_id(row.day) if verdict.rule == "T109" else row.day
    column = "returned_on" if is_date else "piece"
    return row.finding(verdict.rule, column, shown, **verdict.details, piece=row.piece)


def _unknown_words(accepted: Iterable[_Row]) -> Iterator[Finding]:
    unknown = [row for row in accepted if not row.reason]
    counts = Counter(row.said for row in unknown)
    for row in unknown:
        # What a clerk wrote may name a person, so it is not shown; the row leads to it.
        if not counts.pop(row.said, 0):
            continue
        if row.torn:
            yield row.finding("T128", "reason_text", mask_id(row.said), reasons=" ".join(row.torn))
        else:
            yield row.finding("T116", "reason_text", mask_id(row.said))


def _rows(frame: pd.DataFrame, wording: Wording) -> Iterator[_Row]:
    pieces, mailings, days, reasons, files, sheets = (
        _texts(frame, name)
        for name in ("piece", "mailing", "returned_on", "reason_text", "src_file", "src_sheet")
    )
    numbers = _values(frame, "src_row")
    for i, number in enumerate(numbers):
        said = reasons[i].strip()
        row = _Row(
            piece=folded(pieces[i]),
            copy=None,
            mailing=folded(mailings[i]),
            day=days[i].strip(),
            said=said,
            reason=wording.known(said) or "",
            torn=wording.named(said) if wording.known(said) is None else (),
            fault="",
            file=files[i],
            sheet=sheets[i],
            number=None if number is None else int(number),
        )
        yield _decoded(row)


def _decoded(row: _Row) -> _Row:
    """A row whose code is read: the piece, and where the code tells, its mailing and copy."""
    line = read_code(row.piece)
    if line.word != "code":
        rule = "T110" if row.piece.startswith(_OURS) else _NO_CODE[line.word]
        return row._replace(fault=rule)
    return row._replace(piece=line.piece, copy=line.copy, mailing=line.mailing or row.mailing)


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    return [_BLANK if value is None else str(value) for value in _values(frame, name)]


def _values(frame: pd.DataFrame, name: str) -> list[Any]:
    if name not in frame:
        return [None] * len(frame)
    column = frame[name].astype(object)
    return column.where(column.notna(), None).tolist()


def _frame(accepted: Mapping[tuple[str, int], _Row]) -> pd.DataFrame:
    kept = list(accepted.values())
    texts = {
        "piece": [row.piece for row in kept],
        "returned_on": [row.day for row in kept],
        "reason": [row.reason or OTHER for row in kept],
    }
    frame = pd.DataFrame(texts, dtype="string")
    frame.insert(1, "copy", pd.Series([copy for _piece, copy in accepted], dtype="int64"))
    frame["src_row"] = pd.array([row.number for row in kept], dtype="Int64")
    return frame


def _names_a_mailing(text: str) -> bool:
    # A phone or id number typed into the wrong column has the form of a mailing id, but more digits.
    return is_mailing_id(text) and sum(c.isdigit() for c in text) <= _MAILING_DIGITS
