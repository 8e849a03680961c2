"""Which bundles make a bag 袋: what no level takes goes into mixed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yibao_cli.mailing.destinations import destinations
from yibao_cli.mailing.filling import Floor, Limits
from yibao_cli.mailing.packing import MG, NO_LIMIT, Containers, fill, runs, scaled
from yibao_cli.mailing.posting import MIXED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from yibao_cli.kinds.sorting import Scheme
    from yibao_cli.mailing.packing import Numbers


def bags_of(
    scheme: Scheme, loads: Numbers, bundles: Containers, frame: pd.DataFrame
) -> tuple[Containers, list[list[str]]]:
    """All bags of the bundles, and what the labels of each level's destinations say."""
    sizes = bundles.sizes
    starts = np.cumsum(sizes) - sizes
    rows = bundles.all_entries()
    totals = np.add.reduceat(loads[rows], starts, axis=0) if len(rows) else np.empty((0, 3), dtype=np.int64)
    weights = np.column_stack([totals[:, 0], totals[:, 2], np.ones(len(totals), dtype=np.int64)])
    bag = scheme.bag
    limits = Limits((bag.pieces or NO_LIMIT, scaled(bag.weight_g, MG), bag.bundles or NO_LIMIT))
    made = Containers()
    free = np.ones(len(sizes), dtype=bool)
    names: list[list[str]] = []
    for index, level in enumerate(scheme.bags):
        keys = destinations(frame, level.by)
        names.append(keys.named())
        codes = _common(keys.codes[rows], starts)
        chosen = np.flatnonzero(free & (codes >= 0))
        chosen = chosen[np.argsort(codes[chosen], kind="stable")]
        for key, entries in runs(codes[chosen], chosen):
            fill(made, (index, key), entries, (weights, limits, Floor(level.minimum, level.remainder)), free)
    names.append([MIXED])
    if rest := np.flatnonzero(free).tolist():
        place = (len(scheme.bags), 0)
        fill(made, place, np.array(rest, dtype=np.int64), (weights, limits, Floor(1, "stay")), free)
    return made, names


def _common(codes: NDArray[np.int32], starts: Numbers) -> NDArray[np.int32]:
    """The code that all pieces of a bundle have; -1 where they differ."""
    if not len(starts):
        return codes
    least, most = np.minimum.reduceat(codes, starts), np.maximum.reduceat(codes, starts)
    return np.where(least == most, least, np.int32(-1)).astype(np.int32)
