"""The picture of a mailing: gathers its figures, and writes HTML, workbook, JSON and the charts as PNG."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
from sqlalchemy import func, select

from yibao_cli.config import shipped
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adsplan import FILE_NAME as PLAN
from yibao_cli.jobs.returns.reconciling import account_of
from yibao_cli.jobs.workspace import Progress, Workspace, mailing_state, no_progress
from yibao_cli.money import fen
from yibao_cli.render.fonts import REGULAR, font
from yibao_cli.reports.picture import Figures, charts_of, load_words, page, write_figures
from yibao_cli.returns.account import account_json
from yibao_cli.sealed.files import source
from yibao_cli.store import audit, book
from yibao_cli.store.ads_schema import ad_invoices
from yibao_cli.store.files import atomic_file, atomic_folder
from yibao_cli.store.imports import active_imports
from yibao_cli.store.schema import audit as audit_table

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.returns.standing import Account
    from yibao_cli.store.packages import Package

FOLDER = "report"
_SLOT, _AD = "slot_", "ad:"
_CODE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """The account that is told, and the folder with report-M.html, .xlsx, .json and the charts."""

    account: Account
    folder: Path
    html: Path


def report_mailing(
    workspace: Workspace, mailing: str, progress: Progress = no_progress, as_of: str = ""
) -> ReportOutcome:
    """Write the report of a mailing as of a day, "" for today.

    Raises StateError when the mailing is not posted, CheckFailed when its sums do not tie.
    """
    mailing = workspace.mailing_id(mailing)
    progress(_("reporting"), 0, 0)
    with workspace.locked_mailing(mailing):
        account, figures = figures_of(workspace, mailing, as_of)
        folder = workspace.mailing_folder(mailing) / FOLDER
        with atomic_folder(folder) as target:
            write_report(figures, target)
        with workspace.engine.begin() as connection:
            facts = {"as_of": account.terms.today, "posted": account.posted, "returned": account.returned}
            audit.record_done(connection, at=workspace.stamp, command="report", mailing=mailing, facts=facts)
    return ReportOutcome(account, folder, folder / f"report-{mailing}.html")


def write_report(figures: Figures, target: Path) -> None:
    """Write every form of a report into a folder."""
    data = shipped("templates") / "reports"
    name = f"report-{figures.mailing}"
    with atomic_file(target / f"{name}.html", "w") as stream:
        stream.write(page(figures, data))
    with atomic_file(target / f"{name}.json", "w") as stream:
        json.dump(figures.plain(), stream, ensure_ascii=False, indent=1)
    write_figures(figures, target / f"{name}.xlsx", data)
    face = font(REGULAR).path
    for chart, drawing in charts_of(figures, load_words(data), data).items():
        with atomic_file(target / f"{chart}.png") as stream:
            stream.write(drawing.png(face))


def figures_of(workspace: Workspace, mailing: str, as_of: str = "") -> tuple[Account, Figures]:
    """The figures of a mailing as of a day."""
    account, restated = account_of(workspace, mailing, as_of)
    package = workspace.package(mailing)
    with workspace.reading() as connection:
        state = mailing_state(connection, mailing)
        quality = _quality(connection, package)
        money = _money(workspace, connection, mailing, account, package)
    plain = account_json(account, restated)
    figures = Figures(
        client=workspace.settings.client.name,
        mailing=mailing,
        kind=package.kind.name,
        package=state.package_sha256 if state else "",
        account=plain,
        counts=package.manifest.counts,
        quality=quality,
        money=money,
        ads=_ads(package, account),
        prefecture=_prefecture(workspace, package),
        plan=_plan(package),
    )
    return account, figures


def _quality(connection: Connection, package: Package) -> dict[str, tuple[int, int]]:
    """Verdict -> pieces that had it when they were frozen, and pieces whose entry has it now."""
    then: Counter[str] = Counter()
    now: Counter[str] = Counter()
    query = book.entries().with_only_columns(*(book.entries().selected_columns[k] for k in ("id", "verdict")))
    verdicts = {row.id: row.verdict for row in connection.execute(query)}
    for entry in package.manifest.parts:
        table = package.pieces(entry.part, ["verdict", "address_id"])
        then.update(table.column("verdict").to_pylist())
        now.update(verdicts.get(i, "bad") for i in table.column("address_id").to_pylist())
    return {v: (then[v], now[v]) for v in ("good", "doubtful", "bad")}


def _money(
    workspace: Workspace, connection: Connection, mailing: str, account: Account, package: Package
) -> dict[str, int]:
    """Fen by item. Revenue is what was invoiced; where nothing was, what the contracts of printed ads say."""
    report = workspace.settings.report
    copies = account.copies["printed"]
    costs = {
        "postage": _postage(connection, mailing),
        "paper": fen(report.paper_cost) * copies,
        "print": fen(report.print_cost) * copies,
    }
    invoiced = connection.execute(
        select(func.sum(ad_invoices.c.amount)).where(ad_invoices.c.mailing == mailing)
    ).scalar()
    booked = _booked(workspace, connection, mailing, package)
    revenue = booked if invoiced is None else int(invoiced)
    total = sum(costs.values())
    settled = {} if invoiced is None else {"settled": int(invoiced)}
    return {**costs, "cost": total, "booked": booked, **settled, "margin": revenue - total}


def _postage(connection: Connection, mailing: str) -> int:
    """What the post was paid, as the last posting list had it; 0 where there is none."""
    a = audit_table.c
    query = select(a.facts).where(a.mailing == mailing, a.command == "manifest").order_by(a.seq.desc())
    facts = connection.execute(query.limit(1)).scalar()
    return int(json.loads(facts).get("postage_fen", 0)) if facts else 0


def _booked(workspace: Workspace, connection: Connection, mailing: str, package: Package) -> int:
    import pyarrow.parquet as pq  # noqa: PLC0415 - only where there are contracts

    total = 0
    printed = {ad for ad, count in package.manifest.quotas.items() if count}
    for record in active_imports(connection, mailing, "contracts"):
        path = record.rows(workspace.folder)
        if path.is_file():
            table = pq.read_table(source(path), columns=["contract_no", "price"])
            numbers, prices = (table.column(c).to_pylist() for c in ("contract_no", "price"))
            total += sum(p or 0 for n, p in zip(numbers, prices, strict=True) if n in printed)
    return total


def _ads(package: Package, account: Account) -> list[tuple[str, int, int]]:
    """(ad, pieces it was printed on, those that were not returned)."""
    states = account.states
    back = set(states.loc[states["state"] == "returned", "piece"])
    printed: Counter[str] = Counter()
    reached: Counter[str] = Counter()
    slots = [name for name in package.piece_fields() if name.startswith(_SLOT)]
    for entry in package.manifest.parts if slots else ():
        table = package.pieces(entry.part, ["piece", *slots])
        out = [piece not in back for piece in table.column("piece").to_pylist()]
        for slot in slots:
            column = [(v or "").removeprefix(_AD) for v in table.column(slot).to_pylist()]
            printed.update(ad for ad in column if ad)
            reached.update(ad for ad, there in zip(column, out, strict=True) if ad and there)
    known = set(package.manifest.ads)
    return [(ad, printed[ad], reached[ad]) for ad in sorted(printed) if ad in known]


def _plan(package: Package) -> dict[str, Any]:
    """What a package says of its ads; nothing where it has no plan."""
    path = package.folder / PLAN
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _prefecture(workspace: Workspace, package: Package) -> str:
    """The first digits of the division codes of most entries."""
    from yibao_cli.store.schema import addresses  # noqa: PLC0415 - only here

    ids = package.pieces(1, ["address_id"]).column("address_id")
    some = pc.unique(ids).to_pylist()[:200]
    with workspace.reading() as connection:
        codes = connection.execute(
            select(addresses.c.division_code).where(addresses.c.id.in_(some))
        ).scalars()
        most = Counter(code[:_CODE_DIGITS] for code in codes if code).most_common(1)
    return most[0][0] if most else ""
