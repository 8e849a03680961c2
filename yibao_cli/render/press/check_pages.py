"""Checks of the pages: boxes, annotations, fonts, colours, XObject hints.

Source: ISO 15930-7 (PDF/X-4) as the validators pdf0 and fullbleed 2.5.0 read it; for hints the
Arlington PDF model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pikepdf

from yibao_cli.i18n import N_
from yibao_cli.render.press.check_file import COMPONENTS
from yibao_cli.render.press.pressfile import inherited
from yibao_cli.render.press.scanning import DEVICE_CMYK, DEVICE_GRAY, DEVICE_RGB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.render.press.pressfile import PressFile

_CORNERS = 4
_SLACK = 0.01  # pt; boxes are written with three decimals
_COVERED = {1: {DEVICE_GRAY}, 3: {DEVICE_GRAY, DEVICE_RGB}, 4: {DEVICE_GRAY, DEVICE_CMYK}}
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_SCOPES = frozenset({"/SingleUse", "/Record", "/File", "/Stream", "/Global", "/Unknown"})


class _Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    def holds(self, other: _Box) -> bool:
        near = self.left - _SLACK <= other.left and self.bottom - _SLACK <= other.bottom
        return near and other.right <= self.right + _SLACK and other.top <= self.top + _SLACK

    def meets(self, other: _Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top


def _box(value: Any) -> _Box | None:
    """A rectangle with its corners in order; None when it is none, or empty."""
    if not isinstance(value, pikepdf.Array) or len(value) != _CORNERS:
        return None
    try:
        x1, y1, x2, y2 = map(float, value)
    except TypeError:
        return None
    box = _Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    return box if box.left < box.right and box.bottom < box.top else None


def _numbered(file: PressFile) -> Iterator[tuple[int, Any]]:
    return enumerate(file.pages, 1)


def _media_box(file: PressFile) -> Iterator[tuple[int, str]]:
    for number, page in _numbered(file):
        if _box(inherited(page, "/MediaBox")) is None:
            yield number, "/MediaBox"


def _trim_box(file: PressFile) -> Iterator[tuple[int, str]]:
    for number, page in _numbered(file):
        stated = [key for key in ("/TrimBox", "/ArtBox") if key in page]
        if len(stated) != 1 or _box(page[stated[0]]) is None:
            yield number, "/TrimBox /ArtBox"


def _nested(file: PressFile) -> Iterator[tuple[int, str]]:
    for number, page in _numbered(file):
        outer = _box(inherited(page, "/MediaBox"))
        for key in ("/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"):
            inner = _box(inherited(page, key) if key == "/CropBox" else page.get(key))
            if inner and outer and not outer.holds(inner):
                yield number, key
            if inner and key == "/BleedBox":
                outer = inner


def _annotations(file: PressFile) -> Iterator[tuple[int, str]]:
    for number, page in _numbered(file):
        if not (annotations := page.get("/Annots")):
            continue
        printed = next((b for k in ("/BleedBox", "/TrimBox", "/ArtBox") if (b := _box(page.get(k)))), None)
        for annotation in annotations:
            box = _box(annotation.get("/Rect"))
            # A rectangle that cannot be read or is empty may stand anywhere.
            if printed is None or box is None or box.meets(printed):
                yield number, "/Annots"


def _fonts(file: PressFile) -> Iterator[tuple[int, str]]:
    for page, font in file.survey.fonts:
        subtype = font.get("/Subtype")
        faces = font.get("/DescendantFonts", ()) if subtype == "/Type0" else (font,)
        if not len(faces) or not (subtype == "/Type3" or all(map(_embedded, faces))):
            yield page, str(subtype) if subtype in _FONT_TYPES else "/Font"


_FONT_TYPES = frozenset({"/Type0", "/Type1", "/MMType1", "/TrueType", "/Type3"})


def _embedded(face: Any) -> bool:
    descriptor = face.get("/FontDescriptor")
    if descriptor is None:
        return False
    return any(isinstance(descriptor.get(key), pikepdf.Stream) for key in _FONT_FILES)


def _colours(file: PressFile) -> Iterator[tuple[int, str]]:
    covered = _COVERED.get(COMPONENTS.get(file.profile[16:20], 0), set())
    for use in file.survey.uses:
        if use.space not in covered | use.defaults:
            yield use.page, use.space


def _transfer(file: PressFile) -> Iterator[tuple[int, str]]:
    for found in file.rare:
        # A soft mask may have a transfer function of its own; it changes no ink.
        if "/TR" in found and found.get("/S") not in ("/Luminosity", "/Alpha"):
            yield 0, "/TR"
        if found.get("/TR2", "/Default") != "/Default":
            yield 0, "/TR2"


def _halftones(file: PressFile) -> Iterator[tuple[int, str]]:
    for found in file.rare:
        if "/HTP" in found or "/HalftoneName" in found:
            yield 0, "/HTP"
        if "/HalftoneType" in found and found["/HalftoneType"] not in (1, 5):
            yield 0, "/HalftoneType"


def _hints(file: PressFile) -> Iterator[tuple[int, str]]:
    for page, xobject in file.survey.xobjects:
        scope = xobject.get("/GTS_Scope")
        if scope is not None and not (isinstance(scope, pikepdf.Name) and str(scope) in _SCOPES):
            yield page, "/GTS_Scope"
        if scope in ("/Stream", "/Global") and not _is_text(xobject.get("/GTS_Env")):
            yield page, "/GTS_Env"
        if not isinstance(xobject.get("/GTS_Encapsulated", False), bool):
            yield page, "/GTS_Encapsulated"
        if "/GTS_XID" in xobject and not _is_text(xobject["/GTS_XID"]):
            yield page, "/GTS_XID"


def _is_text(value: Any) -> bool:
    return isinstance(value, pikepdf.String) and bool(str(value))


CHECKS = {
    "media-box": (N_("Every page says how large its sheet is."), _media_box),
    "trim-box": (N_("Every page has a trim box or an art box, and not both."), _trim_box),
    "boxes-nested": (
        N_("On every page the trim lies within the bleed, and that within the sheet."),
        _nested,
    ),
    "annotations": (N_("No annotation stands within the bleed."), _annotations),
    "fonts-embedded": (N_("All fonts are embedded."), _fonts),
    "device-colours": (N_("All device colours are inks of the output intent."), _colours),
    "transfer-functions": (N_("No graphics state has a transfer function."), _transfer),
    "halftones": (N_("Half tones are of type 1 or 5 and have no name."), _halftones),
    "xobject-hints": (N_("What the file says on the reuse of its objects is well-formed."), _hints),
}
