"""Fonts: pin a weight once, know what a font covers, subset it for one print file.

The Chinese font comes with the packages: Noto Sans SC (OFL), a variable TrueType font whose default
instance is Thin, so the wanted weight is pinned once into a cache by HarfBuzz (milliseconds; fontTools
takes 17 s). Source: research/ecosystem.md section 7; research/render.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import uharfbuzz as hb

from yibao_cli.errors import DependencyError
from yibao_cli.i18n import _

REGULAR, BOLD = 400, 700

# What a PDF viewer needs to draw a TrueType glyph (ISO 32000-2, 9.9.2); the rest is layout and names.
EMBEDDED_TABLES = ("glyf", "loca", "head", "hhea", "hmtx", "maxp", "post")


@dataclass(frozen=True)
class Font:
    """One face at one weight.

    path: a static TrueType file. Widths are in 1/1000 of the type size.
    """

    name: str
    path: Path

    @cached_property
    def face(self) -> hb.Face:
        """The opened face."""
        return hb.Face(hb.Blob.from_file_path(str(self.path)))

    @cached_property
    def glyph_of(self) -> dict[int, int]:
        """Code point to glyph id, for every character the font draws."""
        font = hb.Font(self.face)
        return {cp: glyph for cp in self.face.unicodes if (glyph := font.get_nominal_glyph(cp))}

    def width(self, text: str, size: float) -> float:
        """Width of one line of text set at `size`, in the unit of `size`."""
        return sum(map(self._advances.__getitem__, text)) * size / 1000

    def advance(self, char: str) -> float:
        """Advance of one character in 1/1000 of the type size; a missing one counts as a full em."""
        return self._advances[char]

    @cached_property
    def _advances(self) -> _Advances:
        return _Advances(self)

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters of the text that the font cannot draw, each once, in order."""
        glyphs = self.glyph_of
        return tuple(dict.fromkeys(c for c in text if ord(c) not in glyphs))

    @cached_property
    def metrics(self) -> hb.Font:
        """The face with its metrics, at its units per em."""
        return hb.Font(self.face)

    @cached_property
    def vertical(self) -> tuple[int, int]:
        """Ascender and descender (negative) in 1/1000 of the type size."""
        extents = self.metrics.get_font_extents("ltr")
        scale = 1000 / self.face.upem
        return round(extents.ascender * scale), round(extents.descender * scale)


def with_only(face: Font, characters: str, *, cmap_only: bool = False) -> bytes:
    """A TrueType file that has only these characters, and its character map.

    cmap_only: without the tables that a PDF's simple font does not need.
    """
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.UNICODE).set(set(map(ord, characters)) | {ord(" ")})
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    if cmap_only:
        drop = set(face.face.table_tags) - {"cmap", *EMBEDDED_TABLES}
        wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).set({int.from_bytes(t.encode(), "big") for t in drop})
    return bytes(hb.subset(face.face, wanted).blob.data)


class _Advances(dict[str, float]):
    """Advances by character, looked up in the font once each; a plain dictionary after that."""

    def __init__(self, font: Font) -> None:
        super().__init__()
        self._font = font

    def __missing__(self, char: str) -> float:
        font = self._font
        glyph = font.glyph_of.get(ord(char))
        units = font.metrics.get_glyph_h_advance(glyph) if glyph is not None else font.face.upem
        advance: float = units * 1000 / font.face.upem
        self[char] = advance
        return advance


@lru_cache(maxsize=8)
def font(weight: int = REGULAR) -> Font:
    """The shipped Chinese font at a weight."""
    return Font(f"NotoSansSC-{weight}", pinned_font(weight))


def pinned_font(weight: int = REGULAR) -> Path:
    """Path of a static TrueType file of Noto Sans SC at the weight, made on first use.

    Raises DependencyError when the font package is missing.
    """
    source = _variable_font()
    stamp = hashlib.sha256(f"{source.stat().st_size}/{weight}/1".encode()).hexdigest()[:12]
    target = _cache_folder() / f"NotoSansSC-{weight}-{stamp}.ttf"
    if not target.exists():
        _write_once(target, _pin(source, weight))
    return target


def _variable_font() -> Path:
    try:
        import justmytype_intl_cjk  # noqa: PLC0415 - asked for only when a font is made
    except ImportError as error:
        raise DependencyError(
            _("the Chinese font is not installed"),
            remedy=_("install the package justmytype-intl-cjk: pip install justmytype-intl-cjk"),
        ) from error
    found = sorted(Path(justmytype_intl_cjk.__path__[0]).rglob("NotoSansSC*.ttf"))
    if not found:
        raise DependencyError(
            _("the font package carries no Noto Sans SC"),
            remedy=_("reinstall the package justmytype-intl-cjk"),
        )
    return found[0]


def _pin(source: Path, weight: int) -> bytes:
    face = hb.Face(hb.Blob.from_file_path(str(source)))
    wanted = hb.SubsetInput()
    wanted.keep_everything()
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.GLYPH_NAMES
    wanted.pin_axis_location(face, "wght", weight)
    return bytes(hb.subset(face, wanted).blob.data)


def _cache_folder() -> Path:
    # Cron may give no HOME; the cache then lies in the system's folder for temporary files.
    home = os.environ.get("HOME")
    base = os.environ.get("XDG_CACHE_HOME") or (str(Path(home) / ".cache") if home else tempfile.gettempdir())
    for folder in (Path(base) / "yibao", Path(tempfile.gettempdir()) / f"yibao-{os.getuid()}"):
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder
    raise DependencyError(
        _("there is no folder to keep the prepared font in"),
        remedy=_("set XDG_CACHE_HOME to a folder that can be written"),
    )


def _write_once(target: Path, content: bytes) -> None:
    # Two workers may pin at once: each writes its own file, and the rename makes one of them the font.
    temporary = target.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.replace(target)
