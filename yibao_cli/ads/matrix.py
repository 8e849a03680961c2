"""Rows of a linear program as they are gathered: each says which columns count, and between what bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


class Rows:
    """Rows of ones, as they are gathered."""

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.start: list[int] = [0]
        self.index: list[npt.NDArray[np.int64]] = []

    def add(self, columns: npt.NDArray[np.int64], *, lower: float = -np.inf, upper: float = np.inf) -> None:
        """Add a row with ones in these columns."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.index.append(columns)
        self.start.append(self.start[-1] + len(columns))


def gathered(
    first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]
) -> list[tuple[tuple[int, int], npt.NDArray[np.int64]]]:
    """Each different pair of numbers with the places where it stands."""
    if not len(first):
        return []
    order = np.lexsort((second, first))
    pairs = np.column_stack([first[order], second[order]])
    breaks = np.flatnonzero((pairs[1:] != pairs[:-1]).any(axis=1)) + 1
    starts = np.concatenate([[0], breaks])
    return [
        ((int(pairs[s][0]), int(pairs[s][1])), places)
        for s, places in zip(starts, np.split(order, breaks), strict=True)
    ]
