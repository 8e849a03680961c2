"""Shares with their denominators and 95 % intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

Z_95 = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its denominator and its 95 % interval; of nothing it is 0 and tells nothing."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself, 0 to 1."""
        return self.count / self.of if self.of else 0.0


def wilson(count: int, of: int) -> Rate:
    """A share with its Wilson 95 % interval, which stays within 0 and 1 and holds for few pieces too.

    Source: E. B. Wilson, JASA 22 (1927) 209.
    """
    if not of:
        return Rate(0, 0, 0.0, 1.0)
    share, z2 = count / of, Z_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Rate(count, of, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def reaches(promise: float, possible: int, of: int) -> bool:
    """Tell whether `possible` of `of` pieces are at least the promised share."""
    # Fractions: 0.9 of 10 pieces is exactly 9, which floats do not promise.
    return Fraction(str(promise)) * of <= possible
