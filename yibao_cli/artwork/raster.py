"""PNG and JPEG: pixels, orientation, colours; and the picture as a PDF can hold it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from PIL import Image, ImageOps

from yibao_cli.artwork.facts import LARGEST_PIXELS, MM_PER_POINT, Facts, NotPrintableError

if TYPE_CHECKING:
    from pathlib import Path

_ORIENTATION = 0x0112  # EXIF
_COLOURS = {"CMYK": "cmyk", "YCbCr": "rgb", "LAB": "lab"}
_FORMATS = ("PNG", "JPEG")


def examine(path: Path) -> Facts:
    """Read a picture to its last row.

    Raises NotPrintableError when it is too large, and what Pillow raises when it is damaged.
    """
    with path.open("rb") as stream:
        image = load_picture(stream)
    size = (image.width * MM_PER_POINT, image.height * MM_PER_POINT)  # as if a pixel were a point
    return Facts(size, fixed=False, dpi=72, colours=frozenset({picture_colour(image)}))


def load_picture(stream: BinaryIO) -> Image.Image:
    """A PNG or JPEG, whole, upright, with the colours it has; NotPrintableError when it is too large."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # ours is the lower bound
        # Elsewhere the name of a file says what it is; a TIFF that is called PNG shall not pass.
        try:
            image: Image.Image = Image.open(stream, formats=_FORMATS)
        except Image.DecompressionBombError as error:
            raise NotPrintableError("C211") from error
        if image.width * image.height > LARGEST_PIXELS:
            raise NotPrintableError("C211")
        if image.mode == "CMYK" and "adobe" not in image.info:
            raise NotPrintableError("C210", "CMYK")  # nothing says whether its inks are counted upside down
        image.load()  # to the last row: a JPEG that was cut off passes `verify`
    return image if image.getexif().get(_ORIENTATION, 1) == 1 else ImageOps.exif_transpose(image)


def picture_colour(image: Image.Image) -> str:
    """gray, rgb, cmyk or lab."""
    mode = image.palette.mode if image.mode == "P" and image.palette else image.mode
    return _COLOURS.get(mode, "rgb" if mode.startswith("RGB") else "gray")


def printable(image: Image.Image) -> Image.Image:
    """The picture in one of the modes that a PDF takes over as they are: L, LA, RGB, RGBA, CMYK."""
    if image.mode.startswith("I"):  # 16 bit gray; the eight that print are the upper ones
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    if image.mode == "1":
        return image.convert("LA" if image.has_transparency_data else "L")
    if image.has_transparency_data and image.mode in {"P", "L", "RGB"}:
        return image.convert("LA" if image.mode == "L" else "RGBA")
    return image if image.mode in {"L", "LA", "RGB", "RGBA", "CMYK"} else image.convert("RGB")
