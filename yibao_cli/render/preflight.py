"""What could not be printed as it is, found before anything is printed: missing glyphs, texts too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.render.fonts import font
from yibao_cli.render.setting import MM, set_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.kinds.page import PlacedText


def missing_characters(texts: Sequence[str], weight: int) -> dict[int, str]:
    """Row number to the characters of its text that the font of this weight cannot draw."""
    missing = set(font(weight).missing("".join(set(texts))))
    if not missing:
        return {}
    found = {i: "".join(dict.fromkeys(c for c in t if c in missing)) for i, t in enumerate(texts)}
    return {i: characters for i, characters in found.items() if characters}


def unfitting(placed: PlacedText, texts: Sequence[str]) -> list[int]:
    """Row numbers of texts that do not fit their place even at the smallest size."""
    item = placed.item
    if item.width is None:
        return []
    # A character is an em wide at most; a text shorter than that needs no setting.
    safe = item.width * MM / item.min_size
    long = {t for t in set(texts) if len(t) > safe or "\n" in t}
    bad = {t for t in long if not set_text(t, item, font(item.weight)).whole}
    return [i for i, t in enumerate(texts) if t in bad]
