"""Colour spaces of a PDF, sorted by what can be done with them. Source: ISO 32000-1, 8.6."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import pikepdf

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _

# A space of so many values of light or ink; 0 are those that are none of these.
_COMPONENTS = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3, "/DeviceCMYK": 4}
_SPOTS = frozenset({"/Separation", "/DeviceN"})


@dataclass(frozen=True, slots=True)
class Space:
    """A colour space.

    family: its PDF name; components: 1 gray, 3 RGB, 4 CMYK, 0 other; profile: of an ICCBased space.
    base: of an indexed, a pattern's or a spot's space what it stands on; table: colours of an indexed one,
    `base.components` bytes each.
    """

    family: str
    components: int = 0
    profile: bytes = b""
    base: Space | None = None
    table: bytes = b""

    @property
    def plain(self) -> bool:
        """Whether its values are gray, RGB or CMYK."""
        return self.components > 0

    def colour(self, index: int) -> list[float]:
        """A colour of an indexed space, from 0 to 1; beyond its end the last."""
        count = self.base.components if self.base else 1
        at = max(0, min(index, len(self.table) // count - 1)) * count
        return [byte / 255 for byte in self.table[at : at + count]]


def read_space(obj: Any, named: Any = None) -> Space:
    """Read a colour space; named: the ColorSpace dictionary of the resources in force, for a name.

    What it does not know comes back as a space of 0 components.
    """
    if isinstance(obj, pikepdf.Array) and len(obj):
        return _of_array(obj, named)
    if not isinstance(obj, pikepdf.Name):
        return Space("?")
    family = str(obj)
    if named is not None and family in named and family not in _COMPONENTS:
        return read_space(named[family])
    return Space(family, _COMPONENTS.get(family, 0))


def _of_array(obj: Any, named: Any) -> Space:
    family = str(obj[0])
    if family == "/ICCBased":
        return Space(family, int(obj[1].N) if int(obj[1].N) in (1, 3, 4) else 0, obj[1].read_bytes())
    if family in {"/Indexed", "/I"}:
        table = obj[3]
        data = table.read_bytes() if isinstance(table, pikepdf.Stream) else bytes(table)
        return Space("/Indexed", base=read_space(obj[1], named), table=data)
    if family in _SPOTS:
        return Space(family, base=read_space(obj[2], named))
    if family == "/Pattern":
        return Space(family, base=read_space(obj[1], named) if len(obj) > 1 else None)
    return Space(family, _COMPONENTS.get(family, 0))


def may_stay(space: Space, components: int) -> bool:
    """Whether a space may stand in a file for a press of so many inks.

    Patterns are converted themselves; a spot colour stays where it stands on inks of the press.
    """
    if space.base is None:
        return space.family == "/Pattern"
    named = space.base.family in {"/DeviceGray", "/DeviceCMYK"}
    return space.family != "/Indexed" and named and space.base.components in {1, components}


def refuse(where: str, what: str, remedy: str = "") -> NoReturn:
    """Raise the refusal of an artwork; what: the part of it that cannot be converted, in words."""
    raise InputRefused(
        _("the artwork cannot be converted to the inks of the press: {what}").format(what=what),
        where=where,
        remedy=remedy or _("ask for the artwork in CMYK or gray"),
    )
