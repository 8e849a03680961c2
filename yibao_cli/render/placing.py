"""Where the strings of a page must begin, from the layout; compared with where they do.

A figure that stands in another's place is another figure: opening and closing could trade places and every
string would still be there. Each text's baseline is tied, and where it begins: exactly where it is set from
the left, within its own length where it ends or is centred at its place. Of a table's cells the column is
tied where none is blank, else the table's rectangle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.kinds.page import PagePlan, PlacedTable, PlacedText

_NEAR = 0.15  # points; numbers in the file have two decimals
_WIDEST = 1.2  # ems a character may take; a proportional Latin one takes less than one
# Share of its length that a text may begin left of its place at most, and right of it.
_BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0, "decimal": 1.0}
_LOWEST_CELL = 0.5  # of a row, below the last baseline


class Anchor(NamedTuple):
    """Place of a text, in points from the page's bottom left corner; reach: an em of its largest type."""

    x: float
    y: float
    before: float
    reach: float


class Grid(NamedTuple):
    """Place of a table: its columns' left and right edges, block by block, and its lowest and highest row."""

    columns: tuple[tuple[float, float], ...]
    blocks: int
    rows: int
    bottom: float
    top: float


class Places(NamedTuple):
    """Where the texts of a page stand, in order, and its table, where it has one alone."""

    anchors: tuple[Anchor, ...]
    grid: Grid | None


def places_of(page: PagePlan) -> Places:
    """The places of a page plan."""
    grid = _grid(page.tables[0], page) if len(page.tables) == 1 else None
    return Places(tuple(_anchor(text, page) for text in page.texts), grid)


def _anchor(placed: PlacedText, page: PagePlan) -> Anchor:
    item = placed.item
    x, y = (item.x + placed.dx) * MM, (page.height - item.y - placed.dy) * MM
    align = "left" if item.pitch is not None else item.align
    return Anchor(x, y, _BEFORE[align], _WIDEST * item.size)


def _grid(placed: PlacedTable, page: PagePlan) -> Grid:
    item = placed.item
    columns = []
    for block in range(item.blocks):
        left = item.x + placed.dx + block * (item.block_width + item.gap)
        for column in item.columns:
            columns.append((left * MM, (left + column.width) * MM))
            left += column.width
    top = page.height - item.y - placed.dy
    bottom = top - (item.rows + 1 + _LOWEST_CELL) * item.row_height
    return Grid(tuple(columns), item.blocks, item.rows, bottom * MM, top * MM)


def misplaced(
    wanted: Sequence[str], shown: tuple[Sequence[str], Sequence[float], Sequence[float]], places: Places
) -> bool:
    """Whether a text of the page does not stand where it belongs.

    wanted: the texts the page must show, without white space and blank ones included; shown: its strings,
    without white space, and where each begins, in points. Both sides are known to match.
    """
    strings, xs, ys = shown
    at = 0
    for text, (x, y, before, reach) in zip(wanted, places.anchors, strict=False):
        if not text:
            continue
        begin = xs[at]
        over = x - begin
        if abs(ys[at] - y) > _NEAR or not -_NEAR <= over <= before * reach * len(text) + _NEAR:
            return True
        shown_so_far = len(strings[at])
        at += 1
        # A text that was broken stands in several strings.
        while shown_so_far < len(text) and at < len(strings):
            shown_so_far += len(strings[at])
            at += 1
    blanks = "" in wanted[len(places.anchors) :]
    return places.grid is not None and _cells_misplaced(xs[at:], ys[at:], places.grid, blanks=blanks)


def _cells_misplaced(xs: Sequence[float], ys: Sequence[float], grid: Grid, *, blanks: bool) -> bool:
    if not xs:
        return False
    if not (grid.bottom <= min(ys) and max(ys) <= grid.top):
        return True
    left, right = grid.columns[0][0], grid.columns[-1][1]
    if min(xs) < left - _NEAR or max(xs) > right + _NEAR:
        return True
    width = len(grid.columns) // grid.blocks
    if blanks or len(xs) % width:
        return False  # some cells are blank, so which is which cannot be counted
    of_block = grid.rows * width
    for block in range(grid.blocks):
        cells = xs[block * of_block : (block + 1) * of_block]
        for j in range(width):
            begins = cells[j::width]
            near, far = grid.columns[block * width + j]
            if begins and not (near - _NEAR <= min(begins) and max(begins) <= far + _NEAR):
                return True
    return False
