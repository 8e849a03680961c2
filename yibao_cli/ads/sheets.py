"""All sheets that could be printed, and the linear program over those that are chosen.

    z[c,v]  pieces of class c that are sheet v;  u[a]  pieces that ad a lacks of its floor
    (1) sum over v of z[c,v]               <= pieces of c        for each class
    (2) floor - u  <=  pieces that bear a  <= quota              for each ad

What an ad's pieces are worth does not depend on the panel, so one sheet stands for all arrangements of its
ads. The program keeps its solution when a sheet is put in or taken out: the next one is some steps away.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from yibao_cli.ads.colouring import NOBODY, Sheet
from yibao_cli.ads.solver import Bounds, linear_program, new_solver

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from yibao_cli.ads.problem import Problem

_PLACES = 2_000_000  # sheets times classes that are looked at, at most
_FEWEST = 2_000  # sheets that are looked at whatever the classes


class Choice:
    """The sheets that a mailing could have, sorted by their ads; number 0 is the house's own.

    sizes, masks: pieces and ads of each different mask. sheets: ad number per panel. eligible: per sheet and
    mask whether the one may be given to the other; carries: per sheet and ad 1.0 where it bears it.
    """

    def __init__(self, problem: Problem, wanted: Iterable[Sheet]) -> None:
        self.problem = problem
        self.masks, self.member = np.unique(problem.masks, return_inverse=True)
        self.sizes = np.bincount(self.member, problem.sizes, len(self.masks)).astype(np.int64)
        possible = _possible(problem)
        kept = {bits_of(sheet) for sheet in wanted} | {0}
        bits = np.array(sorted(possible), np.uint64)
        most = max(_PLACES // max(len(self.masks), 1), _FEWEST)
        if len(bits) > most:
            worth = self._worth(bits, [possible[int(b)] for b in bits])
            best = set(bits[np.argsort(-worth, kind="stable")[:most]].tolist())
            bits = np.array(sorted(best | kept), np.uint64)
        self.sheets = [possible[int(b)] for b in bits]
        self.number = {int(b): n for n, b in enumerate(bits)}
        self.eligible = (bits[:, None] & self.masks[None, :]) == bits[:, None]
        ads = np.arange(len(problem.contracts), dtype=np.uint64)
        self.carries = (bits[:, None] >> ads[None, :] & np.uint64(1)).astype(np.float64)

    @cached_property
    def most(self) -> npt.NDArray[np.int64]:
        """Pieces of each sheet that could be, by who may get it and by the smallest quota on it."""
        no_end = np.iinfo(np.int64).max
        quotas = np.where(self.carries > 0, self.problem.quotas[None, :], no_end)
        least: npt.NDArray[np.int64] = np.minimum(
            self.eligible @ self.sizes, quotas.min(axis=1, initial=no_end)
        ).astype(np.int64)
        return least

    def _worth(self, bits: npt.NDArray[np.uint64], sheets: Sequence[Sheet]) -> npt.NDArray[np.float64]:
        """What each sheet would earn if it were the only one."""
        contracts, quotas = self.problem.contracts, self.problem.quotas.tolist()
        reach = [int(self.sizes[(self.masks & b) == b].sum()) for b in bits]
        each = [float(sum(contracts[a].unit for a in s if a != NOBODY)) for s in sheets]
        rows = zip(reach, each, sheets, strict=True)
        return np.array([e * min([r, *(quotas[a] for a in s if a != NOBODY)]) for r, e, s in rows])


def bits_of(sheet: Sheet) -> int:
    """The ads of a sheet as a mask."""
    return sum(1 << ad for ad in sheet if ad != NOBODY)


def _possible(problem: Problem) -> dict[int, Sheet]:
    """Every set of ads that can stand together, with one way to place them."""
    groups = problem.groups.tolist()
    found: dict[int, tuple[Sheet, int]] = {0: ((), 0)}
    for panel in problem.panels:
        here = [a for a, c in enumerate(problem.contracts) if panel in c.panels]
        longer: dict[int, tuple[Sheet, int]] = {}
        for bits, (sheet, taken) in found.items():
            longer.setdefault(bits, ((*sheet, NOBODY), taken))
            for ad in here:
                if not taken >> groups[ad] & 1:
                    more = ((*sheet, ad), taken | 1 << groups[ad])
                    longer.setdefault(bits | 1 << ad, more)
        found = longer
    return {bits: sheet for bits, (sheet, _taken) in found.items()}


@dataclass(frozen=True, slots=True)
class State:
    """A solution. runs: pieces of each sheet; of_class, of_ad: fen that one more of them would be worth."""

    cost: float
    runs: dict[int, float]
    of_class: npt.NDArray[np.float64]
    of_ad: npt.NDArray[np.float64]


class Program:
    """The program in HiGHS over the sheets that are in; `missing`: fen that a piece lacking costs, by ad."""

    def __init__(self, choice: Choice, missing: npt.NDArray[np.float64]) -> None:
        self.choice, self.solved = choice, 0
        contracts = choice.problem.contracts
        self.earns = np.array([c.price / 1000 if c.per_thousand else 0.001 for c in contracts])
        self._classes, self._columns = len(choice.sizes), len(contracts)
        self._at: dict[int, tuple[int, int]] = {}
        self._highs = new_solver()
        self._highs.setOptionValue("presolve", "off")  # it would throw the last solution away
        self._highs.passModel(self._empty(missing))

    @property
    def sheets(self) -> list[int]:
        """The sheets that are in, sorted."""
        return sorted(self._at)

    def put_in(self, sheet: int) -> None:
        """Put a sheet in."""
        classes = np.flatnonzero(self.choice.eligible[sheet])
        ads = np.flatnonzero(self.choice.carries[sheet])
        rows = np.empty((len(classes), 1 + len(ads)), np.int32)
        rows[:, 0] = classes
        rows[:, 1:] = self._classes + ads
        count, starts = len(classes), np.arange(0, rows.size, 1 + len(ads), dtype=np.int32)
        costs = np.full(count, -float(self.earns[ads].sum()))
        most = np.full(count, np.inf)
        ones = np.ones(rows.size)
        self._highs.addCols(count, costs, np.zeros(count), most, rows.size, starts, rows.ravel(), ones)
        self._at[sheet] = (self._columns, count)
        self._columns += count

    def take_out(self, sheet: int) -> None:
        """Take a sheet out."""
        start, count = self._at.pop(sheet)
        self._highs.deleteCols(count, np.arange(start, start + count, dtype=np.int32))
        self._columns -= count
        self._at = {v: (at - count if at > start else at, n) for v, (at, n) in self._at.items()}

    def change_to(self, sheets: Iterable[int]) -> None:
        """Have these sheets in and no others."""
        wanted = set(sheets)
        for sheet in self.sheets:
            if sheet not in wanted:
                self.take_out(sheet)
        for sheet in sorted(wanted - set(self._at)):
            self.put_in(sheet)

    def solve(self) -> float:
        """The least cost: fen of what is missing, less what is earned."""
        self._highs.run()
        self.solved += 1
        return float(self._highs.getInfo().objective_function_value)

    def cost_with(self, sheet: int) -> float:
        """The cost if a sheet were put in."""
        basis = self._highs.getBasis()
        self.put_in(sheet)
        cost = self.solve()
        self.take_out(sheet)
        self._highs.setBasis(basis)
        return cost

    def cost_without(self, sheet: int) -> float:
        """The cost if a sheet were taken out."""
        basis = self._highs.getBasis()
        self._bound(sheet, 0.0)
        cost = self.solve()
        self._bound(sheet, np.inf)
        self._highs.setBasis(basis)
        return cost

    def state(self) -> State:
        """Solve, and tell the solution."""
        cost = self.solve()
        solution = self._highs.getSolution()
        values, duals = np.asarray(solution.col_value), np.asarray(solution.row_dual)
        runs = {v: float(values[at : at + n].sum()) for v, (at, n) in self._at.items()}
        # Minimised: a row's dual is what one more of its right side changes the cost by.
        return State(cost, runs, -duals[: self._classes], duals[self._classes :])

    def pieces(self) -> list[tuple[int, int, float]]:
        """Solve; (class, sheet, pieces) of the solution, sheet by sheet."""
        self.solve()
        values = np.asarray(self._highs.getSolution().col_value)
        return [
            (int(cls), sheet, float(z))
            for sheet, (at, n) in sorted(self._at.items())
            for cls, z in zip(np.flatnonzero(self.choice.eligible[sheet]), values[at : at + n], strict=True)
        ]

    def _bound(self, sheet: int, most: float) -> None:
        start, count = self._at[sheet]
        columns = np.arange(start, start + count, dtype=np.int32)
        self._highs.changeColsBounds(count, columns, np.zeros(count), np.full(count, most))

    def _empty(self, missing: npt.NDArray[np.float64]) -> Any:
        """The program without any sheet: all that is guaranteed is missing."""
        problem, ads = self.choice.problem, len(missing)
        floors, classes = problem.floors.astype(np.float64), self._classes
        return linear_program(
            missing,
            Bounds(np.zeros(ads), floors),
            Bounds(
                np.concatenate([np.full(classes, -np.inf), floors]),
                np.concatenate([self.choice.sizes, problem.quotas]).astype(np.float64),
            ),
            np.arange(ads + 1, dtype=np.int32),
            np.arange(classes, classes + ads, dtype=np.int32),
        )
