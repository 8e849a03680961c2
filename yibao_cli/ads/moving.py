"""Change as few people's sheets as the guarantees need, where nobody's sheet can stay as it is.

A linear program over who had which sheet: what is missing of guarantees costs most, then each person who gets
another sheet, then what is not earned. Source: docs/ads.md, G5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from yibao_cli.ads.assigning import assigned
from yibao_cli.ads.colouring import NOBODY, Pattern, Sheet
from yibao_cli.ads.people import class_codes
from yibao_cli.ads.program import tiers_of
from yibao_cli.ads.sheets import bits_of
from yibao_cli.ads.solver import Bounds, linear_program, new_solver

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from yibao_cli.ads.problem import Problem

_WHOLE = 1e-5
_CHAIN = 1_000.0  # changes that one missing piece is worth at least: one often takes a chain of them
_NEW = -1  # the number of the sheet of somebody who has none that may stay


def moved_slots(
    problem: Problem,
    people: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], Sequence[str]],
    before: tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_]],
    more: Sequence[Sheet] = (),
) -> npt.NDArray[np.int16]:
    """Slots of all people with the fewest changes that the guarantees need.

    people: masks, hashes and keys. before: each one's sheet, and whether it may stay. more: sheets that may
    be printed beside those that are kept.
    """
    (masks, hashes, keys), (old, stays) = people, before
    kept, own = np.unique(old[stays], axis=0, return_inverse=True)
    sheets = [tuple(s) for s in kept.tolist()]
    sheets += [s for s in [(NOBODY,) * len(problem.panels), *sorted(more)] if s not in sheets]
    numbers = np.full(len(masks), _NEW, np.int64)
    numbers[stays] = own.reshape(-1)
    first, member = class_codes(masks, numbers)
    moves = _Moves(problem, list(dict.fromkeys(sheets)), masks[first], numbers[first])
    patterns = moves.patterns(np.bincount(member, minlength=len(first)).astype(np.int64))
    return assigned(member, patterns, hashes, keys)


def lacks(problem: Problem, slots: npt.NDArray[np.int16]) -> list[int]:
    """Pieces missing by tier, the first served first, as slots have them."""
    printed = [int((slots == ad).sum()) for ad in range(len(problem.contracts))]
    missing = np.maximum(problem.floors - np.array(printed, np.int64), 0)
    of = np.array([c.tier for c in problem.contracts])
    return [int(missing[of == t].sum()) for t in tiers_of(problem)]


class _Moves:
    """Groups of people with one mask and one sheet before, and the sheets that each may have."""

    def __init__(
        self,
        problem: Problem,
        sheets: Sequence[Sheet],
        masks: npt.NDArray[np.uint64],
        own: npt.NDArray[np.int64],
    ) -> None:
        self.problem, self.sheets = problem, sheets
        bits = np.array([bits_of(s) for s in sheets], np.uint64)
        self.group, self.sheet = np.nonzero((bits[None, :] & masks[:, None]) == bits[None, :])
        self.stays = own[self.group] == self.sheet
        self.is_new = own[self.group] == _NEW
        self.ads = [[a for a in s if a != NOBODY] for s in sheets]

    def patterns(self, sizes: npt.NDArray[np.int64]) -> list[Pattern]:
        """Who gets which sheet: whole pieces, everybody's own first."""
        z = self._solved(sizes)
        whole = np.floor(z + _WHOLE).astype(np.int64)
        left, printed = sizes.copy(), np.zeros(len(self.problem.contracts), np.int64)
        np.subtract.at(left, self.group, whole)
        for sheet, count in zip(self.sheet.tolist(), whole.tolist(), strict=True):
            printed[self.ads[sheet]] += count
        quotas = self.problem.quotas
        for place in np.lexsort((np.arange(len(z)), ~self.stays, -(z - whole))).tolist():
            ads, group = self.ads[self.sheet[place]], self.group[place]
            most = min([int(left[group]), *(int(quotas[a] - printed[a]) for a in ads)])
            step = most if self.stays[place] else min(most, int(z[place] - whole[place] > _WHOLE))
            if step > 0:
                whole[place] += step
                left[group] -= step
                printed[ads] += step
        # The sheet without any paid ad is open to everybody.
        for place in np.flatnonzero([not self.ads[s] for s in self.sheet]).tolist():
            whole[place] += left[self.group[place]]
            left[self.group[place]] = 0
        rows = zip(self.group.tolist(), ~self.stays, self.sheet.tolist(), whole.tolist(), strict=True)
        return [Pattern(g, self.sheets[s], n) for g, _own, s, n in sorted(rows) if n]

    def _solved(self, sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        highs = new_solver()
        highs.passModel(self._program(sizes))
        highs.run()
        return np.asarray(highs.getSolution().col_value)[: len(self.group)]

    def _program(self, sizes: npt.NDArray[np.int64]) -> Any:
        problem, places, ads = self.problem, len(self.group), len(self.problem.contracts)
        earns = np.array([float(c.unit) if c.per_thousand else 0.001 for c in problem.contracts])
        worth = np.array([float(earns[a].sum()) for a in self.ads])
        change = float(worth.max(initial=0)) + 1
        tiers = tiers_of(problem)
        missing = [
            change * _CHAIN * 10.0 ** (len(tiers) - 1 - tiers.index(c.tier)) for c in problem.contracts
        ]
        rows = [
            [g, *(len(sizes) + a for a in self.ads[s])] for g, s in zip(self.group, self.sheet, strict=True)
        ]
        rows += [[len(sizes) + a] for a in range(ads)]
        # Who is new has nothing to change.
        moves = np.where(self.stays | self.is_new, 0.0, change)
        return linear_program(
            np.concatenate([moves - worth[self.sheet], missing]),
            Bounds(
                np.zeros(places + ads),
                np.concatenate([np.full(places, np.inf), problem.floors.astype(float)]),
            ),
            # Everybody has a sheet, the house's own if need be.
            Bounds(
                np.concatenate([sizes, problem.floors]).astype(np.float64),
                np.concatenate([sizes, problem.quotas]).astype(np.float64),
            ),
            np.cumsum([0, *map(len, rows)]).astype(np.int32),
            np.array([r for row in rows for r in row], np.int32),
        )
