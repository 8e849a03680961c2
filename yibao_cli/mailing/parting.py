"""Where a print file ends: at the end of a bundle, and of a bag if that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.errors import InternalError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from numpy.typing import NDArray


def part_sizes(bundles: NDArray[np.int32], bags: NDArray[np.int32], most: int) -> list[int]:
    """Pieces of each part of a sorted mailing, at most `most` each.

    bundles, bags: number of the bundle and bag of each piece, in print order. No bundle lies in two parts; a
    bag that fits into one part lies in one. No bundle may have more than `most` pieces.
    """
    ends_of_bags, ends_of_bundles = _ends(bags), _ends(bundles)
    sizes: list[int] = []
    start = 0
    for stop in _stops(ends_of_bags, ends_of_bundles, most):
        sizes.append(stop - start)
        start = stop
    return sizes


def _stops(bags: NDArray[np.int64], bundles: NDArray[np.int64], most: int) -> list[int]:
    """Ends of the parts: as many whole bags as fit, and bundles of a bag that fits into no part."""
    stops: list[int] = []
    start, total = 0, int(bags[-1]) if len(bags) else 0
    while start < total:
        stop = _last(bags, start, most)
        if stop == start:  # the next bag is larger than a part, or fits into the next one
            stop = _last(bundles, start, most)
        if stop == start:
            raise InternalError(_("a bundle is larger than a part"))
        stops.append(stop)
        start = stop
    return stops


def _last(ends: NDArray[np.int64], start: int, most: int) -> int:
    """The last end that is at most `most` behind the start; the start itself where there is none."""
    found = int(np.searchsorted(ends, start + most, side="right"))
    return max(start, int(ends[found - 1])) if found else start


def _ends(numbers: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where each run of equal numbers ends."""
    if not len(numbers):
        return np.empty(0, dtype=np.int64)
    return np.append(np.flatnonzero(np.diff(numbers)) + 1, len(numbers)).astype(np.int64)
