"""The account of a mailing: posted = delivered + returned + pending, and whether the promise was kept.

Ordinary mail has no proof of delivery. A piece that has not come back when the window closes counts as
delivered (推定妥投); until then it is pending. The denominator is the posted pieces, never the roster.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import pandas as pd

from yibao_cli.errors import InternalError, StateError
from yibao_cli.i18n import _
from yibao_cli.returns.reasons import REASONS

STATES = ("delivered", "returned", "pending")
_Z_95 = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its denominator and its 95 % interval."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself, 0 to 1."""
        return self.count / self.of


@dataclass(frozen=True, slots=True)
class Terms:
    """What was promised: ISO day of posting, ISO day of the account, days of the window, share delivered."""

    posted_on: str
    today: str
    window_days: int
    promise: float

    @property
    def closes_on(self) -> str:
        """Last day of the window; from the day after, silence counts as delivered."""
        return (date.fromisoformat(self.posted_on) + timedelta(days=self.window_days)).isoformat()

    @property
    def is_closed(self) -> bool:
        """Whether the window is over."""
        return self.today > self.closes_on


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a mailing on one day.

    posted == delivered + returned + pending. best: what can still be delivered, of the posted; it is the
    delivery rate once nothing is pending. kept: False when even that is under the promise.
    later: returns dated after `terms.today`, which do not count in this account.
    states: piece, county, employer_no, employer_name, state.
    by_county, by_employer (those with returns): the names, then posted, delivered, returned, pending, rate,
      low, high; by_reason: reason, label, pieces, share, next_action.
    returned_pieces: piece, returned_on, reason, label, next_action; by day, then piece.
    """

    terms: Terms
    posted: int
    delivered: int
    returned: int
    pending: int
    later: int
    best: Rate
    kept: bool
    states: pd.DataFrame
    by_county: pd.DataFrame
    by_employer: pd.DataFrame
    by_reason: pd.DataFrame
    returned_pieces: pd.DataFrame

    @property
    def is_final(self) -> bool:
        """Whether nothing is pending any more."""
        return self.pending == 0


def reconcile(
    pieces: pd.DataFrame,
    returned: pd.DataFrame,
    posted_on: str,
    today: str,
    window_days: int,
    promise: float,
) -> Account:
    """Put every posted piece into exactly one state, and count.

    pieces: the posted pieces: piece, county, employer_no, employer_name.
    returned: piece, returned_on (ISO), reason (R code), at most one row a piece, all of them posted.
    posted_on, today: ISO days; promise: share, 0 to 1.

    A return counts whenever it comes, also after the window; one dated after `today` does not, so that the
    account of a past day can be made again. Raises StateError when no piece was posted, InternalError when
    a piece stands twice or a returned piece was not posted.
    """
    terms = Terms(posted_on, today, window_days, promise)
    if pieces.empty:
        raise StateError(
            _("no piece of this mailing was posted"), remedy=_("record the posting, then reconcile")
        )
    counted = returned[returned["returned_on"] <= today]
    _check_pieces(pieces, returned)
    states = pieces[["piece", "county", "employer_no", "employer_name"]].reset_index(drop=True)
    silent = "delivered" if terms.is_closed else "pending"
    back = states["piece"].isin(counted["piece"])
    states["state"] = back.map({True: "returned", False: silent})
    return _account(terms, states, counted, later=len(returned) - len(counted))


def wilson(count: int, of: int) -> Rate:
    """A share with its Wilson 95 % interval, which stays within 0 and 1 and holds for few pieces too.

    Source: E. B. Wilson, JASA 22 (1927) 209.
    """
    share, z2 = count / of, _Z_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z_95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Rate(count, of, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def _account(terms: Terms, states: pd.DataFrame, counted: pd.DataFrame, *, later: int) -> Account:
    delivered, back, pending = (int((states["state"] == state).sum()) for state in STATES)
    posted = len(states)
    employers = _grouped(states, ["employer_no", "employer_name"])
    account = Account(
        terms=terms,
        posted=posted,
        delivered=delivered,
        returned=back,
        pending=pending,
        later=later,
        best=wilson(posted - back, posted),
        kept=_is_kept(terms.promise, posted - back, posted),
        states=states,
        by_county=_grouped(states, ["county"]),
        by_employer=_worst_first(employers),
        by_reason=_by_reason(counted),
        returned_pieces=_returned_pieces(counted),
    )
    _check_sums(account)
    return account


def _is_kept(promise: float, possible: int, posted: int) -> bool:
    # Fractions: 0.9 of 10 pieces is exactly 9, which floats do not promise.
    return Fraction(str(promise)) * posted <= possible


def _grouped(states: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Count states by keys, in order of first appearance; rate is what can be delivered at best."""
    flags = states[keys].fillna("").assign(posted=1)
    for state in STATES:
        flags[state] = (states["state"] == state).astype("int64")
    table = flags.groupby(keys, sort=False).sum().reset_index()
    rates = [wilson(p - r, p) for p, r in zip(table["posted"], table["returned"], strict=True)]
    return table.assign(
        rate=[r.value for r in rates], low=[r.low for r in rates], high=[r.high for r in rates]
    )


def _worst_first(employers: pd.DataFrame) -> pd.DataFrame:
    some = employers[employers["returned"] > 0]
    order = ["returned", "employer_no", "employer_name"]
    return some.sort_values(order, ascending=[False, True, True], kind="stable").reset_index(drop=True)


def _by_reason(counted: pd.DataFrame) -> pd.DataFrame:
    counts = {str(code): int(n) for code, n in counted["reason"].value_counts().items()}
    ordered = sorted(counts, key=lambda code: (-counts[code], code))
    return pd.DataFrame(
        {
            "reason": ordered,
            "label": [REASONS[code].label for code in ordered],
            "pieces": [counts[code] for code in ordered],
            "share": [counts[code] / len(counted) for code in ordered],
            "next_action": [REASONS[code].next_action() for code in ordered],
        }
    )


def _returned_pieces(counted: pd.DataFrame) -> pd.DataFrame:
    ordered = counted[["piece", "returned_on", "reason"]].sort_values(["returned_on", "piece"], kind="stable")
    codes = [REASONS[str(code)] for code in ordered["reason"]]
    return ordered.assign(
        label=[r.label for r in codes], next_action=[r.next_action() for r in codes]
    ).reset_index(drop=True)


def _check_pieces(pieces: pd.DataFrame, returned: pd.DataFrame) -> None:
    if pieces["piece"].duplicated().any() or returned["piece"].duplicated().any():
        raise InternalError(_("a piece stands twice in the account"))
    if not returned["piece"].isin(pieces["piece"]).all():
        raise InternalError(_("a returned piece was never posted"))


def _check_sums(account: Account) -> None:
    parts = account.delivered + account.returned + account.pending
    counties = int(account.by_county["posted"].sum())
    reasons = int(account.by_reason["pieces"].sum())
    employers = int(account.by_employer["returned"].sum())
    if (parts, counties) != (account.posted, account.posted) or {reasons, employers} != {account.returned}:
        raise InternalError(_("the account of the mailing does not tie"))
