"""Counts for the public: no cell so small that it tells of a person, none to be computed back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTS = ("posted", "delivered", "returned")


@dataclass(frozen=True, slots=True)
class Row:
    """A place and its counts, of COUNTS; None where they are not told."""

    place: str
    counts: tuple[int, ...] | None


def publishable(rows: Sequence[tuple[str, tuple[int, ...]]], smallest: int) -> list[Row]:
    """Tell or withhold the counts of each place; the total over all places is told besides.

    A place with a count between 1 and smallest - 1 is withheld. What is withheld must not follow from the
    total: while the withheld places together have such a count, or are one alone, the smallest of those that
    are left is withheld too.
    """
    withheld = {i for i, (_place, counts) in enumerate(rows) if any(0 < c < smallest for c in counts)}
    order = sorted((i for i in range(len(rows)) if i not in withheld), key=lambda i: (rows[i][1], rows[i][0]))
    while withheld and order and not _is_safe(rows, withheld, smallest):
        withheld.add(order.pop(0))
    return [Row(place, None if i in withheld else counts) for i, (place, counts) in enumerate(rows)]


def _is_safe(rows: Sequence[tuple[str, tuple[int, ...]]], withheld: set[int], smallest: int) -> bool:
    sums = [sum(column) for column in zip(*(rows[i][1] for i in withheld), strict=True)]
    return len(withheld) > 1 and not any(0 < total < smallest for total in sums)
