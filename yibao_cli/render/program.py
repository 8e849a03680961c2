"""A kind's geometry, compiled once per job into what writes a page: one format string a page.

Each dynamic text becomes a setter: a piece of the page's format string and the columns of arguments that
fill it. A page is then one `%` of the format string on a row of arguments; there is no drawing call per
field. Source: design.md section 7; research/render.md, how the limit gets there, 2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from yibao_cli.render.datamatrix import code_image
from yibao_cli.render.encode import number
from yibao_cli.render.setting import MM, fit_text, set_text
from yibao_cli.render.static import CELL_PAD, MARK, block_lefts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yibao_cli.kinds.page import (
        PagePlan,
        PartValues,
        PlacedShape,
        PlacedTable,
        PlacedText,
        TableValues,
    )
    from yibao_cli.render.encode import PartFont

# Takes an argument and shows nothing of it.
_CUT = "%.0s"

Fonts = dict[int, "PartFont"]
Column = list[str]


@dataclass
class Setter:
    """A stretch of a page's format string with the columns that fill its `%s`."""

    template: str
    columns: list[Column] = field(default_factory=list)


def page_contents(
    page: PagePlan, variant: str, values: PartValues, fonts: Fonts, form_names: dict[str, str]
) -> Iterator[str]:
    """The content stream of this page for every piece of the part, in order, as text.

    form_names: key of a static form to its resource name.
    """
    parts = [Setter(f"/{form_names[f'page:{variant}:{page.number}']} Do\n")]
    parts += [_slot(s.slot, (s.x, page.height - s.y - s.h), values, form_names) for s in page.slots]
    parts.append(Setter("BT\n"))
    parts += [_text(t, page, values.texts[t.source], fonts) for t in page.texts]
    for index, table in enumerate(page.tables):
        parts.append(_table(table, page, values.tables[variant, page.number, index], fonts))
    parts.append(Setter("ET\n"))
    parts += [_code(c, page, values.codes) for c in page.codes]
    template = "".join(p.template for p in parts)
    columns = [c for p in parts for c in p.columns]
    if not columns:
        return iter([template % ()] * len(values.pieces))
    return map(template.__mod__, zip(*columns, strict=True))


def _slot(slot: str, corner: tuple[float, float], values: PartValues, form_names: dict[str, str]) -> Setter:
    x, y = _pt(corner[0]), _pt(corner[1])
    mark = form_names.get(MARK, "")
    invoke = {
        key: f"/{name} Do /{mark} Do" if key.startswith("ad:") else f"/{name} Do"
        for key, name in form_names.items()
    }
    return Setter(f"q 1 0 0 1 {x} {y} cm %s Q\n", [[invoke[k] for k in values.art[slot]]])


def _text(placed: PlacedText, page: PagePlan, texts: Column, fonts: Fonts) -> Setter:
    item = placed.item
    font = fonts[item.weight]
    x, y = (item.x + placed.dx) * MM, (page.height - item.y - placed.dy) * MM
    start = f"{_colour(item.color)}/F{item.weight} {_n(item.size)} Tf "
    if item.pitch is not None:
        space = item.pitch * MM - font.font.width("0", item.size)
        return Setter(
            f"{start}{_n(space)} Tc 1 0 0 1 {_n(x)} {_n(y)} Tm <%s>Tj 0 Tc\n", [font.encode_column(texts)]
        )
    if item.width is None and item.lines == 1 and item.align == "left":
        return Setter(f"{start}1 0 0 1 {_n(x)} {_n(y)} Tm <%s>Tj\n", [font.encode_column(texts)])
    if item.width is None and item.lines == 1 and placed.source.amount and item.align == "right":
        left = _amount_lefts(x, item.size, font)
        return Setter(
            f"{start}1 0 0 1 %s {_n(y)} Tm <%s>Tj\n",
            [[left(t) for t in texts], font.encode_column(texts)],
        )
    return Setter(f"{start}%s\n", [_set_column(placed, (x, y), texts, font)])


def _set_column(placed: PlacedText, at: tuple[float, float], texts: Column, font: PartFont) -> Column:
    """Texts that break, shrink or align by their own width, each as its operators; equal texts once."""
    font.encode_column(texts)
    done: dict[str, str] = {}
    for text in texts:
        if text not in done:
            done[text] = _set_operators(text, placed, at, font)
    return [done[t] for t in texts]


def _set_operators(text: str, placed: PlacedText, at: tuple[float, float], font: PartFont) -> str:
    item = placed.item
    setting = set_text(text, item, font.font)
    operators = []
    if setting.size != item.size:
        operators.append(f"/F{item.weight} {_n(setting.size)} Tf")
    for i, line in enumerate(setting.lines):
        x = at[0] - _share(item.align) * font.font.width(line, setting.size)
        operators.append(f"1 0 0 1 {_n(x)} {_n(at[1] - i * item.leading * MM)} Tm <{font.encode(line)}>Tj")
    return " ".join(operators)


def _share(align: str) -> float:
    """Share of a line's width that lies left of its anchor."""
    return {"left": 0.0, "center": 0.5, "right": 1.0}[align]


def _amount_lefts(right: float, size: float, font: PartFont) -> Callable[[str], str]:
    """Left edge of a right-aligned amount.

    Digits are of one width, so an amount's width depends on its length and sign alone.
    """
    known: dict[tuple[int, bool], str] = {}

    def left(text: str) -> str:
        key = (len(text), text.startswith("-"))
        found = known.get(key)
        if found is None:
            found = known[key] = _n(right - font.font.width(text, size))
        return found

    return left


def _table(placed: PlacedTable, page: PagePlan, values: TableValues, fonts: Fonts) -> Setter:
    item = placed.item
    font = fonts[400]
    cells = [_cell_columns(placed, j, values.columns[j], font) for j in range(len(item.columns))]
    flat = [column for cell in cells for column in cell]
    templates: dict[int, str] = {}
    empty = _empty_line(placed, page, font)

    def block(start: int, stop: int, head: tuple[str, ...] | None) -> str:
        count = stop - start + (head is not None)
        if not count:
            return empty
        if count not in templates:
            templates[count] = _rows_template(placed, page, count)
        rows = list(zip(*(c[start:stop] for c in flat), strict=True))
        if head is not None:
            own = (_cell_columns(placed, j, [text], font) for j, text in enumerate(head))
            rows.insert(0, tuple(c[0] for cell in own for c in cell))
        return templates[count] % tuple(chain.from_iterable(rows))

    return Setter(
        f"0 g /F400 {_n(item.size)} Tf\n%s",
        [[block(*row) for row in zip(values.start, values.stop, values.head, strict=True)]],
    )


def _rows_template(placed: PlacedTable, page: PagePlan, count: int) -> str:
    """Format string of a table with `count` rows: each cell's left edge, and room for its operators."""
    item = placed.item
    lefts = block_lefts(placed)
    rows = []
    for i in range(count):
        x = lefts[i // item.rows]
        # The header takes the first row; a quarter of the height lies below a baseline.
        y = page.height - (item.y + placed.dy + (i % item.rows + 1.75) * item.row_height)
        for column in item.columns:
            rows.append(f"1 0 0 1 {_pt(x + CELL_PAD)} {_pt(y)} Tm %s\n")
            x += column.width
    return "".join(rows)


def _cell_columns(placed: PlacedTable, index: int, texts: Column, font: PartFont) -> list[Column]:
    """Operators that show each cell of a column, from the left edge of what the cell may fill."""
    column = placed.item.columns[index]
    size, width = placed.item.size, (column.width - 2 * CELL_PAD) * MM
    codes = font.encode_column(texts)
    known: dict[object, str] = {}
    amounts = placed.cells[index].amount is not None
    shown = []
    for text, code in zip(texts, codes, strict=True):
        # Amounts of one length and sign are equally wide; other texts repeat, or are fitted one by one.
        key: object = (len(text), text[:1] == "-") if amounts else text
        before = known.get(key)
        if before is None:
            before = _cell_prefix(text, column.align, (size, placed.item.min_size), width, font)
            # A cut text stands in its own prefix; another amount of its length must not show its digits.
            if not amounts or _CUT not in before:
                known[key] = before
        shown.append(before % code)
    return [shown]


def _cell_prefix(text: str, align: str, sizes: tuple[float, float], width: float, font: PartFont) -> str:
    """Format string that shows a cell's code: moved right where aligned so, smaller where it must be."""
    wide = font.font.width(text, sizes[0])
    if wide <= width:
        move = f"{_n(width - wide)} 0 Td " if align == "right" else ""
        return f"{move}<%s>Tj"
    setting = fit_text(text, width, 1, sizes, font.font)
    shown = font.encode(setting.lines[0])
    slack = width - font.font.width(setting.lines[0], setting.size)
    move = f"{_n(slack)} 0 Td " if align == "right" else ""
    code = "<%s>" if setting.whole else f"<{shown}>{_CUT}"
    return f"/F400 {_n(setting.size)} Tf {move}{code}Tj /F400 {_n(sizes[0])} Tf"


def _empty_line(placed: PlacedTable, page: PagePlan, font: PartFont) -> str:
    item = placed.item
    if not item.empty_text:
        return ""
    y = page.height - (item.y + placed.dy + 1.8 * item.row_height)
    code = font.encode(item.empty_text)
    return f"1 0 0 1 {_pt(item.x + placed.dx + CELL_PAD)} {_pt(y)} Tm <{code}>Tj\n"


def _code(placed: PlacedShape, page: PagePlan, codes: Column) -> Setter:
    module = getattr(placed.item, "module", 0.5)
    x = (placed.item.x + placed.dx) * MM
    top = (page.height - placed.item.y - placed.dy) * MM

    def image(text: str) -> str:
        modules, bits = code_image(text)
        side = modules * module * MM
        return (
            f"q {_n(side)} 0 0 {_n(side)} {_n(x)} {_n(top - side)} cm "
            f"BI /W {modules} /H {modules} /IM true /BPC 1 /F /AHx ID {bits}> EI Q"
        )

    return Setter("%s\n", [list(map(image, codes))])


def _colour(value: float | str) -> str:
    if isinstance(value, str):
        red, green, blue = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return f"{_n(red)} {_n(green)} {_n(blue)} rg "
    return f"{_n(value)} g "


def _n(value: float) -> str:
    return number(value).decode()


def _pt(mm: float) -> str:
    return _n(mm * MM)
