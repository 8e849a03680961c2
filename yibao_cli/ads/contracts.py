"""Contracts 合同: which of them may print in a mailing, and why the others may not."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from yibao_cli.ads.terms import MOST_ADS, Contract, contract_of, fault_of_terms
from yibao_cli.artwork.facts import Verdict
from yibao_cli.artwork.judging import check_artwork
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

APPROVED = "通过"
_COLUMN = "合同号"


def usable_contracts(
    rows: Iterable[Mapping[str, Any]],
    art_folder: Path,
    posting: str,
    panel_size: tuple[float, float],
    slots: frozenset[str] = frozenset("ABC"),
) -> tuple[list[Contract], list[Finding]]:
    """Keep the contracts that are approved, in force on the day of posting, right in terms and in artwork.

    rows: imported contract rows with `src_file`, `src_sheet`, `src_row`. posting: ISO date. panel_size: mm.
    slots: the panels that the mailing has.
    Returns the contracts by number, and a finding for each that is left out or doubtful.
    """
    kept: list[Contract] = []
    findings: list[Finding] = []
    for row in sorted(rows, key=lambda r: str(r["contract_no"])):
        rule, what = _problem(row, posting, slots)
        art = art_folder / str(row["artwork"])
        if not rule:
            # A path in a client's list is a name inside the import, never a way out of it.
            name = PurePath(str(row["artwork"]))
            inside = not name.is_absolute() and ".." not in name.parts
            verdict = check_artwork(art, panel_size) if inside else Verdict("C201")
            rule, what = verdict.refusal or "", verdict.what
            findings += [finding_of(verdict.warning, row, posting)] if verdict.warning else []
        if rule:
            findings.append(finding_of(rule, row, posting, what=what))
            continue
        contract = contract_of(row, art)
        kept.append(contract)
        if contract.aim.spent_from is not None:
            findings.append(finding_of("C138", row, posting, basis=contract.legal_basis))
    return kept, findings


def at_most(contracts: list[Contract]) -> tuple[list[Contract], list[Finding]]:
    """The first 64 contracts by tier and number, and a finding for each that a mailing has no room for."""
    ranked = sorted(contracts, key=lambda c: (c.tier, c.id))
    late = [
        about("C139", contract, what=number)
        for number, contract in enumerate(ranked[MOST_ADS:], MOST_ADS + 1)
    ]
    return sorted(ranked[:MOST_ADS], key=lambda c: c.id), late


def about(rule_id: str, contract: Contract, /, **details: object) -> Finding:
    """A finding about a contract as a whole."""
    facts = {"contract": contract.id, "trade": contract.trade, **details}
    return Finding(rule_id, column=_COLUMN, value=contract.id, details=facts)


def twice_contracted(number: str, file: str) -> Finding:
    """The finding about a contract whose number another file has used already."""
    return Finding("C103", file=file, column=_COLUMN, value=number, details={"contract": number})


def finding_of(rule: str, row: Mapping[str, Any], posting: str, **details: object) -> Finding:
    """A finding about a row of the contracts."""
    return Finding(
        rule,
        file=str(row["src_file"]),
        sheet=str(row["src_sheet"] or ""),
        row=int(row["src_row"]),
        column=_COLUMN,
        value=str(row["contract_no"]),
        details={
            "contract": row["contract_no"],
            "review": row["review"],
            "starts": row["starts"],
            "ends": row["ends"],
            "posting": posting,
            "artwork": row["artwork"],
            "what": "",
            **details,
        },
    )


def _problem(row: Mapping[str, Any], posting: str, slots: frozenset[str]) -> tuple[str, str]:
    if row["review"] != APPROVED:
        return "C101", ""
    if not row["starts"] <= posting <= row["ends"]:
        return "C102", ""
    return fault_of_terms(row, slots) or ("", "")
