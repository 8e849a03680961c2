"""The account of a mailing: every posted piece in exactly one state, and the promise against the result."""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import func, select

from yibao_cli.errors import CheckFailed
from yibao_cli.i18n import _
from yibao_cli.jobs.returns.days import require_day
from yibao_cli.jobs.returns.returning import copies_of
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.model import Finding
from yibao_cli.render.faces import font_set
from yibao_cli.render.paper import write_paper
from yibao_cli.returns.account import Restated, account_json, account_paper, write_account
from yibao_cli.returns.rates import wilson
from yibao_cli.returns.reconcile import reconcile
from yibao_cli.returns.standing import Account, Beyond, Terms
from yibao_cli.store import audit, reprints
from yibao_cli.store import returns as store
from yibao_cli.store.files import atomic_file, atomic_folder
from yibao_cli.store.post_schema import handovers, receipts
from yibao_cli.store.reprints import Reason
from yibao_cli.store.schema import addresses, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

FOLDER = "account"
_FIELDS = ("piece", "county", "employer_no", "employer_name", "office", "walk", "address_id")


@dataclass(frozen=True, slots=True)
class ReconcileOutcome:
    """The account and its files, what it says anew of days before, and what is to be looked at."""

    account: Account
    xlsx: Path
    pdf: Path
    json: Path
    restated: tuple[Restated, ...]
    findings: tuple[Finding, ...]


def reconcile_mailing(
    workspace: Workspace, mailing: str, progress: Progress = no_progress, as_of: str = ""
) -> ReconcileOutcome:
    """Make the account of a mailing as of a day, "" for today, and remember its figures.

    Raises StateError when the mailing is not posted, CheckFailed when pieces recorded and packaged differ,
    UsageError for a day that cannot be.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.locked_mailing(mailing):
        progress(_("reconciling"), 0, 0)
        account, restated = account_of(workspace, mailing, as_of)
        folder = workspace.mailing_folder(mailing) / FOLDER
        names = {form: f"account-{mailing}.{form}" for form in ("xlsx", "pdf", "json")}
        with atomic_folder(folder) as target:
            write_account(account, target / names["xlsx"], restated)
            paper = account_paper(account, workspace.settings.client.name, mailing, restated)
            write_paper(
                target / names["pdf"], paper, font_set(workspace.settings.fonts.plan(workspace.folder))
            )
            with atomic_file(target / names["json"], "w") as stream:
                json.dump(account_json(account, restated), stream, ensure_ascii=False, indent=1)
        with workspace.engine.begin() as connection:
            row = {"mailing": mailing, "as_of": account.terms.today, "at": workspace.stamp}
            store.add_account(connection, {**row, "operator": audit.operator()}, account.counts)
            facts = {"as_of": account.terms.today, **account.counts}
            audit.record_done(
                connection, at=workspace.stamp, command="reconcile", mailing=mailing, facts=facts
            )
    xlsx, pdf, figures = (folder / names[form] for form in ("xlsx", "pdf", "json"))
    return ReconcileOutcome(account, xlsx, pdf, figures, restated, tuple(_findings(account)))


def account_of(
    workspace: Workspace, mailing: str, as_of: str = "", *, must_tie: bool = True
) -> tuple[Account, tuple[Restated, ...]]:
    """The account of a mailing as of a day, "" for today, and the accounts of before that it changes.

    must_tie: printed = posted + spoiled, or CheckFailed.
    """
    promise = workspace.settings.promise
    with workspace.reading() as connection:
        state = require_state(connection, mailing, ("posted",))
        refusal = _("there is no account of {day}")
        day = require_day(as_of or workspace.today, state.posted_on, workspace.today, refusal)
        known = connection.execute(
            select(func.count()).select_from(pieces).where(pieces.c.mailing == mailing)
        ).scalar()
        package = workspace.package(mailing)
        if known != package.manifest.counts["pieces"]:
            raise CheckFailed(
                _("the database knows {known} pieces, the package {packed}").format(
                    known=known, packed=package.manifest.counts["pieces"]
                ),
                remedy=_("restore the database from a backup"),
            )
        posted = _posted(workspace, connection, mailing)
        returned = _returned(connection, mailing)
        beyond = _beyond(workspace, connection, (mailing, state.posted_on), posted, returned)
        drawn = [(row.as_of, figures) for row, figures in store.drawn_accounts(connection, mailing)]
    terms = Terms(state.posted_on, day, promise.window_days, promise.delivered)
    account = reconcile(posted, returned, terms, beyond)
    if must_tie and not account.tied:
        raise CheckFailed(
            _("printed {printed} = posted {posted} + spoiled {spoiled} does not tie").format(
                **account.copies
            ),
            remedy=_("see the copies with `yibao reprint {mailing}`").format(mailing=mailing),
        )
    return account, tuple(_restated(drawn, returned, day))


def _posted(workspace: Workspace, connection: Connection, mailing: str) -> pd.DataFrame:
    """The posted pieces in print order, with where they went and where their address came from.

    All but the piece are categories: as text they would take five times the memory.
    """
    package = workspace.package(mailing)
    names = [name for name in _FIELDS if name in package.piece_fields()]
    table = pa.concat_tables([package.pieces(entry.part, names) for entry in package.manifest.parts])
    source = _sources(connection, table.column("address_id"))
    table = table.drop_columns("address_id").append_column("source", source)
    for at, name in enumerate(table.column_names):
        if name != "piece" and not pa.types.is_dictionary(table.schema.field(at).type):
            table = table.set_column(at, name, pc.dictionary_encode(table.column(name)))
    frame: pd.DataFrame = table.unify_dictionaries().to_pandas()
    return frame


def _sources(connection: Connection, address_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where the address of each piece came from, null where nothing is known of it."""
    ids, numbers, names = array("q"), array("q"), dict[str, int]()
    for row in connection.execute(select(addresses.c.id, addresses.c.source)):
        ids.append(row.id)
        numbers.append(names.setdefault(row.source, len(names)))
    at = pc.index_in(address_ids.cast(pa.int64()), value_set=pa.array(ids, pa.int64()))
    places = pc.take(pa.array(numbers, pa.int64()), at)
    return pc.take(pa.array(list(names), pa.string()), places)


def _returned(connection: Connection, mailing: str) -> pd.DataFrame:
    rows = [(r.piece, r.copy, r.returned_on, r.reason) for r in store.recorded(connection, mailing)]
    frame = pd.DataFrame(rows, columns=["piece", "copy", "returned_on", "reason"])
    return frame.astype({"piece": "object", "copy": "int64", "returned_on": "object", "reason": "object"})


def _beyond(
    workspace: Workspace,
    connection: Connection,
    mailed: tuple[str, str],
    posted: pd.DataFrame,
    returned: pd.DataFrame,
) -> Beyond:
    """What is known beside the pieces and their returns. mailed: the mailing, and its day of posting."""
    mailing, posted_on = mailed
    came_back = set(zip(returned["piece"], returned["copy"], strict=True))
    copies = copies_of(connection, mailing, posted_on, came_back)
    account = reprints.account(connection, mailing)
    queued = {(r.piece, r.copy) for r in store.remailed(connection, mailing) if not r.posted_on}
    again = store.reprinted(connection, mailing)
    return Beyond(
        signed=_signed(connection, mailing, posted),
        copies=copies,
        planned=workspace.package(mailing).manifest.counts["roster_rows"],
        printed=account.printed,
        spoiled=account.spoiled,
        unposted=sum((r.piece, r.copy) in queued for r in again if r.reason == Reason.REMAIL),
        waiting=account.waiting,
    )


def _signed(connection: Connection, mailing: str, posted: pd.DataFrame) -> dict[str, str]:
    """Piece -> day of its receipt; a receipt of an employer is one for each piece of the employer's."""
    c, h = receipts.c, handovers.c
    rows = connection.execute(select(c.scope, c.subject, c.day).where(c.mailing == mailing)).all()
    own = {row.subject: row.day for row in rows if row.scope == "piece"}
    by_number = {row.subject: row.day for row in rows if row.scope == "handover"}
    if not by_number:
        return own
    known = connection.execute(select(h.number, h.employer_no).where(h.mailing == mailing)).all()
    by_employer = {row.employer_no: by_number.get(str(row.number), "") for row in known}
    days = posted["employer_no"].map(by_employer).fillna("")
    return {piece: day for piece, day in zip(posted["piece"], days, strict=True) if day} | own


def _restated(
    drawn: list[tuple[str, dict[str, int]]], returned: pd.DataFrame, day: str
) -> Iterator[Restated]:
    """Accounts of before, the last one of each day, that look otherwise by what came back since.

    An account with pieces pending is held against its own day: what came later was expected. One that took
    silence for delivery is held against `day`, for whatever came after it was presumed to be delivered.
    """
    for as_of, figures in sorted(dict(drawn).items()):
        then = figures["returned"] + figures["remailed"]
        until = as_of if figures["pending"] else day
        now = int(returned.loc[returned["returned_on"] <= until, "piece"].nunique())
        if as_of <= day and then != now:
            posted = figures["posted"]
            rates = (wilson(posted - count, posted).value for count in (then, now))
            yield Restated(as_of, then, now, *rates)


def _findings(account: Account) -> Iterator[Finding]:
    """T117, once for each piece that was signed for and came back."""
    for piece in account.both:
        yield Finding("T117", value=piece, details={"day": account.beyond.signed[piece]})
