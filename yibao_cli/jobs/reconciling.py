"""The account of a mailing: every posted piece in exactly one state, and the promise against the result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import select

from yibao_cli.errors import CheckFailed
from yibao_cli.i18n import _
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.returns.account import account_json, write_account
from yibao_cli.returns.reconcile import Account, reconcile
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_file, atomic_folder
from yibao_cli.store.schema import pieces, returns

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

FOLDER = "account"


@dataclass(frozen=True, slots=True)
class ReconcileOutcome:
    """The account and the files it was written to."""

    account: Account
    xlsx: Path
    json: Path


def reconcile_mailing(
    workspace: Workspace, mailing: str, progress: Progress = no_progress
) -> ReconcileOutcome:
    """Make the account of a mailing as of today.

    Raises StateError when the mailing is not posted, CheckFailed when pieces recorded and packaged differ.
    """
    mailing = workspace.mailing_id(mailing)
    promise = workspace.settings.promise
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("posted",))
            posted, returned = _posted(connection, mailing), _returned(connection, mailing)
        package = workspace.package(mailing)
        if len(posted) != package.manifest.counts["pieces"]:
            raise CheckFailed(
                _("the database knows {known} pieces, the package {packed}").format(
                    known=len(posted), packed=package.manifest.counts["pieces"]
                ),
                remedy=_("restore the database from a backup"),
            )
        progress(_("reconciling"), 0, 0)
        posted["employer_name"] = posted["employer_no"].map(_employer_names(workspace, mailing)).fillna("")
        account = reconcile(
            posted, returned, state.posted_on, workspace.today, promise.window_days, promise.delivered
        )
        folder = workspace.mailing_folder(mailing) / FOLDER
        with atomic_folder(folder) as target:
            write_account(account, target / f"account-{mailing}.xlsx")
            with atomic_file(target / f"account-{mailing}.json", "w") as stream:
                json.dump(account_json(account), stream, ensure_ascii=False, indent=1)
        with workspace.engine.begin() as connection:
            facts = {"posted": account.posted, "returned": account.returned, "pending": account.pending}
            audit.record(connection, at=workspace.stamp, command="reconcile", mailing=mailing, facts=facts)
    return ReconcileOutcome(account, folder / f"account-{mailing}.xlsx", folder / f"account-{mailing}.json")


def _posted(connection: Connection, mailing: str) -> pd.DataFrame:
    p = pieces.c
    query = select(p.piece, p.county, p.employer_no).where(p.mailing == mailing).order_by(p.position)
    return pd.DataFrame(connection.execute(query).all(), columns=["piece", "county", "employer_no"])


def _returned(connection: Connection, mailing: str) -> pd.DataFrame:
    r = returns.c
    query = select(r.piece, r.returned_on, r.reason).where(r.mailing == mailing).order_by(r.piece)
    return pd.DataFrame(connection.execute(query).all(), columns=["piece", "returned_on", "reason"])


def _employer_names(workspace: Workspace, mailing: str) -> dict[str, str]:
    """Employer number to name, as the package has them."""
    package = workspace.package(mailing)
    if not {"employer_no", "employer_name"} <= set(package.piece_fields()):
        return {}
    names: dict[str, str] = {}
    for entry in package.manifest.parts:
        table = package.pieces(entry.part, ["employer_no", "employer_name"])
        pairs = zip(
            table.column("employer_no").to_pylist(), table.column("employer_name").to_pylist(), strict=True
        )
        names.update({no: name for no, name in pairs if no and name})
    return names
