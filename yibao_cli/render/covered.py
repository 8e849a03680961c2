"""What of an artwork a response code would cover."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from yibao_cli.render.art import foreign_form, paint_art
from yibao_cli.render.reading import PrintFile
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.render.reading import Box

_DPI = 96  # a letter of 6 pt is eight pixels high
_NOISE = 24  # shades of 255 that a JPEG makes of one colour


def is_blank(art: Path, size: tuple[float, float], box: Box) -> bool:
    """Whether an artwork, drawn over a panel of that size in mm, is of one shade within a box of it.

    Raises InputRefused when the file cannot be read.
    """
    with PrintFile(_alone(art, size)) as file, file.page(0) as page:
        shades = page.gray(box, _DPI)
    return int(shades.max()) - int(shades.min()) <= _NOISE


def _alone(art: Path, size: tuple[float, float]) -> bytes:
    """The artwork on a page of its panel's size, drawn as it will print."""
    out = io.BytesIO()
    points = (size[0] * MM, size[1] * MM)
    if art.suffix.lower() == ".pdf":
        with pikepdf.new() as target:
            page = target.add_blank_page(page_size=points)
            page.Resources = pikepdf.Dictionary(
                XObject=pikepdf.Dictionary(Art=foreign_form(target, art, size))
            )
            page.Contents = target.make_stream(b"/Art Do")
            target.save(out)
    else:
        canvas = Canvas(out, pagesize=points, invariant=1)
        paint_art(canvas, art, size)
        canvas.save()
    return out.getvalue()
