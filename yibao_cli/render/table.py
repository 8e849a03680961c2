"""A table of lines, compiled: every line becomes its operators once, a piece's table is a join of them.

A line's operators only move relative to the line above, so they do not depend on where on the page it comes
to stand; a cell that is aligned right is shifted by the number in its TJ array, which moves no matrix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.render.encode import operand
from yibao_cli.render.setting import MM, fit_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.kinds.page import PagePlan, PlacedTable
    from yibao_cli.kinds.values import TableValues
    from yibao_cli.render.encode import PartFont

CELL_PAD = 0.4  # white space at both sides of a cell, mm
# Share of a row's height above its baseline; the header takes the first row.
_BASELINE = 0.75


def block_lefts(table: PlacedTable) -> list[float]:
    """Left edge of each block of a table on its page, mm."""
    item = table.item
    return [item.x + table.dx + b * (item.block_width + item.gap) for b in range(item.blocks)]


class TableProgram:
    """One table of one page, ready to set the lines of any piece in one font."""

    def __init__(self, placed: PlacedTable, page: PagePlan, font: PartFont) -> None:
        self._placed = placed
        self._font = font
        item = placed.item
        self._size = item.size
        self._tf = operand(item.size)
        top = page.height - item.y - placed.dy - (1 + _BASELINE) * item.row_height
        # A block begins where its row above would have ended: one row higher, at the last column.
        last = item.block_width - item.columns[-1].width
        self._blocks = [
            f"1 0 0 1 {operand((x + CELL_PAD + last) * MM)} {operand((top + item.row_height) * MM)} Tm\n"
            for x in block_lefts(placed)
        ]
        self._moves = [_move(placed, j) for j in range(len(item.columns))]
        self._empty = ""
        if item.empty_text:
            left, name = operand((item.x + placed.dx + CELL_PAD) * MM), self._font.wide
            code = font.encode(item.empty_text)
            self._empty = f"/{name} {self._tf} Tf 1 0 0 1 {left} {operand(top * MM)} Tm<{code}>Tj\n"

    def contents(self, values: TableValues) -> list[str]:
        """The operators of the table for each piece."""
        own = [row for row in (*values.head, *values.foot) if row is not None]
        columns = (
            [[*c, *(row[j] for row in own)] for j, c in enumerate(values.columns)] if own else values.columns
        )
        rows, start = self._rows(columns)
        if not own:
            ranges = zip(values.start, values.stop, strict=True)
            return [self._block(rows[first:last], start) for first, last in ranges]
        heads = iter(rows[len(values.columns[0]) :])
        head_rows = [[next(heads)] if row is not None else [] for row in values.head]
        foot_rows = [[next(heads)] if row is not None else [] for row in values.foot]
        return [
            self._block([*head, *rows[first:last], *foot], start)
            for first, last, head, foot in zip(values.start, values.stop, head_rows, foot_rows, strict=True)
        ]

    def _block(self, shown: list[str], start: str) -> str:
        """The operators of the lines that one page shows, block by block."""
        if not shown:
            return self._empty
        capacity = self._placed.item.rows
        if len(shown) <= capacity:
            return f"{start}{self._blocks[0]}{''.join(shown)}"
        blocks = (shown[i : i + capacity] for i in range(0, len(shown), capacity))
        return start + "".join(s + "".join(lines) for s, lines in zip(self._blocks, blocks, strict=False))

    def _rows(self, columns: Sequence[list[str]]) -> tuple[list[str], str]:
        """The operators of each line, and those that come before the first one.

        Each column has its font; a cell sets it where the cell before has another, and a line begins with
        the font of the last column.
        """
        joined = ["".join(texts) for texts in columns]
        narrow = [self._font.takes_narrow(text) for text in joined]
        names = [self._font.narrow if n else self._font.wide for n in narrow]
        cells = []
        for j, texts in enumerate(columns):
            change = f"/{names[j]} {self._tf} Tf " if names[j - 1] != names[j] else ""
            before = change + self._moves[j]
            if narrow[j] and self._placed.cells[j].amount is not None and "-" not in joined[j]:
                cells.append(self._amounts(j, texts, before) or self._texts(j, texts, before, narrow=True))
            else:
                cells.append(self._texts(j, texts, before, narrow=narrow[j]))
        return list(map("".join, zip(*cells, strict=True))), f"0 g /{names[-1]} {self._tf} Tf\n"

    def _amounts(self, index: int, texts: list[str], before: str) -> list[str] | None:
        """The operators of amounts without a sign; None when one of them is too wide.

        Digits are of one width, so amounts of one length are equally wide.
        """
        samples = {len(t): t for t in texts}
        shifts = {n: self._shift(index, t) for n, t in samples.items()}
        if None in shifts.values():
            return None
        starts = {n: f"{before}[{shift}(" for n, shift in shifts.items()}
        return [f"{starts[len(t)]}{t})]TJ\n" for t in texts]

    def _texts(self, index: int, texts: list[str], before: str, *, narrow: bool) -> list[str]:
        """The operators of texts that are measured one by one: from the cell before to the text's end."""
        unique = list(dict.fromkeys(texts))
        name = self._font.narrow if narrow else self._font.wide
        strings = (
            [f"({t})" for t in unique]
            if narrow
            else [f"<{code}>" for code in self._font.encode_column(unique)]
        )
        done = {t: before + self._shown(index, t, s, name) for t, s in zip(unique, strings, strict=True)}
        return [done[t] for t in texts]

    def _shift(self, index: int, text: str) -> str | None:
        """How far right a text begins in its cell, as a number of a TJ array; None when it is too wide."""
        if self._font.font.width(text, self._size) > self._room(index):
            return None
        return operand(0.0 - self._begin(index, text, self._size) / self._size * 1000)

    def _begin(self, index: int, text: str, size: float) -> float:
        """How far right of its cell's left edge a text begins, in points."""
        column, font = self._placed.item.columns[index], self._font.font
        room = self._room(index)
        if column.align == "left":
            return 0.0
        if column.align == "decimal":
            behind = font.width("." + "0" * column.decimals, size)
            begin = room - behind - font.width(text.partition(".")[0], size)
            # More decimals than there is room for: the end of the cell counts.
            return max(min(begin, room - font.width(text, size)), 0.0)
        slack = room - font.width(text, size)
        return slack / 2 if column.align == "center" else slack

    def _shown(self, index: int, text: str, string: str, name: str) -> str:
        """Operators of a text that is measured by itself: as it is, smaller, or cut."""
        shift = self._shift(index, text)
        if shift is not None:
            return f"{string}Tj\n" if shift == "0" else f"[{shift}{string}]TJ\n"
        item = self._placed.item
        setting = fit_text(text, self._room(index), 1, (item.size, item.min_size), self._font.font)
        line = setting.lines[0]
        shift = operand(0.0 - self._begin(index, line, setting.size) / setting.size * 1000)
        code = self._font.encode(line)
        return f"/{self._font.wide} {operand(setting.size)} Tf[{shift}<{code}>]TJ /{name} {self._tf} Tf\n"

    def _room(self, index: int) -> float:
        return (self._placed.item.columns[index].width - 2 * CELL_PAD) * MM


def _move(placed: PlacedTable, index: int) -> str:
    """From the left edge of the cell before to that of this one; the first is one row lower."""
    columns = placed.item.columns
    if index:
        return f"{operand(columns[index - 1].width * MM)} 0 Td"
    back = sum(c.width for c in columns[:-1])
    return f"{operand(-back * MM)} {operand(-placed.item.row_height * MM)} Td"
