"""The faces of a print job: body and second at two weights, made from the fonts that are configured.

An operator's font is checked before anything is set in it. Its licence bits must allow what we do: embed a
subset for viewing and printing (OpenType, OS/2 table, fsType).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import uharfbuzz as hb

from yibao_cli.errors import SettingsError, YibaoError, os_reason
from yibao_cli.i18n import _
from yibao_cli.render.fontfile import FontFile
from yibao_cli.render.fonts import (
    REGULAR,
    SHIPPED,
    SHIPPED_FALLBACKS,
    Font,
    embedded,
    font,
    shipped_files,
    shipped_font,
    with_only,
)
from yibao_cli.render.pinning import has_weights, shipped_file, static_at

if TYPE_CHECKING:
    from yibao_cli.kinds.page import FontPlan

Face = Literal["body", "second"]
FACES: tuple[Face, ...] = ("body", "second")

_LARGEST = 200_000_000  # bytes; the largest font of all Chinese characters known to us has 67 million
_MAGIC = (b"\0\1\0\0", b"true", b"OTTO", b"ttcf")
_OUTLINES = frozenset(("glyf", "CFF ", "CFF2"))
_COLLECTION_FACE = re.compile(r"(.+\.(?:ttc|otc))#(\d{1,4})", re.IGNORECASE)

# Bits of fsType, at byte 8 of the OS/2 table.
_FS_TYPE = slice(8, 10)
_RESTRICTED, _PREVIEW_AND_PRINT, _EDITABLE = 0x0002, 0x0004, 0x0008
_NO_SUBSETTING, _BITMAP_ONLY = 0x0100, 0x0200


@dataclass(frozen=True)
class FontSet:
    """The faces of a print job. Make it by `font_set`, which checks the files."""

    plan: FontPlan

    def font(self, face: Face, weight: int) -> Font:
        """The font of a face at a weight, 400 or 700; a second face that is not configured is the body.

        A static font without a bold file of its own is its own bold.
        """
        return _font(self.plan, face, weight)


@lru_cache(maxsize=8)
def font_set(plan: FontPlan) -> FontSet:
    """The faces of a plan. Raises SettingsError when one of its fonts cannot be used."""
    for named in _configured(plan):
        checked_font(named)
    return FontSet(plan)


def font_digests(plan: FontPlan) -> dict[str, str]:
    """SHA-256, in hexadecimal, of every font file that may draw a character of a plan.

    Keys: the configured paths without the number of a face; shipped fonts by their file name alone, since
    they lie elsewhere on another machine. Raises SettingsError when a configured font cannot be read.
    """
    files = {str(path): path for path in (_parted(named).path for named in _configured(plan))}
    files |= {path.name: path for path in map(shipped_file, (SHIPPED, *SHIPPED_FALLBACKS))}
    return {name: _digest(path, name) for name, path in files.items()}


def checked_font(named: str) -> FontFile:
    """A face of an operator's font file, `path` or `path.ttc#2`, when it can be used for printing.

    Raises SettingsError with the path, the reason and a remedy.
    """
    path, index = _parted(named)
    _check_file(path, named)
    opened = FontFile(path, index)
    face = opened.face
    if index >= face.count > 0:
        raise _refused(
            named,
            _("the font file has {count} faces, the last is number {last}").format(
                count=face.count, last=face.count - 1
            ),
            _("name one of them, such as `font.ttc#0`"),
        )
    if not face.glyph_count or not face.unicodes:
        raise _damaged(named)
    _check_licence(face, named)
    _try_out(opened, named)
    return opened


class _Named(NamedTuple):
    path: Path
    face: int


def _parted(named: str) -> _Named:
    found = _COLLECTION_FACE.fullmatch(named)
    return _Named(Path(found[1]), int(found[2])) if found else _Named(Path(named), 0)


def _configured(plan: FontPlan) -> tuple[str, ...]:
    named = (plan.body, plan.body_bold, plan.second, plan.second_bold, *plan.fallback)
    return tuple(dict.fromkeys(filter(None, named)))


@lru_cache(maxsize=32)
def _font(plan: FontPlan, face: Face, weight: int) -> Font:
    regular, bold = (plan.second, plan.second_bold) if face == "second" else (plan.body, plan.body_bold)
    named = bold if bold and weight > REGULAR else regular
    if named:
        return _operators(named, plan, weight, has_bold=bool(bold))
    if face == "second":
        return _font(plan, "body", weight)
    return shipped_font(weight, _fallbacks(plan, weight)) if plan.fallback else font(weight)


def _operators(named: str, plan: FontPlan, weight: int, *, has_bold: bool) -> Font:
    own = checked_font(named)
    variable = has_weights(own.face.axis_infos)
    if weight > REGULAR and not variable and not has_bold:
        return _operators(named, plan, REGULAR, has_bold=False)
    fallbacks = _fallbacks(plan, weight) + shipped_files((SHIPPED, *SHIPPED_FALLBACKS), weight)
    name = _postscript_name(own)
    if own.face.axis_infos and own.truetype:
        own = FontFile(_pinned(own, named, name, weight))
    return Font(f"{name}-{weight}", own.path, own.index, weight, fallbacks)


def _fallbacks(plan: FontPlan, weight: int) -> tuple[FontFile, ...]:
    return tuple(FontFile(*_parted(named), weight) for named in plan.fallback)


def _pinned(own: FontFile, named: str, name: str, weight: int) -> Path:
    try:
        return static_at(own.path, own.index, name, weight)
    except RuntimeError as error:
        raise _refused(named, _("the variable font cannot be set to a weight"), _get_another()) from error


def _postscript_name(file: FontFile) -> str:
    given = file.face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or file.path.stem
    return re.sub(r"[^A-Za-z0-9-]", "", given)[:40] or "Font"


def _check_file(path: Path, named: str) -> None:
    try:
        with path.open("rb") as stream:
            magic, size = stream.read(4), path.stat().st_size
    except OSError as error:
        raise _refused(
            named, os_reason(error), _("correct the path under `[fonts]` in yibao.toml")
        ) from error
    if size > _LARGEST:
        raise _refused(
            named,
            _("the font file is larger than {limit} MB").format(limit=_LARGEST // 1_000_000),
            _("name the font file itself, TTF, OTF or TTC"),
        )
    if magic not in _MAGIC:
        raise _refused(
            named,
            _("this is no TrueType or OpenType font"),
            _("name a TTF, OTF or TTC file; a web font (WOFF) has to be converted first"),
        )


def _check_licence(face: hb.Face, named: str) -> None:
    # A font without the table says nothing against it.
    bits = int.from_bytes((face.reference_table("OS/2").data or b"")[_FS_TYPE], "big")
    reason = ""
    if bits & _RESTRICTED and not bits & (_PREVIEW_AND_PRINT | _EDITABLE):
        reason = _("the font's licence bits forbid embedding it in a file")
    elif bits & _NO_SUBSETTING:
        reason = _("the font's licence bits forbid embedding a part of it, and print files hold only a part")
    elif bits & _BITMAP_ONLY:
        reason = _("the font's licence bits allow embedding only its bitmaps, not its outlines")
    if reason:
        raise _refused(named, reason, _("take a font that may be embedded, or ask its maker for a licence"))


def _try_out(opened: FontFile, named: str) -> None:
    """Set one character, so that a damaged font is found here and not by a worker in the middle of a part."""
    drawn = None
    try:
        if _OUTLINES & set(opened.face.table_tags):
            drawn = next(
                (c for c in map(chr, opened.face.unicodes) if opened.glyph(c) and not c.isspace()), None
            )
        if drawn is not None:
            trial = Font("trial", opened.path, opened.index)
            embedded(trial, drawn)
            with_only(trial, drawn)
    except YibaoError:
        raise
    except Exception as error:
        # The libraries have no common error for what they meet in a damaged file.
        raise _damaged(named) from error
    if drawn is None:
        raise _refused(named, _("the font has no outlines, only pictures or nothing"), _get_another())


def _digest(path: Path, name: str) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _refused(name, os_reason(error), _("correct the path under `[fonts]` in yibao.toml")) from error


def _damaged(named: str) -> SettingsError:
    return _refused(named, _("the font file is damaged or maps no characters"), _get_another())


def _get_another() -> str:
    return _("get the font again from its maker, or name another one")


def _refused(named: str, reason: str, remedy: str) -> SettingsError:
    return SettingsError(reason, where=named, remedy=remedy)
