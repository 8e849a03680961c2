"""The account of a mailing: every posted piece in exactly one state, and whether the promise was kept.

Ordinary mail has no proof of delivery. A piece that has not come back when the window closes counts as
delivered (推定妥投); until then it is pending. The denominator is the posted pieces, never the roster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from yibao_cli.errors import InternalError, StateError
from yibao_cli.i18n import _
from yibao_cli.returns import tables
from yibao_cli.returns.rates import reaches, wilson
from yibao_cli.returns.standing import PLACES, STATES, Account, Beyond

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yibao_cli.returns.standing import Terms


class _CameBack(NamedTuple):
    """What is said of the pieces that came back; the words are those of `Account`."""

    cured: int
    later: int
    both: tuple[str, ...]


def reconcile(
    pieces: pd.DataFrame,
    returned: pd.DataFrame,
    terms: Terms,
    beyond: Beyond | None = None,
) -> Account:
    """Put every posted piece into exactly one state, and count.

    pieces: the posted pieces: piece, county, employer_no, employer_name and, where known, office, walk,
    source; all but the piece as text or as categories, which take a tenth of the memory.
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
    numbers = pa.array(pieces["piece"], pa.string(), from_pandas=True)
    _check_pieces(numbers, returned)
    counted = returned[returned["returned_on"] <= terms.today]
    back = _after_return(counted, beyond, terms.today)
    signed = {p: "signed" for p, day in beyond.signed.items() if day <= terms.today}
    silent = "presumed" if terms.is_closed else "pending"
    places = pieces.reindex(columns=[*PLACES, "employer_no", "employer_name"])
    columns = {name: tables.as_places(places[name]) for name in places}
    known = signed | {piece: state for piece, (state, _posted_on) in back.items()}
    states = pd.DataFrame(
        {"piece": numbers.to_pandas(), **columns, "state": _state_of(numbers, known, silent)}
    )
    came_back = _CameBack(
        cured=sum(state == "remailed" and terms.closes_after(d) < terms.today for state, d in back.values()),
        later=len(returned) - len(counted),
        both=tuple(sorted(set(signed) & set(back))),
    )
    return _account(terms, beyond, states, counted, came_back)


def _state_of(numbers: pa.StringArray, known: Mapping[str, str], silent: str) -> pd.Series:
    """The state of each piece: the one that is known of it, else the silent one."""
    codes = np.array([STATES.index(state) for state in (*known.values(), silent)], dtype="int64")
    at = pc.index_in(numbers, value_set=pa.array(list(known), pa.string()))
    found = np.take(codes, at.fill_null(len(known)).to_numpy())
    return pd.Series(pd.Categorical.from_codes(found, pd.Index(STATES, dtype=object)))


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
    terms: Terms, beyond: Beyond, states: pd.DataFrame, counted: pd.DataFrame, back: _CameBack
) -> Account:
    counts = {state: int((states["state"] == state).sum()) for state in STATES}
    counts |= {"posted": len(states), "delivered": counts["signed"] + counts["presumed"]}
    posted, came_back = counts["posted"], int(counted["piece"].nunique())
    employers = tables.grouped(states, ["employer_no", "employer_name"])
    # A copy that took the place of a spoiled one was not mailed as first printed.
    again = sum(any(c.is_void for c in copies) for copies in beyond.copies.values())
    account = Account(
        terms=terms,
        counts=counts,
        beyond=beyond,
        came_back=came_back,
        cured=back.cured,
        later=back.later,
        both=back.both,
        best=wilson(posted - counts["returned"], posted),
        first_pass=wilson(posted - came_back, posted),
        first_yield=wilson(posted - again, max(beyond.planned, posted)),
        cure=wilson(back.cured, came_back),
        cycle=tables.cycle(terms, beyond, counted),
        kept=reaches(terms.promise, posted - counts["returned"], posted),
        states=states,
        by_place={place: tables.grouped(states, [place]) for place in PLACES},
        by_employer=tables.worst_first(employers),
        by_reason=tables.by_reason(counted),
        by_day=tables.by_day(counted),
        returned_pieces=tables.returned_pieces(counted),
    )
    _check_sums(account)
    return account


def _check_pieces(numbers: pa.StringArray, returned: pd.DataFrame) -> None:
    if pc.count_distinct(numbers).as_py() != len(numbers) or returned.duplicated(["piece", "copy"]).any():
        raise InternalError(_("a piece stands twice in the account"))
    back = pa.array(returned["piece"], pa.string(), from_pandas=True)
    if not pc.all(pc.is_in(back, value_set=numbers)).as_py() and len(back):
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
