"""Shadings in the inks of the press, where they run between a few given colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pikepdf import Dictionary, Name

from yibao_cli.i18n import _
from yibao_cli.render.press.spaces import Space, may_stay, read_space, refuse

if TYPE_CHECKING:
    from yibao_cli.render.press.colour import Colours

_AXIAL, _RADIAL = 2, 3
_EXPONENTIAL, _STITCHING = 2, 3


def convert_shading(shading: Any, colours: Colours, where: str) -> None:
    """Convert a shading in place; where: the file, for a message.

    Axial and radial ones between colours are converted colour by colour. Raises InputRefused for others,
    unless they are in gray or in the press's inks already.
    """
    space = read_space(shading.ColorSpace)
    covered = {1, colours.components}
    if space.components in covered:
        # Without its profile, as all other gray and CMYK.
        shading.ColorSpace = Name.DeviceGray if space.components == 1 else Name.DeviceCMYK
        return
    if may_stay(space, colours.components):
        return
    if not space.plain or shading.ShadingType not in (_AXIAL, _RADIAL):
        refuse(where, _("a shading in {space}").format(space=space.family.strip("/")))
    shading.Function = _converted(shading.get("/Function"), space, colours, where)
    if "/Background" in shading:
        shading.Background = list(colours.all_inks(list(shading.Background), space.profile))
    shading.ColorSpace = Name(f"/{colours.space}")


def _converted(function: Any, space: Space, colours: Colours, where: str) -> Any:
    """A copy with converted colours: other shadings may share a function, and be in other spaces."""
    kind = function.get("/FunctionType") if hasattr(function, "get") else None
    if kind == _STITCHING:
        parts = [_converted(part, space, colours, where) for part in function.Functions]
        return _copy(function, {"/Functions": parts})
    if kind != _EXPONENTIAL or "/C0" not in function or len(function.C0) != space.components:
        refuse(where, _("a shading in {space}").format(space=space.family.strip("/")))
    ends = {key: list(colours.all_inks(list(function[key]), space.profile)) for key in ("/C0", "/C1")}
    return _copy(function, {**ends, "/Range": None})


def _copy(function: Any, changes: dict[str, Any]) -> Any:
    entries = {**dict(function.items()), **changes}
    return Dictionary({key: value for key, value in entries.items() if value is not None})
