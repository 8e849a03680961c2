"""A kind's geometry, compiled once per job into what writes a page: one format string a page.

Each dynamic text becomes a setter: a piece of the page's format string and the columns of arguments that
fill it. A page is then one `%` of the format string on a row of arguments; there is no drawing call per
field. Source: design.md section 7; research/render.md, how the limit gets there, 2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibao_cli.render.datamatrix import code_image
from yibao_cli.render.encode import number
from yibao_cli.render.fonts import REGULAR
from yibao_cli.render.setting import MM, set_text
from yibao_cli.render.static import FOLDS, MARK
from yibao_cli.render.table import TableProgram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.kinds.page import (
        PagePlan,
        PartValues,
        PlacedShape,
        PlacedText,
    )
    from yibao_cli.render.encode import PartFont

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
    if page.folds:
        # Over the panels, so that no artwork hides a fold mark.
        parts.append(Setter(f"/{form_names[FOLDS]} Do\n"))
    parts.append(Setter("BT\n"))
    parts += [_text(t, page, values.texts[t.source], fonts) for t in page.texts]
    for index, table in enumerate(page.tables):
        program = TableProgram(table, page, fonts[REGULAR])
        parts.append(Setter("%s", [program.contents(values.tables[variant, page.number, index])]))
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
    colour, at = _colour(item.color), f"{_n(x)} {_n(y)}"
    one_line = item.width is None and item.lines == 1
    if item.pitch is not None or (one_line and item.align == "left"):
        name, strings = font.strings(texts)
        show = f"{colour}/{name} {_n(item.size)} Tf 1 0 0 1 {at} Tm %sTj\n"
        if item.pitch is not None:
            space = _n(item.pitch * MM - font.font.width("0", item.size))
            show = f"{space} Tc {show}0 Tc\n"
        return Setter(show, [strings])
    if one_line and placed.source.amount and item.align == "right":
        name, strings = _amounts(texts, font)
        return Setter(f"{colour}/{name} {_n(item.size)} Tf 1 0 0 1 {at} Tm[%s]TJ\n", [strings])
    return Setter(f"{colour}/{font.wide} {_n(item.size)} Tf %s\n", [_set_column(placed, (x, y), texts, font)])


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
        operators.append(f"/{font.wide} {_n(setting.size)} Tf")
    for i, line in enumerate(setting.lines):
        x = at[0] - _share(item.align) * font.font.width(line, setting.size)
        operators.append(f"1 0 0 1 {_n(x)} {_n(at[1] - i * item.leading * MM)} Tm <{font.encode(line)}>Tj")
    return " ".join(operators)


def _amounts(texts: Column, font: PartFont) -> tuple[str, Column]:
    """Amounts that end where the text stands, as elements of a TJ array, and the name of their font.

    Digits are of one width, so an amount's width depends on its length and sign alone.
    """
    samples = {(len(t), t[:1] == "-"): t for t in texts}
    shifts = {key: _n(font.font.width(t, 1000)) for key, t in samples.items()}
    name, strings = font.strings(texts)
    return name, [f"{shifts[len(t), t[:1] == '-']}{s}" for t, s in zip(texts, strings, strict=True)]


def _share(align: str) -> float:
    """Share of a line's width that lies left of its anchor."""
    return {"left": 0.0, "center": 0.5, "right": 1.0}[align]


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
