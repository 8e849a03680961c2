"""The account of a mailing: every posted piece in exactly one state, and whether the promise was kept.

Ordinary mail has no proof of delivery. A piece that has not come back when the window closes counts as
delivered (推定妥投); until then it is pending. The denominator is the posted pieces, never the roster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from yibao_cli.errors import InternalError, StateError
from yibao_cli.i18n import _
from yibao_cli.returns.rates import Rate, reaches, wilson
from yibao_cli.returns.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yibao_cli.returns.judging import Copy

STATES = ("signed", "presumed", "returned", "remailed", "pending")
COUNTS = ("posted", "delivered", "signed", "presumed", "returned", "remailed", "pending")
# What pieces are counted by, beside reasons and days; of employers only those with returns are shown.
PLACES = ("county", "office", "walk", "source")


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
        return self.closes_after(self.posted_on)

    @property
    def is_closed(self) -> bool:
        """Whether the window is over."""
        return self.today > self.closes_on

    def closes_after(self, posted_on: str) -> str:
        """Last day of the window of a copy that was posted on a day."""
        return (date.fromisoformat(posted_on) + timedelta(days=self.window_days)).isoformat()


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is known beside the pieces and their returns.

    signed: piece -> ISO day of its receipt. copies: of the pieces with more than the first copy. planned:
    rows of the roster. printed, spoiled: copies; unposted: printed to be mailed again and not handed over
    yet;
    waiting: copies that were asked for. printed is None where all were mailed as they were first printed.
    """

    signed: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, tuple[Copy, ...]] = field(default_factory=dict)
    planned: int = 0
    printed: int | None = None
    spoiled: int = 0
    unposted: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Cycle:
    """Days from posting to return: median and nine tenths; 0 where nothing came back."""

    median: float
    p90: float


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a mailing on one day.

    posted == signed + presumed + returned + remailed + pending; delivered == signed + presumed.
    printed == posted copies + spoiled, `tied` says so. came_back: pieces that ever did; cured: those of them
    that were mailed again and stayed away for the window.
    best: what can still be delivered, of the posted; it is the delivery rate once the account is final. kept:
      False when even that is under the promise.
    first_pass: never came back, of the posted; first_yield: mailed as first printed, of the roster; cure:
      cured, of those that came back.
    later: returns dated after `terms.today`, which do not count in this account. both: pieces that were
      signed for and came back all the same.
    states: piece, county, office, walk, source, employer_no, employer_name, state.
    by_place: of PLACES the name, then COUNTS, rate, low, high; by_employer (those with returns) likewise;
      by_reason: reason, label, pieces, share, next_action; by_day: day, pieces, together.
    returned_pieces: piece, copy, returned_on, reason, label, next_action; by day, then piece.
    """

    terms: Terms
    counts: Mapping[str, int]
    beyond: Beyond
    came_back: int
    cured: int
    later: int
    both: tuple[str, ...]
    best: Rate
    first_pass: Rate
    first_yield: Rate
    cure: Rate
    cycle: Cycle
    kept: bool
    states: pd.DataFrame
    by_place: Mapping[str, pd.DataFrame]
    by_employer: pd.DataFrame
    by_reason: pd.DataFrame
    by_day: pd.DataFrame
    returned_pieces: pd.DataFrame

    @property
    def posted(self) -> int:
        """Pieces that were handed to the post."""
        return self.counts["posted"]

    @property
    def delivered(self) -> int:
        """Signed for, or presumed to be delivered."""
        return self.counts["delivered"]

    @property
    def returned(self) -> int:
        """Came back and were not mailed again."""
        return self.counts["returned"]

    @property
    def remailed(self) -> int:
        """Came back and are on their way again, or stayed away."""
        return self.counts["remailed"]

    @property
    def pending(self) -> int:
        """Nothing is known yet, and the window is open."""
        return self.counts["pending"]

    @property
    def by_county(self) -> pd.DataFrame:
        """By county."""
        return self.by_place["county"]

    @property
    def is_final(self) -> bool:
        """Whether nothing is pending any more, and no copy that was mailed again is in its window still."""
        return self.pending == 0 and self.remailed == self.cured

    @property
    def copies(self) -> dict[str, int]:
        """Copies printed, posted, spoiled and waiting for the post; copies asked for; and what is missing."""
        again = sum(c.number > 0 and bool(c.posted_on) for all_ in self.beyond.copies.values() for c in all_)
        void = sum(c.is_void for all_ in self.beyond.copies.values() for c in all_)
        posted = self.posted + again - void
        printed = self.posted if self.beyond.printed is None else self.beyond.printed
        return {
            "printed": printed,
            "posted": posted,
            "spoiled": self.beyond.spoiled,
            "unposted": self.beyond.unposted,
            "missing": printed - posted - self.beyond.spoiled - self.beyond.unposted,
            "waiting": self.beyond.waiting,
        }

    @property
    def tied(self) -> bool:
        """Whether printed = posted + spoiled, and no request for copies is open."""
        return not self.copies["missing"] and not self.copies["waiting"]


def reconcile(
    pieces: pd.DataFrame,
    returned: pd.DataFrame,
    terms: Terms,
    beyond: Beyond | None = None,
) -> Account:
    """Put every posted piece into exactly one state, and count.

    pieces: the posted pieces: piece, county, employer_no, employer_name and, where known, office, walk,
    source.
    returned: piece, returned_on (ISO), reason (R code) and, where there are such, copy; at most one row a
      copy, all of them posted.

    A return counts whenever it comes, also after the window; one dated after `terms.today` does not, so that
    the account of a past day can be made again. Raises StateError when no piece was posted, InternalError
    when a piece stands twice or a returned piece was not posted.
    """
    beyond = beyond or Beyond()
    if pieces.empty:
        raise StateError(
            _("no piece of this mailing was posted"), remedy=_("record the posting, then reconcile")
        )
    returned = returned if "copy" in returned else returned.assign(copy=0)
    _check_pieces(pieces, returned)
    counted = returned[returned["returned_on"] <= terms.today]
    states = pieces.reindex(columns=["piece", *PLACES, "employer_no", "employer_name"])
    states = states.astype(object).where(states.notna(), "").reset_index(drop=True)
    silent = "presumed" if terms.is_closed else "pending"
    back = _after_return(counted, beyond, terms.today)
    signed = {p: "signed" for p, day in beyond.signed.items() if day <= terms.today}
    known = signed | {p: state for p, (state, _cured) in back.items()}
    states["state"] = [known.get(piece, silent) for piece in states["piece"]]
    cured = sum(state == "remailed" and terms.closes_after(day) < terms.today for state, day in back.values())
    later = len(returned) - len(counted)
    both = tuple(sorted(set(signed) & set(back)))
    return _account(terms, beyond, states, counted, cured=cured, later=later, both=both)


def _after_return(counted: pd.DataFrame, beyond: Beyond, today: str) -> dict[str, tuple[str, str]]:
    """Piece that came back -> its state now, and the day its newest copy was posted."""
    back = set(zip(counted["piece"], counted["copy"], strict=True))
    found = {}
    for piece, copy in sorted(back):
        newer = [
            c
            for c in beyond.copies.get(piece, ())
            if c.number > copy and c.posted_on and c.posted_on <= today and not c.is_void
        ]
        is_out = newer and (piece, newer[-1].number) not in back
        found[piece] = ("remailed", newer[-1].posted_on) if is_out else ("returned", "")
    return found


def _account(
    terms: Terms,
    beyond: Beyond,
    states: pd.DataFrame,
    counted: pd.DataFrame,
    *,
    cured: int,
    later: int,
    both: tuple[str, ...],
) -> Account:
    counts = {state: int((states["state"] == state).sum()) for state in STATES}
    counts |= {"posted": len(states), "delivered": counts["signed"] + counts["presumed"]}
    posted, came_back = counts["posted"], int(counted["piece"].nunique())
    employers = _grouped(states, ["employer_no", "employer_name"])
    # A copy that took the place of a spoiled one was not mailed as first printed.
    again = sum(any(c.is_void for c in copies) for copies in beyond.copies.values())
    account = Account(
        terms=terms,
        counts=counts,
        beyond=beyond,
        came_back=came_back,
        cured=cured,
        later=later,
        both=both,
        best=wilson(posted - counts["returned"], posted),
        first_pass=wilson(posted - came_back, posted),
        first_yield=wilson(posted - again, max(beyond.planned, posted)),
        cure=wilson(cured, came_back),
        cycle=_cycle(terms, beyond, counted),
        kept=reaches(terms.promise, posted - counts["returned"], posted),
        states=states,
        by_place={place: _grouped(states, [place]) for place in PLACES},
        by_employer=_worst_first(employers),
        by_reason=_by_reason(counted),
        by_day=_by_day(counted),
        returned_pieces=_returned_pieces(counted),
    )
    _check_sums(account)
    return account


def _grouped(states: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Count states by keys, in order of first appearance; rate is what can be delivered at best."""
    flags = states[keys].assign(posted=1)
    for state in STATES:
        flags[state] = (states["state"] == state).astype("int64")
    table = flags.groupby(keys, sort=False).sum().reset_index()
    table.insert(len(keys) + 1, "delivered", table["signed"] + table["presumed"])
    rates = [wilson(p - r, p) for p, r in zip(table["posted"], table["returned"], strict=True)]
    return table.assign(
        rate=[r.value for r in rates], low=[r.low for r in rates], high=[r.high for r in rates]
    )


def _worst_first(employers: pd.DataFrame) -> pd.DataFrame:
    some = employers[employers["returned"] + employers["remailed"] > 0]
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


def _by_day(counted: pd.DataFrame) -> pd.DataFrame:
    counts = counted["returned_on"].value_counts().sort_index()
    return pd.DataFrame(
        {
            "day": [str(day) for day in counts.index],
            "pieces": counts.to_numpy(),
            "together": counts.cumsum().to_numpy(),
        }
    )


def _cycle(terms: Terms, beyond: Beyond, counted: pd.DataFrame) -> Cycle:
    if counted.empty:
        return Cycle(0.0, 0.0)
    posted = {(p, c.number): c.posted_on for p, copies in beyond.copies.items() for c in copies}
    keys = zip(counted["piece"], counted["copy"], strict=True)
    began = pd.to_datetime([posted.get(key, terms.posted_on) for key in keys])
    days = (pd.to_datetime(counted["returned_on"].astype(str)).to_numpy() - began.to_numpy()).astype(
        "timedelta64[D]"
    )
    found = pd.Series(days.astype("int64"))
    return Cycle(float(found.median()), float(found.quantile(0.9)))


def _returned_pieces(counted: pd.DataFrame) -> pd.DataFrame:
    ordered = counted[["piece", "copy", "returned_on", "reason"]]
    ordered = ordered.sort_values(["returned_on", "piece", "copy"], kind="stable")
    codes = [REASONS[str(code)] for code in ordered["reason"]]
    return ordered.assign(
        label=[r.label for r in codes], next_action=[r.next_action() for r in codes]
    ).reset_index(drop=True)


def _check_pieces(pieces: pd.DataFrame, returned: pd.DataFrame) -> None:
    if pieces["piece"].duplicated().any() or returned.duplicated(["piece", "copy"]).any():
        raise InternalError(_("a piece stands twice in the account"))
    if not returned["piece"].isin(pieces["piece"]).all():
        raise InternalError(_("a returned piece was never posted"))


def _check_sums(account: Account) -> None:
    counts = account.counts
    places = {int(table["posted"].sum()) for table in account.by_place.values()}
    employers = int((account.by_employer["returned"] + account.by_employer["remailed"]).sum())
    rows = {len(account.returned_pieces), int(account.by_reason["pieces"].sum())}
    rows |= {int(account.by_day["pieces"].sum())}
    is_whole = sum(counts[state] for state in STATES) == counts["posted"] and places == {counts["posted"]}
    back = account.returned + account.remailed
    if not is_whole or len(rows) > 1 or {employers, account.came_back} != {back}:
        raise InternalError(_("the account of the mailing does not tie"))
