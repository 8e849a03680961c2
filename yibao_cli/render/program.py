"""A kind's geometry, compiled once per job into what writes a page: one format string a page.

Each dynamic text becomes a setter: a piece of the page's format string and the columns of arguments that
fill it. A page is then one `%` of the format string on a row of arguments; there is no drawing call per
field. Source: docs/decisions.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from yibao_cli.render.barchart import amount_operators, bar_operators
from yibao_cli.render.encode import operand, points
from yibao_cli.render.fonts import REGULAR
from yibao_cli.render.marks import Symbol, symbol_of
from yibao_cli.render.setting import MM, lead, set_text
from yibao_cli.render.static import CROP, FOLDS, MARK
from yibao_cli.render.table import TableProgram

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from yibao_cli.kinds.geometry import TextItem
    from yibao_cli.kinds.page import PagePlan, PlacedChart, PlacedMark, PlacedText
    from yibao_cli.kinds.values import PageValues
    from yibao_cli.render.encode import PartFont
    from yibao_cli.render.output import Inks
    from yibao_cli.render.setting import Setting

_SHARES = {"right": 1.0, "center": 0.5}  # of an amount that stands left of where it is placed
Fonts = dict[tuple[str, int], "PartFont"]  # by face and weight
Column = list[str]


@dataclass
class Setter:
    """A stretch of a page's format string with the columns that fill its `%s`.

    begins: the operators for colour and font that must be in force before it; lasts: whether they still are
    behind it.
    """

    template: str
    columns: list[Column] = field(default_factory=list)
    begins: str = ""
    lasts: bool = True


@dataclass(frozen=True)
class Tools:
    """What pages of one file are written with.

    fonts: by face and weight; forms: key of a static form to its resource name; inks: how colours are
    written.
    """

    fonts: Fonts
    forms: dict[str, str]
    inks: Inks


def page_contents(page: PagePlan, variant: str, values: PageValues, tools: Tools) -> Iterator[str]:
    """The content stream of every page that is made from this plan, in order, as text."""
    fonts, form_names = tools.fonts, tools.forms
    parts = [Setter(f"/{form_names[f'page:{variant}:{page.number}']} Do\n")]
    parts += [_slot((s.x, page.height - s.y - s.h), values.art[s.slot], form_names) for s in page.slots]
    if page.folds:
        # Over the panels, so that no artwork hides a fold mark.
        parts.append(Setter(f"/{form_names[FOLDS]} Do\n"))
    if CROP in form_names:
        parts.append(Setter(f"/{form_names[CROP]} Do\n"))
    parts += [_bars(c, page.height, sums, tools) for c, sums in zip(page.charts, values.charts, strict=True)]
    if page.texts or page.tables:
        parts.append(Setter("BT\n"))
        parts += _in_turn(_texts(page, values, tools))
        for table, lines in zip(page.tables, values.tables, strict=True):
            parts.append(Setter("%s", [TableProgram(table, page, fonts["body", REGULAR]).contents(lines)]))
        # The marks behind it are black.
        parts.append(Setter("0 g\nET\n" if page.marks else "ET\n"))
    parts += [_mark(m, page.height, texts) for m, texts in zip(page.marks, values.marks, strict=True)]
    template = "".join(p.template for p in parts)
    columns = [c for p in parts for c in p.columns]
    if not columns:
        return iter([template % ()] * values.count)
    return map(template.__mod__, zip(*columns, strict=True))


def _slot(corner: tuple[float, float], art: Column, form_names: dict[str, str]) -> Setter:
    x, y = points(corner[0]), points(corner[1])
    mark = form_names.get(MARK, "")
    invoke = {
        key: f"/{name} Do /{mark} Do" if key.startswith("ad:") else f"/{name} Do"
        for key, name in form_names.items()
    }
    return Setter(f"q 1 0 0 1 {x} {y} cm %s Q\n", [[invoke[k] for k in art]])


def _bars(chart: PlacedChart, height: float, sums: NDArray[np.int64], tools: Tools) -> Setter:
    """The bars of a chart, filled; nothing where a piece has none."""
    return Setter("%s", [bar_operators(chart, sums, height, tools.inks.fill(chart.item.fill))])


def _texts(page: PagePlan, values: PageValues, tools: Tools) -> Iterator[Setter]:
    """The texts of a page; the amounts of a chart, where they all have one size, as one."""
    charts = {id(c.amounts[0]): (c, sums) for c, sums in zip(page.charts, values.charts, strict=True)}
    done: set[int] = set()
    for text in page.texts:
        if id(text) in done:
            continue
        if id(text) in charts:
            chart, sums = charts[id(text)]
            amounts = _chart_amounts(chart, page.height, sums, tools)
            if amounts is not None:
                done |= {id(t) for t in chart.amounts}
                yield amounts
                continue
        yield _text(text, page, values.texts[text.source], tools)


def _chart_amounts(chart: PlacedChart, height: float, sums: NDArray[np.int64], tools: Tools) -> Setter | None:
    item = chart.amounts[0].item
    font = tools.fonts[item.face, item.weight]
    operators = amount_operators(chart, sums, height, font)
    if operators is None:
        return None
    return Setter("%s", [operators], begins=_begins(item, font.narrow, tools))


def _in_turn(setters: Iterable[Setter]) -> Iterator[Setter]:
    """Texts one after another, each with its colour and font where those are not in force already."""
    in_force = ""
    for setter in setters:
        if setter.begins and setter.begins != in_force:
            yield Setter(setter.begins)
        if setter.begins:
            in_force = setter.begins if setter.lasts else ""
        yield setter


def _text(placed: PlacedText, page: PagePlan, texts: Column, tools: Tools) -> Setter:
    if not any(texts):
        # No font is embedded for texts that nobody has; one that is named and not there is no PDF.
        return Setter("")
    item = placed.item
    font = tools.fonts[item.face, item.weight]
    x, y = (item.x + placed.dx) * MM, (page.height - item.y - placed.dy) * MM
    place = f"1 0 0 1 {operand(x)} {operand(y)} Tm"
    one_line = item.width is None and item.lines == 1
    if item.pitch is not None or (one_line and item.align == "left"):
        name, strings = font.strings(texts)
        show = f"{place} %sTj\n"
        if item.pitch is not None:
            space = operand(item.pitch * MM - font.font.width("0", item.size))
            show = f"{space} Tc {show}0 Tc\n"
        return Setter(show, [strings], _begins(item, name, tools))
    if placed.source.amount and item.lines == 1 and item.align in _SHARES:
        amounts = _amounts(texts, item, font)
        if amounts is not None:
            begins = _begins(item, font.narrow, tools)
            return replace(amounts, template=place + amounts.template, begins=begins)
    begins = _begins(item, font.wide, tools)
    return Setter("%s\n", [_set_column(placed, (x, y), texts, font)], begins, lasts=False)


def _begins(item: TextItem, font: str, tools: Tools) -> str:
    """The operators that a text of an item wants in force."""
    return f"{tools.inks.fill(item.color)} /{font} {operand(item.size)} Tf "


def _set_column(placed: PlacedText, at: tuple[float, float], texts: Column, font: PartFont) -> Column:
    """Texts that break, shrink or align by their own width, each as its operators; equal texts once."""
    unique = list(dict.fromkeys(texts))
    setter = _Setting(placed.item, at, font)
    done = dict(zip(unique, map(setter.operators, unique, font.encode_column(unique)), strict=True))
    return [done[t] for t in texts]


class _Setting:
    """Sets the texts of one item. Most of them fit their first line as they are."""

    def __init__(self, item: TextItem, at: tuple[float, float], font: PartFont) -> None:
        self._item = item
        self._font = font
        self._x = at[0]
        self._ys = [operand(at[1] - i * item.leading * MM) for i in range(item.lines)]
        self._wide = item.width * MM if item.width is not None else None
        self._left = f"1 0 0 1 {operand(at[0])} {self._ys[0]} Tm <" if item.align == "left" else ""

    def operators(self, text: str, code: str) -> str:
        """The operators of a text that is `code` when it is encoded."""
        item = self._item
        width = self._font.font.width(text, item.size)
        if "\n" not in text and not text.endswith(" ") and (self._wide is None or width <= self._wide):
            if self._left:
                return f"{self._left}{code}>Tj"
            x = self._x - lead(text, item.align, item.size, self._font.font)
            return f"1 0 0 1 {x:.2f} {self._ys[0]} Tm <{code}>Tj"
        return self._broken(set_text(text, item, self._font.font))

    def _broken(self, setting: Setting) -> str:
        font, size = self._font, setting.size
        found = [] if size == self._item.size else [f"/{font.wide} {operand(size)} Tf"]
        for line, y in zip(setting.lines, self._ys, strict=False):
            x = self._x - lead(line, self._item.align, size, font.font)
            found.append(f"1 0 0 1 {x:.2f} {y} Tm <{font.encode(line)}>Tj")
        return " ".join(found)


def _amounts(texts: Column, item: TextItem, font: PartFont) -> Setter | None:
    """Amounts in the narrow font from their place on, within a TJ array; None where one of them is too wide.

    Digits are of one width, so that of an amount depends on its length and sign alone.
    """
    joined = "".join(texts)
    lengths = map(len, texts) if "-" not in joined else (-len(t) if t[:1] == "-" else len(t) for t in texts)
    kinds = list(lengths)
    share, begins, lasts = _SHARES[item.align], {}, True
    for kind, text in dict(zip(kinds, texts, strict=True)).items():
        setting = set_text(text, item, font.font)
        if setting.lines != (text,):
            return None
        begins[kind] = f"[{operand(share * font.font.width(text, 1000))}("
        if setting.size != item.size:
            begins[kind] = f"/{font.narrow} {operand(setting.size)} Tf{begins[kind]}"
            lasts = False
    if not font.takes_narrow(joined):
        return None
    shown = [begins[kind] + text for kind, text in zip(kinds, texts, strict=True)]
    return Setter("%s)]TJ\n", [shown], lasts=lasts)


def _mark(mark: PlacedMark, height: float, texts: Column) -> Setter:
    """A mark for machines as an image mask; nothing where it has nothing to say."""
    heads: dict[tuple[int, int], str] = {}

    def image(text: str) -> str:
        if not text:
            return ""
        symbol = symbol_of(mark, text)
        if symbol.modules not in heads:
            heads[symbol.modules] = _mask_head(symbol, height)
        return f"{heads[symbol.modules]}{symbol.bits}> EI Q\n"

    return Setter("%s", [list(map(image, texts))])


def _mask_head(symbol: Symbol, height: float) -> str:
    (wide, high), (x, y, w, h) = symbol.modules, symbol.box
    kind = "/CS /G" if symbol.opaque else "/IM true"
    return (
        f"q {points(w)} 0 0 {points(h)} {points(x)} {points(height - y - h)} cm "
        f"BI /W {wide} /H {high} {kind} /BPC 1 /F /AHx ID "
    )
