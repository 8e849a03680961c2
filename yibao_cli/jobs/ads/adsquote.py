"""Quote a mailing: its own pieces, its own postage from the dated tariff, and what its panels must earn."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from yibao_cli.ads.quoting import Quote, Terms, cases, quote
from yibao_cli.config import shipped
from yibao_cli.kinds import load_product
from yibao_cli.mailing.tariff import load_tariff

if TYPE_CHECKING:
    from yibao_cli.jobs.workspace import Workspace


def postage_of(workspace: Workspace, mailing: str, *, local: bool) -> int:
    """Fen for one piece of one sheet of the mailing, by the tariff valid on its day of posting."""
    mailing = workspace.mailing_id(mailing)
    product = load_product(shipped("templates"), workspace.kind(mailing).product)
    tariff = load_tariff(shipped("templates") / "common" / "tariff.toml")
    grams = Decimal(str(product.sheet_grams)) + Decimal(str(product.cover_grams))
    rate = tariff.rate(product.tariff, workspace.mailing(mailing).posting)
    return rate.price(grams, local=local)


def quoted(terms: Terms) -> list[tuple[str, Terms, Quote]]:
    """The terms as they are and each thing that goes wrong, reckoned through."""
    return [(name, case, quote(case)) for name, case in cases(terms)]


def with_price_that_pays(terms: Terms) -> Terms:
    """The terms with the break-even price, where none is given."""
    if terms.price:
        return terms
    found = quote(terms).break_even
    return terms if found is None else replace(terms, price=Fraction(-(-found // 1)))
