"""The allocation problem in numbers: classes of equal pieces, ads, panels, and where each ad may stand.

    x[c,a,p]  pieces of class c that bear ad a in panel p; whole, from 0 up
    (1) in a class no panel is used on more pieces than there are     one ad a panel and piece
    (2) in a class no group is used on more pieces than there are     one ad of a group on a piece
    (3) an ad has at least its floor, less its shortage u, and at most its quota
    (4) in each county an ad has its part of the floor, less a tolerance and a slack s

Any whole x that keeps (1) and (2) can be laid on the pieces (see `colouring`). Source: docs/ads.md, the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.ads.people import class_codes, masks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from yibao_cli.ads.people import People
    from yibao_cli.ads.terms import Contract

_CHANGE = -1000.0  # fen a thousand that a change costs where none is wanted


@dataclass(frozen=True)
class Problem:
    """One mailing's problem. Edges are all (class, ad, panel) that may be used, sorted in that order.

    contracts: ad number -> contract, at most 64. panels: panel number -> slot of the kind. sizes: pieces of
    each class. masks: ads that each class may get. strata: each class's county, -1 where classes are not told
    apart by county. floors, quotas: pieces per ad, what the post will lose included. closed: per class and
    panel, whether it is given away already; settled: classes in which nothing should change that need not.
    """

    contracts: tuple[Contract, ...]
    panels: tuple[str, ...]
    sizes: npt.NDArray[np.int64]
    masks: npt.NDArray[np.uint64]
    strata: npt.NDArray[np.int64]
    floors: npt.NDArray[np.int64]
    quotas: npt.NDArray[np.int64]
    closed: npt.NDArray[np.bool_] | None = None
    settled: npt.NDArray[np.bool_] | None = None

    @cached_property
    def groups(self) -> npt.NDArray[np.int64]:
        """Group number of each ad."""
        names = sorted({c.group for c in self.contracts})
        return np.array([names.index(c.group) for c in self.contracts], np.int64)

    @cached_property
    def edges(self) -> npt.NDArray[np.int64]:
        """Rows of (class, ad, panel)."""
        found = [
            (classes, ad, self.panels.index(panel))
            for ad, contract in enumerate(self.contracts)
            for classes in [np.flatnonzero(self.masks & np.uint64(1 << ad))]
            for panel in contract.panels
            if panel in self.panels
        ]
        if not found:
            return np.zeros((0, 3), np.int64)
        rows = np.concatenate(
            [np.column_stack([c, np.full(len(c), a), np.full(len(c), p)]) for c, a, p in found]
        )
        if self.closed is not None:
            rows = rows[~self.closed[rows[:, 0], rows[:, 2]]]
        return rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))].astype(np.int64)

    @cached_property
    def reach(self) -> npt.NDArray[np.int64]:
        """Pieces that each ad may stand on."""
        bits = np.uint64(1) << np.arange(len(self.contracts), dtype=np.uint64)
        return np.array([int(self.sizes[(self.masks & b) != 0].sum()) for b in bits], np.int64)

    @cached_property
    def spread_rows(self) -> list[tuple[int, int, float]]:
        """(ad, county, pieces) that an ad is to have in a county at least."""
        rows = []
        for ad, contract in enumerate(self.contracts):
            if contract.spread is None:
                continue
            may = (self.masks & np.uint64(1 << ad)) != 0
            live = np.bincount(self.strata[may], self.sizes[may]) if may.any() else np.zeros(0)
            # What nobody can print cannot be spread either.
            floor = min(int(self.floors[ad]), int(live.sum()))
            share = float(1 - contract.spread)
            rows += [(ad, g, share * floor * n / live.sum()) for g, n in enumerate(live) if n and floor]
        return rows

    def values(self) -> npt.NDArray[np.float64]:
        """Fen per thousand pieces of each edge; a flat contract's further pieces count next to nothing."""
        value = [c.price if c.per_thousand else 1 for c in self.contracts]
        if self.settled is not None:
            prices = np.array(value, np.float64)[self.edges[:, 1]]
            return np.where(self.settled[self.edges[:, 0]], _CHANGE, prices)
        found: npt.NDArray[np.float64] = np.array(value, np.float64)[self.edges[:, 1]]
        return found

    def shortages(self, x: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Pieces that each ad lacks of its floor."""
        lacking: npt.NDArray[np.int64] = np.maximum(self.floors - self.printed(x), 0)
        return lacking

    def printed(self, x: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Pieces that bear each ad."""
        return np.bincount(self.edges[:, 1], x, minlength=len(self.contracts)).astype(np.int64)

    def slacks(self, x: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """What is left of each class, by panel and by group."""
        c, a, p = self.edges.T
        used = np.zeros((len(self.sizes), len(self.panels)), np.int64)
        np.add.at(used, (c, p), x)
        grouped = np.zeros((len(self.sizes), int(self.groups.max(initial=0)) + 1), np.int64)
        np.add.at(grouped, (c, self.groups[a]), x)
        return self.sizes[:, None] - used, self.sizes[:, None] - grouped

    def revenue(self, x: npt.NDArray[np.int64]) -> int:
        """Fen: what prints of the quota, less what a shortage gives back; flat contracts in full else."""
        printed, total = self.printed(x), 0
        for ad, contract in enumerate(self.contracts):
            if contract.per_thousand:
                total += int(min(printed[ad], contract.quota) * contract.unit)
            else:
                lacking = max(int(self.floors[ad] - printed[ad]), 0)
                total += contract.price - min(-int(-lacking * contract.unit // 1), contract.price)
        return total


@dataclass(frozen=True, slots=True)
class Grouped:
    """The classes that people fall into: their problem, and the class of each person."""

    problem: Problem
    member: npt.NDArray[np.int64]


def problem_of(
    people: People,
    contracts: Sequence[Contract],
    panels: Sequence[str],
    masks: npt.NDArray[np.uint64] | None = None,
    return_rate: float = 0.0,
) -> Grouped:
    """Gather the people into classes. masks: as `masks_of` gives them, where something was taken off since.

    return_rate: share of pieces that comes back; contracts settled by delivery get so many pieces more.
    """
    masks = masks_of(people, contracts) if masks is None else masks
    by_county = any(c.spread is not None for c in contracts)
    columns = (masks, people.county.codes) if by_county else (masks,)
    first, member = class_codes(*columns)
    strata = people.county.codes[first].astype(np.int64) if by_county else np.full(len(first), -1)
    more = [1 / (1 - return_rate) if c.settled_by == "妥投" else 1.0 for c in contracts]
    floors = [_up(c.floor * m) for c, m in zip(contracts, more, strict=True)]
    quotas = [_up(c.quota * m) for c, m in zip(contracts, more, strict=True)]
    problem = Problem(
        contracts=tuple(contracts),
        panels=tuple(panels),
        sizes=np.bincount(member, minlength=len(first)).astype(np.int64),
        masks=masks[first],
        strata=strata,
        floors=np.array(floors, np.int64),
        quotas=np.array(quotas, np.int64),
    )
    return Grouped(problem, member)


def _up(pieces: float) -> int:
    return -int(-pieces // 1)
