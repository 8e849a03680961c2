"""Geometry and texts of a kind, resolved for one mailing: panel coordinates become page coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.compose.texts import text_source
from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.geometry import BoxItem, CodeItem, RuleItem, TableItem, TextItem
from yibao_cli.kinds.page import (
    Layout,
    PagePlan,
    PanelArt,
    PlacedShape,
    PlacedSlot,
    PlacedTable,
    PlacedText,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from yibao_cli.kinds.geometry import HouseSpec, Item, PanelPlace, Product
    from yibao_cli.kinds.kind import Kind

# What the text of a line that sums others may name: how many there are.
OVERFLOW_FIELDS = frozenset({"count"})


@dataclass(frozen=True)
class _Names:
    """What texts may name: fields of a piece, fields of a line, constants of the mailing, texts by file."""

    piece: frozenset[str]
    line: frozenset[str]
    constants: Mapping[str, Mapping[str, str]]
    texts: Mapping[str, str]

    def source(self, text: str, fields: frozenset[str]) -> Source:
        return text_source(self._looked_up(text), fields, self.constants)

    def _looked_up(self, text: str) -> str:
        if not text.startswith("@"):
            return text
        if text[1:] not in self.texts:
            raise SettingsError(
                _("there is no text file {name}").format(name=f"{text[1:]}.j2"),
                remedy=_("write it beside kind.toml, or correct the item"),
            )
        return self.texts[text[1:]]


def compose_layout(
    kind: Kind,
    product: Product,
    piece_fields: Iterable[str],
    constants: Mapping[str, Mapping[str, str]],
    ads: Mapping[str, str],
) -> Layout:
    """Resolve a kind for a mailing.

    piece_fields: columns of the package's pieces, which texts may name.
    constants: groups of fixed texts (`client`, `mailing`, `kind`).
    ads: ad id to file name of its art in the package.

    Raises SettingsError with the item's text when it names something unknown.
    """
    lines = kind.inputs[kind.merge.lines].names if kind.merge.lines else ()
    names = _Names(frozenset(piece_fields), frozenset(lines), constants, kind.texts)
    variants = {v: _pages(kind, product, v, names) for v in kind.variant_names}
    slots = [p for name, p in product.panels.items() if kind.panels.get(name) and kind.panels[name].slot]
    size = (slots[0].w, slots[0].h) if slots else (0.0, 0.0)
    house = tuple(_house(h, names) for h in kind.house)
    paid = tuple(PanelArt(f"ad:{ad}", file) for ad, file in sorted(ads.items()))
    return Layout(variants, paid + house, size)


def _pages(kind: Kind, product: Product, variant: str, names: _Names) -> tuple[PagePlan, ...]:
    panels = kind.panels_of(variant)
    return tuple(_page(number, product, panels, names) for number in range(1, product.pages + 1))


def _page(number: int, product: Product, panels: Mapping[str, object], names: _Names) -> PagePlan:
    texts: list[PlacedText] = []
    tables: list[PlacedTable] = []
    shapes: list[PlacedShape] = []
    slots: list[PlacedSlot] = []
    for name, place in product.panels.items():
        panel = panels.get(name)
        if place.page != number or panel is None:
            continue
        if slot := getattr(panel, "slot", None):
            slots.append(PlacedSlot(slot, place.x, place.y, place.w, place.h))
        for item in getattr(panel, "items", ()):
            _place(item, place, names, (texts, tables, shapes))
    return PagePlan(
        number=number,
        width=product.width,
        height=product.height,
        static_texts=tuple(t for t in texts if t.source.static),
        shapes=tuple(s for s in shapes if not isinstance(s.item, CodeItem)),
        texts=tuple(t for t in texts if not t.source.static),
        tables=tuple(tables),
        codes=tuple(s for s in shapes if isinstance(s.item, CodeItem)),
        slots=tuple(slots),
        folds=product.folds,
    )


def _place(
    item: Item,
    place: PanelPlace,
    names: _Names,
    into: tuple[list[PlacedText], list[PlacedTable], list[PlacedShape]],
) -> None:
    texts, tables, shapes = into
    match item:
        case TextItem():
            texts.append(PlacedText(item, names.source(item.text, names.piece), place.x, place.y))
        case TableItem():
            cells = tuple(names.source(c.text, names.line) for c in item.columns)
            overflow = names.source(item.overflow_text, OVERFLOW_FIELDS)
            _check_overflow(item, cells)
            tables.append(PlacedTable(item, cells, overflow, place.x, place.y))
        case RuleItem() | BoxItem() | CodeItem():
            shapes.append(PlacedShape(item, place.x, place.y))


def _check_overflow(item: TableItem, cells: Sequence[Source]) -> None:
    """The line that sums others must show every sum, so its text may not stand in an amount's column."""
    if cells[item.overflow_column].amount is not None:
        raise SettingsError(
            _("the overflow text of the table at {x}, {y} hides a sum").format(x=item.x, y=item.y),
            remedy=_("give overflow_column a column that shows no amount"),
        )


def _house(spec: HouseSpec, names: _Names) -> PanelArt:
    texts = [
        PlacedText(i, names.source(i.text, frozenset()), 0, 0) for i in spec.items if isinstance(i, TextItem)
    ]
    shapes = [PlacedShape(i, 0, 0) for i in spec.items if isinstance(i, RuleItem | BoxItem)]
    return PanelArt(f"house:{spec.id}", texts=tuple(texts), shapes=tuple(shapes))
