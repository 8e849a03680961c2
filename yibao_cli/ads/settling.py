"""Settle contracts to the fen: what was printed, posted, returned and delivered, and who owes whom what.

    billed + refund + make-good + unbilled == worth of the contract, always
    delivered = posted - returned + delivered in the end

A flat contract pays its price for its floor; what is missing of that is refunded or made good. One by the
thousand pays what it got, up to its quota; what is missing of its floor is refunded (not billed) or made good
(billed, and owed in pieces); between floor and quota nobody owes anything. Source: docs/ads.md, settlement.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from yibao_cli.ads.terms import DELIVERED, MAKE_GOOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Count:
    """Pieces of one ad. redelivered: came back and arrived when they were sent again."""

    printed: int = 0
    posted: int = 0
    returned: int = 0
    redelivered: int = 0

    @property
    def delivered(self) -> int:
        """Pieces that did not come back, or not the last time."""
        return self.posted - self.returned + self.redelivered

    def __add__(self, other: Count) -> Count:
        return Count(
            self.printed + other.printed,
            self.posted + other.posted,
            self.returned + other.returned,
            self.redelivered + other.redelivered,
        )


@dataclass(frozen=True, slots=True)
class Settlement:
    """A contract settled, in fen. counted: pieces that count for it; owed: pieces to be made good."""

    contract: str
    advertiser: str
    counted: int
    floor: int
    worth: int
    billed: int
    refund: int
    makegood: int
    unbilled: int
    owed: int

    @property
    def payable(self) -> int:
        """What the invoice says: what is billed, and what will be made good in pieces."""
        return self.billed + self.makegood


def settle(terms: Mapping[str, Any], count: Count) -> Settlement:
    """Settle one contract. terms: as frozen with the package (`telling.terms_of`)."""
    quota, floor, price = int(terms["quota"]), int(terms["floor"]), int(terms["price"])
    counted = count.delivered if terms["settled_by"] == DELIVERED else count.posted
    short = max(floor - counted, 0)
    if terms["per_thousand"]:
        worth = fen_of(Fraction(price * quota, 1000))
        billed = fen_of(Fraction(price * min(counted, quota), 1000))
        missing = min(fen_of(Fraction(price * short, 1000)), worth - billed)
    else:
        worth = price
        missing = min(fen_of(Fraction(price * short, floor)), price) if floor else 0
        billed = worth - missing
    makes_good = terms["remedy"] == MAKE_GOOD
    return Settlement(
        contract=str(terms["id"]),
        advertiser=str(terms["advertiser"]),
        counted=counted,
        floor=floor,
        worth=worth,
        billed=billed,
        refund=0 if makes_good else missing,
        makegood=missing if makes_good else 0,
        unbilled=worth - billed - missing,
        owed=short if makes_good else 0,
    )


def fen_of(amount: Fraction) -> int:
    """An exact amount in whole fen, halves up."""
    return int((2 * amount + 1) // 2)


def totals(settled: Iterable[Settlement]) -> dict[str, int]:
    """Sums of the amounts, in fen."""
    rows = list(settled)
    names = ("worth", "billed", "refund", "makegood", "unbilled", "payable")
    return {name: sum(int(getattr(s, name)) for s in rows) for name in names}
