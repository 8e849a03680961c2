"""Without a solver, the high water mark: contracts by scarcity, each with an even share of what may bear it.

Pure Python, and a plan that keeps every limit; how far it is from the best is not known, and whoever uses it
says so. Source: HWM, as SHALE (KDD 2012) compares it; about 3.5 % of the revenue and two of
forty guarantees were lost on instances of our own.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.ads.colouring import NOBODY, Pattern, Sheet
from yibao_cli.ads.program import Solution, shortage_by_tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from yibao_cli.ads.problem import Problem

_HALVINGS = 40


def high_water_mark(problem: Problem) -> Solution:
    """A plan without a solver; its bound is what no plan can reach beyond, the reach of each contract."""
    filler = _Filler(problem)
    reach = problem.reach.tolist()
    floors, quotas = problem.floors.tolist(), problem.quotas.tolist()
    contracts = problem.contracts
    by_scarcity = sorted(
        range(len(contracts)),
        key=lambda a: (contracts[a].tier, reach[a] / max(floors[a], 1), contracts[a].id),
    )
    for ad in by_scarcity:
        filler.give(ad, floors[ad])
    for ad in sorted(range(len(contracts)), key=lambda a: (-_worth(problem, a), contracts[a].id)):
        filler.give(ad, quotas[ad])
    x = np.array(filler.x, np.int64)
    short = shortage_by_tier(problem, x)
    bound = dict.fromkeys(short, 0)
    for ad, contract in enumerate(contracts):
        bound[contract.tier] += max(floors[ad] - reach[ad], 0)
    shadow = np.zeros((len(problem.sizes), len(problem.panels)))
    return Solution(x, bound, short == bound, shadow, short=short)


def few_sheets(problem: Problem, patterns: Sequence[Pattern], most: int, run: int) -> list[Pattern]:
    """A plan with at most so many different sheets: those that carry most stay, the rest take what they can.

    Who cannot have one of them within the quotas gets the house's own sheet; so does who would have one whose
    run is too short.
    """
    house = (NOBODY,) * len(problem.panels)
    runs = Counter[Sheet]()
    for pattern in patterns:
        runs[pattern.sheet] += pattern.pieces
    paid = [s for s in runs if s != house]
    ranked = sorted(paid, key=lambda s: (-runs[s] * sum(_unit(problem, a) for a in s), s))
    # One place is the house's own: somebody always gets nothing else.
    stay = [s for s in ranked[: max(most - 1, 0)] if runs[s] >= run]
    printed = Counter[int]()
    given: Counter[tuple[int, Sheet]] = Counter()
    for pattern in sorted(patterns, key=lambda p: (p.sheet not in stay, p.cls, p.sheet)):
        left = pattern.pieces
        for sheet in [pattern.sheet] if pattern.sheet in stay else stay:
            ads = [a for a in sheet if a != NOBODY]
            if all(int(problem.masks[pattern.cls]) >> a & 1 for a in ads):
                step = min([left, *(int(problem.quotas[a]) - printed[a] for a in ads)])
                given[pattern.cls, sheet] += step
                printed.update(dict.fromkeys(ads, step))
                left -= step
        given[pattern.cls, house] += left
    return [Pattern(cls, sheet, n) for (cls, sheet), n in sorted(given.items()) if n]


def _unit(problem: Problem, ad: int) -> float:
    return 0.0 if ad == NOBODY else 1e-6 + float(problem.contracts[ad].unit)


def _worth(problem: Problem, ad: int) -> float:
    return float(problem.contracts[ad].price) if problem.contracts[ad].per_thousand else 0.0


class _Filler:
    """Classes being filled; what is left of each, by panel and by group."""

    def __init__(self, problem: Problem) -> None:
        self._groups = problem.groups.tolist()
        self.x = [0] * len(problem.edges)
        self._size: list[int] = problem.sizes.tolist()
        self._panels = [[n] * len(problem.panels) for n in self._size]
        self._group: dict[tuple[int, int], int] = {}
        self._given = [0] * len(problem.contracts)
        self._edges: list[dict[int, list[tuple[int, int]]]] = [{} for _ in problem.contracts]
        for number, (cls, ad, panel) in enumerate(problem.edges.tolist()):
            self._edges[ad].setdefault(cls, []).append((number, panel))

    def give(self, ad: int, goal: int) -> None:
        """Bring an ad up to its goal, from all classes by the same share as far as they go."""
        need = goal - self._given[ad]
        room = {cls: self._room(ad, cls) for cls in self._edges[ad]}
        if need <= 0 or not any(room.values()):
            return
        share = self._share(room, need)
        parts = {cls: min(r, int(share * self._size[cls])) for cls, r in room.items()}
        rest = need - sum(parts.values())
        for cls, most in room.items():
            more = min(max(rest, 0), most - parts[cls])
            rest -= more
            self._take(ad, cls, parts[cls] + more)

    def _room(self, ad: int, cls: int) -> int:
        panels = sum(self._panels[cls][p] for _number, p in self._edges[ad][cls])
        grouped = self._size[cls] - self._group.get((cls, self._groups[ad]), 0)
        return int(min(panels, grouped))

    def _share(self, room: dict[int, int], need: int) -> float:
        """The smallest share of the classes that is enough, as far as halving finds it."""
        low, high = 0.0, 1.0
        for _turn in range(_HALVINGS):
            middle = (low + high) / 2
            if self._worth_of(room.items(), middle) < need:
                low = middle
            else:
                high = middle
        return low

    def _worth_of(self, room: Iterable[tuple[int, int]], share: float) -> int:
        return sum(min(r, int(share * self._size[cls])) for cls, r in room)

    def _take(self, ad: int, cls: int, pieces: int) -> None:
        left = self._panels[cls]
        self._given[ad] += pieces
        self._group[cls, self._groups[ad]] = self._group.get((cls, self._groups[ad]), 0) + pieces
        for number, panel in sorted(self._edges[ad][cls], key=lambda e: (-left[e[1]], e)):
            step = min(pieces, left[panel])
            self.x[number] += step
            left[panel] -= step
            pieces -= step
