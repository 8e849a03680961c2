"""Fill bundles and bags: where a row of pieces is cut so that no limit is broken.

Everything here is about one destination: its loads in order, and the places where one container ends and the
next begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from yibao_cli.kinds.sorting import Remainder


@dataclass(frozen=True, slots=True)
class Limits:
    """Most of what a container may hold, one number a measure (pieces, micrometres, mg: in one order).

    multiple: entries come in such numbers; balanced: nearly the same number in each container.
    """

    most: tuple[int, ...]
    multiple: int = 1
    balanced: bool = False


@dataclass(frozen=True, slots=True)
class Floor:
    """Least of the first measure for a destination and its last container; what becomes of less."""

    least: int = 1
    remainder: Remainder = "up"


def cuts(loads: NDArray[np.int64], limits: Limits, floor: Floor) -> list[int]:
    """Ends of the containers that a destination's entries fill; what lies behind the last end goes up.

    loads: a row for each entry, a column for each measure. Each multiple of entries fits into a container
    (`fits` tells). With remainder `stay` the last end is the number of entries.
    """
    sums = np.vstack([np.zeros(loads.shape[1], dtype=np.int64), np.cumsum(loads, axis=0)])
    count = len(loads)
    if sums[-1, 0] < floor.least:
        return []
    whole = count - count % limits.multiple
    ends = _filled(sums, whole, limits)
    if limits.balanced and len(ends) > 1:
        ends = _balanced(sums, whole, limits, len(ends))
    if floor.remainder == "stay":
        return [*ends, count] if (ends[-1] if ends else 0) < count else ends
    # The last of balanced containers may be short: the destination as a whole has the minimum. A full row
    # gives its short end up only if what stays has it too.
    short = len(ends) > 1 and sums[ends[-1], 0] - sums[ends[-2], 0] < floor.least <= sums[ends[-2], 0]
    if short and not limits.balanced:
        ends.pop()
    return ends if ends and sums[ends[-1], 0] >= floor.least else []


def fits(loads: NDArray[np.int64], limits: Limits) -> bool:
    """Whether every multiple of the heaviest entries goes into one container."""
    if not len(loads):
        return True
    return bool((loads.max(axis=0) * limits.multiple <= np.array(limits.most)).all())


def _filled(sums: NDArray[np.int64], count: int, limits: Limits) -> list[int]:
    """Containers as full as they get, one after another."""
    ends: list[int] = []
    start = 0
    while start < count:
        reach = min(
            int(np.searchsorted(sums[: count + 1, i], sums[start, i] + most, side="right")) - 1
            for i, most in enumerate(limits.most)
        )
        start += (reach - start) // limits.multiple * limits.multiple
        ends.append(start)
    return ends


def _balanced(sums: NDArray[np.int64], count: int, limits: Limits, containers: int) -> list[int]:
    """The same number of entries in each, the first ones one multiple more; as few as the limits let."""
    units = count // limits.multiple
    for wanted in range(containers, units + 1):
        each, more = divmod(units, wanted)
        sizes = np.full(wanted, each, dtype=np.int64)
        sizes[:more] += 1
        ends = np.cumsum(sizes) * limits.multiple
        held = np.diff(sums[np.concatenate(([0], ends))], axis=0)
        if (held <= np.array(limits.most)).all():
            return [int(end) for end in ends]
    raise AssertionError("each multiple fits into a container of its own")
