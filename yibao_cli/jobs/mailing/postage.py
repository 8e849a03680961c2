"""What the pieces of a mailing cost: the tariff, the client's contract prices, and how it is posted."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from yibao_cli.config import FILE_NAME, shipped
from yibao_cli.errors import InputNotFound, SettingsError
from yibao_cli.i18n import _
from yibao_cli.mailing.tariff import Locality, Terms, load_tariff
from yibao_cli.mailing.weights import PaperStock

if TYPE_CHECKING:
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.product import Product
    from yibao_cli.mailing.tariff import Tariff

_MG = 1000


def pricing(workspace: Workspace, mailing: str, product: Product, day: str) -> tuple[Tariff, Terms]:
    """The tariff that counts for a mailing, and the terms on which it is posted on an ISO day.

    Raises InputNotFound when the tariff of the settings is not there, SettingsError when it is wrong.
    """
    settings, own = workspace.settings, workspace.mailing(mailing)
    if own.receipt and not own.registered:
        raise SettingsError(
            _("mailing {mailing} wants receipts and is not registered").format(mailing=mailing),
            where=FILE_NAME,
            remedy=_("set `registered = true` too; ordinary mail has no receipt"),
        )
    local = settings.tariff.local_prefixes, settings.tariff.local_counties
    paper = PaperStock.of(product)
    terms = Terms(
        line=product.tariff,
        on_date=day,
        locality=Locality.of_client(settings.client.postcode, *local),
        sheet_grams=Decimal(paper.sheet_mg) / _MG,
        cover_grams=Decimal(paper.cover_mg) / _MG,
        registered=own.registered,
        receipt=own.receipt,
    )
    return tariff_of(workspace), terms


def tariff_of(workspace: Workspace) -> Tariff:
    """The shipped tariff, and before it the prices that the client has agreed with the post."""
    public = load_tariff(shipped("templates") / "common" / "tariff.toml")
    name = workspace.settings.tariff.file
    if not name:
        return public
    path = workspace.folder / name
    if not path.is_file():
        raise InputNotFound(
            _("the tariff {file} is not there").format(file=name),
            where=FILE_NAME,
            remedy=_("correct `file` under [tariff]"),
        )
    return public.agreed(load_tariff(path))
