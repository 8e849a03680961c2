"""How much of the Chinese character sets a font, or a chain of fonts, can draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.render.characters import character_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yibao_cli.render.characters import CharacterSet
    from yibao_cli.render.fontfile import FontFile

    # The characters of a text that cannot be drawn, each once, in order: `Font.missing` for a whole chain.
    Missing = Callable[[str], Sequence[str]]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of one set is covered; missing: the first few characters that are not."""

    characters: CharacterSet
    total: int
    covered: int
    missing: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every character can be drawn."""
        return self.covered == self.total

    @property
    def shown_missing(self) -> str:
        """The missing ones by code point, for whoever has no font for them either: `U+2B751`."""
        return " ".join(f"U+{ord(c):04X}" for c in self.missing)


def coverage(missing: Missing, shown: int = _SHOWN) -> tuple[Coverage, ...]:
    """How much of each character set is drawn; shown: missing characters to name at most."""
    found = []
    for one in character_sets():
        lacking = missing(one.characters)
        total = len(one.characters)
        found.append(Coverage(one, total, total - len(lacking), tuple(lacking[:shown])))
    return tuple(found)


def missing_in_file(file: FontFile) -> Missing:
    """What one file of a chain cannot draw by itself."""
    known: dict[str, bool] = {}  # a character stands in several sets

    def missing(text: str) -> Sequence[str]:
        new = set(text) - known.keys()
        known.update({c: file.glyph(c) is not None for c in new})
        return tuple(c for c in dict.fromkeys(text) if not known[c])

    return missing
