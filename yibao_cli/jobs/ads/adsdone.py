"""Prove and settle the ads of a mailing: packs, invoices, make-goods, payments, lift."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from yibao_cli.ads.packs import Mailed, certificate, settlement_paper
from yibao_cli.ads.response import Lift, lift_of
from yibao_cli.ads.settling import Settlement, settle, totals
from yibao_cli.errors import InputNotFound, StateError, UsageError
from yibao_cli.exports.paperbook import write_paper_book
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adsample import print_sample
from yibao_cli.jobs.ads.adscount import Cells, count_ads, total_of
from yibao_cli.jobs.ads.adswork import frozen_facts
from yibao_cli.jobs.workspace import require_state
from yibao_cli.money import fen
from yibao_cli.render.faces import font_set
from yibao_cli.render.paper import write_paper
from yibao_cli.store import audit
from yibao_cli.store.contracts import (
    Account,
    Invoice,
    accounts,
    add_payment,
    keep_invoices,
    keep_makegoods,
)
from yibao_cli.store.files import atomic_folder, private_folder, sha256_of
from yibao_cli.store.schema import audit as trail

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
    terms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


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
    return Done(mailing, rows, totals(rows), target, tuple(target / n for n in names), terms)


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
    return Done(mailing, tuple(s for s, _b in rows), sums, target, tuple(target / n for n in names), terms)


def _owed(settled: Iterable[Settlement]) -> dict[str, int]:
    """Pieces to be made good, by the contract that they were sold under."""
    owed: dict[str, int] = {}
    for one in settled:
        number = one.contract.partition("+")[0]
        owed[number] = owed.get(number, 0) + one.owed
    return owed


def _counted(
    workspace: Workspace, mailing: str, states: tuple[str, ...]
) -> tuple[str, MailingState, dict[str, Any], dict[str, Cells]]:
    mailing = workspace.mailing_id(mailing)
    with workspace.reading() as connection:
        state = require_state(connection, mailing, states)
    facts = frozen_facts(workspace, mailing)
    return mailing, state, facts, count_ads(workspace, mailing, is_posted=state.state == "posted")


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


def book_payment(
    workspace: Workspace, advertiser: str, amount: str, reference: str, paid_on: str = ""
) -> bool:
    """Book what a customer paid; False where the slip is booked. Raises UsageError for what cannot be."""
    try:
        paid = fen(amount)
        day = date.fromisoformat(paid_on or workspace.today).isoformat()
    except ValueError as error:
        raise UsageError(
            _("this cannot be booked: {reason}").format(reason=error),
            remedy=_("give an amount in yuan and a day such as 2026-10-08"),
        ) from error
    if not reference.strip() or not advertiser.strip() or paid <= 0:
        raise UsageError(
            _("a payment needs a customer, an amount above nought and the number of the slip"),
            remedy=_("give all three"),
        )
    row = {"advertiser": advertiser, "amount": paid, "paid_on": day, "reference": reference}
    with workspace.engine.begin() as connection:
        fresh = add_payment(connection, {**row, "operator": audit.operator()})
        if fresh:
            facts = {"amount": paid, "paid_on": day, "reference": reference}
            audit.record(connection, at=workspace.stamp, command="ads payment", mailing="", facts=facts)
    return fresh


def customers(workspace: Workspace) -> list[Account]:
    """The accounts of all customers, today."""
    with workspace.reading() as connection:
        return accounts(connection, workspace.today)


def importer_of(workspace: Workspace, mailing: str) -> str:
    """Who imported the contracts of a mailing last; "" where nobody did."""
    query = (
        select(trail.c.operator)
        .where(trail.c.command == "import contracts", trail.c.mailing == mailing)
        .order_by(trail.c.seq.desc())
        .limit(1)
    )
    with workspace.reading() as connection:
        return connection.execute(query).scalar() or ""


def measure_lift(workspace: Workspace, mailing: str, contract: str, responders: Path) -> Lift:
    """What an ad did, over those held out who could have had it.

    responders: members' keys, one a line, as the client matched them with the advertiser's customers.
    Raises StateError where nobody was held out.
    """
    from yibao_cli.jobs.ads.adslift import arms  # noqa: PLC0415 - numpy and the audience, only here

    mailing = workspace.mailing_id(mailing)
    if not responders.is_file():
        raise InputNotFound(_("there is no such file"), where=responders.name, remedy=_("check the name"))
    keys = {line.strip() for line in responders.read_text(encoding="utf-8-sig").splitlines() if line.strip()}
    exposed, held_out = arms(workspace, mailing, contract, keys)
    if not held_out[0]:
        raise StateError(
            _("nobody was held out in mailing {mailing}").format(mailing=mailing),
            remedy=_("set `holdout` in [ads] before the next mailing is merged"),
        )
    return lift_of(exposed, held_out)
