"""What customers paid, and what they owe."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from yibao_cli.errors import InputNotFound, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adsbook import advertisers
from yibao_cli.money import fen
from yibao_cli.store import audit
from yibao_cli.store.contracts import Account, accounts, add_payment

if TYPE_CHECKING:
    from yibao_cli.jobs.workspace import Workspace

_NAMED = 10  # customers that a refusal names, the most alike first


def book_payment(
    workspace: Workspace, advertiser: str, amount: str, reference: str, paid_on: str = ""
) -> bool:
    """Book what a customer paid; False where the slip is booked.

    Raises UsageError for what cannot be, InputNotFound for somebody whom no contract and no invoice names: a
    name typed wrongly would leave the right one overdue.
    """
    try:
        paid = fen(amount)
        day = date.fromisoformat(paid_on or workspace.today).isoformat()
    except ValueError as error:
        raise UsageError(
            _("this cannot be booked: {reason}").format(reason=error),
            remedy=_("give an amount in yuan and a day such as 2026-10-08"),
        ) from error
    advertiser = advertiser.strip()
    if not reference.strip() or not advertiser or paid <= 0:
        raise UsageError(
            _("a payment needs a customer, an amount above nought and the number of the slip"),
            remedy=_("give all three"),
        )
    _require_known(workspace, advertiser)
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


def _require_known(workspace: Workspace, advertiser: str) -> None:
    known = {account.advertiser for account in customers(workspace) if account.billed}
    if advertiser in known or advertiser in (known := known | advertisers(workspace)):
        return
    named = get_close_matches(advertiser, sorted(known), n=_NAMED, cutoff=0.0)
    raise InputNotFound(
        _("no contract and no invoice names {customer}; nothing is booked").format(customer=advertiser),
        remedy=_("use one of: {known}").format(known=_(", ").join(named) or "-"),
    )
