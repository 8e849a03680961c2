"""The colour operators of a content stream, exchanged for those of the press. Source: ISO 32000-1, 8.6.8."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import ContentStreamInstruction, Operator

from yibao_cli.i18n import _
from yibao_cli.render.press.spaces import Space, may_stay, read_space, refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from yibao_cli.render.press.colour import Colours

_GRAY, _RGB, _CMYK = Space("/DeviceGray", 1), Space("/DeviceRGB", 3), Space("/DeviceCMYK", 4)
# Operator to the space that it sets, and whether for lines.
_DIRECT = {
    "g": (_GRAY, False),
    "G": (_GRAY, True),
    "rg": (_RGB, False),
    "RG": (_RGB, True),
    "k": (_CMYK, False),
    "K": (_CMYK, True),
}
_SPACE_OPERATORS = {"cs": False, "CS": True}
_COLOUR_OPERATORS = {"sc": False, "scn": False, "SC": True, "SCN": True}
_NAMES = {(1, False): "g", (1, True): "G", (4, False): "k", (4, True): "K"}


class Recolouring:
    """Rewrites contents that share resources; spaces: their ColorSpace dictionary."""

    def __init__(self, colours: Colours, spaces: Any, where: str) -> None:
        self._colours, self._spaces, self._where = colours, spaces, where
        self._space = {False: _GRAY, True: _GRAY}
        self._saved: list[dict[bool, Space]] = []

    def content(self, steps: Iterable[Any]) -> bytes:
        """The content stream of parsed steps, with its colours exchanged.

        Raises InputRefused for a colour in a space that has no simple conversion.
        """
        self._space, self._saved = {False: _GRAY, True: _GRAY}, []
        return pikepdf.unparse_content_stream([new for step in steps for new in self._step(step)])

    def _step(self, step: Any) -> Iterator[Any]:
        operator, operands = str(step.operator), step.operands
        if isinstance(step, pikepdf.ContentStreamInlineImage):
            entries: Any = step.iimage.obj
            if entries.get("/IM", entries.get("/ImageMask")) is not True:
                refuse(self._where, _("a picture within the text"))
            yield step
        elif operator in _DIRECT:
            space, line = _DIRECT[operator]
            self._space[line] = space
            yield self._colour(list(operands), space, line=line)
        elif operator in _SPACE_OPERATORS:
            yield from self._set_space(step, line=_SPACE_OPERATORS[operator])
        elif operator in _COLOUR_OPERATORS:
            yield self._set_colour(step, line=_COLOUR_OPERATORS[operator])
        else:
            if operator == "q":
                self._saved.append(dict(self._space))
            elif operator == "Q" and self._saved:
                self._space = self._saved.pop()
            yield step

    def _set_space(self, step: Any, *, line: bool) -> Iterator[Any]:
        space = self._space[line] = read_space(step.operands[0], self._spaces)
        if space.plain:
            # Its first colour is black, or what comes nearest. Source: ISO 32000-1, 8.6.8.
            black = [0.0, 0.0, 0.0, 1.0] if space.family == "/DeviceCMYK" else [0.0] * space.components
            yield self._colour(black, space, line=line)
        elif space.family == "/Indexed" and space.base is not None and space.base.plain:
            yield self._colour(space.colour(0), space.base, line=line)
        elif may_stay(space, self._colours.components):
            yield step
        else:
            refuse(self._where, _("a colour in {space}").format(space=space.family.strip("/")))

    def _set_colour(self, step: Any, *, line: bool) -> Any:
        space = self._space[line]
        if space.plain:
            return self._colour(list(step.operands), space, line=line)
        if space.family == "/Indexed" and space.base is not None:
            return self._colour(space.colour(int(step.operands[0])), space.base, line=line)
        return step

    def _colour(self, values: Sequence[Any], space: Space, *, line: bool) -> ContentStreamInstruction:
        if len(values) != space.components:
            refuse(self._where, _("a colour in {space}").format(space=space.family.strip("/")))
        inks = self._colours.inks([float(value) for value in values], space.profile)
        numbers = [Decimal(f"{ink:.4f}").normalize() for ink in inks]
        return ContentStreamInstruction(numbers, Operator(_NAMES[len(inks), line]))
