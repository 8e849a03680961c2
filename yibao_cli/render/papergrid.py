"""A table going down the pages of a paper: its header on each, lines around its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from yibao_cli.render.papertable import PAD, Setter, column_widths
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yibao_cli.exports import Cell
    from yibao_cli.exports.paper import Table
    from yibao_cli.render.pages import Pages
    from yibao_cli.render.papertable import Row

_TINT, _GRID = 0.92, 0.6  # grays


class Flow(Protocol):
    """A paper being set: y is where the next thing goes, bottom where a page ends; mm from the top."""

    pages: Pages
    left: float
    width: float
    size: float
    bottom: float
    y: float

    def room(self, height: float) -> None:
        """Go to the next page when this one has no room so high left."""

    def page(self) -> None:
        """Begin the next page."""


def draw_table(flow: Flow, table: Table) -> None:
    """Set a table where a paper stands, and on further pages as it needs them."""
    lefts, rows = _columns(flow, table)
    body = Setter(table.columns, lefts, flow.pages.regular, flow.size)
    head = Setter(table.columns, lefts, flow.pages.bold, flow.size)
    grid = _Grid(flow, body, head)
    for row in body.rows(rows):
        grid.add(row, body)
    for row in head.rows(table.totals):
        grid.add(row, head, tinted=True)
    grid.close()


def _columns(flow: Flow, table: Table) -> tuple[list[float], Iterator[Sequence[Cell]]]:
    """Left edges of the columns in points, and the rows."""
    pads = 2 * PAD * len(table.columns)
    if table.widths:
        widths, rows = [w * MM for w in table.widths], iter(table.rows)
    else:
        fonts = flow.pages.regular, flow.pages.bold
        space = (flow.width * MM - pads) / flow.size
        shares, rows = column_widths(table.columns, (table.rows, table.totals), fonts, space)
        widths = [share * flow.size + 2 * PAD for share in shares]
    lefts = [flow.left * MM]
    for width in widths:
        lefts.append(lefts[-1] + width)
    return lefts, rows


class _Grid:
    """The rows of a table going down the pages: header on each, lines around the cells."""

    def __init__(self, flow: Flow, body: Setter, head: Setter) -> None:
        self._flow, self._body, self._head = flow, body, head
        self._header = head.header()
        self._texts: list[str] = []
        self._tints: list[str] = []
        self._edges: list[float] = []
        flow.room((self._header.height + 2 * body.row_height) / MM)
        self._open()

    def add(self, row: Row, setter: Setter, *, tinted: bool = False) -> None:
        """Set the next row; one that is higher than what is left goes on on the next page."""
        if self._y - row.height < self._floor and len(self._edges) > 2:  # noqa: PLR2004 - rows stand here
            self._next()
        while row.height > self._y - self._floor:
            if not row.cells or self._y - self._floor < 2 * setter.row_height:
                break
            first, row = setter.split(row, self._y - self._floor)
            self._put(first, setter, tinted=tinted)
            self._next()
        self._put(row, setter, tinted=tinted)

    def close(self) -> None:
        """Draw what was set on this page."""
        lefts = self._body.lefts
        left, right = lefts[0], lefts[-1]
        lines = [f"{left:.2f} {y:.2f} m {right:.2f} {y:.2f} l" for y in self._edges]
        top, low = self._edges[0], self._edges[-1]
        lines += [f"{x:.2f} {top:.2f} m {x:.2f} {low:.2f} l" for x in lefts]
        tints = f"q {_TINT} g {' '.join(self._tints)} f Q\n"
        grid = f"q 0.4 w {_GRID} G {' '.join(lines)} S Q\n"
        self._flow.pages.raw(f"{tints}{grid}BT\n{''.join(self._texts)}ET\n")
        self._flow.y = self._flow.pages.height - low / MM

    def _open(self) -> None:
        self._y = (self._flow.pages.height - self._flow.y) * MM
        self._floor = (self._flow.pages.height - self._flow.bottom) * MM
        self._texts, self._tints, self._edges = [], [], [self._y]
        cells, height = self._header.cells, self._header.height
        self._texts.append(self._head.drawn_lines(cells, self._y, height, centred=True))
        self._tint(height)
        self._step(height)

    def _next(self) -> None:
        self.close()
        self._flow.page()
        self._open()

    def _put(self, row: Row, setter: Setter, *, tinted: bool) -> None:
        self._texts.append(setter.drawn(row, self._y))
        if tinted:
            self._tint(row.height)
        self._step(row.height)

    def _tint(self, height: float) -> None:
        left, right = self._body.lefts[0], self._body.lefts[-1]
        self._tints.append(f"{left:.2f} {self._y - height:.2f} {right - left:.2f} {height:.2f} re")

    def _step(self, height: float) -> None:
        self._y -= height
        self._edges.append(self._y)
