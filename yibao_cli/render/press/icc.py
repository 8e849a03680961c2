"""The printing condition that a part is made for: its ICC output profile, ours for gray or the printer's.

A CMYK profile comes from the printing house that prints, for its press and paper; none is shipped here. For
trials, Debian's `libgs-common` has `/usr/share/color/icc/ghostscript/default_cmyk.icc`, and the package
`icc-profiles-free` has more.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageCms

from yibao_cli.errors import SettingsError, os_reason
from yibao_cli.i18n import _

GRAY, CMYK = 1, 4
_COMPONENTS = {b"GRAY": GRAY, b"CMYK": CMYK}
_LARGEST = 20 * 1024 * 1024  # bytes; the largest output profiles of the industry have about 3 MB

# Source: ICC.1:2001-04 (version 2.4), 6.1, the header of 128 bytes; 7, D50 in the connection space.
_HEADER = 128
_CLASS, _SPACE, _SIGNATURE = slice(12, 16), slice(16, 20), slice(36, 40)
_VERSION = 0x02400000
_MADE = (2026, 1, 1, 0, 0, 0)  # fixed: equal packages give equal bytes
_D50 = (0.9642, 1.0, 0.8249)

# What a printed half tone gains at 50 %; uncoated paper on a digital press or in offset.
_DOT_GAIN = 0.20
_STEPS = 256
_LARGEST_VALUE = 0xFFFF


@dataclass(frozen=True, slots=True)
class OutputIntent:
    """What PDF/X calls the output intent.

    identifier: name of the printing condition; info: what it is, for a person; icc: the profile's bytes;
    components: GRAY or CMYK, the number of its colorants.
    """

    identifier: str
    info: str
    icc: bytes
    components: int

    def body(self, profile: int) -> bytes:
        """The intent's dictionary; profile: number of the stream that `icc` is written to."""
        named = (pdf_text(self.identifier), pdf_text(self.info), profile)
        return (
            b"<</Type/OutputIntent/S/GTS_PDFX/OutputConditionIdentifier%b/Info%b/DestOutputProfile %d 0 R>>"
            % named
        )

    def profile_entries(self) -> bytes:
        """Keys of the profile's stream dictionary."""
        return b"/N %d" % self.components


def pdf_text(text: str) -> bytes:
    """A PDF text string: ASCII as it is, anything else as UTF-16. Source: ISO 32000-1, 7.9.2.2."""
    if text.isascii() and text.isprintable():
        return b"(%b)" % text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode()
    return b"<FEFF%b>" % text.encode("utf-16-be").hex().upper().encode()


def load_intent(path: str = "") -> OutputIntent:
    """Read the operator's ICC output profile, gray or CMYK; without a path, our own for gray.

    Raises SettingsError when the file cannot be read, is too large, is no output profile or has other inks.
    """
    if not path:
        info = "yibao gray, dot gain 20 %"
        return OutputIntent(info, info, gray_profile(), GRAY)
    icc = _read(path)
    if len(icc) < _HEADER or icc[_SIGNATURE] != b"acsp":
        raise _refused(path, _("it is no ICC profile"))
    if icc[_CLASS] != b"prtr":
        raise _refused(path, _("it is no output profile"))
    if icc[_SPACE] not in _COMPONENTS:
        raise _refused(path, _("it is neither for gray nor for CMYK"))
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        # Some profiles open and cannot be used; better known now than in the middle of a part.
        mode = "L" if icc[_SPACE] == b"GRAY" else "CMYK"
        ImageCms.buildTransform(ImageCms.createProfile("sRGB"), opened, "RGB", mode)
    except (OSError, ImageCms.PyCMSError) as error:
        raise _refused(path, _("it is damaged or incomplete")) from error
    described = opened.profile.profile_description or ""
    name = " ".join(described.split()) or Path(path).stem
    return OutputIntent(name, name, icc, _COMPONENTS[icc[_SPACE]])


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            icc = file.read(_LARGEST + 1)
    except OSError as error:
        raise _refused(path, os_reason(error)) from error
    if len(icc) > _LARGEST:
        raise _refused(path, _("it is larger than 20 MB"))
    return icc


def _refused(path: str, reason: str) -> SettingsError:
    return SettingsError(
        _("the ICC profile cannot be used: {reason}").format(reason=reason),
        where=Path(path).name,
        remedy=_("ask the printing house for the output profile of its press and paper, in gray or CMYK"),
    )


def gray_profile() -> bytes:
    """Our gray output profile: black ink on white paper with a dot gain of 20 %; always the same bytes."""
    description = b"yibao gray, dot gain 20 %\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(description)) + description + bytes(78),
        b"cprt": b"text\0\0\0\0No copyright, public domain\0",
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in _D50)),
        b"kTRC": b"curv\0\0\0\0" + struct.pack(f">I{_STEPS}H", _STEPS, *map(_luminance, range(_STEPS))),
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = _HEADER + len(table) + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    return _header(start + len(body)) + table + body


def _luminance(step: int) -> int:
    """How light paper looks, 0 to 65535, where DeviceGray is step / 255: dots grow when they are printed."""
    ink = 1 - step / (_STEPS - 1)
    printed = ink + 4 * _DOT_GAIN * ink * (1 - ink)
    return round((1 - printed) * _LARGEST_VALUE)


def _header(size: int) -> bytes:
    head = struct.pack(">I4xI", size, _VERSION) + b"prtrGRAYXYZ " + struct.pack(">6H", *_MADE)
    head += b"acsp" + bytes(24)
    # Rendering intent 1: relative colorimetric.
    head += struct.pack(">I3i", 1, *(round(v * 65536) for v in _D50))
    return head.ljust(_HEADER, b"\0")
