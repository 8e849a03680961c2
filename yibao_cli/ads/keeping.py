"""Keep who has which sheet when a list changes: nobody loses an ad, and the fewest get one more.

Each person's sheet of the plan before stays where it still may; what guarantees then lack is filled from
people who are new and from panels that the house had. Where that is not enough for the smallest shortage
there is, as few people as can be get another sheet (`moving`), and where that does not reach it either, the
caller plans anew. Source: docs/ads.md, G5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.ads.assigning import assigned
from yibao_cli.ads.colouring import NOBODY, patterns_of
from yibao_cli.ads.people import class_codes
from yibao_cli.ads.problem import Problem
from yibao_cli.ads.program import solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from yibao_cli.ads.program import Solution

UNKNOWN = -2  # somebody who was in no plan before


def kept_slots(
    problem: Problem,
    best: Solution,
    people: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], Sequence[str]],
    before: npt.NDArray[np.int16],
    county: npt.NDArray[np.int32],
) -> npt.NDArray[np.int16] | None:
    """Slots that keep what was, at the smallest shortage; None where that cannot be.

    people: masks, hashes and keys. before: ad number per person and panel, NOBODY, or UNKNOWN.
    """
    masks, hashes, keys = people
    stays = may_stay(problem, masks, before)
    sheets = np.where(stays[:, None], before, NOBODY)
    ads = range(len(problem.contracts))
    if not len(masks):
        return sheets.astype(np.int16)
    kept = np.array([int((sheets == ad).sum()) for ad in ads], np.int64)
    if (kept > problem.quotas).any():
        return None
    strata = county if problem.spread_rows else np.zeros(len(masks), np.int32)
    first, member = class_codes(_left(problem, masks, sheets), strata, stays, *sheets.T)
    rest = Problem(
        contracts=problem.contracts,
        panels=problem.panels,
        sizes=np.bincount(member, minlength=len(first)).astype(np.int64),
        masks=_left(problem, masks, sheets)[first],
        strata=strata[first].astype(np.int64),
        floors=np.maximum(problem.floors - kept, 0),
        quotas=problem.quotas - kept,
        closed=sheets[first] != NOBODY,
        settled=stays[first],
    )
    found = solve(rest)
    if any(found.short[tier] > best.short[tier] for tier in best.short):
        return None
    more = assigned(member, patterns_of(rest, found.x), hashes, keys)
    return np.where(sheets == NOBODY, more, sheets).astype(np.int16)


def counted(
    problem: Problem, member: npt.NDArray[np.int64], slots: npt.NDArray[np.int16]
) -> npt.NDArray[np.int64]:
    """Pieces on each edge of a problem, as slots have them."""
    counts = np.zeros((len(problem.sizes), len(problem.contracts), len(problem.panels)), np.int64)
    for panel in range(len(problem.panels)):
        bears = slots[:, panel] != NOBODY
        np.add.at(counts, (member[bears], slots[bears, panel], panel), 1)
    cls, ad, place = problem.edges.T
    found: npt.NDArray[np.int64] = counts[cls, ad, place]
    return found


def may_stay(
    problem: Problem, masks: npt.NDArray[np.uint64], before: npt.NDArray[np.int16]
) -> npt.NDArray[np.bool_]:
    """Whose sheet of before may still stand."""
    valid: npt.NDArray[np.bool_] = (before != UNKNOWN).all(axis=1)
    groups = np.append(problem.groups, [-1])
    grouped = groups[np.where(before == UNKNOWN, NOBODY, before)]
    for panel, name in enumerate(problem.panels):
        column = before[:, panel]
        allowed = np.array([name in c.panels for c in problem.contracts] + [True])
        bit = np.uint64(1) << np.maximum(column, 0).astype(np.uint64)
        valid &= (column < 0) | (((masks & bit) != 0) & allowed[np.where(column < 0, -1, column)])
        for other in range(panel):
            valid &= (grouped[:, panel] < 0) | (grouped[:, panel] != grouped[:, other])
    return valid


def _left(
    problem: Problem, masks: npt.NDArray[np.uint64], sheets: npt.NDArray[np.int16]
) -> npt.NDArray[np.uint64]:
    """Masks without the groups that a sheet bears already."""
    same = [
        sum(1 << int(b) for b in np.flatnonzero(problem.groups == problem.groups[a]))
        for a in range(len(problem.contracts))
    ]
    taken = np.array([*same, 0], np.uint64)
    left = masks.copy()
    for column in sheets.T:
        left &= ~taken[column]
    return left
