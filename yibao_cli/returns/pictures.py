"""Photos and scans of returned letters: opened page by page as gray pictures, and their codes read.

What a camera or a scanner sends is hostile until it is opened: kinds are few, and no page may be larger than
a whole envelope scanned at 600 dots per inch.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from yibao_cli.returns.places import likely_places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from yibao_cli.returns.places import Place

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf")
LARGEST = 60  # million pixels of one page
_FORMS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
_FORMATS = ("JPEG", "PNG", "TIFF")
_PDF_DPI = 200
_POINTS = 72
_THUMBNAIL, _QUALITY = 640, 70
# A place is cut out with as much around it, of its side to each side, and brought to one size in pixels.
_AROUND, _CUT = 1.3, 400
_MARGIN, _PAPER = 20, 225  # pixels put around what is read, and their shade
_LOCAL, _GLOBAL = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram
_SOFT, _SMALL_SHARP, _SHARP = (
    ImageFilter.GaussianBlur(2),
    ImageFilter.UnsharpMask(3, 200, 0),
    ImageFilter.UnsharpMask(6, 250, 0),
)
# How a place is looked at, by what found most among photos of our own making: at half the size grain and
# specks are gone; what is left is smoothed or sharpened, and a code afar enlarged.
_WAYS: tuple[tuple[Callable[[Image.Image], Image.Image], zxingcpp.Binarizer], ...] = (
    (lambda cut: cut.reduce(2), _LOCAL),
    (lambda cut: cut.reduce(2), _GLOBAL),
    (lambda cut: cut.reduce(2).filter(_SMALL_SHARP), _LOCAL),
    (lambda cut: cut.reduce(3), _GLOBAL),
    (lambda cut: cut.filter(_SOFT), _LOCAL),
    (lambda cut: cut.filter(_SOFT).filter(_SHARP), _GLOBAL),
    (lambda cut: cut.resize((cut.width * 8 // 5, cut.height * 8 // 5), Image.Resampling.BICUBIC), _LOCAL),
)
# The whole picture at last, for a code that fills it: pixels that it may have, and how far it is smoothed.
_WHOLES = ((1_000_000, 0.0), (2_500_000, 1.0))
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


def read_codes(picture: Image.Image, wanted: Callable[[str], bool] = bool) -> tuple[str, ...]:
    """The Data Matrix codes of a gray picture, each once; nothing when none can be read.

    First the places that may be a code are looked at, in one way after the other, all of them in each; then
    the whole picture. The first look that finds a wanted text ends it; what was found before comes, too.
    """
    texts: dict[str, None] = {}
    for look in _looks(picture):
        texts |= dict.fromkeys(look())
        if any(map(wanted, texts)):
            break
    return tuple(texts)


def thumbnail(picture: Image.Image) -> bytes:
    """A small JPEG of a picture, without what a camera writes beside it."""
    small = picture.copy()
    small.thumbnail((_THUMBNAIL, _THUMBNAIL))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()


def _looks(picture: Image.Image) -> Iterator[Callable[[], Iterator[str]]]:
    """Each finds what the ones before it did not, and costs more; together a fifth of a second."""
    crops = [_cut_out(picture, place) for place in likely_places(picture)]
    for way, binarizer in _WAYS:
        yield partial(_texts_of, map(way, crops), binarizer)
    for pixels, blur in _WHOLES:
        yield partial(_texts_of, [_smaller(picture, pixels).filter(ImageFilter.GaussianBlur(blur))])


def _texts_of(pictures: Iterable[Image.Image], binarizer: zxingcpp.Binarizer = _LOCAL) -> Iterator[str]:
    for picture in pictures:
        # A code that ends at the edge of a picture is overlooked.
        pixels = np.pad(np.asarray(picture), _MARGIN, constant_values=_PAPER)
        found = zxingcpp.read_barcodes(
            pixels, formats=_FORMS, try_downscale=False, try_invert=False, binarizer=binarizer
        )
        yield from (code.text for code in found if code.text)


def _cut_out(picture: Image.Image, place: Place) -> Image.Image:
    """The square around a place, in the size in which a code is read best, from black to white."""
    reach = place.side * _AROUND
    box = (place.x - reach, place.y - reach, place.x + reach, place.y + reach)
    left, top, right, bottom = (round(v) for v in box)
    cut = picture.crop((max(left, 0), max(top, 0), min(right, picture.width), min(bottom, picture.height)))
    scale = _CUT / max(cut.size)
    size = (max(1, round(cut.width * scale)), max(1, round(cut.height * scale)))
    taken = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    return ImageOps.autocontrast(cut.resize(size, taken), cutoff=1)


def _smaller(picture: Image.Image, pixels: int) -> Image.Image:
    step = round((picture.width * picture.height / pixels) ** 0.5)
    return picture.reduce(step) if step > 1 else picture


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
    image.draft("L", None)  # of a JPEG only the shades are unpacked
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
