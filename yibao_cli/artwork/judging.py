"""Judge an artwork against the place where it is to stand: kind of file, size, resolution, content."""

from __future__ import annotations

import importlib
import struct
import zlib
from typing import TYPE_CHECKING

from pikepdf import PdfError

from yibao_cli.artwork.facts import PICTURE_SUFFIXES, Facts, NotPrintableError, Verdict

if TYPE_CHECKING:
    from pathlib import Path

_TOLERANCE_MM = 1.5  # of the panel's size, as paper and fold have it (GB/T 1416)
_TOLERANCE_SHAPE = 0.02  # of a picture's width to height
_REFUSED_DPI, _DOUBTFUL_DPI = 100, 200
_LARGEST_BYTES = 100_000_000

# Which module reads which file. Each loads libraries that the others do not need.
_READERS = {
    ".pdf": "pdf",
    ".svg": "svg",
    ".png": "raster",
    ".jpg": "raster",
    ".jpeg": "raster",
}

# What the libraries raise at files that are no artwork (Pillow says SyntaxError of a damaged PNG).
_DAMAGE = (
    PdfError,
    OSError,
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    SyntaxError,
    AttributeError,
    RecursionError,
    NotImplementedError,
    struct.error,
    zlib.error,
    UserWarning,
)


def check_artwork(path: Path, panel_size: tuple[float, float]) -> Verdict:
    """Judge an artwork for a panel of that size in mm, which it must fill as it is."""
    return _judged(path, panel_size, _fills)


def check_picture(path: Path, size: tuple[float, float]) -> Verdict:
    """Judge a picture that is drawn in a rectangle of that size in mm, larger or smaller than it is."""
    return _judged(path, size, _has_shape)


def _judged(path: Path, size: tuple[float, float], fits: _Fit) -> Verdict:
    try:
        facts = examined(path)
    except NotPrintableError as refused:
        return Verdict(refused.rule, None, refused.what)
    if not fits(facts, size):
        return Verdict("C203")
    if facts.dpi is None:
        return Verdict()
    # A tenth is less than a file's own rounding of its size may cost.
    dpi = round(facts.dpi * min(facts.size[0] / size[0], facts.size[1] / size[1]), 1)
    if dpi < _REFUSED_DPI:
        return Verdict("C204")
    return Verdict(None, "C205" if dpi < _DOUBTFUL_DPI else None)


def examined(path: Path) -> Facts:
    """What a file is as an artwork; NotPrintableError when it cannot be printed at all."""
    suffix = path.suffix.lower()
    if suffix not in PICTURE_SUFFIXES:
        raise NotPrintableError("C202")
    try:
        if not path.is_file():
            raise NotPrintableError("C201")
        if path.stat().st_size > _LARGEST_BYTES:
            raise NotPrintableError("C211")
        reader = importlib.import_module(f"yibao_cli.artwork.{_READERS[suffix]}")
        facts: Facts = reader.examine(path)
    except _DAMAGE as error:
        raise NotPrintableError("C202") from error
    return facts


def _fills(facts: Facts, size: tuple[float, float]) -> bool:
    own = facts.size
    if not facts.fixed:
        # Scaled to the height, it may be as much too wide or too narrow as art of the right size may be.
        return abs(own[0] / own[1] * size[1] - size[0]) <= _TOLERANCE_MM
    return all(abs(a - b) <= _TOLERANCE_MM for a, b in zip(own, size, strict=True))


def _has_shape(facts: Facts, size: tuple[float, float]) -> bool:
    return abs(facts.size[0] / facts.size[1] / (size[0] / size[1]) - 1) <= _TOLERANCE_SHAPE


if TYPE_CHECKING:
    from collections.abc import Callable

    _Fit = Callable[[Facts, tuple[float, float]], bool]
