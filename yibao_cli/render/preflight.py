"""What could not be printed as it is, found before anything is printed: missing glyphs, texts too long."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from yibao_cli.kinds.geometry import BarcodeItem
from yibao_cli.kinds.reach import text_reach
from yibao_cli.money import yuan
from yibao_cli.render.marks import barcode_fits
from yibao_cli.render.setting import MM, fit_text, set_text
from yibao_cli.render.table import CELL_PAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.kinds.geometry import Rect
    from yibao_cli.kinds.page import PagePlan, PlacedChart, PlacedMark, PlacedTable, PlacedText
    from yibao_cli.render.fonts import Font

_NO_AMOUNT = 10**18  # fen; the ledger, which counts in 64 bits, holds no sum as large
_APART = 1.0  # mm between two texts; amounts that touch read as one number


def missing_characters(texts: Sequence[str], font: Font) -> dict[int, str]:
    """Row number to the characters of its text that the font cannot draw.

    A mark that combines with the letter before it would be set beside it, so it counts as one.
    """
    joined = "".join(set(texts))
    missing = {*font.missing(joined), *(c for c in set(joined) if unicodedata.combining(c))}
    if not missing:
        return {}
    found = {i: "".join(dict.fromkeys(c for c in t if c in missing)) for i, t in enumerate(texts)}
    return {i: characters for i, characters in found.items() if characters}


def unfitting(placed: PlacedText, texts: Sequence[str], font: Font) -> list[int]:
    """Row numbers of texts that do not fit their place even at the smallest size."""
    item = placed.item
    if item.width is None:
        # It is broken where it is written so, and nowhere else.
        return [i for i, t in enumerate(texts) if t.count("\n") >= item.lines]
    # A character is an em wide at most; a text shorter than that needs no setting.
    safe = item.width * MM / item.min_size
    long = {t for t in set(texts) if len(t) > safe or "\n" in t}
    bad = {t for t in long if not set_text(t, item, font).whole}
    return [i for i, t in enumerate(texts) if t in bad]


def overrunning(placed: PlacedText, page: PagePlan, texts: Sequence[str], font: Font) -> list[int]:
    """Row numbers of texts without a width that run into the text beside them, or off the page.

    A text beside them counts with what it covers in every piece, so two texts that both vary may still meet.
    """
    item = placed.item
    if item.width is not None or item.pitch is not None:
        return []
    room = _room(placed, page) * MM
    # An amount's width depends on its length and sign alone: its digits are of one width.
    key = (lambda t: (len(t), t[:1] == "-")) if placed.source.amount else (lambda t: t)
    # A character is an em wide at most.
    unlike = {key(t): t for t in set(texts) if len(t) * item.size > room}
    bad = {k for k, t in unlike.items() if font.width(t, item.size) > room}
    return [i for i, t in enumerate(texts) if key(t) in bad] if bad else []


def _room(placed: PlacedText, page: PagePlan) -> float:
    """How long a text may be, mm, until it comes to its neighbour or the edge of the page."""
    x = placed.item.x + placed.dx
    own = _certain(placed, page)
    beside = [
        rect
        for other in (*page.static_texts, *page.texts)
        # A text with logic may be there instead of this one.
        if other is not placed and not other.source.template
        for rect in [_certain(other, page)]
        if rect[1] < own[1] + own[3] and own[1] < rect[1] + rect[3]
    ]
    left = x - max((r[0] + r[2] + _APART for r in beside if r[0] + r[2] < x), default=0.0)
    right = min((r[0] - _APART for r in beside if r[0] > x), default=page.width) - x
    match placed.item.align:
        case "left":
            return right
        case "center":
            return 2 * min(left, right)
    return left


def _certain(placed: PlacedText, page: PagePlan) -> Rect:
    """The rectangle on the page that a text takes for certain, mm."""
    x, y, w, h = text_reach(placed.item, placed.source, page.width).least
    return x + placed.dx, y + placed.dy, w, h


def unfitting_marks(mark: PlacedMark, texts: Sequence[str]) -> list[int]:
    """Row numbers of texts that a bar code cannot say in its width; an empty one has none to say."""
    item = mark.item
    if not isinstance(item, BarcodeItem):
        return []
    bad = {t for t in set(texts) if t and not barcode_fits(item, t)}
    return [i for i, t in enumerate(texts) if t in bad]


def largest_fitting_amount(table: PlacedTable, column: int, font: Font) -> int:
    """Amounts of at least this many fen, of either sign, may not fit a table's column; smaller ones do.

    No more than _NO_AMOUNT, however wide the column is.
    """
    item = table.item
    return _largest((item.columns[column].width - 2 * CELL_PAD) * MM, (item.size, item.min_size), font)


def largest_fitting_bar(chart: PlacedChart, font: Font) -> int:
    """The same for the amounts that a chart tells of its bars."""
    item = chart.amounts[0].item
    return _largest((item.width or 0) * MM, (item.size, item.min_size), font)


def _largest(width: float, sizes: tuple[float, float], font: Font) -> int:
    limit = 1
    while limit < _NO_AMOUNT and fit_text(yuan(-limit * 10 + 1), width, 1, sizes, font).whole:
        limit *= 10
    return limit
