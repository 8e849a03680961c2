"""Photos and scans of returned letters: opened page by page as gray pictures, and their codes read.

What a camera or a scanner sends is hostile until it is opened: kinds are few, and no page may be larger than
a whole envelope scanned at 600 dots per inch.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Gray = NDArray[np.uint8]

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf")
LARGEST = 60  # million pixels of one page
_FORMS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
_FORMATS = ("JPEG", "PNG", "TIFF")
_PDF_DPI = 200
_POINTS = 72
_LARGE = 9_000_000  # pixels above which enlarging costs more than it finds
_HUGE = 14_000_000  # pixels above which half the size is looked at first
_MODULE = 8  # cells over which light is taken as even
_BRIGHT = 160.0
_THUMBNAIL, _QUALITY = 640, 70
_STRETCH = 32  # rows
# Exchanges of two of nine pixels, row by row, that leave their median in the middle one.
_EXCHANGES: tuple[tuple[int, int], ...] = (
    (1, 2),
    (4, 5),
    (7, 8),
    (0, 1),
    (3, 4),
    (6, 7),
    (1, 2),
    (4, 5),
    (7, 8),
    (0, 3),
    (5, 8),
    (4, 7),
)
_EXCHANGES += ((3, 6), (1, 4), (2, 5), (4, 7), (4, 2), (6, 4), (4, 2))
# What Pillow and its decoders raise for broken files.
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file: its number from 1, and its gray picture, or the rule why there is none."""

    number: int
    picture: Image.Image | None
    rule: str = ""


def pages_of(path: Path) -> Iterator[Page]:
    """The pages of a JPEG, PNG, TIFF or PDF, one after the other; a page that cannot be used has a rule.

    Rules T118 and T119. A file that breaks off in the middle gives the pages before that.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError:
        yield Page(1, None, "T118")
        return
    yield from _pdf_pages(path) if head.startswith(b"%PDF-") else _picture_pages(path)


def read_codes(picture: Image.Image) -> tuple[str, ...]:
    """The Data Matrix codes of a gray picture, each once; nothing when none can be read.

    The picture is looked at as it is first, then without specks, under even light, enlarged: each way finds
    what the ways before it did not, and costs more. The first that finds anything ends the search.
    """
    for way in _ways(picture):
        found = zxingcpp.read_barcodes(way(), formats=_FORMS)
        texts = tuple(dict.fromkeys(code.text for code in found if code.text))
        if texts:
            return texts
    return ()


def thumbnail(picture: Image.Image) -> bytes:
    """A small JPEG of a picture, without what a camera writes beside it."""
    small = picture.copy()
    small.thumbnail((_THUMBNAIL, _THUMBNAIL))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()


def _ways(picture: Image.Image) -> Iterator[Callable[[], Gray]]:
    pixels = picture.width * picture.height
    if pixels > _HUGE:
        yield lambda: _array(picture.reduce(2))
    yield lambda: _array(picture)
    yield lambda: without_specks(_array(picture))
    yield lambda: _evenly_lit(picture)
    yield lambda: _evenly_lit(picture.filter(ImageFilter.GaussianBlur(1.2)))
    yield lambda: _array(ImageOps.autocontrast(picture.reduce(2), cutoff=1))
    if pixels <= _LARGE:
        yield lambda: _array(_enlarged(ImageOps.autocontrast(picture, cutoff=1)))
        yield lambda: _array(_enlarged(picture).filter(ImageFilter.UnsharpMask(4, 300, 0)))


def without_specks(pixels: Gray) -> Gray:
    """The median of each pixel and its eight neighbours: Pillow's MedianFilter(3), in a fraction of its time.

    A network of nineteen exchanges leaves the median in the middle (A. W. Paeth, Graphics Gems, 1990). It
    goes over the picture in stretches that stay in the processor's cache.
    """
    wide = np.pad(pixels, 1, mode="edge")
    height, width = pixels.shape
    result = np.empty_like(pixels)
    for top in range(0, height, _STRETCH):
        rows = min(_STRETCH, height - top)
        nine = [wide[top + y : top + y + rows, x : x + width] for y in range(3) for x in range(3)]
        for low, high in _EXCHANGES:
            nine[low], nine[high] = np.minimum(nine[low], nine[high]), np.maximum(nine[low], nine[high])
        result[top : top + rows] = nine[4]
    return result


def _enlarged(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)


def _evenly_lit(picture: Image.Image) -> Gray:
    """Each pixel against the light around it."""
    small = picture.reduce(_MODULE) if min(picture.size) >= _MODULE else picture
    light = small.filter(ImageFilter.GaussianBlur(_MODULE)).resize(picture.size, Image.Resampling.BILINEAR)
    even = _array(picture).astype(np.float32) / np.maximum(_array(light), 1) * _BRIGHT
    result: Gray = even.clip(0, 255).astype(np.uint8)
    return result


def _array(picture: Image.Image) -> Gray:
    return np.asarray(picture, dtype=np.uint8)


def _picture_pages(path: Path) -> Iterator[Page]:
    number = 0
    try:
        with Image.open(path, formats=_FORMATS) as image:
            while True:
                number += 1
                yield _gray_page(image, number)
                if image.format != "TIFF":  # a telephone's second picture is the same letter, smaller
                    return
                try:
                    image.seek(image.tell() + 1)
                except EOFError:
                    return
    except _BROKEN:
        yield Page(max(number, 1), None, "T118")


def _gray_page(image: Image.Image, number: int) -> Page:
    # The size is known before a pixel is unpacked.
    if image.width * image.height > LARGEST * 1_000_000:
        return Page(number, None, "T119")
    return Page(number, image.convert("L"))


def _pdf_pages(path: Path) -> Iterator[Page]:
    import pypdfium2 as pdfium  # noqa: PLC0415 - only where a PDF comes

    try:
        document = pdfium.PdfDocument(path)
    except (pdfium.PdfiumError, OSError):
        yield Page(1, None, "T118")
        return
    try:
        for index in range(len(document)):
            yield _pdf_page(document, index)
    finally:
        document.close()


def _pdf_page(document: Any, index: int) -> Page:
    import pypdfium2 as pdfium  # noqa: PLC0415 - only where a PDF comes

    try:
        page = document[index]
    except pdfium.PdfiumError:
        return Page(index + 1, None, "T118")
    scale = _PDF_DPI / _POINTS
    if page.get_width() * page.get_height() * scale * scale > LARGEST * 1_000_000:
        return Page(index + 1, None, "T119")
    return Page(index + 1, page.render(scale=scale, grayscale=True).to_pil().convert("L"))
