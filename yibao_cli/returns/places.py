"""Where in a photo a code may stand: small squares, rough all over, as a Data Matrix is and a text is not.

The search is made on a picture of about a thousand pixels, where a code of half a millimetre a module is
rough still. What it finds is looked at in full, so that costly ways of reading go over a part of the photo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Reals = NDArray[np.float32]

_LONGEST = 1100  # pixels of the longer side of the picture that is searched
_SIDES = (21, 30, 45, 66, 96)  # pixels of a code's side there: from a whole sheet afar to a panel near by
_CELL = 3  # pixels; roughness is summed by cells
_MOST = 6  # places
_SHADE = 8  # pixels over which light is taken as even
_DARKEST = 0.5  # of the light of a bright place; below it the grain of a dark table would count as rough
_BRIGHT = 90  # percentile
_FAVOUR = 0.35  # the exponent of a side by which a larger square counts more: it lies in the code, too
_APART = 0.75  # of a side


class Place(NamedTuple):
    """A square of a picture, in its pixels: the middle, and the side."""

    x: int
    y: int
    side: int


class _Squares(NamedTuple):
    """How rough each square of one side is: half its side, and scores by its top left corner, in cells."""

    side: int
    half: int
    scores: Reals


def likely_places(picture: Image.Image) -> tuple[Place, ...]:
    """The places of a gray picture that look most like a code, the likeliest first; none where all is even.

    A square counts for as much as its smoothest quarter: between lines of text there is white.
    """
    step = max(1, round(max(picture.size) / _LONGEST))
    cells = _roughness(picture.reduce(step) if step > 1 else picture)
    found = _best(list(_squares(cells)))
    return tuple(Place(x * step, y * step, side * step) for x, y, side in found)


def _roughness(picture: Image.Image) -> Reals:
    """What neighbours differ by against the light around, squared: means by cells, above their median."""
    pixels = np.asarray(picture, dtype=np.float32) / _light(picture)
    down, right = np.diff(pixels, axis=0), np.diff(pixels, axis=1)
    rough = np.zeros_like(pixels)
    rough[:-1] += down * down
    rough[:, :-1] += right * right
    high, wide = (n // _CELL for n in rough.shape)
    cut = rough[: high * _CELL, : wide * _CELL]
    cells: Reals = cut.reshape(high, _CELL, wide, _CELL).mean((1, 3), dtype=np.float32)
    # A glossy edge or a speck must not make up for a square that is even elsewhere.
    cells = np.minimum(cells, 0.25)
    return np.maximum(cells - np.median(cells), 0) if cells.size else cells


def _light(picture: Image.Image) -> Reals:
    shades = picture.reduce(_SHADE) if min(picture.size) >= _SHADE else picture
    shades = shades.filter(ImageFilter.GaussianBlur(_SHADE - 2))
    least = max(4.0, _DARKEST * float(np.percentile(np.asarray(shades), _BRIGHT)))
    light = np.asarray(shades.resize(picture.size, Image.Resampling.BILINEAR), dtype=np.float32)
    return np.maximum(light, np.float32(least))


def _squares(cells: Reals) -> Iterator[_Squares]:
    high, wide = cells.shape
    sums = np.zeros((high + 1, wide + 1))
    sums[1:, 1:] = cells.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    for side in _SIDES:
        n = round(side / _CELL / 2)
        if min(high, wide) < 2 * n:
            return
        quarter = (sums[n:, n:] - sums[:-n, n:] - sums[n:, :-n] + sums[:-n, :-n]) / n**2
        upper = np.minimum(quarter[:-n, :-n], quarter[:-n, n:])
        lower = np.minimum(quarter[n:, :-n], quarter[n:, n:])
        yield _Squares(side, n, (np.minimum(upper, lower) * side**_FAVOUR).astype(np.float32))


def _best(squares: list[_Squares]) -> Iterator[tuple[int, int, int]]:
    """(x, y, side) of the roughest squares, none beside another."""
    for _turn in range(_MOST if squares else 0):
        best = max(squares, key=lambda s: float(s.scores.max()))
        row, column = np.unravel_index(int(best.scores.argmax()), best.scores.shape)
        if best.scores[row, column] <= 0:
            return
        y, x = int(row) + best.half, int(column) + best.half
        yield x * _CELL, y * _CELL, best.side
        apart = max(1, round(best.side * _APART / _CELL))
        for other in squares:
            top, left = y - other.half, x - other.half
            rows = slice(max(0, top - apart), max(0, top + apart + 1))
            other.scores[rows, max(0, left - apart) : max(0, left + apart + 1)] = 0
