"""Few different sheets: the best plan with at most K versions, and what each K costs.

Beginning with the sheets of the unlimited plan, those that carry least are left out one by one. Then sheets
are exchanged for as long as that helps: the duals of the program price every sheet that could be, the best
are tried, and for one that helps each of the weakest, and of those like it, is tried to be left out. Where
nothing helps, some sheets are thrown out by seeded chance and it begins again. So many programs are solved
and no more: the machine's speed decides nothing. A heuristic: each point is what can be had, and a lower
bound of what could be. Which sheets there are is chosen by money, a piece that is missing counting as a
loss of its own; who gets which is then solved with guarantees first. Source: docs/ads.md, G7.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.ads.colouring import NOBODY, Pattern, Sheet
from yibao_cli.ads.dealing import HOUSE, dealt, whole_pieces
from yibao_cli.ads.program import tiers_of
from yibao_cli.ads.sheets import Choice, Program, State, bits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from yibao_cli.ads.problem import Problem

_LADDER = (120, 90, 70, 60, 50, 40, 30, 25, 20, 16, 12, 10, 8, 6, 5, 4, 3, 2, 1)  # the points of the curve
_DEAR = 3.0  # prices that a missing piece costs beside its own, while sheets are chosen
_SOLVED = 180_000  # programs solved for a point, times its classes; for the last one, which prints, twice
_MOST_SOLVED, _FEWEST_SOLVED = 1_200, 100
_LAST = 2
_TRIED, _WEAKEST = 10, 6  # sheets that are tried to be put in, and to be left out, at a time
_LOOKED_AT, _RANKED = 400, 60  # sheets whose gain is reckoned better, and from which those tried are taken
_TIRED = 5  # attempts in vain before sheets are thrown out
_KICKED = 2  # sheets thrown out at a time
_REST = 12  # attempts for which a sheet that did not help is left alone
_BETTER = 1e-7
_SAME = 2e-4  # of the cost without a limit: so near, nothing is looked for any more


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What K versions give: fen, pieces short, contracts short, smallest run but the house's own.

    patterns: sheets by class.
    """

    versions: int
    revenue: int
    short: int
    contracts_short: int
    smallest_run: int
    patterns: tuple[Pattern, ...]


def version_curve(
    problem: Problem, patterns: Sequence[Pattern], fewest: int, run: int = 1
) -> list[CurvePoint]:
    """Points from the versions of an unlimited plan down to `fewest`, the most versions first.

    run: pieces of a version at least, but for the sheet without any paid ad.
    """
    points = [_point(problem, list(patterns))]
    if points[0].versions <= fewest and points[0].smallest_run >= run:
        return points
    search = _Search(problem, sorted({p.sheet for p in patterns}), run)
    goals = [k for k in _LADDER if fewest < k < points[0].versions]
    points += [_point(problem, search.best(goal)) for goal in goals]
    points.append(_point(problem, search.best(fewest, _LAST)))
    # A run that is asked for may leave fewer sheets than were admitted.
    return [p for n, p in enumerate(points) if n + 1 == len(points) or p.versions > points[n + 1].versions]


def limited(point: CurvePoint) -> list[Pattern]:
    """The sheets of a point of the curve, in the order that people are given them."""
    return sorted(point.patterns, key=lambda p: (p.cls, p.sheet))


class _Search:
    """A shrinking set of sheets."""

    def __init__(self, problem: Problem, sheets: Sequence[Sheet], run: int) -> None:
        self.problem, self._run = problem, run
        self.choice = Choice(problem, sheets)
        self._chance = random.Random(1)  # noqa: S311 - which sheets are tried, and nobody's secret
        self._by_money = Program(self.choice, _missing(problem, by_money=True))
        self._by_guarantee = Program(self.choice, _missing(problem, by_money=False))
        self._by_money.change_to({HOUSE, *(self.choice.number[bits_of(s)] for s in sheets)})
        self._goal = self._by_money.solve()
        self._most = min(max(_SOLVED // max(len(self.choice.sizes), 1), _FEWEST_SOLVED), _MOST_SOLVED)
        self._spread: dict[int, list[tuple[int, int]]] = {}

    def best(self, most: int, effort: int = 1) -> list[Pattern]:
        """The sheets of all classes with at most so many versions, each with the run that is asked for."""
        self._leave_out(most)
        self._improve(self._most * effort)
        return self._patterns()

    def _leave_out(self, most: int) -> None:
        """Leave out what carries least: in handfuls while there are many, then what is missed least."""
        program = self._by_money
        while (excess := len(program.sheets) - most) > 0:
            weak = self._weakest(program.state())
            if len(program.sheets) > _RANKED or not weak:
                gone = weak[: max(excess // 3, 1)] or program.sheets[-1:]
            else:
                gone = [min(weak[:_WEAKEST], key=lambda v: (program.cost_without(v), v))]
            for sheet in gone:
                program.take_out(sheet)

    def _improve(self, most: int) -> None:
        """Exchange sheets until the best cost there is, or as many programs as are admitted."""
        program = self._by_money
        end = program.solved + most
        best = self._descend(end)
        sheets = program.sheets
        while program.solved < end and not self._is_best(best) and len(sheets) > _KICKED + 1:
            self._kick()
            cost = self._descend(end)
            if cost < best - _BETTER * abs(best):
                best, sheets = cost, program.sheets
            else:
                program.change_to(sheets)
        program.solve()

    def _is_best(self, cost: float) -> bool:
        return cost <= self._goal + _SAME * abs(self._goal)

    def _kick(self) -> None:
        """Throw some sheets out, and take others that are worth something."""
        program = self._by_money
        others = [v for v in program.sheets if v != HOUSE]
        for sheet in self._chance.sample(others, _KICKED):
            program.take_out(sheet)
        for _turn in range(_KICKED):
            if offers := self._offers(program.state(), {}, 0):
                program.put_in(self._chance.choice(offers[: 2 * _TRIED]))

    def _descend(self, end: int) -> float:
        """Exchange one sheet for another while that helps; gives the cost that is left."""
        program = self._by_money
        state, left_alone, turn, vain = program.state(), dict[int, int](), 0, 0
        while vain <= _TIRED and program.solved < end and not self._is_best(state.cost):
            turn += 1
            offers = self._offers(state, left_alone, turn)
            if not offers:
                break
            half = _TRIED // 2
            rest = offers[half:]
            tried = [*offers[:half], *self._chance.sample(rest, min(half, len(rest)))]
            gone = self._exchanged(state, tried)
            if gone is None:
                left_alone |= dict.fromkeys(tried, turn)
                vain += 1
            else:
                left_alone[gone] = turn
                vain = 0
            state = program.state()
        return state.cost

    def _exchanged(self, state: State, tried: Sequence[int]) -> int | None:
        """Make the exchange that helps most with one of three sheets; gives what is out, None without any."""
        program, enough = self._by_money, state.cost - _BETTER * abs(state.cost)
        ranked = sorted((program.cost_with(v), v) for v in tried)
        for cost, sheet in ranked[:3]:
            if cost >= enough:
                return None
            program.put_in(sheet)
            new = program.state()
            ways = [v for v in self._rivals(new, sheet) if v != sheet]
            found = min(((program.cost_without(v), v) for v in ways), default=(np.inf, -1))
            if found[0] < enough:
                program.take_out(found[1])
                return found[1]
            program.take_out(sheet)
            program.solve()
        return None

    def _offers(self, state: State, left_alone: dict[int, int], turn: int) -> list[int]:
        """Sheets that are not in, by what they would gain at these prices within their quotas."""
        choice, program = self.choice, self._by_money
        worth = choice.carries @ (program.earns + state.of_ad)
        margin = np.maximum(worth[:, None] - state.of_class[None, :], 0.0) * choice.eligible
        gain = margin @ choice.sizes
        gain[program.sheets] = 0.0
        gain[choice.most < self._run] = 0.0
        looked = [
            v
            for v in np.argsort(-gain, kind="stable")[:_LOOKED_AT].tolist()
            if gain[v] > 1 and left_alone.get(v, -_REST) <= turn - _REST
        ]
        better = {v: self._gain(margin[v], int(choice.most[v])) for v in looked}
        return sorted(looked, key=lambda v: (-better[v], v))[:_RANKED]

    def _gain(self, margin: npt.NDArray[np.float64], most: int) -> float:
        """What a sheet gains where its pieces go to the classes that pay best, as far as its quotas reach."""
        order = np.argsort(-margin, kind="stable")
        given = np.minimum(self.choice.sizes[order].cumsum(), most)
        return float((margin[order] * np.diff(given, prepend=0)).sum())

    def _weakest(self, state: State) -> list[int]:
        """Sheets by what they carry, the least first; without the house's own."""
        worth = self.choice.carries @ (self._by_money.earns + np.maximum(state.of_ad, 0))
        return sorted(
            (v for v in state.runs if v != HOUSE),
            key=lambda v: (state.runs[v] * (1e-3 + max(worth[v], 0.0)), v),
        )

    def _rivals(self, state: State, sheet: int) -> list[int]:
        """What could make room for a sheet: the weakest, and those that share all its ads but one."""
        weak = self._weakest(state)
        shared = self.choice.carries @ self.choice.carries[sheet]
        alike = max(shared[sheet] - 1, 1)
        return [*weak[:_WEAKEST], *(v for v in weak[_WEAKEST:] if shared[v] >= alike)]

    def _patterns(self) -> list[Pattern]:
        """Who gets which of the sheets, guarantees first; sheets whose run is too short are left out."""
        sheets = self._by_money.sheets
        while True:
            self._by_guarantee.change_to(sheets)
            given = whole_pieces(self.problem, self.choice, self._by_guarantee.pieces())
            runs = dict.fromkeys(sheets, 0)
            for (_cls, sheet), count in given.items():
                runs[sheet] += count
            short = [v for v in sheets if v != HOUSE and runs[v] < self._run]
            if not short:
                return dealt(self.problem, self.choice, given)
            worst = min(short, key=lambda v: (runs[v], v))
            sheets = [v for v in sheets if v != worst]


def _missing(problem: Problem, *, by_money: bool) -> npt.NDArray[np.float64]:
    """Fen that a missing piece of each ad costs; of a tier above, ten times as much.

    by_money: its price, or the mean of all where that is more, several times; else more than any sheet earns.
    """
    tiers = tiers_of(problem)
    weights = np.array([10.0 ** (len(tiers) - 1 - tiers.index(c.tier)) for c in problem.contracts])
    units = np.array([float(c.unit) for c in problem.contracts])
    most = float(problem.values().max(initial=1)) / 1000 + 1
    if not by_money:
        dearest: npt.NDArray[np.float64] = weights * 10 * most
        return dearest
    # A flat price shrinks with every piece that is missing; by the thousand it is just not earned.
    flat = np.array([0.0 if c.per_thousand else 1.0 for c in problem.contracts])
    least = float(units.mean()) if len(units) else 0.0
    costs: npt.NDArray[np.float64] = weights * _DEAR * np.maximum(units, least) + flat * units
    return costs


def _point(problem: Problem, patterns: Sequence[Pattern]) -> CurvePoint:
    printed = np.zeros(len(problem.contracts), np.int64)
    runs: dict[Sheet, int] = {}
    for pattern in patterns:
        runs[pattern.sheet] = runs.get(pattern.sheet, 0) + pattern.pieces
        for ad in pattern.sheet:
            if ad != NOBODY:
                printed[ad] += pattern.pieces
    lacking = np.maximum(problem.floors - printed, 0)
    revenue = 0
    for ad, contract in enumerate(problem.contracts):
        if contract.per_thousand:
            revenue += int(min(int(printed[ad]), contract.quota) * contract.unit)
        else:
            revenue += contract.price - min(-int(-int(lacking[ad]) * contract.unit // 1), contract.price)
    paid = [n for sheet, n in runs.items() if set(sheet) != {NOBODY}]
    return CurvePoint(
        len(runs),
        revenue,
        int(lacking.sum()),
        int((lacking > 0).sum()),
        min(paid, default=0),
        tuple(patterns),
    )
