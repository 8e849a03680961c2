"""Artwork: whether a file can be printed on a panel, judged by size, resolution, content and fonts."""

from __future__ import annotations

import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Any

import pikepdf
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MM_PER_POINT = 25.4 / 72
_TOLERANCE_MM = 1.5  # of the panel's size, as paper and fold have it (GB/T 1416)
_REFUSED_DPI, _DOUBTFUL_DPI = 100, 200
_LARGEST_PIXELS = 60_000_000
_SUFFIXES = {".pdf", ".png", ".jpg", ".jpeg"}

# Every operator of a content stream (ISO 32000-2, annex A), inline images as pikepdf names them.
_OPERATORS = {
    operator
    for group in (
        "q Q cm w J j M d ri i gs",
        "m l c v y h re S s f F f* B B* b b* n W W*",
        "CS cs SC SCN sc scn G g RG rg K k sh Do",
        "BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ ' \"",
        "d0 d1 MP DP BMC BDC EMC BX EX",
    )
    for operator in group.split()
} | {"INLINE IMAGE"}
# The operators that name a resource, and where resources must have it.
_NAMING = {
    "Do": "/XObject",
    "Tf": "/Font",
    "gs": "/ExtGState",
    "cs": "/ColorSpace",
    "CS": "/ColorSpace",
    "sh": "/Shading",
    "scn": "/Pattern",
    "SCN": "/Pattern",
}
_BUILT_IN_SPACES = {"/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/Pattern"}
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")

# What the two libraries raise at files that are no artwork (Pillow says SyntaxError of a damaged PNG).
_DAMAGE = (
    pikepdf.PdfError,
    OSError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    SyntaxError,
    AttributeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    UserWarning,
)


def check_artwork(path: Path, panel_size: tuple[float, float]) -> tuple[str | None, str | None]:
    """Judge an artwork for a panel of that size in mm.

    Returns (rule that forbids it, rule that warns of it); None where there is none.
    """
    if path.suffix.lower() not in _SUFFIXES:
        return "C202", None
    try:
        if not path.is_file():
            return "C201", None
        if path.suffix.lower() == ".pdf":
            return _check_pdf(path, panel_size), None
        return _check_image(path, panel_size)
    except _DAMAGE:
        return "C202", None


def _check_pdf(path: Path, panel_size: tuple[float, float]) -> str | None:
    with pikepdf.open(path) as art:
        page = art.pages[0]
        if len(art.pages) > 1:
            return "C207"
        if float(page.obj.get("/UserUnit", 1)) != 1:
            return "C202"
        return _check_size(page, panel_size) or _check_content(art, page)


def _check_size(page: pikepdf.Page, panel_size: tuple[float, float]) -> str | None:
    left, bottom, right, top = (float(v) for v in page.trimbox)
    size = (abs(right - left) * _MM_PER_POINT, abs(top - bottom) * _MM_PER_POINT)
    size = size[::-1] if int(page.rotation) % 180 != 0 else size
    fits = all(abs(a - b) <= _TOLERANCE_MM for a, b in zip(size, panel_size, strict=True))
    return None if fits else "C203"


def _check_content(art: pikepdf.Pdf, page: pikepdf.Page) -> str | None:
    art.get_warnings()  # those of opening the file: a cross-reference table that was mended harms nothing
    embedded = True
    for content, resources in _contents(page):
        if not _is_whole(content, resources):
            return "C202"
        embedded = embedded and all(_is_embedded(font) for font in _fonts(resources))
    # A page's content that breaks off is read as far as it goes; the library notes it and goes on.
    if art.get_warnings():
        return "C202"
    return None if embedded else "C206"


def _contents(page: pikepdf.Page) -> Iterator[tuple[Any, Any]]:
    """The content of the page and all that its resources can bring in, each once, with its resources.

    A content without resources of its own draws with those of the one that calls it.
    """
    seen = set()
    waiting: list[tuple[Any, Any]] = [(page, page.resources)]
    while waiting:
        content, resources = waiting.pop()
        yield content, resources
        if resources.is_indirect:
            if resources.objgen in seen:
                continue
            seen.add(resources.objgen)
        for inner, own in _inner_contents(resources):
            if inner.objgen in seen:
                continue
            seen.add(inner.objgen)
            if own is None:
                yield inner, resources
            else:
                waiting.append((inner, own))


def _inner_contents(resources: Any) -> Iterator[tuple[Any, Any]]:
    """Forms, tiling patterns, soft masks and Type 3 glyphs, with their own resources or None."""
    for drawn in _entries(resources, "/XObject"):
        if drawn.get("/Subtype") == pikepdf.Name.Form:
            yield drawn, drawn.get("/Resources")
    for pattern in _entries(resources, "/Pattern"):
        if isinstance(pattern, pikepdf.Stream):
            yield pattern, pattern.get("/Resources")
    for state in _entries(resources, "/ExtGState"):
        mask = state.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary):
            yield mask.G, mask.G.get("/Resources")
    for font in _entries(resources, "/Font"):
        for glyph in _entries(font, "/CharProcs"):
            yield glyph, font.get("/Resources")


def _entries(holder: Any, category: str) -> list[Any]:
    return [value for _name, value in holder.get(category, pikepdf.Dictionary()).items()]


def _is_whole(content: Any, resources: Any) -> bool:
    """Whether a content can be parsed, closes each state it opens, and names only what it has."""
    states = lenient = 0
    with warnings.catch_warnings():
        # So it does for all other contents that break off, but there in words of Python.
        warnings.simplefilter("error", UserWarning)
        instructions = pikepdf.parse_content_stream(content)
    for instruction in instructions:
        operator = str(instruction.operator)
        states += (operator == "q") - (operator == "Q")
        lenient += (operator == "BX") - (operator == "EX")  # between them unknown operators are passed over
        if states < 0 or (operator not in _OPERATORS and lenient <= 0):
            return False
        if operator in _NAMING and not _has_named(operator, list(instruction.operands), resources):
            return False
    return states == 0


def _has_named(operator: str, operands: list[Any], resources: Any) -> bool:
    category = _NAMING[operator]
    if category == "/Pattern" and not (operands and isinstance(operands[-1], pikepdf.Name)):
        return True  # a colour in numbers
    name = str(operands[-1] if category == "/Pattern" else operands[0])
    if category == "/ColorSpace" and name in _BUILT_IN_SPACES:
        return True
    return name in resources.get(category, pikepdf.Dictionary())


def _fonts(resources: Any) -> list[Any]:
    states = [state.Font[0] for state in _entries(resources, "/ExtGState") if "/Font" in state]
    return _entries(resources, "/Font") + states


def _is_embedded(font: Any) -> bool:
    if font.Subtype == pikepdf.Name.Type3:
        return True  # its glyphs are contents of the file itself
    faces = list(font.DescendantFonts) if font.Subtype == pikepdf.Name.Type0 else [font]
    descriptors = [face.get("/FontDescriptor", pikepdf.Dictionary()) for face in faces]
    return all(any(isinstance(d.get(f), pikepdf.Stream) for f in _FONT_FILES) for d in descriptors)


def _check_image(path: Path, panel_size: tuple[float, float]) -> tuple[str | None, str | None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(path) as image:
            width, height = image.size
            if width * height > _LARGEST_PIXELS:
                return "C202", None
            image.verify()
        with Image.open(path) as image:
            image.load()  # to the last row: a JPEG that was cut off passes `verify`
    if abs(width / height * panel_size[1] - panel_size[0]) > _TOLERANCE_MM:
        return "C203", None
    dpi = width / (panel_size[0] / 25.4)
    if dpi < _REFUSED_DPI:
        return "C204", None
    return None, "C205" if dpi < _DOUBTFUL_DPI else None
