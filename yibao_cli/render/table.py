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
        self._empty = ""
        if item.empty_text:
            left, name = _n((item.x + placed.dx + CELL_PAD) * MM), self._font.wide
            code = font.encode(item.empty_text)
            self._empty = f"/{name} {_n(self._size)} Tf 1 0 0 1 {left} {_n(top * MM)} Tm<{code}>Tj\n"

    def contents(self, values: TableValues) -> list[str]:
        """The operators of the table for each piece."""
        heads = [h for h in values.head if h is not None]
        columns = [[*c, *(h[j] for h in heads)] for j, c in enumerate(values.columns)]
        rows, start = self._rows(columns)
        head_rows = iter(rows[len(values.columns[0]) :])
        capacity = self._placed.item.rows
        found = []
        for first, last, head in zip(values.start, values.stop, values.head, strict=True):
            shown = rows[first:last] if head is None else [next(head_rows), *rows[first:last]]
            blocks = (shown[i : i + capacity] for i in range(0, len(shown), capacity))
            parts = zip(self._blocks, blocks, strict=False)
            content = "".join(s + "".join(lines) for s, lines in parts)
            found.append(start + content if content else self._empty)
        return found

    def _rows(self, columns: list[list[str]]) -> tuple[list[str], str]:
        """The operators of each line, and those that come before the first one.

        Each column has its font; a cell sets it where the cell before has another, and a line begins with
        the font of the last column.
        """
        drawn = [self._font.strings(texts) for texts in columns]
        names = [name for name, _strings in drawn]
        cells = []
        for j, (name, strings) in enumerate(drawn):
            change = f"/{name} {_n(self._size)} Tf " if names[j - 1] != name else ""
            cells.append(self._cells(j, (columns[j], strings), name, change))
        return list(map("".join, zip(*cells, strict=True))), f"0 g /{names[-1]} {_n(self._size)} Tf\n"

    def _cells(self, index: int, texts: tuple[list[str], list[str]], name: str, change: str) -> list[str]:
        """The operators of each cell of a column: from the cell before it to the end of this one's text.

        texts: the texts, and the same as PDF strings.
        """
        before = change + self._moves[index]
        plain, strings = texts
        if self._placed.cells[index].amount is not None and not any(t.startswith("-") for t in plain):
            # Digits are of one width: amounts of one length are equally wide.
            samples = {len(t): t for t in plain}
            shifts = {n: shift for n, t in samples.items() if (shift := self._shift(index, t)) is not None}
            if len(shifts) == len(samples):
                starts = {n: f"{before}[{shift}" for n, shift in shifts.items()}
                return [f"{starts[len(t)]}{s}]TJ\n" for t, s in zip(plain, strings, strict=True)]
        done = {
            t: before + self._shown(index, t, s, name)
            for t, s in dict(zip(plain, strings, strict=True)).items()
        }
        return [done[t] for t in plain]

    def _shift(self, index: int, text: str) -> str | None:
        """How far right a text begins in its cell, as a number of a TJ array; None when it is too wide."""
        slack = self._room(index) - self._font.font.width(text, self._size)
        if slack < 0:
            return None
        share = {"left": 0.0, "center": slack / 2, "right": slack}[self._placed.item.columns[index].align]
        return _n(-share / self._size * 1000)

    def _shown(self, index: int, text: str, string: str, name: str) -> str:
        """Operators of a text that is measured by itself: as it is, smaller, or cut."""
        shift = self._shift(index, text)
        if shift is not None:
            return f"{string}Tj\n" if shift == "0" else f"[{shift}{string}]TJ\n"
        item = self._placed.item
        setting = fit_text(text, self._room(index), 1, (item.size, item.min_size), self._font.font)
        line = setting.lines[0]
        slack = self._room(index) - self._font.font.width(line, setting.size)
        shift = _n(-slack / setting.size * 1000) if item.columns[index].align == "right" else "0"
        code = self._font.encode(line)
        return f"/{self._font.wide} {_n(setting.size)} Tf[{shift}<{code}>]TJ /{name} {_n(self._size)} Tf\n"

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
