"""Which piece bears which sheet, once each class's sheets are known.

Inside a class people stand by a keyed hash and the sheets by their ads, so who gets which has nothing to do
with anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.ads.colouring import NOBODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from yibao_cli.ads.colouring import Pattern


def assigned(
    member: npt.NDArray[np.int64],
    patterns: Sequence[Pattern],
    hashes: npt.NDArray[np.uint64],
    keys: Sequence[str],
) -> npt.NDArray[np.int16]:
    """Give each person a sheet: class by class, people by hash, sheets in their order, in blocks."""
    order = np.lexsort((hashes, member))
    if len(order) and bool(((np.diff(hashes[order]) == 0) & (np.diff(member[order]) == 0)).any()):
        order = np.lexsort((np.array(keys), hashes, member))  # two of one hash stand by their keys
    width = len(patterns[0].sheet) if patterns else 0
    slots = np.full((len(member), width), NOBODY, np.int16)
    if not patterns:
        return slots
    sheets = np.array([p.sheet for p in patterns], np.int16)
    slots[order] = np.repeat(sheets, [p.pieces for p in patterns], axis=0)
    return slots
