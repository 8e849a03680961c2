"""What could not be printed as it is, found before anything is printed: missing glyphs, texts too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.kinds.geometry import BarcodeItem
from yibao_cli.money import yuan
from yibao_cli.render.marks import barcode_fits
from yibao_cli.render.setting import MM, fit_text, set_text
from yibao_cli.render.static import CELL_PAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.kinds.page import PlacedMark, PlacedTable, PlacedText
    from yibao_cli.render.fonts import Font


def missing_characters(texts: Sequence[str], font: Font) -> dict[int, str]:
    """Row number to the characters of its text that the font cannot draw."""
    missing = set(font.missing("".join(set(texts))))
    if not missing:
        return {}
    found = {i: "".join(dict.fromkeys(c for c in t if c in missing)) for i, t in enumerate(texts)}
    return {i: characters for i, characters in found.items() if characters}


def unfitting(placed: PlacedText, texts: Sequence[str], font: Font) -> list[int]:
    """Row numbers of texts that do not fit their place even at the smallest size."""
    item = placed.item
    if item.width is None:
        return []
    # A character is an em wide at most; a text shorter than that needs no setting.
    safe = item.width * MM / item.min_size
    long = {t for t in set(texts) if len(t) > safe or "\n" in t}
    bad = {t for t in long if not set_text(t, item, font).whole}
    return [i for i, t in enumerate(texts) if t in bad]


def unfitting_marks(mark: PlacedMark, texts: Sequence[str]) -> list[int]:
    """Row numbers of texts that a bar code cannot say in its width; an empty one has none to say."""
    item = mark.item
    if not isinstance(item, BarcodeItem):
        return []
    bad = {t for t in set(texts) if t and not barcode_fits(item, t)}
    return [i for i, t in enumerate(texts) if t in bad]


def largest_fitting_amount(table: PlacedTable, column: int, font: Font) -> int:
    """Amounts of at least this many fen, of either sign, may not fit a table's column; smaller ones do."""
    item = table.item
    width = (item.columns[column].width - 2 * CELL_PAD) * MM
    limit = 1
    while fit_text(yuan(-limit * 10 + 1), width, 1, (item.size, item.min_size), font).whole:
        limit *= 10
    return limit
