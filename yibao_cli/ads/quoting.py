"""What a mailing costs and what its panels must earn: 以单养单, and the cases where it does not work out.

    cost = pieces x (postage + sheet + print + insert) + versions x set-up + re-mailed pieces x the same again
    break-even price of a panel = cost / (panels sold x share that is paid for) x (1 + taxes)

All amounts are fen and exact fractions of them until they are shown. Source: docs/ads.md, quote.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

Basis = Literal["flat", "delivered", "guarantee"]


@dataclass(frozen=True, slots=True)
class Terms:
    """A mailing's economics. postage, sheet, printing, insert: fen a piece; setup: fen a version.

    price: fen for one panel over the whole mailing. returned: share that comes back; remailed: share of those
    that is sent again; cured: share of those that then arrives. basis: panels are paid in full, by delivered
    piece, or in full above a guarantee and less below it. tax: added to the net price, all taxes together.
    """

    pieces: int
    postage: Fraction
    sheet: Fraction = Fraction(0)
    printing: Fraction = Fraction(0)
    insert: Fraction = Fraction(0)
    setup: Fraction = Fraction(0)
    versions: int = 1
    panels: int = 3
    sold: int = 3
    price: Fraction = Fraction(0)
    returned: Fraction = Fraction(0)
    remailed: Fraction = Fraction(0)
    cured: Fraction = Fraction(3, 4)
    basis: Basis = "flat"
    guarantee: Fraction = Fraction(9, 10)
    tax: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Quote:
    """What terms come to, in fen.

    break_even: price of a sold panel at which the margin is nought; None where none is sold.
    each: cost of a piece; delivered: share that arrives in the end.
    """

    cost: Fraction
    revenue: Fraction
    break_even: Fraction | None
    each: Fraction
    delivered: Fraction

    @property
    def margin(self) -> Fraction:
        """Revenue less cost."""
        return self.revenue - self.cost


def quote(terms: Terms) -> Quote:
    """Reckon a mailing through."""
    each = terms.postage + terms.sheet + terms.printing + terms.insert
    again = terms.pieces * terms.returned * terms.remailed
    cost = (terms.pieces + again) * each + terms.versions * terms.setup
    delivered = 1 - terms.returned + terms.returned * terms.remailed * terms.cured
    paid = _paid(terms, delivered)
    net = terms.price / (1 + terms.tax)
    share = terms.sold * paid
    break_even = cost / share * (1 + terms.tax) if share else None
    return Quote(cost, terms.sold * net * paid, break_even, cost / terms.pieces, delivered)


def _paid(terms: Terms, delivered: Fraction) -> Fraction:
    """Share of the price that is paid."""
    if terms.basis == "delivered":
        return delivered
    if terms.basis == "guarantee" and delivered < terms.guarantee:
        return delivered / terms.guarantee
    return Fraction(1)


def cases(terms: Terms) -> list[tuple[str, Terms]]:
    """The terms as they are, and each thing that goes wrong by itself, then all of them together.

    Names: as-is, one-unsold, returned-5, returned-10, remailed, paid-by-delivery, taxed, all.
    """
    fewer = max(terms.sold - 1, 0)
    returned = replace(terms, returned=Fraction(1, 10))
    remailed = replace(returned, remailed=Fraction(3, 5))
    tax = terms.tax or Fraction(6, 100)
    return [
        ("as-is", terms),
        ("one-unsold", replace(terms, sold=fewer)),
        ("returned-5", replace(terms, returned=Fraction(1, 20), basis="delivered")),
        ("returned-10", replace(returned, basis="delivered")),
        ("remailed", replace(remailed, basis="delivered")),
        ("guarantee", replace(terms, returned=Fraction(3, 20), basis="guarantee")),
        ("taxed", replace(terms, tax=tax)),
        ("all", replace(remailed, sold=fewer, basis="delivered", tax=tax)),
    ]
