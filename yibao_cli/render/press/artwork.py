"""Forms and pages of a PDF in the inks of the press: contents, pictures, patterns, shadings, masks, groups.

Colours are exchanged where they stand; nothing is drawn anew, so texts stay texts and lines stay sharp. A
blend group keeps its shape and is blended in the inks of the press. What PDF/X-4 forbids besides colours is
taken away where the picture does not depend on it, and refused where it does. Source: ISO 32000-1, 8.6,
11.6.6; ISO 15930-7 (PDF/X-4) as the validators pdf0 and fullbleed 2.5.0 read it.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Dictionary, Name

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.render.press.pictures import convert_image
from yibao_cli.render.press.recolour import Recolouring
from yibao_cli.render.press.shadings import convert_shading
from yibao_cli.render.press.spaces import may_stay, read_space, refuse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yibao_cli.render.press.colour import Colours

# What pikepdf and Python raise on a structure that is not what it should be.
_DAMAGE = (
    UserWarning,
    pikepdf.PdfError,
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
)
_DEEPEST = 50
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
# Stand-ins and notes of other programs, and how another press should make its dots.
_NEEDLESS = ("/OPI", "/Ref", "/Alternates", "/PieceInfo", "/Metadata", "/HT", "/HTP")
_NO_TRANSFER = ("/Identity", "/Default")


def convert_art(objects: Iterable[Any], colours: Colours, where: str) -> None:
    """Convert forms, or pages, of one open PDF in place, with all that they refer to, each object once.

    where: the file's name, for messages. All that share resources must come in one call.
    Raises InputRefused with the part of the artwork that has no simple conversion, or when it is damaged.
    """
    conversion = _Conversion(colours, where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "error", UserWarning
            )  # of a content stream that breaks off pikepdf only warns
            for obj in objects:
                conversion.painted(obj, Dictionary())
            conversion.finish()
    except InputRefused:
        raise
    except _DAMAGE as error:
        raise InputRefused(
            _("the artwork cannot be read"),
            where=where,
            remedy=_("ask the advertiser for it again as PDF, PNG or JPEG"),
        ) from error


class _Conversion:
    """What was converted so far, and the names that nobody needs at the end."""

    def __init__(self, colours: Colours, where: str) -> None:
        self._colours, self._where = colours, where
        self._seen: set[tuple[int, int]] = set()
        self._resources_seen: set[tuple[int, int]] = set()
        self._spaces: list[Any] = []
        self._depth = 0

    def painted(self, owner: Any, above: Any) -> None:
        """A page, form or pattern: content, resources, blend group. above: resources it may inherit."""
        owner = getattr(owner, "obj", owner)
        if self._known(owner):
            return
        self._depth += 1
        if self._depth > _DEEPEST:
            refuse(self._where, _("forms within forms without end"))
        _clean(owner)
        if "/Resources" not in owner:
            owner.Resources = Dictionary(dict(_resources_above(owner, above).items()))
        # Pictures within the text become objects, and are converted as such.
        pikepdf.Page(owner).externalize_inline_images(min_size=0, shallow=True)
        self._content(owner, owner.Resources)
        self._resources(owner.Resources)
        self._group(owner)
        self._depth -= 1

    def finish(self) -> None:
        """Take away the names of spaces that no content uses any more."""
        for spaces in self._spaces:
            for name in list(spaces.keys()):
                if not may_stay(read_space(spaces[name]), self._colours.components):
                    del spaces[name]

    def _known(self, obj: Any) -> bool:
        known = obj.objgen != (0, 0) and obj.objgen in self._seen
        self._seen.add(obj.objgen)
        return known

    def _content(self, owner: Any, resources: Any) -> None:
        recolouring = Recolouring(self._colours, resources.get("/ColorSpace", Dictionary()), self._where)
        stream = owner if isinstance(owner, pikepdf.Stream) else None
        converted = recolouring.content(pikepdf.parse_content_stream(owner))
        if stream is not None:
            stream.write(converted)
        elif "/Contents" in owner:
            pikepdf.Page(owner).contents_coalesce()
            owner.Contents.write(converted)

    def _resources(self, resources: Any) -> None:
        if resources.objgen != (0, 0) and resources.objgen in self._resources_seen:
            return
        self._resources_seen.add(resources.objgen)
        if "/ColorSpace" in resources:
            self._spaces.append(resources.ColorSpace)
        for xobject in resources.get("/XObject", Dictionary()).values():
            self._xobject(xobject, resources)
        for pattern in resources.get("/Pattern", Dictionary()).values():
            self._pattern(pattern, resources)
        for shading in resources.get("/Shading", Dictionary()).values():
            self._shading(shading)
        for state in resources.get("/ExtGState", Dictionary()).values():
            self._state(state, resources)
        for font in resources.get("/Font", Dictionary()).values():
            if not self._known(font):
                self._font(font, resources)

    def _xobject(self, xobject: Any, resources: Any) -> None:
        if xobject.get("/Subtype") == "/Form":
            self.painted(xobject, resources)
        elif xobject.get("/Subtype") != "/Image":
            refuse(self._where, _("PostScript"))
        elif not self._known(xobject):
            _clean(xobject)
            convert_image(xobject, self._colours, self._where)

    def _pattern(self, pattern: Any, resources: Any) -> None:
        if isinstance(pattern, pikepdf.Stream):
            self.painted(pattern, resources)
        elif not self._known(pattern):
            self._shading(pattern.Shading)
            if "/ExtGState" in pattern:
                self._state(pattern.ExtGState, resources)

    def _shading(self, shading: Any) -> None:
        if not self._known(shading):
            convert_shading(shading, self._colours, self._where)

    def _state(self, state: Any, resources: Any) -> None:
        if any(state.get(key, "/Default") not in _NO_TRANSFER for key in ("/TR", "/TR2")):
            refuse(self._where, _("a transfer function"))
        _clean(state)
        mask = state.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and not self._known(state):
            if "/BC" in mask:
                mask.BC = self._backdrop(mask)
            self.painted(mask.G, resources)

    def _backdrop(self, mask: Any) -> list[float]:
        """The backdrop colour of a soft mask, which is in the space of its group."""
        group = mask.G.get("/Group", Dictionary())
        space = read_space(group.get("/CS"))
        return list(self._colours.all_inks(list(mask.BC), space.profile))

    def _font(self, font: Any, resources: Any) -> None:
        if font.get("/Subtype") == "/Type3":
            self._drawn_font(font, resources)
            return
        for face in font.get("/DescendantFonts", (font,)):
            descriptor = face.get("/FontDescriptor", Dictionary())
            if not any(key in descriptor for key in _FONT_FILES):
                remedy = _("ask for the artwork with all its fonts embedded")
                refuse(self._where, _("a font that is not embedded"), remedy)

    def _drawn_font(self, font: Any, resources: Any) -> None:
        own = font.get("/Resources", resources)
        recolouring = Recolouring(self._colours, own.get("/ColorSpace", Dictionary()), self._where)
        for glyph in font.CharProcs.values():
            glyph.write(recolouring.content(pikepdf.parse_content_stream(glyph)))
        if "/Resources" in font:
            self._resources(own)

    def _group(self, owner: Any) -> None:
        group = owner.get("/Group")
        if group is not None and "/CS" in group:
            group.CS = Name(f"/{self._colours.space}")


def _clean(obj: Any) -> None:
    for key in (*_NEEDLESS, "/TR", "/TR2"):
        if key in obj:
            del obj[key]


def _resources_above(owner: Any, above: Any) -> Any:
    """The resources that a page inherits from the page tree, or a form from where it is painted."""
    node = owner
    while (node := node.get("/Parent")) is not None and "/Kids" in node:
        if "/Resources" in node:
            return node.Resources
    return above
