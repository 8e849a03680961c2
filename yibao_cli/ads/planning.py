"""Make a plan: who may get what, how many of each, which sheets, and which piece bears which.

Nothing but contracts, people and seed decides: the order of the rows, the machine and the number of
processors do not. Inside a class people stand by a keyed hash and the sheets by their ads, so the choice has
nothing to do with anybody, and a list that changes a little changes few sheets. Source: docs/ads.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.ads.assigning import assigned
from yibao_cli.ads.colouring import NOBODY, patterns_of
from yibao_cli.ads.fallback import few_sheets, high_water_mark
from yibao_cli.ads.keeping import counted, kept_slots, may_stay
from yibao_cli.ads.moving import lacks, moved_slots
from yibao_cli.ads.people import hashes_of, held_out, masks_of, without_capped
from yibao_cli.ads.problem import Problem, problem_of
from yibao_cli.ads.program import Solution, has_solver, shortage_by_tier, solve
from yibao_cli.ads.versions import CurvePoint, limited, version_curve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from yibao_cli.ads.people import People
    from yibao_cli.ads.terms import Contract


_SAME_LIST = 0.9  # share whose sheet may stay, from which on few versions are not searched for anew


@dataclass(frozen=True, slots=True)
class Options:
    """How a plan is made.

    holdout: share of the people that gets no paid ad. versions: different sheets at most, 0 for as many as
    it takes; run: pieces of each at least. return_rate: share that comes back, for contracts settled by
    delivery. solver: False for the plan without one.
    """

    seed: str
    holdout: float = 0.0
    return_rate: float = 0.0
    versions: int = 0
    run: int = 1
    solver: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for all pieces. slots: per person and panel the ad's number, NOBODY for the house.

    member: each person's class. held_out: who was held out of those whom an ad could have reached.
    curve: revenue and shortage by number of versions, where a limit was asked for.
    """

    problem: Problem
    solution: Solution
    member: npt.NDArray[np.int64]
    slots: npt.NDArray[np.int16]
    held_out: npt.NDArray[np.bool_]
    curve: tuple[CurvePoint, ...] = ()

    @property
    def is_best(self) -> bool:
        """Whether a solver stood behind it."""
        return bool(self.solution.solver)

    @property
    def printed(self) -> npt.NDArray[np.int64]:
        """Pieces that bear each ad."""
        return np.array(
            [int((self.slots == ad).any(axis=1).sum()) for ad in range(len(self.problem.contracts))]
        )

    @property
    def versions(self) -> dict[tuple[int, ...], int]:
        """Each different sheet, and its pieces."""
        return runs_of(self.slots)


def runs_of(slots: npt.NDArray[np.int16]) -> dict[tuple[int, ...], int]:
    """Each different sheet, and its pieces."""
    sheets, counts = np.unique(slots, axis=0, return_counts=True)
    return {tuple(s): n for s, n in zip(sheets.tolist(), counts.tolist(), strict=True)}


def make_plan(
    people: People,
    contracts: Sequence[Contract],
    panels: Sequence[str],
    options: Options,
    earlier: Sequence[Iterable[tuple[str, str]]] = (),
    before: npt.NDArray[np.int16] | None = None,
) -> Plan:
    """Plan the ads of a mailing.

    contracts: those that may print, 64 at most. panels: the kind's slots. earlier: who got what in mailings
    before, the latest first, for frequency caps. before: per person and panel the ad of an earlier plan of
    this mailing, as `keeping.kept_slots` has it, where people should keep their sheets.
    """
    masks = without_capped(masks_of(people, contracts), people, contracts, earlier)
    hashes = hashes_of(people.keys, options.seed)
    out = held_out(hashes, options.holdout) & (masks != 0)
    masks[out] = 0
    grouped = problem_of(people, contracts, panels, masks, options.return_rate)
    problem = grouped.problem
    use_solver = options.solver and has_solver()
    solution = solve(problem) if use_solver else high_water_mark(problem)
    curve: list[CurvePoint] = []
    patterns = patterns_of(problem, solution.x)
    if options.versions and use_solver:
        curve = version_curve(problem, patterns, options.versions, options.run)
        patterns = limited(curve[-1])
    elif options.versions:
        patterns = few_sheets(problem, patterns, options.versions, options.run)
    slots = assigned(grouped.member, patterns, hashes, people.keys)
    kept = None
    if before is not None and use_solver and len(people):
        kept = _kept(problem, (solution, slots), (masks, hashes, people.keys), before, people, options)
    if kept is not None or options.versions:
        slots = slots if kept is None else kept
        solution = _as_printed(problem, solution, counted(problem, grouped.member, slots))
    return Plan(problem, solution, grouped.member, slots, out, tuple(curve))


def _as_printed(problem: Problem, solution: Solution, x: npt.NDArray[np.int64]) -> Solution:
    """A solution of which other pieces print."""
    short = shortage_by_tier(problem, x)
    proven = all(short[t] <= solution.bound[t] for t in solution.bound)
    return replace(solution, x=x, short=short, proven=proven)


def _kept(
    problem: Problem,
    best: tuple[Solution, npt.NDArray[np.int16]],
    facts: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], Sequence[str]],
    before: npt.NDArray[np.int16],
    people: People,
    options: Options,
) -> npt.NDArray[np.int16] | None:
    """Slots with as few changes as can be at the best plan's shortage; None where that cannot be."""
    solution, slots = best
    if not options.versions:
        kept = kept_slots(problem, solution, facts, before, people.county.codes)
        if kept is not None:
            return kept
    stays = may_stay(problem, facts[0], before)
    if options.versions:
        # What a search finds anew is no measure: it comes out now better and now worse.
        moved = moved_slots(problem, facts, (before, stays))
        if stays.all() and _fits(before, options) and _are_as_good(problem, before, moved):
            return before
        return moved if stays.mean() >= _SAME_LIST and _fits(moved, options) else None
    moved = moved_slots(
        problem, facts, (before, stays), [tuple(s) for s in np.unique(slots, axis=0).tolist()]
    )
    no_worse = (a <= b for a, b in zip(lacks(problem, moved), lacks(problem, slots), strict=True))
    return moved if all(no_worse) else None


def _fits(slots: npt.NDArray[np.int16], options: Options) -> bool:
    """Whether there are no more versions than admitted, and none of too short a run."""
    runs = runs_of(slots)
    return len(runs) <= options.versions and all(
        n >= options.run for sheet, n in runs.items() if set(sheet) != {NOBODY}
    )


def _are_as_good(problem: Problem, slots: npt.NDArray[np.int16], others: npt.NDArray[np.int16]) -> bool:
    """Whether slots lack no more in any tier than others do, but for what rounding leaves of each version.

    A plan that is made again from the same files, after a kill too, must be the plan there is.
    """
    printed = np.array([int((slots == ad).sum()) for ad in range(len(problem.contracts))])
    rounded = len(runs_of(slots))
    more = (a - b for a, b in zip(lacks(problem, slots), lacks(problem, others), strict=True))
    return bool((printed <= problem.quotas).all()) and all(n <= rounded for n in more)
