"""Colour spaces of a PDF, told apart by what they are printed from."""

from __future__ import annotations

from typing import Any

import pikepdf

_NAMES = {
    **dict.fromkeys(("/DeviceGray", "/CalGray", "/G"), "gray"),
    **dict.fromkeys(("/DeviceRGB", "/CalRGB", "/RGB"), "rgb"),
    **dict.fromkeys(("/DeviceCMYK", "/CMYK"), "cmyk"),
    "/Lab": "lab",
}
_COMPONENTS = {1: "gray", 3: "rgb", 4: "cmyk"}
_PROCESS = {"/Cyan", "/Magenta", "/Yellow", "/Black", "/All", "/None"}
_DEEPEST = 8


def colour_of(space: Any, resources: Any, depth: int = 0) -> str:
    """gray, rgb, cmyk, lab, spot or other; "" for a pattern that brings its own colours.

    space: a name or an array, as `cs`, an image or a shading has it.
    """
    if space is None or depth > _DEEPEST:
        return "other"
    if not isinstance(space, pikepdf.Name):
        return _of_array(space, resources, depth)
    name = str(space)
    if name == "/Pattern" or name in _NAMES:
        return _NAMES.get(name, "")
    named = resources.get("/ColorSpace", pikepdf.Dictionary())
    return colour_of(named[name], resources, depth + 1) if name in named else "other"


def _of_array(space: Any, resources: Any, depth: int) -> str:
    kind = str(space[0])
    match kind:
        case "/ICCBased":
            found = _of_profile(space[1])
        case "/Indexed" | "/I" | "/Pattern":
            found = colour_of(space[1], resources, depth + 1) if len(space) > 1 else ""
        case "/Separation":
            found = _of_inks({str(space[1])})
        case "/DeviceN" | "/NChannel":
            found = _of_inks({str(ink) for ink in space[1]})
        case _:
            found = _NAMES.get(kind, "other")
    return found


def _of_profile(profile: Any) -> str:
    alternate = profile.get("/Alternate")
    is_lab = isinstance(alternate, pikepdf.Array) and str(alternate[0]) == "/Lab"
    return "lab" if is_lab else _COMPONENTS.get(int(profile.N), "other")


def _of_inks(inks: set[str]) -> str:
    return "cmyk" if inks <= _PROCESS else "spot"


def image_colour(image: Any, resources: Any) -> str:
    """Of what a picture is made; "" for a stencil, which is painted with the colour of the moment."""
    if image.get("/ImageMask", False):
        return ""
    space = image.get("/ColorSpace")
    return "other" if space is None else colour_of(space, resources)
