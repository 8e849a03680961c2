"""Sort a mailing: which pieces make a bundle 把, which bundles a bag 袋, and in what order all is printed.

Print order is bag order, in each bag bundle order, in each bundle the order in which it is walked: what comes
out of the printer is the sorted mail. Finest level first; what a level does not take goes up to the next.
Source: 国内邮件处理规则; the posts that templates/common/sorting.toml names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.sorting import LOOSE
from yibao_cli.mailing.destinations import Keys, destinations, ordered
from yibao_cli.mailing.filling import Floor, Limits, cuts, fits
from yibao_cli.mailing.posting import LOOSE_NAME, MIXED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from yibao_cli.kinds.sorting import BagLevel, BundleLevel, Scheme

    Numbers = NDArray[np.int64]

_NO_LIMIT = 2**62
_NUMBERS = ("position", "bundle", "bag")
_NAMES = ("level", "destination", "bag_level", "bag_destination")
_MG, _UM = 1000, 1000  # mg in a gram, micrometres in a millimetre


@dataclass
class Containers:
    """Bundles or bags as they are made: for each its level, destination, and its entries in order."""

    levels: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    entries: list[Numbers] = field(default_factory=list)

    def add(self, level: int, key: int, entries: Numbers) -> None:
        """Make one more."""
        self.levels.append(level)
        self.keys.append(key)
        self.entries.append(entries)

    @property
    def sizes(self) -> Numbers:
        """Entries of each."""
        return np.array([len(e) for e in self.entries], dtype=np.int64)

    def all_entries(self) -> Numbers:
        """The entries of all, one container after another."""
        return np.concatenate([np.empty(0, dtype=np.int64), *self.entries])


def sort_pieces(frame: pd.DataFrame, scheme: Scheme, largest: int = 0) -> pd.DataFrame:
    """Make bundles and bags of a mailing's pieces.

    frame, a row a piece in any order:
      row_id        int64  unique
      rank          int    place in the kind's own order; only where the scheme's `inside` names `kind`
      postcode, county, city, province, walk, office, employer   text, "" where unknown
      road, door    text, or its rank among all
      road_no       int    number of the house on its road, 0 where there is none
      weight_mg, thickness_um   int
      and a column for each other word of `inside`
    largest: pieces that a bundle may have whatever the scheme says, 0 for no limit (a part holds whole ones).

    Returns a row a piece in print order: row_id, position (from 1), bundle (from 1), bag (from 1), level and
    destination of the bundle, bag_level and bag_destination. Every piece is in one bundle and every bundle in
    one bag; no limit of the scheme is broken; the same pieces in another order give the same.
    Raises SettingsError when pieces are too heavy or thick for a bundle of the scheme.
    """
    limits = _bundle_limits(scheme, largest)
    loads = _piece_loads(frame)
    _require_room(loads, limits)
    keys = [destinations(frame, level.by) for level in scheme.levels]
    bundles = _bundles(scheme, (loads, _inside(frame, scheme), limits), keys)
    bags = _bags(scheme, loads, bundles, frame)
    return _numbered(frame, scheme, (bundles, bags), keys)


def sort_in_turn(turns: Sequence[pd.DataFrame], scheme: Scheme, largest: int = 0) -> pd.DataFrame:
    """Sort pieces turn by turn, each as `sort_pieces` does: all of the first come before those of the next.

    No bundle and no bag holds pieces of two turns; positions and numbers go on from turn to turn.
    """
    found: list[pd.DataFrame] = []
    for frame in [f for f in turns if len(f)] or turns[:1]:
        placed = sort_pieces(frame.reset_index(drop=True), scheme, largest)
        for name in _NUMBERS if found else ():
            placed[name] += found[-1][name].max()
        found.append(placed)
    if len(found) == 1:
        return found[0]
    for name in _NAMES:
        words = union_categoricals([f[name] for f in found]).categories
        found = [f.assign(**{name: f[name].cat.set_categories(words)}) for f in found]
    return pd.concat(found, ignore_index=True)


# ---------------------------------------------------------------- bundles


def _bundle_limits(scheme: Scheme, largest: int) -> Limits:
    """Measures pieces, thickness, weight; nothing that would not go into a bag either."""
    bundle, bag = scheme.bundle, scheme.bag
    pieces = min(bundle.pieces, bag.pieces or _NO_LIMIT, largest or _NO_LIMIT)
    weights = [grams for grams in (bundle.weight_g, bag.weight_g) if grams is not None]
    return Limits(
        (pieces, _scaled(bundle.thickness_mm, _UM), _scaled(min(weights, default=None), _MG)),
        bundle.multiple,
        bundle.fill == "balanced",
    )


def _scaled(amount: float | None, unit: int) -> int:
    return _NO_LIMIT if amount is None else round(amount * unit)


def _piece_loads(frame: pd.DataFrame) -> Numbers:
    ones = np.ones(len(frame), dtype=np.int64)
    return np.column_stack(
        [ones, frame["thickness_um"].to_numpy(np.int64), frame["weight_mg"].to_numpy(np.int64)]
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


def _bundles(scheme: Scheme, pieces: tuple[Numbers, Numbers, Limits], keys: list[Keys]) -> Containers:
    """All bundles, level by level; pieces are named by their row in the frame."""
    loads, inside, limits = pieces
    made = Containers()
    free = np.ones(len(loads), dtype=bool)
    for index, level in enumerate(scheme.levels):
        floor = Floor(level.minimum, level.remainder)
        for key, rows in _groups(keys, index, inside, free):
            if loads[rows, 1].sum() < level.minimum_mm * _UM:
                continue
            _fill(made, (index, key), rows, (loads, limits, floor), free)
    # What no level took, in the order of the destinations that it would have had.
    nowhere = np.zeros(len(loads), dtype=np.int32)
    loose = [*keys, Keys(nowhere, pa.array([LOOSE_NAME]))]
    last = Limits(limits.most, 1, limits.balanced)
    for key, rows in _groups(loose, len(keys), inside, free):
        _fill(made, (len(keys), key), rows, (loads, last, Floor(1, "stay")), free)
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
    yield from _runs(codes[rows], rows)


def _runs(sorted_codes: NDArray[Any], rows: Numbers) -> Iterator[tuple[int, Numbers]]:
    if not len(rows):
        return
    starts = np.flatnonzero(np.diff(sorted_codes, prepend=sorted_codes[0] - 1))
    for start, stop in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield int(sorted_codes[start]), rows[start:stop]


def _fill(
    made: Containers,
    place: tuple[int, int],
    rows: Numbers,
    rules: tuple[Numbers, Limits, Floor],
    free: NDArray[np.bool_],
) -> None:
    loads, limits, floor = rules
    start = 0
    for end in cuts(loads[rows], limits, floor):
        made.add(*place, rows[start:end])
        start = end
    free[rows[:start]] = False


# ---------------------------------------------------------------- bags


def _bags(
    scheme: Scheme, loads: Numbers, bundles: Containers, frame: pd.DataFrame
) -> tuple[Containers, list[list[str]]]:
    """All bags of the bundles, and what the labels of each level's destinations say."""
    sizes = bundles.sizes
    starts = np.cumsum(sizes) - sizes
    rows = bundles.all_entries()
    totals = np.add.reduceat(loads[rows], starts, axis=0) if len(rows) else np.empty((0, 3), dtype=np.int64)
    weights = np.column_stack([totals[:, 0], totals[:, 2], np.ones(len(totals), dtype=np.int64)])
    bag = scheme.bag
    limits = Limits((bag.pieces or _NO_LIMIT, _scaled(bag.weight_g, _MG), bag.bundles or _NO_LIMIT))
    made = Containers()
    free = np.ones(len(sizes), dtype=bool)
    names: list[list[str]] = []
    for index, level in enumerate(scheme.bags):
        keys = destinations(frame, level.by)
        names.append(keys.named())
        codes = _common(keys.codes[rows], starts)
        chosen = np.flatnonzero(free & (codes >= 0))
        chosen = chosen[np.argsort(codes[chosen], kind="stable")]
        for key, entries in _runs(codes[chosen], chosen):
            _fill(made, (index, key), entries, (weights, limits, Floor(level.minimum, level.remainder)), free)
    names.append([MIXED])
    if rest := np.flatnonzero(free).tolist():
        place = (len(scheme.bags), 0)
        _fill(made, place, np.array(rest, dtype=np.int64), (weights, limits, Floor(1, "stay")), free)
    return made, names


def _common(codes: NDArray[np.int32], starts: Numbers) -> NDArray[np.int32]:
    """The code that all pieces of a bundle have; -1 where they differ."""
    if not len(starts):
        return codes
    least, most = np.minimum.reduceat(codes, starts), np.maximum.reduceat(codes, starts)
    return np.where(least == most, least, np.int32(-1)).astype(np.int32)


# ---------------------------------------------------------------- numbers


def _numbered(
    frame: pd.DataFrame,
    scheme: Scheme,
    made: tuple[Containers, tuple[Containers, list[list[str]]]],
    keys: list[Keys],
) -> pd.DataFrame:
    """The pieces in print order with the numbers of their bundle and bag."""
    bundles, (bags, bag_names) = made
    order = bags.all_entries()  # bundles in the order of the bags
    rows = np.concatenate([np.empty(0, dtype=np.int64), *(bundles.entries[b] for b in order)])
    sizes = bundles.sizes[order]
    bag_of = np.repeat(np.arange(len(bags.levels)), bags.sizes)
    names = [*(k.named() for k in keys), [LOOSE_NAME]]
    levels, bag_levels = _level_ids(scheme.levels), _level_ids(scheme.bags)
    by_bundle = pd.DataFrame(
        {
            "bundle": np.arange(1, len(order) + 1, dtype=np.int32),
            "bag": (bag_of + 1).astype(np.int32),
            "level": pd.Categorical([levels[bundles.levels[b]] for b in order]),
            "destination": pd.Categorical([names[bundles.levels[b]][bundles.keys[b]] for b in order]),
            "bag_level": pd.Categorical([bag_levels[bags.levels[b]] for b in bag_of]),
            "bag_destination": pd.Categorical([bag_names[bags.levels[b]][bags.keys[b]] for b in bag_of]),
        }
    )
    pieces = by_bundle.loc[by_bundle.index.repeat(sizes)].reset_index(drop=True)
    pieces.insert(0, "position", np.arange(1, len(rows) + 1, dtype=np.int64))
    pieces.insert(0, "row_id", frame["row_id"].to_numpy()[rows])
    return pieces


def _level_ids(levels: Sequence[BundleLevel | BagLevel]) -> list[str]:
    """Ids of levels, with that of what none of them took."""
    return [*(level.id for level in levels), LOOSE]
