"""Fonts: what a face and its fallbacks cover, how wide a text is, a subset for one print file.

The Chinese font comes with the packages: Noto Sans SC (OFL), a variable TrueType font whose default instance
is Thin, so the wanted weight is pinned. What it lacks is looked for in its sisters for Taiwan, Japan and
Korea. Source: justmytype-intl-cjk 0.1.0; docs/decisions.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import uharfbuzz as hb

from yibao_cli.render.fontfile import FontFile
from yibao_cli.render.grafting import Outline, bare_font, grafted
from yibao_cli.render.pinning import shipped_at, shipped_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

REGULAR, BOLD = 400, 700

# What a PDF viewer needs to draw a TrueType glyph (ISO 32000-2, 9.9.2); the rest is layout and names.
EMBEDDED_TABLES = ("glyf", "loca", "head", "hhea", "hmtx", "maxp", "post")

SHIPPED = "NotoSansSC"
# Each adds characters to those before it: 1,711 (1,690 of them hanzi of extensions B and C), 616 (the
# hanzi 𠮷 and 𡈽 of names among them), 11,580 (11,172 of them Hangul).
SHIPPED_FALLBACKS = ("NotoSansTC", "NotoSansJP", "NotoSansKR")
_EM = 1000


class Place(NamedTuple):
    """Where a character is drawn: a font file of the chain, and the glyph there."""

    file: FontFile
    glyph: int


@dataclass(frozen=True)
class Font:
    """One face at one weight, and the fonts asked for the characters that it cannot draw.

    path, index: a static font file, and the place of the face in a collection. A fallback is opened when a
    character is asked for that all fonts before it lack. Widths are in 1/1000 of the type size.
    """

    name: str
    path: Path
    index: int = 0
    weight: int = REGULAR
    fallbacks: tuple[FontFile, ...] = ()

    @cached_property
    def own(self) -> FontFile:
        """The file of the face itself."""
        return FontFile(self.path, self.index, self.weight)

    @property
    def face(self) -> hb.Face:
        """The opened face, without its fallbacks."""
        return self.own.face

    def place(self, char: str) -> Place | None:
        """Where a character is drawn; None if no font of the chain draws it."""
        return self._places[char]

    def width(self, text: str, size: float) -> float:
        """Width of one line of text set at `size`, in the unit of `size`."""
        return sum(map(self._advances.__getitem__, text)) * size / 1000

    def advance(self, char: str) -> float:
        """Advance of one character in 1/1000 of the type size; a missing one counts as a full em."""
        return self._advances[char]

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters of the text that no font of the chain can draw, each once, in order."""
        places = self._places
        return tuple(c for c in dict.fromkeys(text) if places[c] is None)

    @cached_property
    def vertical(self) -> tuple[int, int]:
        """Ascender and descender (negative) in 1/1000 of the type size."""
        extents = self.own.metrics.get_font_extents("ltr")
        scale = 1000 / self.face.upem
        return round(extents.ascender * scale), round(extents.descender * scale)

    @cached_property
    def _places(self) -> _Places:
        return _Places((self.own, *self.fallbacks))

    @cached_property
    def _advances(self) -> _Advances:
        return _Advances(self)


def embedded(face: Font, characters: Iterable[str]) -> tuple[bytes, dict[str, int]]:
    """A TrueType file with the glyphs of these characters and no character map, and their glyph ids in it.

    What comes from a fallback is grafted in; a character that no font draws is left out.
    """
    own, foreign = _divided(face, characters)
    if own:
        wanted = hb.SubsetInput()
        wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).set({0, *own.values()})
        wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
        _drop_tables(face, wanted, EMBEDDED_TABLES)
        plan = hb.SubsetPlan(face.face, wanted)
        program, mapping = bytes(plan.execute().blob.data), plan.old_to_new_glyph_mapping
        glyphs = {char: mapping[glyph] for char, glyph in own.items()}
    else:
        program, glyphs = _bare(face), {}
    if foreign:
        program, added = grafted(program, foreign)
        glyphs |= added
    return program, glyphs


def with_only(face: Font, characters: str, *, cmap_only: bool = False) -> bytes:
    """A TrueType file that has only these characters, and its character map.

    What comes from a fallback is grafted in; a space is there in any case.
    cmap_only: without the tables that a PDF's simple font does not need.
    """
    own, foreign = _divided(face, {*characters, " "})
    if own:
        wanted = hb.SubsetInput()
        wanted.sets(hb.SubsetInputSets.UNICODE).set(set(map(ord, own)))
        wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
        if cmap_only:
            _drop_tables(face, wanted, ("cmap", *EMBEDDED_TABLES))
        program = bytes(hb.subset(face.face, wanted).blob.data)
    else:
        program = _bare(face)
    return grafted(program, foreign)[0] if foreign else program


@lru_cache(maxsize=8)
def font(weight: int = REGULAR) -> Font:
    """The shipped Chinese font at a weight, with the shipped fonts for what it lacks."""
    return shipped_font(weight)


def shipped_font(weight: int, first: tuple[FontFile, ...] = ()) -> Font:
    """The shipped Chinese font at a weight; first: the fonts asked before the shipped fallbacks."""
    return Font(
        f"{SHIPPED}-{weight}",
        pinned_font(weight),
        fallbacks=(*first, *shipped_files(SHIPPED_FALLBACKS, weight)),
    )


@lru_cache(maxsize=8)
def shipped_files(families: tuple[str, ...], weight: int) -> tuple[FontFile, ...]:
    """The variable fonts of the font package, to be drawn at a weight; none of them is opened."""
    return tuple(FontFile(shipped_file(family), weight=weight) for family in families)


def pinned_font(weight: int = REGULAR) -> Path:
    """Path of a static TrueType file of Noto Sans SC at the weight, made on first use.

    Raises DependencyError when the font package is missing.
    """
    return shipped_at(SHIPPED, weight)


class _Places(dict[str, Place | None]):
    """Places by character, each looked for in the chain once; a plain dictionary after that."""

    def __init__(self, chain: tuple[FontFile, ...]) -> None:
        super().__init__()
        self._chain = chain

    def __missing__(self, char: str) -> Place | None:
        found = None
        for file in self._chain:
            glyph = file.glyph(char)
            if glyph is not None:
                found = Place(file, glyph)
                break
        self[char] = found
        return found


class _Advances(dict[str, float]):
    """Advances by character, looked up in the font once each; a plain dictionary after that."""

    def __init__(self, font: Font) -> None:
        super().__init__()
        self._font = font

    def __missing__(self, char: str) -> float:
        place = self._font.place(char)
        advance = place.file.advance(place.glyph) if place else _EM
        self[char] = advance
        return advance


def _divided(face: Font, characters: Iterable[str]) -> tuple[dict[str, int], dict[str, Outline]]:
    """The glyphs of the face itself, and the outlines to be grafted in, by character.

    A face without TrueType outlines has all of its own grafted too.
    """
    own: dict[str, int] = {}
    foreign: dict[str, Outline] = {}
    for char in sorted(set(characters)):
        place = face.place(char)
        if place is None:
            continue
        if place.file is face.own and face.own.truetype:
            own[char] = place.glyph
        else:
            foreign[char] = place.file.outline(place.glyph, face.face.upem)
    return own, foreign


def _drop_tables(face: Font, wanted: hb.SubsetInput, but: Iterable[str]) -> None:
    drop = set(face.face.table_tags) - set(but)
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).set({int.from_bytes(t.encode(), "big") for t in drop})


def _bare(face: Font) -> bytes:
    upem = face.face.upem
    ascent, descent = (round(v * upem / 1000) for v in face.vertical)
    return bare_font(face.name, upem, (ascent, descent), face.own.outline(0, upem))
