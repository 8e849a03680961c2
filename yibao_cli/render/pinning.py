"""Variable fonts, made static at one weight once and kept in a cache.

HarfBuzz pins 30,000 glyphs in a tenth of a second (fontTools takes 17 s), those of justmytype-intl-cjk 0.1.0.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import uharfbuzz as hb

from yibao_cli.errors import DependencyError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

WEIGHT_AXIS = "wght"


def shipped_file(family: str) -> Path:
    """Variable font file of a family of the font package, such as `NotoSansSC`.

    Raises DependencyError when the package or the family is missing.
    """
    try:
        import justmytype_intl_cjk  # noqa: PLC0415 - asked for only when a font is made
    except ImportError as error:
        raise DependencyError(
            _("the Chinese font is not installed"),
            remedy=_("install the package justmytype-intl-cjk: pip install justmytype-intl-cjk"),
        ) from error
    found = sorted(Path(justmytype_intl_cjk.__path__[0]).rglob(f"{family}*.ttf"))
    if not found:
        raise DependencyError(
            _("the font package carries no {family}").format(family=family),
            remedy=_("reinstall the package justmytype-intl-cjk"),
        )
    return found[0]


def shipped_at(family: str, weight: int) -> Path:
    """A static file of a shipped family at the weight, made on first use."""
    source = shipped_file(family)
    return _kept(family, weight, f"{source.stat().st_size}/{weight}/1", hb.Face(_opened(source)))


def static_at(source: Path, index: int, name: str, weight: int) -> Path:
    """A static file of a variable TrueType face at the weight, or the nearest it has; made on first use.

    name: begins the file's name. Raises RuntimeError when HarfBuzz cannot read the face.
    """
    with source.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    return _kept(name, weight, f"{content}/{index}/{weight}/1", hb.Face(_opened(source), index))


def has_weights(axes: Sequence[hb.OTVarAxisInfo]) -> bool:
    """Whether a variable font with these axes can be drawn at different weights."""
    return any(a.tag == WEIGHT_AXIS for a in axes)


def _opened(path: Path) -> hb.Blob:
    return hb.Blob.from_file_path(str(path))


def _kept(name: str, weight: int, identity: str, face: hb.Face) -> Path:
    stamp = hashlib.sha256(identity.encode()).hexdigest()[:12]
    target = _cache_folder() / f"{name}-{weight}-{stamp}.ttf"
    if not target.exists():
        _write_once(target, _pinned(face, weight))
    return target


def _pinned(face: hb.Face, weight: int) -> bytes:
    wanted = hb.SubsetInput()
    wanted.keep_everything()
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.GLYPH_NAMES
    wanted.pin_all_axes_to_default(face)
    if has_weights(face.axis_infos):
        wanted.pin_axis_location(face, WEIGHT_AXIS, weight)
    return bytes(hb.subset(face, wanted).blob.data)


def _own_name() -> str:
    # Windows gives each user temporary files of their own.
    return f"yibao-{os.getuid()}" if hasattr(os, "getuid") else "yibao"


def _cache_folder() -> Path:
    # Cron may give no HOME; the cache then lies in the system's folder for temporary files.
    home = os.environ.get("HOME")
    base = os.environ.get("XDG_CACHE_HOME") or (str(Path(home) / ".cache") if home else tempfile.gettempdir())
    for folder in (Path(base) / "yibao", Path(tempfile.gettempdir()) / _own_name()):
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
