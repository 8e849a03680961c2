"""A second person's word about an ad, one with open findings too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from yibao_cli.errors import InputNotFound
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adsbook import contracts_on_record
from yibao_cli.jobs.ads.adslaw import approve
from yibao_cli.store.schema import audit as trail

if TYPE_CHECKING:
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.contracts import Approval


def approve_contract(workspace: Workspace, mailing: str, number: str, rule: str, why: str) -> Approval:
    """Approve the ad of a contract, or release one finding about it.

    Raises InputNotFound for a contract that is not there, UsageError where the law of two persons forbids it.
    """
    mailing = workspace.mailing_id(mailing)
    contract = next((c for c in contracts_on_record(workspace, mailing) if c.id == number), None)
    if contract is None:
        raise InputNotFound(
            _("contract {contract} is not in force in this mailing").format(contract=number),
            remedy=_("see `yibao ads check` for why"),
        )
    return approve(workspace, contract, _importer_of(workspace, mailing), rule, why)


def _importer_of(workspace: Workspace, mailing: str) -> str:
    """Who imported the contracts of a mailing last; "" where nobody did."""
    query = (
        select(trail.c.operator)
        .where(trail.c.command == "import contracts", trail.c.mailing == mailing)
        .order_by(trail.c.seq.desc())
        .limit(1)
    )
    with workspace.reading() as connection:
        return connection.execute(query).scalar() or ""
