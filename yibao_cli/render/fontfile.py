"""One face of a font file: which characters it really draws, how wide, and what their outlines are."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import uharfbuzz as hb

from yibao_cli.render.grafting import Outline, outline_of
from yibao_cli.render.pinning import WEIGHT_AXIS, has_weights

if TYPE_CHECKING:
    from pathlib import Path

# Characters of these categories, and these fillers, draw nothing where they are right.
_BLANK_CATEGORIES = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf"))
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")


@dataclass(frozen=True)
class FontFile:
    """A face of a font file, opened when it is first asked for; a variable one is drawn at its weight.

    index: the face's place in a collection, from 0.
    """

    path: Path
    index: int = 0
    weight: int = 400

    @cached_property
    def face(self) -> hb.Face:
        """The opened face."""
        return hb.Face(hb.Blob.from_file_path(str(self.path)), self.index)

    @cached_property
    def metrics(self) -> hb.Font:
        """The face with its metrics, at its units per em."""
        font = hb.Font(self.face)
        if has_weights(self.face.axis_infos):
            font.set_variations({WEIGHT_AXIS: self.weight})
        return font

    @cached_property
    def truetype(self) -> bool:
        """Whether its outlines are TrueType ones, which a PDF can take as they are."""
        return "glyf" in self.face.table_tags

    def glyph(self, char: str) -> int | None:
        """Glyph id of a character; None where it has none, or an empty one for what should show.

        AR PL UKai maps 23 characters of 通用规范汉字表 to empty glyphs.
        """
        glyph: int | None = self.metrics.get_nominal_glyph(ord(char))
        return glyph if glyph and (self._draws(glyph) or _blank(char)) else None

    def advance(self, glyph: int) -> float:
        """Advance of a glyph in 1/1000 of the type size."""
        units: int = self.metrics.get_glyph_h_advance(glyph)
        return units * 1000 / int(self.face.upem)

    def outline(self, glyph: int, upem: int) -> Outline:
        """A glyph as TrueType, in units of a font of `upem` units per em; InputRefused if it is too large."""
        key = glyph, upem
        if key not in self._outlines:
            self._outlines[key] = outline_of(self.metrics, glyph, upem)
        return self._outlines[key]

    @cached_property
    def _outlines(self) -> dict[tuple[int, int], Outline]:
        return {}

    def _draws(self, glyph: int) -> bool:
        extents = self.metrics.get_glyph_extents(glyph)
        inked = extents is not None and bool(extents.width or extents.height)
        # The extents of a coloured picture say nothing of an outline.
        return inked and (not self._coloured or bool(self.outline(glyph, self.face.upem).data))

    @cached_property
    def _coloured(self) -> bool:
        face = self.face
        return bool(face.has_color_png or face.has_color_layers or face.has_color_paint)


def _blank(char: str) -> bool:
    return unicodedata.category(char) in _BLANK_CATEGORIES or char in _FILLERS
