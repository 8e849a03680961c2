"""Avails 询位: can so many pieces still be sold, and how many at most? Exactly, by the linear program.

What is guaranteed already comes first, as well as it can be kept; then the enquiry takes all it can.
Source: docs/ads.md, G6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.ads.fallback import high_water_mark
from yibao_cli.ads.people import hashes_of, held_out, masks_of, people_of, without_capped
from yibao_cli.ads.problem import problem_of
from yibao_cli.ads.program import Model, has_solver, tiers_of
from yibao_cli.ads.rounding import whole_plan
from yibao_cli.ads.terms import MOST_ADS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from yibao_cli.ads.terms import Contract

_LAST = 10  # a tier below all others
_WHOLE = 1e-4


@dataclass(frozen=True, slots=True)
class Answer:
    """asked, most: pieces; reach: people the ad could go to at all; exact: whether a solver answered."""

    asked: int
    most: int
    reach: int
    exact: bool

    @property
    def can(self) -> bool:
        """Whether all that is asked for can be sold."""
        return self.asked <= self.most


def answer(
    table: pa.Table,
    posting: str,
    contracts: Sequence[Contract],
    panels: Sequence[str],
    planning: tuple[str, float, float],
    earlier: Sequence[Iterable[tuple[str, str]]] = (),
) -> Answer:
    """Answer an enquiry, the last of the contracts.

    table: people with `member_key`. planning: seed, holdout and return rate, as the mailing will be planned.
    earlier: who got what in mailings before, the latest first, for the frequency caps of the others.
    """
    seed, holdout, return_rate = planning
    people = people_of(table, "member_key", posting, with_keys=bool(holdout or earlier))
    if len(contracts) > MOST_ADS:  # a mailing has no room for another ad
        return Answer(contracts[-1].floor, 0, int((masks_of(people, contracts[-1:]) != 0).sum()), exact=True)
    masks = without_capped(masks_of(people, contracts), people, contracts, earlier)
    if holdout:
        masks[held_out(hashes_of(people.keys, seed), holdout)] = 0
    wanted = contracts[-1]
    reach = int((masks >> np.uint64(len(contracts) - 1) & np.uint64(1)).sum())
    last = [*contracts[:-1], replace(wanted, floor=reach, quota=max(reach, 1), tier=_LAST)]
    problem = problem_of(people, [replace(c, spread=None) for c in last], panels, masks, return_rate).problem
    if not has_solver():
        printed = problem.printed(high_water_mark(problem).x)
        return Answer(wanted.floor, int(printed[-1]), reach, exact=False)
    model = Model(problem)
    for tier in tiers_of(problem):
        short = model.minimise_shortage(tier)
    most = int(reach - short + _WHOLE) if reach else 0
    # A bound that is not whole is not a promise: the whole plan is.
    printed = problem.printed(whole_plan(problem, model.plan()))
    return Answer(wanted.floor, min(most, int(printed[-1])), reach, exact=True)
