"""Rows of a worksheet as XML, many at once, made column by column; what a cell of each kind looks like.

Source: ECMA-376, 18.3.1.73 (row), 18.3.1.4 (c).
"""

from __future__ import annotations

import math
from html import escape
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from xlsxwriter.utility import xl_col_to_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yibao_cli.exports.columns import Cell, Column, Kind

RATE_WIDTH = 8  # characters
LINE_POINTS = 13.5  # height of a line of a workbook's face


class Styles(NamedTuple):
    """Indices of formats: of a column, and of the texts in it that have one of their own."""

    usual: int
    by_text: Mapping[str, int] = {}


class RowsXml(NamedTuple):
    """Rows as XML, and the characters that the widest cell of each column takes."""

    xml: str
    widths: list[float]


def rows_xml(
    rows: Sequence[Sequence[Cell]], styles: Sequence[Styles], columns: Sequence[Column], start: int
) -> RowsXml | None:
    """Make rows that stand below `start` others; styles: of each column.

    None when a text wants an escape of Excel's own, which is for the workbook's writer, or there are no rows.
    """
    by_column = list(zip(*rows, strict=True))
    texts = [_texts(cells) for cells in by_column]
    if not rows or None in texts:
        return None
    first = start + 1
    made, widths, lines = [], [], [1] * len(rows)
    for i, (column, cells, shown) in enumerate(zip(columns, by_column, texts, strict=True)):
        name, (usual, by_text) = xl_col_to_name(i), styles[i]
        begin = [
            f'<c r="{name}{row}" s="{by_text.get(cell, usual) if by_text else usual}"'
            for row, cell in enumerate(cells, first)
        ]
        made.append(list(map(_cell, begin, cells, shown or cells)))
        widths.append(_widest(column, cells, lines))
    xml = "".join(
        f'<row r="{number}"{_height(high)}>{"".join(cells)}</row>'
        for number, high, cells in zip(count(first), lines, zip(*made, strict=True), strict=False)
    )
    return RowsXml(xml, widths)


def _widest(column: Column, cells: Sequence[Cell], lines: list[int]) -> float:
    """Characters of the widest cell; rows that need more lines are noted."""
    wide = [_width(cell, column.kind) for cell in cells]
    most = max(wide)
    if column.kind == "wrap" and most > column.widest:
        for at, cell_width in enumerate(wide):
            lines[at] = max(lines[at], math.ceil(cell_width / column.widest))
        return column.widest
    return most


def _texts(cells: Sequence[Cell]) -> Sequence[Cell] | None:
    """Cells with texts as XML has them; None when one of them wants an escape of Excel's own."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    joined = "".join(texts)
    if not joined.isprintable() or any(t != t.strip() or t.startswith("<r>") or "_x" in t for t in texts):
        return None
    if "&" in joined or "<" in joined or ">" in joined:
        return [escape(cell, quote=False) if isinstance(cell, str) else cell for cell in cells]
    return cells


def _cell(begin: str, cell: Cell, text: Cell) -> str:
    if cell is None or cell == "":
        return f"{begin}/>"
    if isinstance(cell, str):
        return f'{begin} t="inlineStr"><is><t>{text}</t></is></c>'
    return f"{begin}><v>{cell:.16G}</v></c>"


def _width(cell: Cell, kind: Kind) -> float:
    if cell is None:
        return 0.0
    if isinstance(cell, str):
        return measured(cell)[1]
    return RATE_WIDTH if kind == "rate" else len(f"{cell:,}")


def _height(lines: int) -> str:
    return f' ht="{LINE_POINTS * lines:g}" customHeight="1"' if lines > 1 else ""


def measured(text: str) -> tuple[str, float]:
    """A text that has bytes, and the columns of a character grid that it takes."""
    # A Chinese character has three bytes and takes two columns, a Latin one has one and takes one:
    # the mean of bytes and characters is the width. A lone surrogate has no bytes; it becomes `?`.
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
        size = len(text.encode())
    return text, (size + len(text)) / 2
