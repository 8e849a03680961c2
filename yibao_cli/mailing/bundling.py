"""Which pieces make a bundle 把: level by level, what none takes goes up to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.mailing.destinations import Keys, destinations, ordered
from yibao_cli.mailing.filling import Floor, Limits, fits
from yibao_cli.mailing.packing import MG, NO_LIMIT, UM, Containers, fill, runs, scaled
from yibao_cli.mailing.posting import LOOSE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from yibao_cli.kinds.sorting import Scheme
    from yibao_cli.mailing.packing import Numbers


def bundles_of(
    frame: pd.DataFrame, scheme: Scheme, loads: Numbers, keys: list[Keys], largest: int
) -> Containers:
    """All bundles, level by level; pieces are named by their row in the frame.

    frame, largest: as `sorting.sort_pieces` has them. loads: what `packing.piece_loads` says of them.
    keys: the destinations of each level.
    Raises SettingsError when pieces are too heavy or thick for a bundle.
    """
    limits = _limits(scheme, largest)
    _require_room(loads, limits)
    return _filled(scheme, (loads, _inside(frame, scheme), limits), keys)


def _limits(scheme: Scheme, largest: int) -> Limits:
    """Measures pieces, thickness, weight; nothing that would not go into a bag either."""
    bundle, bag = scheme.bundle, scheme.bag
    pieces = min(bundle.pieces, bag.pieces or NO_LIMIT, largest or NO_LIMIT)
    weights = [grams for grams in (bundle.weight_g, bag.weight_g) if grams is not None]
    return Limits(
        (pieces, scaled(bundle.thickness_mm, UM), scaled(min(weights, default=None), MG)),
        bundle.multiple,
        bundle.fill == "balanced",
    )


def _require_room(loads: Numbers, limits: Limits) -> None:
    if not fits(loads, limits):
        raise SettingsError(
            _("{count} pieces are too many, too thick or too heavy for a bundle").format(
                count=limits.multiple
            ),
            where="sorting",
            remedy=_("raise the limits of a bundle, or the pieces in a part, or print fewer sheets"),
        )


def _inside(frame: pd.DataFrame, scheme: Scheme) -> Numbers:
    """Place of each piece in the order in which a bundle is walked; the row decides at last."""
    keys: list[Any] = []
    for word in scheme.inside:
        keys += _order_of(frame, scheme, word)
    keys.append(frame["row_id"].to_numpy())
    order = np.lexsort(keys[::-1])
    places = np.empty(len(frame), dtype=np.int64)
    places[order] = np.arange(len(frame))
    return places


def _order_of(frame: pd.DataFrame, scheme: Scheme, word: str) -> Iterator[Any]:
    if word == "walk":
        yield destinations(frame, "walk").codes
    elif word == "number":
        yield from _house_numbers(frame["road_no"].to_numpy(np.int64), scheme.sides)
    elif word in {"kind", "row"}:
        yield frame["rank" if word == "kind" else "row_id"].to_numpy()
    else:
        yield ordered(frame[word])


def _house_numbers(numbers: Numbers, sides: str) -> Iterator[Numbers]:
    if sides == "mixed":
        yield numbers
        return
    even = (numbers % 2 == 0) & (numbers > 0)
    yield even.astype(np.int64)
    yield np.where(even & (sides == "loop"), -numbers, numbers)


def _filled(scheme: Scheme, pieces: tuple[Numbers, Numbers, Limits], keys: list[Keys]) -> Containers:
    loads, inside, limits = pieces
    made = Containers()
    free = np.ones(len(loads), dtype=bool)
    for index, level in enumerate(scheme.levels):
        floor = Floor(level.minimum, level.remainder)
        for key, rows in _groups(keys, index, inside, free):
            if loads[rows, 1].sum() < level.minimum_mm * UM:
                continue
            fill(made, (index, key), rows, (loads, limits, floor), free)
    # What no level took, in the order of the destinations that it would have had.
    nowhere = np.zeros(len(loads), dtype=np.int32)
    loose = [*keys, Keys(nowhere, pa.array([LOOSE_NAME]))]
    last = Limits(limits.most, 1, limits.balanced)
    for key, rows in _groups(loose, len(keys), inside, free):
        fill(made, (len(keys), key), rows, (loads, last, Floor(1, "stay")), free)
    return made


def _groups(
    keys: list[Keys], index: int, inside: Numbers, free: NDArray[np.bool_]
) -> Iterator[tuple[int, Numbers]]:
    """The free rows of each destination of a level, by their finer destinations, then as they are walked."""
    codes = keys[index].codes
    rows = np.flatnonzero(free & (codes >= 0))
    finer = [k.codes[rows] for k in keys[:index]]
    sorters: list[Any] = [inside[rows], *finer, codes[rows]]
    rows = rows[np.lexsort(sorters)]
    yield from runs(codes[rows], rows)
