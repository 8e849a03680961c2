"""Pictures of a person's pages for whoever asks: each bears that it is a copy, by whom, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from yibao_cli.render.fonts import pinned_font
from yibao_cli.render.reading import PrintFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_INK = (150, 30, 30)
_SLANT = 30  # degrees
_DENSE, _FAINT = 255, 52  # of 255: a statement stays readable behind the words
_SHARE = 26  # the page's shorter side over the size of the words
_BETWEEN = 5  # heights of a line from one row of words to the next
_GAP = 12  # pixels between pages


def pages_of_pdf(pdf: Path | bytes, pages: Iterable[int], dpi: float) -> tuple[list[Image.Image], list[str]]:
    """Pictures and texts of some pages, counted from 0; texts without white space.

    Raises InputRefused when the PDF or a page cannot be read.
    """
    pictures, texts = [], []
    with PrintFile(pdf) as file:
        for number in pages:
            with file.page(number) as page:
                pictures.append(page.picture(dpi))
                texts.append(page.everything())
    return pictures, texts


def marked_copy(picture: Image.Image, words: str) -> Image.Image:
    """The picture with the words across all of it, faint, again and again, so that no corner is without."""
    size = max(min(picture.size) // _SHARE, 8)
    face = ImageFont.truetype(str(pinned_font()), size)
    length = max(round(face.getlength(words)), 1)
    side = round((picture.width**2 + picture.height**2) ** 0.5)
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    for row, top in enumerate(range(0, side, _BETWEEN * size)):
        # Each second row is moved by half, as bricks are.
        for left in range(-(row % 2) * (length // 2 + size), side, length + 2 * size):
            pen.text((left, top), words, font=face, fill=_DENSE)
    turned = mask.rotate(_SLANT)
    left, top = (side - picture.width) // 2, (side - picture.height) // 2
    shade = turned.crop((left, top, left + picture.width, top + picture.height))
    shade = shade.point([v * _FAINT // _DENSE for v in range(_DENSE + 1)])
    marked = picture.convert("RGB")
    marked.paste(_INK, (0, 0), shade)
    return marked


def side_by_side(pictures: Sequence[Image.Image]) -> Image.Image:
    """One picture of several pages, from left to right."""
    if len(pictures) == 1:
        return pictures[0]
    width = sum(p.width for p in pictures) + _GAP * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, max(p.height for p in pictures)), (190, 190, 190))
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + _GAP
    return sheet
