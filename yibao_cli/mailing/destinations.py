"""What pieces have in common: the walk, office, area or employer that they go to, as numbers that sort.

Texts become codes: the rank of each among the different ones, -1 where it is blank. 700,000 pieces are then a
few arrays of 32 bits, and a comparison of texts is one of numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Codes = NDArray[np.int32]

_POSTCODE = "postcode:"
_OFFICE = f"{_POSTCODE}6"
# What an area is known by: names of counties come twice in the country.
_AREAS = {"county": ("province", "city", "county"), "city": ("province", "city"), "province": ("province",)}


@dataclass(frozen=True, slots=True)
class Keys:
    """A code for each piece, in the order of what it stands for; -1 for a piece that has none.

    names: what stands on a label, by code; an Arrow array, for there may be as many doors as pieces.
    """

    codes: Codes
    names: pa.Array

    def named(self) -> list[str]:
        """The names as a list, by code."""
        found: list[str] = self.names.to_pylist()
        return found

    def name_of(self, row: int) -> str:
        """What the label of a row says; "" where it has no code."""
        code = int(self.codes[row])
        return "" if code < 0 else str(self.names[code].as_py())


def ranked(values: pd.Series[Any]) -> Keys:
    """The texts of a column as codes, in the order of their characters; blank and missing ones are -1."""
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    words = encoded.dictionary.cast(pa.string())
    order = pc.sort_indices(words).to_numpy()
    rank = np.empty(len(words), dtype=np.int32)
    rank[order] = np.arange(len(words), dtype=np.int32)
    places = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    codes = np.where(places < 0, np.int32(-1), rank[places] if len(rank) else np.int32(-1))
    names = words.take(pa.array(order))
    if len(names) and names[0].as_py() == "":  # blank sorts first
        return Keys((codes - 1).clip(-1).astype(np.int32), names.slice(1))
    return Keys(codes.astype(np.int32), names)


def ordered(values: pd.Series[Any]) -> NDArray[Any]:
    """Numbers in the order of a column: its own, or the codes of its texts."""
    return values.to_numpy() if values.dtype.kind in "iu" else ranked(values).codes


def destinations(frame: pd.DataFrame, by: str) -> Keys:
    """What each piece's destination is at a level `by`; the columns are those of `sorting.sort_pieces`."""
    if by == "all":
        return Keys(np.zeros(len(frame), dtype=np.int32), _texts([""]))
    if by == "office":
        return _prefixes(ranked(frame["postcode"]), _OFFICE)
    if by.startswith(_POSTCODE):
        return _prefixes(ranked(frame["postcode"]), by)
    if by == "employer":
        return _employers(frame)
    if by == "walk":
        return _walks(frame)
    parts = [ranked(frame[name]) for name in _AREAS[by]]
    return _combined(parts, parts[-1])


def _prefixes(postcodes: Keys, by: str) -> Keys:
    """The first digits of postcodes; one that is shorter names nothing."""
    digits = int(by.removeprefix(_POSTCODE))
    starts = [name[:digits] if len(name) >= digits else "" for name in postcodes.named()]
    names = sorted(set(starts) - {""})
    place = {name: i for i, name in enumerate(names)}
    new = np.array([*(place.get(s, -1) for s in starts), -1], dtype=np.int32)
    return Keys(new[postcodes.codes], _texts(names))


def _walks(frame: pd.DataFrame) -> Keys:
    """Walks: each office numbers its own from one, and where none is known each county."""
    walks, offices, counties = (ranked(frame[name]) for name in ("walk", "office", "county"))
    # Where the office is known its county says nothing more: walks cross the borders of counties.
    counties = Keys(np.where(offices.codes < 0, counties.codes, np.int32(-1)), counties.names)
    return _combined([offices, counties, walks], walks, labelled=(offices, walks))


def _employers(frame: pd.DataFrame) -> Keys:
    """Employers, in the order in which their doors are walked."""
    employers = ranked(frame["employer"])
    places = [ordered(frame[name]) for name in ("door", "road", "postcode")]
    way = np.lexsort((frame["row_id"].to_numpy(), *places))
    first = np.full(len(employers.names) + 1, len(frame), dtype=np.int64)
    np.minimum.at(first, employers.codes[way], np.arange(len(frame)))
    order = np.argsort(first[:-1], kind="stable")
    new = np.empty(len(order) + 1, dtype=np.int32)
    new[order] = np.arange(len(order), dtype=np.int32)
    new[-1] = -1
    return Keys(new[employers.codes], employers.names.take(pa.array(order)))


def _combined(parts: Sequence[Keys], needed: Keys, labelled: Sequence[Keys] = ()) -> Keys:
    """Several columns as one key, none where the needed one is blank; what its label says."""
    mixed = np.zeros(len(needed.codes), dtype=np.int64)
    for part in parts:
        mixed = mixed * (len(part.names) + 1) + part.codes + 1
    mixed[needed.codes < 0] = -1
    values, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
    blank = int(len(values) > 0 and values[0] == -1)
    shown = labelled or (needed,)
    labels = [" ".join(filter(None, (k.name_of(row) for k in shown))) for row in first[blank:]]
    return Keys((inverse - blank).astype(np.int32), _texts(labels))


def _texts(names: Sequence[str]) -> pa.Array:
    return pa.array(names, pa.string())
