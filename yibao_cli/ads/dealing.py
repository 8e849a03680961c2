"""From so many pieces of each sheet, as the program of few sheets gives them, to who gets which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.ads.colouring import Pattern
from yibao_cli.ads.rounding import WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from yibao_cli.ads.problem import Problem
    from yibao_cli.ads.sheets import Choice

HOUSE = 0  # number of the sheet without any paid ad, which always stays


def whole_pieces(
    problem: Problem, choice: Choice, pieces: Sequence[tuple[int, int, float]]
) -> dict[tuple[int, int], int]:
    """Whole pieces of (class, sheet): rounded down, then one more of what was cut most, within quotas."""
    given = {(cls, sheet): int(z + WHOLE) for cls, sheet, z in pieces}
    left, printed = choice.sizes.copy(), np.zeros(len(problem.contracts), np.int64)
    for (cls, sheet), count in given.items():
        left[cls] -= count
        printed += (count * choice.carries[sheet]).astype(np.int64)
    loose = [(z - given[cls, sheet], cls, sheet) for cls, sheet, z in pieces if sheet != HOUSE]
    for part, cls, sheet in sorted(loose, key=lambda row: (-row[0], row[1:])):
        ads = choice.carries[sheet] > 0
        if part > WHOLE and left[cls] and (printed[ads] < problem.quotas[ads]).all():
            given[cls, sheet] += 1
            left[cls] -= 1
            printed[ads] += 1
    for cls, count in enumerate(left.tolist()):
        given[cls, HOUSE] = given.get((cls, HOUSE), 0) + count
    return {place: count for place, count in sorted(given.items()) if count}


def dealt(problem: Problem, choice: Choice, given: dict[tuple[int, int], int]) -> list[Pattern]:
    """The pieces of people with one mask, shared among the problem's classes in proportion."""
    found = []
    for group in range(len(choice.sizes)):
        classes = np.flatnonzero(choice.member == group)
        left, rest = problem.sizes[classes].copy(), int(problem.sizes[classes].sum())
        for sheet, count in [(sheet, n) for (cls, sheet), n in given.items() if cls == group]:
            part = _shares(left, count, rest)
            rest -= count
            left -= part
            arranged = choice.sheets[sheet]
            found += [Pattern(int(c), arranged, n) for c, n in zip(classes, part.tolist(), strict=True) if n]
    return sorted(found, key=lambda p: (p.cls, p.sheet))


def _shares(left: npt.NDArray[np.int64], count: int, total: int) -> npt.NDArray[np.int64]:
    """Share pieces among classes by what is left of each; whole, and never more than there is."""
    part: npt.NDArray[np.int64] = left * count // max(total, 1)
    cut = left * count - part * total
    for n in np.argsort(-cut, kind="stable")[: count - int(part.sum())]:
        part[n] += 1  # something was cut off it, so there is room
    return part
