"""Sort a mailing: which pieces make a bundle 把, which bundles a bag 袋, and in what order all is printed.

Print order is bag order, in each bag bundle order, in each bundle the order in which it is walked: what comes
out of the printer is the sorted mail. Finest level first; what a level does not take goes up to the next.
Source: 国内邮件处理规则; the posts that templates/common/sorting.toml names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from yibao_cli.kinds.sorting import LOOSE
from yibao_cli.mailing.bagging import bags_of
from yibao_cli.mailing.bundling import bundles_of
from yibao_cli.mailing.destinations import destinations
from yibao_cli.mailing.packing import piece_loads
from yibao_cli.mailing.posting import LOOSE_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.kinds.sorting import BagLevel, BundleLevel, Scheme
    from yibao_cli.mailing.destinations import Keys
    from yibao_cli.mailing.packing import Containers

_NUMBERS = ("position", "bundle", "bag")
_NAMES = ("level", "destination", "bag_level", "bag_destination")


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
    loads = piece_loads(frame)
    keys = [destinations(frame, level.by) for level in scheme.levels]
    bundles = bundles_of(frame, scheme, loads, keys, largest)
    bags = bags_of(scheme, loads, bundles, frame)
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
