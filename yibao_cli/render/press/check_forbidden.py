"""Checks of what a print file must not have: actions, scripts, stand-ins for pictures, forms, attachments.

They look at every object of the file, whether a page shows it or not.
Source: ISO 15930-7 (PDF/X-4) as the validators pdf0 and fullbleed 2.5.0 read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yibao_cli.render.press.pressfile import PressFile

_MEDIA = ("/Movie", "/Sound", "/Screen", "/FileAttachment")


def _without(*keys: str) -> Callable[[PressFile], Iterator[tuple[int, str]]]:
    """A check that no dictionary of the file has one of these keys."""

    def check(file: PressFile) -> Iterator[tuple[int, str]]:
        for found in file.rare:
            yield from ((0, key) for key in keys if key in found)

    return check


def _scripts(file: PressFile) -> Iterator[tuple[int, str]]:
    for found in file.rare:
        if found.get("/S") == "/JavaScript" or "/JavaScript" in found or "/JS" in found:
            yield 0, "/JavaScript"


def _postscript(file: PressFile) -> Iterator[tuple[int, str]]:
    for found in file.rare:
        if found.get("/Subtype") == "/PS" or found.get("/Subtype2") == "/PS":
            yield 0, "/PS"


def _references(file: PressFile) -> Iterator[tuple[int, str]]:
    for found in file.rare:
        # Elsewhere /Ref means something else, such as a reference in a structure tree.
        if found.get("/Subtype") == "/Form" and "/Ref" in found:
            yield 0, "/Ref"


def _media(file: PressFile) -> Iterator[tuple[int, str]]:
    for found in file.rare:
        if (subtype := found.get("/Subtype")) in _MEDIA:
            yield 0, str(subtype)


CHECKS = {
    "additional-actions": (N_("Nothing happens by itself when the file is opened or used."), _without("/AA")),
    "open-action": (N_("Nothing is done when the file is opened."), _without("/OpenAction")),
    "scripts": (N_("The file has no scripts."), _scripts),
    "opi": (N_("No picture is to be exchanged by OPI."), _without("/OPI")),
    "postscript": (N_("The file has no PostScript."), _postscript),
    "alternate-images": (N_("No picture has another in its place."), _without("/Alternates")),
    "references": (N_("No form stands for a page of another file."), _references),
    "media": (N_("The file has no film, sound, screen or attachment annotations."), _media),
    "forms": (N_("The file has no form to fill in."), _without("/AcroForm", "/XFA")),
    "attachments": (N_("No file is attached."), _without("/EmbeddedFiles", "/EF", "/AF")),
}
