"""SVG: read into outlines and pictures with all their styles resolved, or refused.

Only what is drawn exactly is read: outlines with a fill and a stroke in plain colours, groups, copies by
`use`, and PNG or JPEG pictures inside the file. Whatever else could change the picture refuses the file, so
that nothing prints that its maker did not see; and nothing in it is run, fetched or expanded.
Source: SVG 1.1, https://www.w3.org/TR/SVG11/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lxml import etree

from yibao_cli.artwork.facts import Facts, NotPrintableError
from yibao_cli.artwork.matrices import IDENTITY, Matrix, numbers, scales, times, transform_matrix
from yibao_cli.artwork.raster import picture_colour
from yibao_cli.artwork.svg_guard import check_harmless, check_known, target_of
from yibao_cli.artwork.svg_marks import (
    LENGTH,
    SHAPES,
    Outline,
    Picture,
    Place,
    is_fitted,
    length,
    outlines,
    pictures,
    share,
)
from yibao_cli.artwork.svg_style import INITIAL, SVG, own_styles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


_MM_PER_PX = 25.4 / 96
_DEEPEST, _MOST = 64, 50_000


@dataclass(frozen=True)
class Drawing:
    """An SVG, ready to draw: y runs down; size and coordinates of the marks in px of 1/96 inch.

    fixed: its width and height are given in a unit of length.
    """

    size: tuple[float, float]
    fixed: bool
    marks: tuple[Outline | Picture, ...]


def examine(path: Path) -> Facts:
    """Tell size, resolution and colours of an SVG; NotPrintableError when it cannot be printed as it is."""
    drawing = read_svg(path)
    colours, dpi = set(), []
    for mark in drawing.marks:
        if isinstance(mark, Picture):
            colours.add(picture_colour(mark.image))
            across, down = scales(mark.matrix)
            dpi += [
                96 * mark.image.width / (mark.box[2] * across),
                96 * mark.image.height / (mark.box[3] * down),
            ]
        else:
            paints = [mark.fill, mark.stroke.colour if mark.stroke else None]
            colours |= {"gray" if len(set(p)) == 1 else "rgb" for p in paints if p is not None}
    size = (drawing.size[0] * _MM_PER_PX, drawing.size[1] * _MM_PER_PX)
    return Facts(size, drawing.fixed, min(dpi, default=None), frozenset(colours))


def read_svg(path: Path) -> Drawing:
    """Read an SVG.

    Raises NotPrintableError when it is damaged, does or fetches anything, or would not be drawn as it looks.
    """
    # The parser is told the encoding, so that no other one can hide a declaration from the search below.
    data = path.read_bytes()
    if declared := re.search(rb"<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)", data):
        raise NotPrintableError("C209", declared[0].decode())
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NotPrintableError("C202") from error
    if root.tag != f"{SVG}svg":
        raise NotPrintableError("C202")
    check_harmless(root)
    return _Reader(root).drawing()


class _Reader:
    """Walks one file."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._styles = own_styles(root)
        self._ids = {e.get("id"): e for e in root.iter() if e.get("id")}
        self._count = 0

    def drawing(self) -> Drawing:
        check_known(self._root)
        size, fixed, matrix = _viewport(self._root)
        place = Place(matrix, {**INITIAL, **self._inherited(self._root, INITIAL)})
        if share(self._styles[self._root].get("opacity", "1")) < 1 or self._root.get("transform"):
            raise NotPrintableError("C210", "<svg>")
        marks = tuple(mark for child in self._root for mark in self._marks(child, place))
        return Drawing(size, fixed, marks)

    def _inherited(self, element: Any, around: Mapping[str, str]) -> dict[str, str]:
        own = self._styles[element]
        return {k: around[k] if v == "inherit" else v for k, v in own.items() if k in INITIAL}

    def _marks(self, element: Any, around: Place) -> Iterator[Outline | Picture]:
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if not name or not element.tag.startswith(SVG) or name in _UNSEEN:
            return
        self._count += 1
        if self._count > _MOST or around.depth > _DEEPEST:
            raise NotPrintableError("C211")
        check_known(element)
        if name == "svg":  # a drawing within the drawing, cut off at an edge of its own
            raise NotPrintableError("C210", "<svg>")
        own = self._styles[element]
        if own.get("display") == "none":
            return
        place = replace(
            around,
            matrix=times(transform_matrix(element.get("transform", "")), around.matrix),
            styles={**around.styles, **self._inherited(element, around.styles)},
            depth=around.depth + 1,
        )
        opacity = share(own.get("opacity", "1"))
        if name in SHAPES:
            yield from outlines(name, element, place, opacity)
        elif name == "image":
            yield from pictures(element, place, opacity)
        elif opacity < 1:
            raise NotPrintableError("C210", "opacity")  # of a group as a whole
        else:
            yield from self._inner(name, element, place)

    def _inner(self, name: str, element: Any, place: Place) -> Iterator[Outline | Picture]:
        if name == "g":
            for child in element:
                yield from self._marks(child, place)
            return
        target = target_of(element)[1:]
        if target not in self._ids or target in place.using:
            raise NotPrintableError("C202", "<use>")
        shift = (1.0, 0.0, 0.0, 1.0, length(element.get("x", "0")), length(element.get("y", "0")))
        inside = replace(place, matrix=times(shift, place.matrix), using=place.using | {target})
        copied = self._ids[target]
        if copied.tag != f"{SVG}symbol":
            yield from self._marks(copied, inside)
            return
        check_known(copied)
        if copied.get("overflow") != "visible":  # else it is cut off at the size of the drawing
            raise NotPrintableError("C210", "<symbol>")
        for child in copied:
            yield from self._marks(child, inside)


# Elements that are read where they are named, or say nothing to the eye.
_UNSEEN = {"defs", "symbol", "style", "title", "desc", "metadata"}


def _viewport(root: Any) -> tuple[tuple[float, float], bool, Matrix]:
    """Size in px, whether it is given as a length, and the matrix from user units to px."""
    box = numbers(root.get("viewBox", ""))
    if box and (len(box) != len("xywh") or min(box[2:]) <= 0):
        raise NotPrintableError("C202", "viewBox")
    given = [root.get(k, "100%").strip() for k in ("width", "height")]
    if all(g == "100%" for g in given) and box:
        given = [repr(v) for v in box[2:]]
    width, height = (length(g) for g in given)
    if width <= 0 or height <= 0:
        raise NotPrintableError("C202", "width")
    fixed = all((found := LENGTH.fullmatch(g)) and found[2] not in {None, "px"} for g in given)
    if not box:
        return (width, height), fixed, IDENTITY
    across, down = width / box[2], height / box[3]
    if is_fitted(root):
        across = down = min(across, down)
    left, top = (width - across * box[2]) / 2, (height - down * box[3]) / 2
    return (width, height), fixed, (across, 0.0, 0.0, down, left - across * box[0], top - down * box[1])
