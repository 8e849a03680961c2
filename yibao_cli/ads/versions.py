"""Few different sheets: the best plan with at most K versions, and what each K costs.

Beginning with the versions of the unlimited plan, the least used are dropped, the rest is solved again, and
versions that the prices of that solution call for are put in; so on down to K. A heuristic: each point is
what can be had, and a lower bound of what could be. Plain integer programming was far worse after 90 s.
Source: research/ads.md 2.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from yibao_cli.ads.colouring import NOBODY, Pattern, Sheet
from yibao_cli.ads.program import tiers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from yibao_cli.ads.problem import Problem

_WHOLE = 1e-5
_PRICED = 30  # versions put in after each solution, at most
_ROUNDS = 2  # of dropping and putting in, for each K
_LADDER = (120, 90, 70, 60, 50, 40, 30, 25, 20, 16, 12, 10, 8, 6, 5, 4, 3, 2, 1)  # the points of the curve


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What K versions give: fen, pieces short, contracts short, smallest run. patterns: sheets by class."""

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

    run: pieces of a version at least; one that stays below is dropped.
    """
    search = _Search(problem, sorted({p.sheet for p in patterns}))
    points = [_point(problem, list(patterns))]
    goals = [k for k in _LADDER if fewest < k < points[0].versions] + [fewest]
    goals += [k for k in _LADDER if k < fewest]
    for goal in goals:
        enough = points[-1].versions <= fewest and points[-1].smallest_run >= run
        if enough or (len(points) > 1 and goal >= points[-1].versions):
            continue
        points.append(_point(problem, search.best(goal)))
    return points


def limited(_problem: Problem, point: CurvePoint) -> list[Pattern]:
    """The sheets of a point of the curve, in the order that people are given them."""
    return sorted(point.patterns, key=lambda p: (p.cls, p.sheet))


class _Search:
    """Solutions over a shrinking set of sheets."""

    def __init__(self, problem: Problem, sheets: Sequence[Sheet]) -> None:
        self.problem = problem
        self.sheets = list(sheets)
        self._empty = (NOBODY,) * len(problem.panels)
        if self._empty not in self.sheets:
            self.sheets.append(self._empty)  # whoever may get nothing gets this one
        # What a missing piece costs, above any price, and above all pieces of the tier after it.
        tiers = tiers_of(problem)
        top = float(problem.values().max(initial=1)) / 1000 + 1
        self._penalty = np.array(
            [top * 10.0 ** (len(tiers) - tiers.index(c.tier)) for c in problem.contracts]
        )

    def best(self, most: int) -> list[Pattern]:
        """The sheets of all classes with at most so many versions."""
        z, places = self._solved()
        for round_ in range(_ROUNDS):
            while len(self.sheets) > most:
                excess = len(self.sheets) - most
                self._drop(z, places, most + excess * 2 // 3)
                z, places = self._solved()
            if round_ == _ROUNDS - 1 or not self._put_in():
                break
            z, places = self._solved()
        return self._whole(z, places)

    def _solved(self) -> tuple[npt.NDArray[np.float64], list[tuple[int, int]]]:
        model = _Sheets(self.problem, self.sheets, self._penalty)
        self._prices = model.solve()
        return model.z, model.places

    def _drop(self, z: npt.NDArray[np.float64], places: Sequence[tuple[int, int]], most: int) -> None:
        """Leave the `most` sheets that carry the most worth; the empty one always stays."""
        worth = np.zeros(len(self.sheets))
        for pieces, (_cls, sheet) in zip(z, places, strict=True):
            worth[sheet] += pieces * (1 + self._worth(self.sheets[sheet]))
        worth[self.sheets.index(self._empty)] = np.inf
        best = sorted(np.argsort(-worth, kind="stable")[:most].tolist())
        self.sheets = [self.sheets[i] for i in best]

    def _worth(self, sheet: Sheet) -> float:
        contracts = self.problem.contracts
        return float(sum(contracts[a].unit for a in sheet if a != NOBODY))

    def _put_in(self) -> bool:
        """Put in sheets that would earn more than the classes they could serve ask for."""
        fresh = _priced(self.problem, self._prices, set(self.sheets))
        self.sheets += fresh
        return bool(fresh)

    def _whole(self, z: npt.NDArray[np.float64], places: Sequence[tuple[int, int]]) -> list[Pattern]:
        """Whole pieces: rounded down, the rest of a class to what was cut most, within the quotas."""
        problem, sheets = self.problem, self.sheets
        pieces = np.floor(z + _WHOLE).astype(np.int64)
        left = problem.sizes.copy()
        printed = np.zeros(len(problem.contracts), np.int64)
        for count, (cls, sheet) in zip(pieces, places, strict=True):
            left[cls] -= count
            for ad in sheets[sheet]:
                if ad != NOBODY:
                    printed[ad] += count
        for i in np.argsort(-(z - pieces), kind="stable"):
            cls, sheet = places[i]
            ads = [a for a in sheets[sheet] if a != NOBODY]
            room = min([int(left[cls]), *(int(problem.quotas[a] - printed[a]) for a in ads)])
            if room > 0 and (ads or left[cls]):
                step = min(room, 1) if ads else int(left[cls]) * 0
                pieces[i] += step
                left[cls] -= step
                printed[ads] += step
        return _as_patterns(pieces, left, places, sheets, self._empty)


def _as_patterns(
    pieces: npt.NDArray[np.int64],
    left: npt.NDArray[np.int64],
    places: Sequence[tuple[int, int]],
    sheets: Sequence[Sheet],
    empty: Sheet,
) -> list[Pattern]:
    found: dict[tuple[int, Sheet], int] = {}
    for count, (cls, sheet) in zip(pieces.tolist(), places, strict=True):
        if count:
            found[cls, sheets[sheet]] = found.get((cls, sheets[sheet]), 0) + count
    for cls, count in enumerate(left.tolist()):
        if count:
            found[cls, empty] = found.get((cls, empty), 0) + count
    return [Pattern(cls, sheet, count) for (cls, sheet), count in sorted(found.items())]


@dataclass
class _Prices:
    """What the solution asks: fen for a piece of each class, and gives: fen for a piece of each ad."""

    of_class: npt.NDArray[np.float64]
    of_ad: npt.NDArray[np.float64]


class _Sheets:
    """The program over whole sheets: z[c,v] pieces of class c that are sheet v."""

    def __init__(self, problem: Problem, sheets: Sequence[Sheet], penalty: npt.NDArray[np.float64]) -> None:
        self.problem, self.sheets, self.penalty = problem, sheets, penalty
        wants = [sum(1 << a for a in sheet if a != NOBODY) for sheet in sheets]
        masks = problem.masks.tolist()
        self.places = [
            (cls, v) for cls, mask in enumerate(masks) for v, want in enumerate(wants) if want & mask == want
        ]
        self.z = np.zeros(len(self.places))

    def solve(self) -> _Prices:
        """Fill `z`; gives the prices of the solution."""
        import highspy  # noqa: PLC0415 - an extra, and 0.2 s

        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call] # it has no types
        for option, value in {"output_flag": False, "threads": 1, "random_seed": 1}.items():
            highs.setOptionValue(option, value)
        highs.passModel(self._program(highspy))
        highs.run()
        solution = highs.getSolution()
        count, classes = len(self.places), len(self.problem.sizes)
        self.z = np.asarray(solution.col_value[:count])
        duals = np.asarray(solution.row_dual)
        # Minimised: a row's dual is what one more of its right side changes the cost by.
        return _Prices(-duals[:classes], duals[classes:])

    def _program(self, highspy: Any) -> Any:
        problem = self.problem
        ads, classes, count = len(problem.contracts), len(problem.sizes), len(self.places)
        earns = np.array([c.price / 1000 if c.per_thousand else 0.001 for c in problem.contracts])
        starts, index, value, cost = [0], [], [], []
        for cls, v in self.places:
            carried = [a for a in self.sheets[v] if a != NOBODY]
            index += [cls, *(classes + a for a in carried)]
            value += [1.0] * (1 + len(carried))
            starts.append(len(index))
            cost.append(-float(earns[carried].sum()))
        # Shortage u: floor <= printed + u; surplus w: printed - w <= quota, forbidden by its bound 0.
        for ad in range(ads):
            index.append(classes + ad)
            value.append(1.0)
            starts.append(len(index))
            cost.append(float(self.penalty[ad]))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count + ads, classes + ads
        lp.col_cost_ = np.array(cost)
        lp.col_lower_ = np.zeros(count + ads)
        lp.col_upper_ = np.concatenate([np.full(count, highspy.kHighsInf), problem.floors.astype(float)])
        lp.row_lower_ = np.concatenate([np.zeros(classes), problem.floors.astype(float)])
        lp.row_upper_ = np.concatenate([problem.sizes.astype(float), problem.quotas.astype(float)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.array(starts, np.int32)
        lp.a_matrix_.index_ = np.array(index, np.int32)
        lp.a_matrix_.value_ = np.array(value)
        return lp


def _priced(problem: Problem, prices: _Prices, known: set[Sheet]) -> list[Sheet]:
    """New sheets by what they would save, the most first: per class the best ad of each panel."""
    earns = np.array([c.price / 1000 if c.per_thousand else 0.001 for c in problem.contracts]) + prices.of_ad
    gains: dict[Sheet, float] = {}
    for cls, mask in enumerate(problem.masks.tolist()):
        sheet = _richest(problem, mask, earns)
        gain = sum(earns[a] for a in sheet if a != NOBODY) - prices.of_class[cls]
        if gain > _WHOLE and sheet not in known:
            gains[sheet] = gains.get(sheet, 0.0) + gain * float(problem.sizes[cls])
    return sorted(gains, key=lambda s: (-gains[s], s))[:_PRICED]


def _richest(problem: Problem, mask: int, earns: npt.NDArray[np.float64]) -> Sheet:
    """The sheet that prices call for: panel by panel, the dearest ad whose group is not there yet."""
    offers = sorted(
        (
            (-float(earns[ad]), ad, p)
            for ad, contract in enumerate(problem.contracts)
            if mask >> ad & 1 and earns[ad] > 0
            for p, panel in enumerate(problem.panels)
            if panel in contract.panels
        )
    )
    sheet, groups = [NOBODY] * len(problem.panels), set()
    for _earn, ad, panel in offers:
        if sheet[panel] == NOBODY and problem.groups[ad] not in groups:
            sheet[panel] = ad
            groups.add(int(problem.groups[ad]))
    return tuple(sheet)


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
    return CurvePoint(
        len(runs),
        revenue,
        int(lacking.sum()),
        int((lacking > 0).sum()),
        min(runs.values(), default=0),
        tuple(patterns),
    )
