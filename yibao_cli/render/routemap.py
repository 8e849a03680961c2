"""A picture of each vehicle's route: tiles in the order of its stops, and the way where places are known."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from yibao_cli.render.pages import Pages, PaperFile, private_pdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from yibao_cli.render.faces import FontSet

_SIZE = (210.0, 297.0)
_MARGIN, _TOP = 12.0, 34.0
_ACROSS, _TILE, _HIGH = 10, 18.6, 13.0
_MAP = 92.0  # mm of the square that the way is drawn in
_GRAYS = (0.96, 0.86)  # tiles of one office, and of the next
_DOT = 1.0


@dataclass(frozen=True, slots=True)
class RouteMap:
    """A vehicle's route: title, a line of facts, its stops in order.

    tiles: (place, time, pieces, office) each; a change of office changes the gray. points: x and y of each
    stop, y upward, in any unit; empty where places are not known.
    """

    title: str
    facts: str
    tiles: Sequence[tuple[int, str, int, str]]
    points: Sequence[tuple[float, float]] = ()


def draw_routes(path: Path, routes: Iterable[RouteMap], fonts: FontSet) -> PaperFile:
    """Write one page a route as PDF (0600), and further pages where its stops need them."""
    with private_pdf(path) as stream:
        pages = Pages(stream, fonts, _SIZE)
        drawn = False
        for route in routes:
            _draw(pages, route)
            drawn = True
        if not drawn:
            pages.begin()
            pages.text((_MARGIN, _TOP), "无车次", 12, pages.regular)
        return pages.finish(path.stem)


def _draw(pages: Pages, route: RouteMap) -> None:
    y = _begin(pages, route)
    if route.points:
        _way(pages, route, y)
        y += _MAP + 8
    gray, office = 0, route.tiles[0][3] if route.tiles else ""
    column = 0
    for place, time, pieces, own in route.tiles:
        if own != office:
            gray, office = 1 - gray, own
        if column == _ACROSS:
            column, y = 0, y + _HIGH + 1
        if y + _HIGH > _SIZE[1] - _MARGIN:
            y = _begin(pages, route)
        x = _MARGIN + column * _TILE
        pages.box((x, y), (_TILE - 0.8, _HIGH), _GRAYS[gray])
        pages.text((x + 1, y + 5), str(place), 11, pages.bold)
        pages.text((x + _TILE - 2, y + 5), time, 7.5, pages.regular, "right")
        pages.text((x + 1, y + 10.5), own, 6.5, pages.regular)
        pages.text((x + _TILE - 2, y + 10.5), f"{pieces}件", 7, pages.regular, "right")
        column += 1


def _begin(pages: Pages, route: RouteMap) -> float:
    pages.begin()
    pages.text((_MARGIN, 18), route.title, 16, pages.bold)
    pages.text((_MARGIN, 26), route.facts, 9.5, pages.regular)
    return _TOP


def _way(pages: Pages, route: RouteMap, top: float) -> None:
    low = [min(p[axis] for p in route.points) for axis in (0, 1)]
    high = [max(p[axis] for p in route.points) for axis in (0, 1)]
    span = max(high[0] - low[0], high[1] - low[1]) or 1.0
    left = (_SIZE[0] - _MAP) / 2
    pages.box((left - 4, top - 4), (_MAP + 8, _MAP + 8))
    spots = [
        (left + (x - low[0]) / span * _MAP, top + _MAP - (y - low[1]) / span * _MAP) for x, y in route.points
    ]
    for one, other in pairwise(spots):
        pages.rule(one, other)
    for (place, _time, _pieces, _own), (x, y) in zip(route.tiles, spots, strict=True):
        pages.box((x - _DOT / 2, y - _DOT / 2), (_DOT, _DOT), 0)
        pages.text((x + 0.8, y - 0.8), str(place), 6, pages.regular)
