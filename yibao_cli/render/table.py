"""A table of lines, compiled: every line becomes its operators once, a piece's table is a join of them.

A line's operators only move relative to the line above, so they do not depend on where on the page it comes
to stand; a cell that is aligned right is shifted by the number in its TJ array, which moves no matrix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.render.encode import number
from yibao_cli.render.setting import MM, fit_text
from yibao_cli.render.static import CELL_PAD, block_lefts

if TYPE_CHECKING:
    from yibao_cli.kinds.page import PagePlan, PlacedTable, TableValues
    from yibao_cli.render.encode import PartFont

# Share of a row's height above its baseline; the header takes the first row.
_BASELINE = 0.75


class TableProgram:
    """One table of one page, ready to set the lines of any piece in one font."""

    def __init__(self, placed: PlacedTable, page: PagePlan, font: PartFont) -> None:
        self._placed = placed
        self._font = font
        item = placed.item
        self._size = item.size
        top = page.height - item.y - placed.dy - (1 + _BASELINE) * item.row_height
        # A block begins where its row above would have ended: one row higher, at the last column.
        last = item.block_width - item.columns[-1].width
        self._blocks = [
            f"1 0 0 1 {_n((x + CELL_PAD + last) * MM)} {_n((top + item.row_height) * MM)} Tm\n"
            for x in block_lefts(placed)
        ]
        self._moves = [_move(placed, j) for j in range(len(item.columns))]
        code = font.encode(item.empty_text) if item.empty_text else ""
        left = _n((item.x + placed.dx + CELL_PAD) * MM)
        self._empty = f"1 0 0 1 {left} {_n(top * MM)} Tm<{code}>Tj\n" if code else ""

    @property
    def start(self) -> str:
        """Operators that come before the table's lines."""
        return f"0 g /F400 {_n(self._size)} Tf\n"

    def contents(self, values: TableValues) -> list[str]:
        """The operators of the table for each piece."""
        rows = self._rows(values.columns)
        capacity = self._placed.item.rows
        found = []
        for start, stop, head in zip(values.start, values.stop, values.head, strict=True):
            shown = rows[start:stop] if head is None else [*self._head(head), *rows[start:stop]]
            blocks = (shown[i : i + capacity] for i in range(0, len(shown), capacity))
            parts = zip(self._blocks, blocks, strict=False)
            found.append("".join(s + "".join(lines) for s, lines in parts) or self._empty)
        return found

    def _head(self, cells: tuple[str, ...]) -> list[str]:
        return self._rows(tuple([cell] for cell in cells))

    def _rows(self, columns: tuple[list[str], ...]) -> list[str]:
        cells = [self._cells(j, texts) for j, texts in enumerate(columns)]
        return list(map("".join, zip(*cells, strict=True)))

    def _cells(self, index: int, texts: list[str]) -> list[str]:
        """The operators of each cell of a column: from the cell before it to the end of this one's text."""
        if self._placed.cells[index].amount is not None and not any(t.startswith("-") for t in texts):
            # Digits are of one width: amounts of one length are equally wide.
            samples = {len(t): t for t in texts}
            shown = {n: cell for n, t in samples.items() if (cell := self._cell(index, t))}
            if len(shown) == len(samples):
                codes = self._font.encode_column(texts)
                return [shown[len(t)] % c for t, c in zip(texts, codes, strict=True)]
        done = {t: self._fitted(index, t) for t in set(texts)}
        return [done[t] for t in texts]

    def _cell(self, index: int, text: str) -> str | None:
        """Format string that shows the code of a text of this width at the table's size; None if too wide."""
        column = self._placed.item.columns[index]
        slack = self._room(index) - self._font.font.width(text, self._size)
        if slack < 0:
            return None
        if column.align == "left":
            return f"{self._moves[index]}<%s>Tj\n"
        share = slack if column.align == "right" else slack / 2
        return f"{self._moves[index]}[{_n(-share / self._size * 1000)}<%s>]TJ\n"

    def _fitted(self, index: int, text: str) -> str:
        """Operators of a text that is measured by itself: as it is, smaller, or cut."""
        whole = self._cell(index, text)
        if whole is not None:
            return whole % self._font.encode(text)
        item = self._placed.item
        setting = fit_text(text, self._room(index), 1, (item.size, item.min_size), self._font.font)
        line = setting.lines[0]
        slack = self._room(index) - self._font.font.width(line, setting.size)
        shift = _n(-slack / setting.size * 1000) if item.columns[index].align == "right" else "0"
        return (
            f"{self._moves[index]}/F400 {_n(setting.size)} Tf[{shift}<{self._font.encode(line)}>]TJ "
            f"/F400 {_n(self._size)} Tf\n"
        )

    def _room(self, index: int) -> float:
        return (self._placed.item.columns[index].width - 2 * CELL_PAD) * MM


def _move(placed: PlacedTable, index: int) -> str:
    """From the left edge of the cell before to that of this one; the first is one row lower."""
    columns = placed.item.columns
    if index:
        return f"{_n(columns[index - 1].width * MM)} 0 Td"
    back = sum(c.width for c in columns[:-1])
    return f"{_n(-back * MM)} {_n(-placed.item.row_height * MM)} Td"


def _n(value: float) -> str:
    return number(value).decode()
