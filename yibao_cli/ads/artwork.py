"""Artwork: whether a file can be printed on a panel, judged by its size and resolution."""

from __future__ import annotations

import struct
import warnings
import zlib
from typing import TYPE_CHECKING

import pikepdf
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

_MM_PER_POINT = 25.4 / 72
_TOLERANCE_MM = 1.5  # of the panel's size, as paper and fold have it (GB/T 1416)
_REFUSED_DPI, _DOUBTFUL_DPI = 100, 200
_LARGEST_PIXELS = 60_000_000
_SUFFIXES = {".pdf", ".png", ".jpg", ".jpeg"}
# What the two libraries raise at files that are no artwork (Pillow says SyntaxError of a damaged PNG).
_DAMAGE = (
    pikepdf.PdfError,
    OSError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    SyntaxError,
    AttributeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def check_artwork(path: Path, panel_size: tuple[float, float]) -> tuple[str | None, str | None]:
    """Judge an artwork for a panel of that size in mm.

    Returns (rule that forbids it, rule that warns of it); None where there is none.
    """
    if path.suffix.lower() not in _SUFFIXES:
        return "C202", None
    try:
        if not path.is_file():
            return "C201", None
        if path.suffix.lower() == ".pdf":
            return _check_pdf(path, panel_size), None
        return _check_image(path, panel_size)
    except _DAMAGE:
        return "C202", None


def _check_pdf(path: Path, panel_size: tuple[float, float]) -> str | None:
    with pikepdf.open(path) as art:
        page = art.pages[0]
        left, bottom, right, top = (float(v) for v in page.trimbox)
        turned = int(page.rotation) % 180 != 0
    size = (abs(right - left) * _MM_PER_POINT, abs(top - bottom) * _MM_PER_POINT)
    size = size[::-1] if turned else size
    fits = all(abs(a - b) <= _TOLERANCE_MM for a, b in zip(size, panel_size, strict=True))
    return None if fits else "C203"


def _check_image(path: Path, panel_size: tuple[float, float]) -> tuple[str | None, str | None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(path) as image:
            width, height = image.size
            if width * height > _LARGEST_PIXELS:
                return "C202", None
            image.verify()
        with Image.open(path) as image:
            image.load()  # to the last row: a JPEG that was cut off passes `verify`
    if abs(width / height * panel_size[1] - panel_size[0]) > _TOLERANCE_MM:
        return "C203", None
    dpi = width / (panel_size[0] / 25.4)
    if dpi < _REFUSED_DPI:
        return "C204", None
    return None, "C205" if dpi < _DOUBTFUL_DPI else None
