"""Contracts 合同: which of them may print in a mailing, and why the others may not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from yibao_cli.artwork.facts import Verdict
from yibao_cli.artwork.judging import check_artwork
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_APPROVED = "通过"


@dataclass(frozen=True, slots=True)
class Contract:
    """An ad that may print: panel A, B or C; quota in pieces; empty targets mean everyone.

    price: fen for the panel. art: the artwork's file.
    """

    id: str
    advertiser: str
    panel: str
    quota: int
    counties: frozenset[str]
    categories: frozenset[str]
    price: int
    art: Path


def usable_contracts(
    rows: Iterable[Mapping[str, Any]], art_folder: Path, posting: str, panel_size: tuple[float, float]
) -> tuple[list[Contract], list[Finding]]:
    """Keep the contracts that are approved, in force on the day of posting, and whose art can be printed.

    One with a quota below 1 or a price below 0 is left out too.

    rows: imported contract rows with `src_file`, `src_sheet`, `src_row`. posting: ISO date.
    panel_size: mm. Returns the contracts by number, and a finding for each that is left out or doubtful.
    """
    kept: list[Contract] = []
    findings: list[Finding] = []
    for row in sorted(rows, key=lambda r: str(r["contract_no"])):
        problem, what = _problem(row, posting), ""
        art = art_folder / str(row["artwork"])
        if problem is None:
            # A path in a client's list is a name inside the import, never a way out of it.
            name = PurePath(str(row["artwork"]))
            inside = not name.is_absolute() and ".." not in name.parts
            verdict = check_artwork(art, panel_size) if inside else Verdict("C201")
            problem, what = verdict.refusal, verdict.what
            findings += [_finding(verdict.warning, row, posting)] if verdict.warning else []
        if problem is not None:
            findings.append(_finding(problem, row, posting, what))
        else:
            kept.append(_contract(row, art))
    return kept, findings


def _problem(row: Mapping[str, Any], posting: str) -> str | None:
    if row["review"] != _APPROVED:
        return "C101"
    if not row["starts"] <= posting <= row["ends"]:
        return "C102"
    # A minus in a client's list is a slip of the hand; the assigner would count with it.
    if row["quota"] < 1 or row["price"] < 0:
        return "C208"
    return None


def _contract(row: Mapping[str, Any], art: Path) -> Contract:
    return Contract(
        id=str(row["contract_no"]),
        advertiser=str(row["advertiser"]),
        panel=str(row["panel"]),
        quota=int(row["quota"]),
        counties=_targets(row["counties"]),
        categories=_targets(row["categories"]),
        price=int(row["price"]),
        art=art,
    )


def _targets(text: str | None) -> frozenset[str]:
    folded = (text or "").replace("、", " ").replace(",", " ").replace("，", " ").replace(";", " ")
    return frozenset(folded.split()) - {"全市", "全部", "不限"}


def _finding(rule_id: str, row: Mapping[str, Any], posting: str, what: str = "") -> Finding:
    return Finding(
        rule_id,
        file=str(row["src_file"]),
        sheet=str(row["src_sheet"] or ""),
        row=int(row["src_row"]),
        column="合同号",
        value=str(row["contract_no"]),
        details={
            "contract": row["contract_no"],
            "review": row["review"],
            "starts": row["starts"],
            "ends": row["ends"],
            "posting": posting,
            "artwork": row["artwork"],
            "what": what,
        },
    )


def twice_contracted(number: str, file: str) -> Finding:
    """The finding about a contract whose number another file has used already."""
    return Finding("C103", file=file, column="合同号", value=number, details={"contract": number})
