"""Prove and settle the ads of a mailing: packs, invoices, make-goods."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from yibao_cli.ads.packs import Mailed, certificate, settlement_paper
from yibao_cli.ads.settling import Settlement, settle, totals
from yibao_cli.ads.terms import sold_as
from yibao_cli.errors import CheckFailed
from yibao_cli.exports.paperbook import write_paper_book
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adsample import print_sample
from yibao_cli.jobs.ads.adscount import Cells, count_ads, total_of
from yibao_cli.jobs.ads.adswork import frozen_facts
from yibao_cli.jobs.workspace import require_state
from yibao_cli.render.faces import font_set
from yibao_cli.render.paper import write_paper
from yibao_cli.store import audit
from yibao_cli.store.contracts import Invoice, keep_invoices, keep_makegoods
from yibao_cli.store.files import atomic_folder, private_folder, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from yibao_cli.exports.paper import Paper
    from yibao_cli.jobs.workspace import MailingState, Workspace

FOLDER = "ads"
_STATES = ("merged", "rendered", "verified", "posted")


@dataclass(frozen=True)
class Done:
    """What a mailing's ads came to."""

    mailing: str
    settled: tuple[Settlement, ...]
    totals: Mapping[str, int]
    folder: Path
    files: tuple[Path, ...] = ()


def prove_ads(workspace: Workspace, mailing: str) -> Done:
    """Write a pack for each contract: certificate, sample pages, the artwork as printed, hashes."""
    mailing, state, facts, cells = _counted(workspace, mailing, _STATES)
    mailed = _mailed(workspace, mailing, state)
    package = workspace.package(mailing)
    terms = {c["id"]: c for c in facts["contracts"]}
    settled = _settled(terms, cells) if state.state == "posted" else {}
    files: list[Path] = []
    with atomic_folder(workspace.mailing_folder(mailing) / FOLDER / "proof") as folder:
        for number, contract in sorted(terms.items()):
            pack = private_folder(folder / number)
            art = package.art / package.manifest.ads[number]
            shutil.copyfile(art, pack / f"artwork{art.suffix}")
            (pack / f"artwork{art.suffix}").chmod(0o600)
            hashes = {f"artwork{art.suffix}": sha256_of(art)}
            sample = pack / f"sample-{mailing}-{number}.pdf"
            print_sample(workspace, package, contract, sample)
            hashes[sample.name] = sha256_of(sample)
            files.append(sample)
            paper = certificate(mailed, contract, cells.get(number, {}), hashes, settled.get(number))
            files += _written(workspace, pack / f"proof-{mailing}-{number}", paper, "投放证明")
        names = [f.relative_to(folder) for f in files]
    target = workspace.mailing_folder(mailing) / FOLDER / "proof"
    rows = tuple(settled[n] for n in sorted(settled))
    return Done(mailing, rows, totals(rows), target, tuple(target / n for n in names))


def settle_ads(workspace: Workspace, mailing: str) -> Done:
    """Settle a posted mailing's contracts, write the list, and book invoices and make-goods.

    Settled again, as returns come in, it takes the place of the settlement before.
    """
    with workspace.locked_mailing(workspace.mailing_id(mailing)):
        return _settle(workspace, mailing)


def _settle(workspace: Workspace, mailing: str) -> Done:
    mailing, state, facts, cells = _counted(workspace, mailing, ("posted",))
    terms = {c["id"]: c for c in facts["contracts"]}
    settled = _settled(terms, cells)
    rows = [(settled[n], str(terms[n]["settled_by"])) for n in sorted(settled)]
    target = workspace.mailing_folder(mailing) / FOLDER / "settlement"
    with atomic_folder(target) as folder:
        paper = settlement_paper(_mailed(workspace, mailing, state), rows)
        files = _written(workspace, folder / f"settlement-{mailing}", paper, "结算")
        names = [f.name for f in files]
    sums = totals(s for s, _basis in rows)
    due = date.fromisoformat(workspace.today) + timedelta(days=workspace.settings.ads.pay_days)
    with workspace.engine.begin() as connection:
        issued = [
            Invoice(mailing, s.contract, s.advertiser, s.payable, workspace.today, due.isoformat())
            for s, _basis in rows
        ]
        keep_invoices(connection, mailing, issued)
        keep_makegoods(connection, mailing, _owed(s for s, _basis in rows))
        audit.record_done(connection, at=workspace.stamp, command="ads settle", mailing=mailing, facts=sums)
    return Done(mailing, tuple(s for s, _b in rows), sums, target, tuple(target / n for n in names))


def _owed(settled: Iterable[Settlement]) -> dict[str, int]:
    """Pieces to be made good, by the contract that they were sold under."""
    owed: dict[str, int] = {}
    for one in settled:
        number = sold_as(one.contract)
        owed[number] = owed.get(number, 0) + one.owed
    return owed


def _counted(
    workspace: Workspace, mailing: str, states: tuple[str, ...]
) -> tuple[str, MailingState, dict[str, Any], dict[str, Cells]]:
    mailing = workspace.mailing_id(mailing)
    with workspace.reading() as connection:
        state = require_state(connection, mailing, states)
    _require_unaltered(workspace, mailing, state)
    facts = frozen_facts(workspace, mailing)
    return mailing, state, facts, count_ads(workspace, mailing, is_posted=state.state == "posted")


def _require_unaltered(workspace: Workspace, mailing: str, state: MailingState) -> None:
    """Prove and settle what was frozen, and no prices or pieces that somebody wrote into it since."""
    package = workspace.package(mailing)
    if altered := package.altered_files(state.package_sha256):
        raise CheckFailed(
            _("the package was altered since it was frozen: {files}").format(files=", ".join(altered)),
            where=str(package.folder),
            remedy=_("prove and settle nothing from it; bring the package back from a backup"),
        )


def _settled(terms: Mapping[str, Mapping[str, Any]], cells: Mapping[str, Cells]) -> dict[str, Settlement]:
    return {number: settle(contract, total_of(cells.get(number, {}))) for number, contract in terms.items()}


def _mailed(workspace: Workspace, mailing: str, state: MailingState) -> Mailed:
    pieces = sum(p.pieces for p in workspace.package(mailing).manifest.parts)
    client, period = workspace.settings.client.name, workspace.mailing(mailing).period
    return Mailed(mailing, client, period, state.posted_on, pieces, state.package_sha256)


def _written(workspace: Workspace, stem: Path, paper: Paper, name: str) -> list[Path]:
    pdf, xlsx = stem.with_name(stem.name + ".pdf"), stem.with_name(stem.name + ".xlsx")
    write_paper(pdf, paper, font_set(workspace.settings.fonts.plan(workspace.folder)))
    write_paper_book(xlsx, paper, name)
    return [pdf, xlsx]
