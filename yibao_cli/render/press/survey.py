"""What the pages of a file paint with: fonts, XObjects, graphics states, colours; each object looked at once.

All that a resource dictionary names counts, whether a page uses it or not.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pikepdf

from yibao_cli.render.press.scanning import DEVICE_CMYK, DEVICE_GRAY, DEVICE_RGB, colour_uses, device_spaces

_DEFAULTS = {"/DefaultGray": DEVICE_GRAY, "/DefaultRGB": DEVICE_RGB, "/DefaultCMYK": DEVICE_CMYK}
UNKNOWN = "JPXDecode"  # a picture that says its colours in its own code only
_NOTHING: Any = {}


class Use(NamedTuple):
    """A device space used on a page, where `defaults` are replaced by spaces of the file's own."""

    page: int
    space: str
    defaults: frozenset[str]


class Survey:
    """Walks pages, and all that they refer to; pages count from 1.

    fonts, xobjects, states: (page, object) of each, at the first page that names it. uses: the device
    colours. An object that many pages share stands with the first of them.
    """

    def __init__(self) -> None:
        self.fonts: list[tuple[int, Any]] = []
        self.xobjects: list[tuple[int, Any]] = []
        self.states: list[tuple[int, Any]] = []
        self.uses: list[Use] = []
        self._scopes: dict[tuple[int, int], frozenset[str]] = {}
        self._seen: set[tuple[int, int]] = set()

    def page(self, number: int, page: Any, resources: Any) -> None:
        """Look at one page; resources: its own, or those that it inherits."""
        scope = self._resources(number, resources)
        contents = page.get("/Contents")
        if contents is not None:
            # The parts of a divided content are one: a token may not span two, an operator's operands may.
            parts = contents if isinstance(contents, pikepdf.Array) else (contents,)
            self._content(number, b"\n".join(part.read_bytes() for part in parts), scope)
        self._group(number, page, scope)

    def _resources(self, page: int, resources: Any) -> frozenset[str]:
        if resources is None:
            return frozenset()
        if resources.is_indirect and resources.objgen in self._scopes:
            return self._scopes[resources.objgen]
        spaces = resources.get("/ColorSpace", _NOTHING)
        scope = frozenset(device for key, device in _DEFAULTS.items() if key in spaces)
        if resources.is_indirect:
            self._scopes[resources.objgen] = scope
        for key, space in spaces.items():
            self._space(page, space, scope - {_DEFAULTS.get(key, "")})
        kinds = {
            "/Font": self._font,
            "/XObject": self._xobject,
            "/ExtGState": self._state,
            "/Pattern": self._pattern,
            "/Shading": self._shading,
        }
        for kind, look in kinds.items():
            for obj in resources.get(kind, _NOTHING).values():
                if not self._known(obj):
                    look(page, obj, scope)
        return scope

    def _known(self, obj: Any) -> bool:
        if not obj.is_indirect:
            return False
        known = obj.objgen in self._seen
        self._seen.add(obj.objgen)
        return known

    def _content(self, page: int, content: bytes, scope: frozenset[str]) -> None:
        self.uses += [Use(page, space, scope) for space in sorted(colour_uses(content))]

    def _space(self, page: int, space: Any, scope: frozenset[str]) -> None:
        self.uses += [Use(page, device, scope) for device in device_spaces(space)]

    def _group(self, page: int, owner: Any, scope: frozenset[str]) -> None:
        if (group := owner.get("/Group")) is not None:
            self._space(page, group.get("/CS"), scope)

    def _painted(self, page: int, stream: Any, scope: frozenset[str]) -> None:
        """A stream with content of its own, and mostly with resources of its own."""
        own = stream.get("/Resources")
        inner = scope if own is None else self._resources(page, own)
        self._content(page, stream.read_bytes(), inner)
        self._group(page, stream, inner)

    def _font(self, page: int, font: Any, scope: frozenset[str]) -> None:
        self.fonts.append((page, font))
        if font.get("/Subtype") == "/Type3":
            inner = self._resources(page, font.get("/Resources")) or scope
            for glyph in font.get("/CharProcs", _NOTHING).values():
                self._content(page, glyph.read_bytes(), inner)

    def _xobject(self, page: int, xobject: Any, scope: frozenset[str]) -> None:
        self.xobjects.append((page, xobject))
        subtype = xobject.get("/Subtype")
        if subtype == "/Form":
            self._painted(page, xobject, scope)
        elif subtype == "/Image" and xobject.get("/ImageMask") is not True:
            self._image(page, xobject, scope)

    def _image(self, page: int, image: Any, scope: frozenset[str]) -> None:
        space = image.get("/ColorSpace")
        if space is None:
            self.uses.append(Use(page, UNKNOWN, scope))
        self._space(page, space, scope)
        for key in ("/SMask", "/Mask"):
            mask = image.get(key)
            if isinstance(mask, pikepdf.Stream) and not self._known(mask):
                self._xobject(page, mask, scope)

    def _state(self, page: int, state: Any, scope: frozenset[str]) -> None:
        self.states.append((page, state))
        mask = state.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and not self._known(mask.G):
            self._xobject(page, mask.G, scope)
        if (font := state.get("/Font")) is not None and not self._known(font[0]):
            self._font(page, font[0], scope)

    def _pattern(self, page: int, pattern: Any, scope: frozenset[str]) -> None:
        if isinstance(pattern, pikepdf.Stream):
            self._painted(page, pattern, scope)
            return
        if (shading := pattern.get("/Shading")) is not None and not self._known(shading):
            self._shading(page, shading, scope)
        if (state := pattern.get("/ExtGState")) is not None and not self._known(state):
            self._state(page, state, scope)

    def _shading(self, page: int, shading: Any, scope: frozenset[str]) -> None:
        self._space(page, shading.get("/ColorSpace"), scope)
