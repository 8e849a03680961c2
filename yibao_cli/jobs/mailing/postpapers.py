"""What goes to the post beside the list: statement, qualification report, exceptions, job file."""

from __future__ import annotations

import csv
import gettext
import json
import re
from typing import TYPE_CHECKING, Any

from yibao_cli.exports.paperbook import write_paper_book
from yibao_cli.i18n import DOMAIN, LOCALE_DIR
from yibao_cli.jobs.findings import FOLDER as FINDINGS
from yibao_cli.mailing.exceptions import Absent, Held, exceptions_json, exceptions_paper
from yibao_cli.mailing.qualification import level_rates, qualification_json, qualification_paper
from yibao_cli.mailing.statement import county_totals, statement_json, statement_lines, statement_paper
from yibao_cli.render.paper import write_paper
from yibao_cli.reports.findings import COLUMNS as FINDING_COLUMNS
from yibao_cli.rules import RULES, Severity
from yibao_cli.store.files import atomic_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from yibao_cli.exports.paper import Paper
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.sorting import Scheme
    from yibao_cli.mailing.containers import Sorted
    from yibao_cli.mailing.posting import PostingInfo
    from yibao_cli.render.faces import FontSet
    from yibao_cli.store.packages import Package

_ASIDE, _SLOT = re.compile(r"\s*[(（]\{[^}]*\}[)）]"), re.compile(r"\{[^}]*\}")


def write_papers(
    folder: Path,
    priced: pd.DataFrame,
    sorted_as: tuple[Sorted, Scheme],
    about: tuple[PostingInfo, Absent, FontSet],
) -> tuple[int, tuple[str, ...]]:
    """Write statement, qualification report and exception list as PDF, xlsx and json.

    priced: level, county, local, step, price, weight_mg, a row a piece.

    Returns the pieces on the statement and the characters that no font draws.
    """
    (found, scheme), (info, absent, fonts) = sorted_as, about
    lines, rates = statement_lines(priced), level_rates(priced, scheme)
    counties = county_totals(priced)
    papers: list[tuple[str, str, Paper, dict[str, Any]]] = [
        (
            "postage",
            "资费结算单",
            statement_paper(lines, counties, info),
            statement_json(lines, counties, info),
        ),
        (
            "qualification",
            "分拣合格报告",
            qualification_paper(found, rates, scheme, info),
            qualification_json(found, rates, scheme, info),
        ),
        (
            "exceptions",
            "异常清单",
            exceptions_paper(absent, found, scheme, info),
            exceptions_json(absent, found, scheme, info),
        ),
    ]
    missing: dict[str, None] = {}
    for stem, name, paper, facts in papers:
        path = folder / f"{stem}-{info.mailing}"
        missing |= dict.fromkeys(write_paper(path.with_suffix(".pdf"), paper, fonts).missing)
        write_paper_book(path.with_suffix(".xlsx"), paper, name)
        with atomic_file(path.with_suffix(".json"), "w") as stream:
            json.dump(facts, stream, ensure_ascii=False, indent=1)
    return int(lines["pieces"].sum()), tuple(missing)


def absent_of(workspace: Workspace, mailing: str, package: Package) -> Absent:
    """What of the roster was not printed, by the package's counts and the findings of the merge."""
    counts = package.manifest.counts
    path = workspace.mailing_folder(mailing) / FINDINGS / f"findings-{mailing}.csv"
    rows = list(_held(path)) if path.is_file() else []
    reasons = _reasons({row.rule for row in rows})
    return Absent(counts["held"], counts["rejected"], rows, reasons, counts.get("unselected", 0))


def _held(path: Path) -> Iterator[Held]:
    """One entry a held row: the first of its findings, as the merge counts them."""
    seen = set()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        next(reader, None)
        for cells in reader:
            row = dict(zip(FINDING_COLUMNS, cells, strict=False))
            held = RULES.get(row.get("rule", ""))
            place = (row.get("file", ""), row.get("sheet", ""), row.get("row", ""))
            if held is None or held.severity is not Severity.HOLD or place in seen:
                continue
            seen.add(place)
            number = int(place[2]) if place[2].isdecimal() else None
            yield Held(row["rule"], place[0], place[1], number, row.get("value", ""))


def _reasons(rules: set[str]) -> dict[str, str]:
    """Texts of rules in Chinese, which the post reads, without what a single row would fill in."""
    chinese = gettext.translation(DOMAIN, LOCALE_DIR, languages=["zh"], fallback=True)
    return {
        rule: _SLOT.sub("…", _ASIDE.sub("", chinese.gettext(RULES[rule].message))) for rule in sorted(rules)
    }
