"""PDF: one page of fixed size, that does nothing, shows what it holds, and has all its fonts.

Source: ISO 32000-2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pikepdf

from yibao_cli.artwork.facts import MM_PER_POINT, Facts, NotPrintableError
from yibao_cli.artwork.pdf_contents import check_contents
from yibao_cli.artwork.pdf_drawing import Tracer

if TYPE_CHECKING:
    from pathlib import Path

# Annotations that are no part of the page: what they show does not print, or they act.
_ACTING = {"/RichMedia", "/3D", "/Screen", "/Movie", "/Sound", "/FileAttachment", "/Projection"}
_SILENT = {"/Link", "/Popup", "/PrinterMark", "/TrapNet"}


def examine(path: Path) -> Facts:
    """Tell size, resolution and colours of the page.

    Raises NotPrintableError when it cannot be printed as it is, and what pikepdf raises when it is damaged.
    """
    try:
        with pikepdf.open(path) as art:
            return _facts(art)
    except pikepdf.PasswordError as error:
        raise NotPrintableError("C212") from error


def _facts(art: pikepdf.Pdf) -> Facts:
    if art.is_encrypted:
        raise NotPrintableError("C212")
    page = art.pages[0]
    if len(art.pages) > 1:
        raise NotPrintableError("C207")
    if float(page.obj.get("/UserUnit", 1)) != 1:
        raise NotPrintableError("C202")
    left, bottom, right, top = (float(v) for v in page.trimbox)
    size = (abs(right - left) * MM_PER_POINT, abs(top - bottom) * MM_PER_POINT)
    if min(size) <= 0:
        raise NotPrintableError("C202")
    _check_still(art.Root, page.obj)
    art.get_warnings()  # those of opening the file: a cross-reference table that was mended harms nothing
    instructions = check_contents(page)
    # A page's content that breaks off is read as far as it goes; the library notes it and goes on.
    if art.get_warnings():
        raise NotPrintableError("C202")
    drawn = Tracer(instructions).trace(page)
    if drawn.bare_font:
        raise NotPrintableError("C206")
    return Facts(_as_seen(size, page), True, drawn.dpi, frozenset(drawn.colours))


def _as_seen(size: tuple[float, float], page: pikepdf.Page) -> tuple[float, float]:
    return size[::-1] if int(page.rotation) % 180 != 0 else size


def _check_still(root: Any, page: Any) -> None:
    """Raise NotPrintableError when the file acts (C209), or shows other than what is on the page (C210)."""
    names = root.get("/Names", pikepdf.Dictionary())
    form = root.get("/AcroForm", pikepdf.Dictionary())
    for holder, key in (
        (names, "/JavaScript"),
        (names, "/EmbeddedFiles"),
        (root, "/AA"),
        (page, "/AA"),
        (form, "/XFA"),
    ):
        if key in holder:
            raise NotPrintableError("C209", key)
    if _acts(root.get("/OpenAction")):
        raise NotPrintableError("C209", "/OpenAction")
    for annotation in page.get("/Annots", []):
        _check_annotation(annotation)
    layers = root.get("/OCProperties", pikepdf.Dictionary()).get("/D", pikepdf.Dictionary())
    # The page alone is taken over, and with it every layer, seen or not.
    if len(layers.get("/OFF", [])) or layers.get("/BaseState", "/ON") != "/ON":
        raise NotPrintableError("C210", "/OCProperties/OFF")


def _check_annotation(annotation: Any) -> None:
    kind = str(annotation.get("/Subtype", ""))
    if kind in _ACTING or "/AA" in annotation or _acts(annotation.get("/A")):
        raise NotPrintableError("C209", f"/Annots{kind}")
    if kind not in _SILENT:
        raise NotPrintableError("C210", f"/Annots{kind}")


def _acts(action: Any) -> bool:
    """Whether an action does more than turn to a page."""
    return isinstance(action, pikepdf.Dictionary) and action.get("/S") != pikepdf.Name.GoTo
