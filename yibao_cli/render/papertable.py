"""The rows of a printed table, set a stretch at a time: columns as wholes, rows as strings.

A cell that is too wide is broken into lines (kind `wrap`) or set smaller, and broken when that is not enough:
no text is lost. Lengths are points.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.render.pages import set_line, shown
from yibao_cli.render.setting import break_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from yibao_cli.exports import Cell, Column
    from yibao_cli.render.encode import PartFont

PAD = 3.0  # white at both sides of a cell
STRETCH = 600  # rows set at a time
_LEADING, _ROW = 1.25, 1.72  # of the type size
_BASELINE = 0.36  # of the type size below the middle of a line
_SMALLEST = 0.72  # of the type size
_RATHER = 0.86  # of the type size: a wrapped cell that is hardly too wide is set smaller, not in two lines
_SEEN = 400  # rows that decide the widths
_NUMBERS = {"count": "{:,}", "money": "{:,.2f}", "weight": "{:,.3f}", "rate": "{:.2%}"}
_WIDER = 1.7  # how much a table is stretched at most to fill the page
_NARROWED = 0.45  # of what they would be, wrapped columns of a table that is too wide


class Cut(NamedTuple):
    """One cell in lines, at a size."""

    lines: tuple[str, ...]
    size: float


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is set, and its height.

    segments: its operators, cut where the height of its baseline belongs; cells: those of a tall row instead.
    """

    height: float
    segments: tuple[str, ...] = ()
    cells: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    """The cells of a column in some rows, set in one line each.

    fronts, backs: the operators of each cell before and behind the height of its baseline. smaller: rows
    whose cell is set at another size. broken: rows whose cell takes several lines, and is blank here.
    """

    texts: list[str]
    fronts: list[str]
    backs: list[str]
    smaller: dict[int, float]
    broken: dict[int, Cut]

    def cut(self, row: int, size: float) -> Cut:
        """The cell of a row in lines; size: of those that are set as they are."""
        return self.broken.get(row) or Cut((self.texts[row],), self.smaller.get(row, size))


class Setter:
    """Sets rows in columns of given widths, in one font.

    lefts: left edge of each column and the right edge of the last.
    """

    def __init__(
        self, columns: Sequence[Column], lefts: Sequence[float], font: PartFont, size: float
    ) -> None:
        self.columns, self.lefts, self.font, self.size = columns, lefts, font, size
        self.row_height = size * _ROW
        self.leading = size * _LEADING

    def rows(self, rows: Iterable[Sequence[Cell]]) -> Iterator[Row]:
        """Set rows, in order."""
        source = iter(rows)
        while chunk := list(islice(source, STRETCH)):
            yield from self._stretch(chunk)

    def header(self) -> Row:
        """The header, centred."""
        cells = tuple(
            self._cut(shown(c.header), self._inner(i), wraps=True) for i, c in enumerate(self.columns)
        )
        return self._tall(cells)

    def drawn(self, row: Row, top: float) -> str:
        """The operators of a row below a top edge, for within BT and ET."""
        if row.segments:
            return f"{top - self._middle(1):.2f}".join(row.segments)
        return self.drawn_lines(row.cells, top, row.height)

    def drawn_lines(self, cells: Sequence[Cut], top: float, height: float, *, centred: bool = False) -> str:
        """The operators of cells in lines, each cell in the middle of the height."""
        out = []
        for i, cell in enumerate(cells):
            align = "center" if centred else self._align(i)
            x = self._anchor(i, align)
            leading = cell.size * _LEADING
            y = top - height / 2 + (len(cell.lines) - 1) * leading / 2 - cell.size * _BASELINE
            for line in cell.lines:
                if line:
                    out.append(set_line(self.font, line, cell.size, (x, y), align) + "\n")
                y -= leading
        return "".join(out)

    def split(self, row: Row, height: float) -> tuple[Row, Row]:
        """A tall row in two, the first at most so high."""
        fits = max(1, int((height - self.row_height) / self.leading) + 1)
        first = tuple(Cut(c.lines[:fits], c.size) for c in row.cells)
        rest = tuple(Cut(c.lines[fits:], c.size) for c in row.cells)
        return self._tall(first), self._tall(rest)

    def _stretch(self, rows: list[Sequence[Cell]]) -> list[Row]:
        """Set some rows: column by column, and then across."""
        columns = [self._column(i, cells) for i, cells in enumerate(zip(*rows, strict=True))]
        joints = [columns[0].fronts]
        joints += [list(map(str.__add__, one.backs, other.fronts)) for one, other in pairwise(columns)]
        joints.append(columns[-1].backs)
        made = [Row(self.row_height, segments) for segments in zip(*joints, strict=True)]
        for at in {at for column in columns for at in column.broken}:
            made[at] = self._tall(tuple(column.cut(at, self.size) for column in columns))
        return made

    def _column(self, index: int, cells: Sequence[Cell]) -> _Column:
        """Set the cells of a column in one line each; one that takes more is left blank and handed back."""
        texts = column_texts(self.columns[index], cells)
        width = self.font.font.width
        widths = [width(text, self.size) for text in texts]
        smaller, broken = self._refitted(index, texts, widths)
        for at in broken:
            texts[at] = ""
        name, strings = self.font.strings(texts)
        align = self._align(index)
        x = self._anchor(index, align)
        begin = f"/{name} {self.size:g} Tf 1 0 0 1 "
        if align == "left":
            fronts = [f"{begin}{x:.2f} "] * len(texts)
        else:
            fronts = [f"{begin}{x - wide:.2f} " for wide in widths]
        for at, size in smaller.items():
            left = x - (widths[at] * size / self.size if align == "right" else 0)
            fronts[at] = f"/{name} {size:g} Tf 1 0 0 1 {left:.2f} "
        return _Column(texts, fronts, [f" Tm {string}Tj\n" for string in strings], smaller, broken)

    def _refitted(
        self, index: int, texts: Sequence[str], widths: Sequence[float]
    ) -> tuple[dict[int, float], dict[int, Cut]]:
        """What does not fit as it is, by row: sizes at which one line does, and what is broken into lines."""
        inner = self._inner(index)
        if max(widths) <= inner and "\n" not in "".join(texts):
            return {}, {}
        wraps = self.columns[index].kind == "wrap"
        cuts = {
            at: self._cut(text, inner, wraps=wraps)
            for at, (text, wide) in enumerate(zip(texts, widths, strict=True))
            if wide > inner or "\n" in text
        }
        broken = {at: cut for at, cut in cuts.items() if len(cut.lines) > 1}
        return {at: cut.size for at, cut in cuts.items() if at not in broken}, broken

    def _tall(self, cells: tuple[Cut, ...]) -> Row:
        lines = max(len(c.lines) for c in cells)
        return Row(self.row_height + (lines - 1) * self.leading, cells=cells)

    def _cut(self, text: str, inner: float, *, wraps: bool) -> Cut:
        """A text in lines: wrapped at the full size, or smaller in one line where it belongs in one."""
        if "\n" not in text and (wide := self.font.font.width(text, self.size)):
            size = min(int(self.size * inner / wide * 10) / 10, self.size)
            if size >= self.size * (_RATHER if wraps else _SMALLEST):
                return Cut((text,), size)
        size = self.size if wraps else round(self.size * _SMALLEST, 1)
        lines = tuple(break_lines(text, inner / size * 1000, self.font.font))
        return Cut(lines, size)

    def _inner(self, column: int) -> float:
        return self.lefts[column + 1] - self.lefts[column] - 2 * PAD

    def _middle(self, lines: int) -> float:
        return (self.row_height + (lines - 1) * self.leading) / 2 + self.size * _BASELINE

    def _align(self, column: int) -> str:
        return "right" if self.columns[column].kind in _NUMBERS else "left"

    def _anchor(self, column: int, align: str) -> float:
        left, right = self.lefts[column] + PAD, self.lefts[column + 1] - PAD
        return {"left": left, "center": (left + right) / 2, "right": right}[align]


def column_texts(column: Column, cells: Sequence[Cell]) -> list[str]:
    """Cells of a column as they are printed."""
    form = _NUMBERS.get(column.kind)
    texts = [_cell_text(cell, form) for cell in cells]
    return texts if "".join(texts).isprintable() else [shown(t) for t in texts]


def _cell_text(cell: Cell, form: str | None) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    return form.format(cell) if form else str(cell)


def column_widths(
    columns: Sequence[Column],
    rows: tuple[Iterable[Sequence[Cell]], Sequence[Sequence[Cell]]],
    fonts: tuple[PartFont, PartFont],
    space: float,
) -> tuple[list[float], Iterator[Sequence[Cell]]]:
    """Widths of a table's columns by its header and first rows, in all at most `space`; and all its rows.

    rows: those of the table, and its totals. fonts: the regular one and the bold one. Widths are in points
    for a type size of 1.
    """
    source = iter(rows[0])
    seen = list(islice(source, _SEEN))
    regular, bold = fonts
    natural = []
    for i, column in enumerate(columns):
        texts = column_texts(column, [row[i] for row in seen])
        wide = max((regular.font.width(line, 1) for t in texts for line in t.split("\n")), default=0.0)
        if column.kind == "wrap":
            wide = min(wide, column.widest / 2)
        least = [column.header, *column_texts(column, [row[i] for row in rows[1]])]
        natural.append(max(wide, column.narrowest / 3, *(bold.font.width(text, 1) for text in least)))
    return _shared(columns, natural, space), _chained(seen, source)


def _chained(seen: list[Sequence[Cell]], source: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    yield from seen
    yield from source


def _shared(columns: Sequence[Column], natural: list[float], space: float) -> list[float]:
    """Natural widths drawn out or in to the space: wrapped columns give way first."""
    over = sum(natural) - space
    wrapped = [
        w * (1 - _NARROWED) if c.kind == "wrap" else 0.0 for c, w in zip(columns, natural, strict=True)
    ]
    if over > 0 and sum(wrapped) > 0:
        share = min(1.0, over / sum(wrapped))
        natural = [w - share * give for w, give in zip(natural, wrapped, strict=True)]
    factor = min(space / sum(natural), _WIDER)
    return [w * factor for w in natural]
