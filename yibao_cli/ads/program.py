"""The lexicographic linear program: shortage tier by tier, then revenue, then spread; by HiGHS.

One objective of revenue less a penalty is wrong for guarantees: it gave up 47,500 pieces of two cheap
contracts although a plan without shortage was there. The program gives a bound; the whole plan is at most the
rounding away from it, and `proven` says whether its shortage is the smallest there is. Source:
docs/ads.md, the plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from yibao_cli.ads.matrix import Rows, gathered
from yibao_cli.ads.rounding import WHOLE, whole_plan
from yibao_cli.ads.solver import Bounds, linear_program, new_solver

if TYPE_CHECKING:
    import numpy.typing as npt

    from yibao_cli.ads.problem import Problem

_EXACT = 1e-6
_MILP_SECONDS = 20.0
_NO_PANEL = -1  # less a group's number: the place of a group's row among those of panels


@dataclass(frozen=True, slots=True)
class Solution:
    """A whole plan. x: pieces per edge of the problem. bound: smallest shortage possible, by tier.

    proven: the plan's shortage is that bound, tier by tier. shadow: per class and panel, fen a thousand
    further pieces would earn. solver: what found it, "" for the fallback.
    """

    x: npt.NDArray[np.int64]
    bound: dict[int, int]
    proven: bool
    shadow: npt.NDArray[np.float64]
    best_revenue: float = 0.0
    solver: str = ""
    short: dict[int, int] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Guarantees that cannot all be kept: the contracts (by number) that together ask too much, and of what.

    places: (class, panel) that are too few for them; groups: of which a piece bears one, where that stands in
    their way. missing: pieces that some of them must lack.
    """

    tier: int
    ads: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    missing: int
    groups: tuple[int, ...] = ()


def has_solver() -> bool:
    """Whether HiGHS is installed (the extra `ads`)."""
    try:
        import highspy  # noqa: F401, PLC0415 - only asked whether it is there
    except ImportError:
        return False
    return True


def solve(problem: Problem) -> Solution:
    """The best whole plan, and the proof of its shortage. Needs HiGHS."""
    model = Model(problem)
    bound: dict[int, int] = {}
    conflicts: list[Conflict] = []
    for tier in tiers_of(problem):
        best = model.minimise_shortage(tier)
        bound[tier] = math.ceil(best - WHOLE)
        if bound[tier]:
            conflicts += model.conflicts(tier)
    best_revenue = model.maximise_revenue()
    shadow = model.shadow_prices()
    model.minimise_unevenness()
    x = whole_plan(problem, model.plan())
    short = shortage_by_tier(problem, x)
    if any(short[t] > bound[t] for t in bound):
        x = _closed(model, problem, x, bound)
        short = shortage_by_tier(problem, x)
    proven = all(short[t] <= bound[t] for t in bound)
    return Solution(x, bound, proven, shadow, best_revenue, model.version, short, tuple(conflicts))


def tiers_of(problem: Problem) -> list[int]:
    """The tiers in use, the first served first."""
    return sorted({c.tier for c in problem.contracts})


def shortage_by_tier(problem: Problem, x: npt.NDArray[np.int64]) -> dict[int, int]:
    """Pieces lacking, by tier."""
    lacking = problem.shortages(x)
    tiers = np.array([c.tier for c in problem.contracts])
    return {t: int(lacking[tiers == t].sum()) for t in tiers_of(problem)}


class Model:
    """The program in HiGHS; each stage fixes what the one before has reached."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._spread = problem.spread_rows
        self._edges, self._ads = len(problem.edges), len(problem.contracts)
        self._columns = self._edges + self._ads + len(self._spread)
        self._rows_of_panels: list[tuple[int, int]] = []
        self._rows_of_groups: list[tuple[int, int]] = []  # after those of the panels
        self._first_contract_row = 0
        self._kept: dict[int, float] = {}
        self._highs = new_solver()
        self.version = f"HiGHS {self._highs.version()}"
        self._highs.passModel(self._program())
        self._solution: Any = None

    def minimise_shortage(self, tier: int) -> float:
        """Smallest number of pieces that the contracts of a tier must lack; it is kept from here on."""
        costs = np.zeros(self._columns)
        for ad, contract in enumerate(self.problem.contracts):
            costs[self._edges + ad] = float(contract.tier == tier)
        best = self._minimise(costs)
        self._keep(costs, best, math.ceil(best - WHOLE))
        return best

    def conflicts(self, tier: int) -> list[Conflict]:
        """What the stage just solved proves its shortage with, rows whose duals are not zero, in parts.

        Contracts belong together that ask for the same places; one alone has nobody against it.
        """
        duals = np.asarray(self._solution.row_dual)
        lacking = np.asarray(self._solution.col_value)[self._edges : self._edges + self._ads]
        first = self._first_contract_row
        ads = [a for a in range(self._ads) if abs(duals[first + 2 * a + 1]) > WHOLE]
        rows = [*self._rows_of_panels, *((cls, _NO_PANEL - group) for cls, group in self._rows_of_groups)]
        tight = {place for row, place in enumerate(rows) if abs(duals[row]) > WHOLE}
        wants: dict[int, set[tuple[int, int]]] = {a: set() for a in ads}
        for cls, ad, panel in self.problem.edges.tolist():
            if ad in wants:
                group = int(self.problem.groups[ad])
                wants[ad] |= {(cls, panel), (cls, _NO_PANEL - group)} & tight
        found = []
        for together, places in _joined(wants):
            missing = math.ceil(float(lacking[together].sum()) - WHOLE)
            if len(together) > 1 and missing:
                of_panels = tuple(sorted(p for p in places if p[1] > _NO_PANEL))
                groups = tuple(sorted({_NO_PANEL - p for _cls, p in places if p <= _NO_PANEL}))
                found.append(Conflict(tier, tuple(together), of_panels, missing, groups))
        return found

    def maximise_revenue(self) -> float:
        """Most fen that the plans left can earn, flat contracts without shortage counted in full."""
        costs = np.zeros(self._columns)
        costs[: self._edges] = -self.problem.values() / 1000
        fixed = 0.0
        for ad, contract in enumerate(self.problem.contracts):
            if not contract.per_thousand:
                fixed += contract.price
                costs[self._edges + ad] = float(contract.unit)
        best = self._minimise(costs)
        self._keep(costs, best, np.inf)
        return fixed - best

    def minimise_unevenness(self) -> None:
        """Of the plans left the one that falls short of the counties' parts the least."""
        if self._spread:
            costs = np.zeros(self._columns)
            costs[self._edges + self._ads :] = 1.0
            self._minimise(costs)

    def shadow_prices(self) -> npt.NDArray[np.float64]:
        """Per class and panel: fen that a thousand more pieces would earn, in the stage just solved."""
        prices = np.zeros((len(self.problem.sizes), len(self.problem.panels)))
        duals = self._solution.row_dual
        for row, place in enumerate(self._rows_of_panels):
            prices[place] = max(-duals[row] * 1000, 0.0)
        return prices

    def plan(self) -> npt.NDArray[np.float64]:
        """Pieces per edge, as the last stage has them: not all are whole."""
        return np.asarray(self._solution.col_value[: self._edges])

    def whole(self, seconds: float) -> npt.NDArray[np.int64] | None:
        """Solve for whole pieces, shortage first in weights; None where time was up before any was found."""
        costs = np.zeros(self._columns)
        tiers = tiers_of(self.problem)
        top = float(self.problem.values().max(initial=1) / 1000 * max(self.problem.quotas.max(initial=1), 1))
        costs[: self._edges] = -self.problem.values() / 1000 / max(top, 1)
        for ad, contract in enumerate(self.problem.contracts):
            costs[self._edges + ad] = 100.0 ** (len(tiers) - tiers.index(contract.tier))
        # Whole pieces cannot keep what fractions have reached.
        for row, most in self._kept.items():
            self._highs.changeRowBounds(row, -np.inf, most)
        kinds = np.ones(self._edges, np.uint8)
        self._highs.changeColsIntegrality(self._edges, np.arange(self._edges, dtype=np.int32), kinds)
        self._highs.setOptionValue("time_limit", seconds)
        self._minimise(costs)
        if not self._highs.getInfo().primal_solution_status:
            return None
        return np.rint(self.plan()).astype(np.int64)

    def _minimise(self, costs: npt.NDArray[np.float64]) -> float:
        columns = np.arange(self._columns, dtype=np.int32)
        self._highs.changeColsCost(self._columns, columns, costs)
        self._highs.run()
        self._solution = self._highs.getSolution()
        return float(self._highs.getInfo().objective_function_value)

    def _keep(self, costs: npt.NDArray[np.float64], best: float, whole: float) -> None:
        """Hold an objective at what it has reached; whole: what it may be once pieces must be whole."""
        self._kept[self._highs.getNumRow()] = whole
        used = np.flatnonzero(costs).astype(np.int32)
        limit = best + _EXACT * max(abs(best), 1)
        self._highs.addRow(-np.inf, limit, len(used), used, costs[used])

    def _program(self) -> Any:
        rows = Rows()
        self._add_class_rows(rows)
        self._add_contract_rows(rows)
        p = self.problem
        quotas = p.quotas[p.edges[:, 1]]
        spread = np.array([need for _ad, _g, need in self._spread], np.float64)
        most = np.minimum(p.sizes[p.edges[:, 0]], quotas)
        none = np.zeros(self._columns)
        return linear_program(
            none,
            Bounds(none, np.concatenate([most, p.floors, spread]).astype(np.float64)),
            Bounds(np.array(rows.lower), np.array(rows.upper)),
            np.array(rows.start, np.int32),
            np.concatenate([*rows.index, np.zeros(0, np.int64)]).astype(np.int32),
            by_row=True,
        )

    def _add_class_rows(self, rows: Rows) -> None:
        p = self.problem
        c, a, panel = p.edges.T
        for place, edges in gathered(c, panel):
            rows.add(edges, upper=float(p.sizes[place[0]]))
            self._rows_of_panels.append(place)
        groups = p.groups[a] if len(a) else a
        for (cls, group), edges in gathered(c, groups):
            # A group in one panel alone is held to the class by the panel's row.
            if len(set(panel[edges])) > 1:
                rows.add(edges, upper=float(p.sizes[cls]))
                self._rows_of_groups.append((cls, group))

    def _add_contract_rows(self, rows: Rows) -> None:
        p = self.problem
        ads = p.edges[:, 1]
        self._first_contract_row = len(rows.lower)
        for ad in range(self._ads):
            edges = np.flatnonzero(ads == ad)
            rows.add(edges, upper=float(p.quotas[ad]))
            rows.add(np.append(edges, self._edges + ad), lower=float(p.floors[ad]))
        for number, (ad, county, need) in enumerate(self._spread):
            edges = np.flatnonzero((ads == ad) & (p.strata[p.edges[:, 0]] == county))
            rows.add(np.append(edges, self._edges + self._ads + number), lower=need)


def _joined(wants: dict[int, set[tuple[int, int]]]) -> list[tuple[list[int], set[tuple[int, int]]]]:
    """Contracts that share places, directly or through others, with all their places."""
    parts: list[tuple[list[int], set[tuple[int, int]]]] = []
    for ad, places in wants.items():
        touched = [part for part in parts if part[1] & places]
        together = sorted([ad, *(a for part in touched for a in part[0])])
        parts = [part for part in parts if part not in touched]
        parts.append((together, places.union(*(part[1] for part in touched))))
    return parts


def _closed(
    model: Model, problem: Problem, x: npt.NDArray[np.int64], bound: dict[int, int]
) -> npt.NDArray[np.int64]:
    """Try to close the last pieces of shortage in whole numbers; else the plan there was."""
    found = model.whole(_MILP_SECONDS)
    if found is None:
        return x
    found = whole_plan(problem, found.astype(np.float64))
    before, after = (shortage_by_tier(problem, plan) for plan in (x, found))
    return found if [after[t] for t in bound] < [before[t] for t in bound] else x
