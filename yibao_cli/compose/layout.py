"""Geometry and texts of a kind, resolved for one mailing: panel coordinates become page coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.chart import bars_of, names_of, placed_chart
from yibao_cli.kinds.geometry import (
    BarcodeItem,
    BoxItem,
    ChartItem,
    CodeItem,
    OmrItem,
    PictureItem,
    RuleItem,
    TableItem,
    TextItem,
)
from yibao_cli.kinds.page import (
    BLANK,
    FURTHER,
    SHIPPED_FONTS,
    Layout,
    PagePlan,
    PanelArt,
    PlacedChart,
    PlacedMark,
    PlacedShape,
    PlacedSlot,
    PlacedTable,
    PlacedText,
    Source,
    VariantPlan,
    response_field,
)
from yibao_cli.kinds.sources import OVERFLOW_FIELDS, PAGE_FIELDS, page_number, text_of
from yibao_cli.kinds.texts import bound, text_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from yibao_cli.kinds.geometry import HouseSpec, PanelSpec
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.kinds.page import FontPlan
    from yibao_cli.kinds.product import PanelPlace, Product


@dataclass(frozen=True)
class _Names:
    """What texts may name: fields of a piece, fields of a line, constants of the mailing, texts by file."""

    kind: Kind
    piece: frozenset[str]
    line: frozenset[str]
    constants: Mapping[str, Mapping[str, str]]

    def source(self, text: str, fields: frozenset[str]) -> Source:
        return text_source(text_of(self.kind, text), fields, self.constants)

    @property
    def period(self) -> tuple[str, str]:
        """First and last day of the mailing's data."""
        mailing = self.constants.get("mailing", {})
        return mailing.get("starts", ""), mailing.get("ends", "")

    def on_page(self, text: str, fixed: Mapping[str, str]) -> Source:
        """The source of a text on a page; fixed: what the page knows of itself."""
        return bound(self.source(text, self.piece | PAGE_FIELDS), fixed)


def compose_layout(
    kind: Kind,
    product: Product,
    piece_fields: Iterable[str],
    constants: Mapping[str, Mapping[str, str]],
    ads: Mapping[str, str],
    fonts: FontPlan = SHIPPED_FONTS,
) -> Layout:
    """Resolve a kind for a mailing.

    piece_fields: columns of the package's pieces, which texts may name.
    constants: groups of fixed texts (`client`, `mailing`, `kind`).
    ads: ad id to file name of its art in the package. fonts: that its texts are set in.

    Raises SettingsError with the item's text when it names something unknown.
    """
    lines = kind.inputs[kind.merge.lines].names if kind.merge.lines else ()
    names = _Names(kind, frozenset(piece_fields), frozenset(lines), constants)
    variants = {v: _variant(kind.panels_of(v), product, names) for v in kind.variant_names}
    slots = [p for name, p in product.panels.items() if kind.panels.get(name) and kind.panels[name].slot]
    size = (slots[0].w, slots[0].h) if slots else (0.0, 0.0)
    house = tuple(_house(h, names) for h in kind.house)
    paid = tuple(PanelArt(f"ad:{ad}", file) for ad, file in sorted(ads.items()))
    return Layout(variants, paid + house, size, fonts)


def _variant(panels: Mapping[str, PanelSpec], product: Product, names: _Names) -> VariantPlan:
    """The pages of a variant; those that stand at a fixed place know their number already."""
    goes_on = any(
        page_number(place.page) == FURTHER and name in panels and panels[name].items
        for name, place in product.panels.items()
    )
    count = product.pages + product.pages % 2
    known = {} if goes_on else {"pages": str(count)}
    first = tuple(
        _page(n, product, panels, (names, {**known, "page": str(n)})) for n in range(1, product.pages + 1)
    )
    if not goes_on:
        odd = (
            _page(BLANK, product, panels, (names, {**known, "page": str(count)}))
            if product.pages % 2
            else None
        )
        return VariantPlan(first, None, odd, count)
    further = _page(FURTHER, product, panels, (names, {}))
    return VariantPlan(first, further, _page(BLANK, product, panels, (names, {})), max(product.most, count))


def _page(
    number: int,
    product: Product,
    panels: Mapping[str, PanelSpec],
    naming: tuple[_Names, Mapping[str, str]],
) -> PagePlan:
    texts: list[PlacedText] = []
    tables: list[PlacedTable] = []
    shapes: list[PlacedShape] = []
    marks: list[PlacedMark] = []
    slots: list[PlacedSlot] = []
    charts: list[PlacedChart] = []
    names, fixed = naming
    for panel, place in _panels_on(number, product, panels):
        if panel.slot:
            slots.append(PlacedSlot(panel.slot, place.x, place.y, place.w, place.h))
            told = response_field(panel.slot)
            if panel.code is not None and told in names.piece:
                source = names.on_page(f"{{{{ {told} }}}}", fixed)
                marks.append(PlacedMark(panel.code, place.x, place.y, source))
        for item in panel.items:
            match item:
                case TextItem():
                    texts.append(PlacedText(item, names.on_page(item.text, fixed), place.x, place.y))
                case TableItem():
                    tables.append(_table(item, place, names))
                case ChartItem():
                    bars = bars_of(names.kind, item, names.period)
                    chart = placed_chart(item, bars, (place.x, place.y))
                    charts.append(chart)
                    texts += (*names_of(chart, bars), *chart.amounts)
                case CodeItem() | BarcodeItem() | OmrItem():
                    marks.append(_mark(item, place, names, fixed))
                case PictureItem() | RuleItem() | BoxItem():
                    shapes.append(PlacedShape(item, place.x, place.y))
    return PagePlan(
        number=number,
        width=product.width,
        height=product.height,
        static_texts=tuple(t for t in texts if t.source.static),
        shapes=tuple(shapes),
        texts=tuple(t for t in texts if not t.source.static),
        tables=tuple(tables),
        marks=tuple(marks),
        slots=tuple(slots),
        folds=product.folds,
        charts=tuple(charts),
    )


def _panels_on(
    number: int, product: Product, panels: Mapping[str, PanelSpec]
) -> Iterator[tuple[PanelSpec, PanelPlace]]:
    for name, place in product.panels.items():
        if page_number(place.page) == number and name in panels:
            yield panels[name], place


def _table(item: TableItem, place: PanelPlace, names: _Names) -> PlacedTable:
    cells = tuple(names.source(c.text, names.line) for c in item.columns)
    _check_overflow(item, cells)
    overflow = names.source(item.overflow_text, OVERFLOW_FIELDS)
    return PlacedTable(item, cells, overflow, place.x, place.y)


def _mark(
    item: CodeItem | BarcodeItem | OmrItem, place: PanelPlace, names: _Names, fixed: Mapping[str, str]
) -> PlacedMark:
    match item:
        case BarcodeItem():
            return PlacedMark(item, place.x, place.y, names.on_page(item.text, fixed))
        case OmrItem():
            return PlacedMark(item, place.x, place.y, profile=names.kind.omr[item.profile])
    return PlacedMark(item, place.x, place.y)


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
    drawn = (i for i in spec.items if isinstance(i, PictureItem | RuleItem | BoxItem))
    return PanelArt(f"house:{spec.id}", texts=tuple(texts), shapes=tuple(PlacedShape(i, 0, 0) for i in drawn))
