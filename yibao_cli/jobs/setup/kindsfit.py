"""Whether the texts of a kind hold the longest values that may plausibly come, before any have come."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from yibao_cli.compose.columns import Columnar, source_column
from yibao_cli.i18n import _
from yibao_cli.kinds.geometry import BarcodeItem
from yibao_cli.kinds.plausible import LARGEST_BAR, LARGEST_LINE, plausible
from yibao_cli.kinds.sources import PAGE_FIELDS
from yibao_cli.money import yuan
from yibao_cli.render.faces import font_set
from yibao_cli.render.fonts import REGULAR
from yibao_cli.render.preflight import largest_fitting_amount, overrunning, unfitting, unfitting_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yibao_cli.kinds import Kind
    from yibao_cli.kinds.geometry import Item
    from yibao_cli.kinds.page import Layout, PagePlan, VariantPlan
    from yibao_cli.render.faces import FontSet

_WIDE_PAGE = "88"


class Tight(NamedTuple):
    """An item that is too narrow: its panel with where it stands, and what it would have to hold."""

    place: str
    words: str


def plausible_pieces(kind: Kind, days: Mapping[str, str]) -> pa.Table:
    """One piece of each variant, of the longest values, as a package holds them."""
    record = plausible(kind, days) | dict.fromkeys(PAGE_FIELDS, _WIDE_PAGE)
    return pa.Table.from_pylist([{**record, "variant": v} for v in kind.variant_names])


def tight_items(kind: Kind, layout: Layout, pieces: pa.Table) -> list[Tight]:
    """The items that cannot hold their text; pieces: a row a variant, in the order of the kind's variants."""
    faces = font_set(layout.fonts)
    found: dict[Tight, None] = {}
    for row, name in enumerate(kind.variant_names):
        own = _columns(pieces.slice(row, 1), layout.variants[name])
        for page in layout.variants[name].plans:
            for item, words in (*_texts(page, own, faces), *_amounts(page, faces)):
                found[Tight(_place(kind, name, item), words)] = None
    return list(found)


def _columns(piece: pa.Table, variant: VariantPlan) -> Columnar:
    charts = (c for page in variant.plans for c in page.charts)
    return Columnar(piece).with_columns({field: [LARGEST_BAR] for c in charts for field in c.fields})


def _texts(page: PagePlan, columns: Columnar, faces: FontSet) -> Iterator[tuple[Item, str]]:
    for placed in (*page.static_texts, *page.texts):
        text = source_column(placed.source, columns, 1)
        font = faces.font(placed.item.face, placed.item.weight)
        if unfitting(placed, text, font) or overrunning(placed, page, text, font):
            yield placed.item, text[0]
    for mark in page.marks:
        if isinstance(mark.item, BarcodeItem):
            text = source_column(mark.source, columns, 1)
            if unfitting_marks(mark, text):
                yield mark.item, text[0]


def _amounts(page: PagePlan, faces: FontSet) -> Iterator[tuple[Item, str]]:
    """Tables with a column that an amount of a line would not fit; other texts of lines are cut with `…`."""
    font = faces.font("body", REGULAR)
    for table in page.tables:
        for column, cell in enumerate(table.cells):
            if cell.amount is not None and largest_fitting_amount(table, column, font) <= LARGEST_LINE:
                yield table.item, f"{table.item.columns[column].header} {yuan(-LARGEST_LINE)}"


def _place(kind: Kind, variant: str, item: Item) -> str:
    """Panel and place of an item; what a chart writes stands on none by itself."""
    panels = kind.panels_of(variant)
    panel = next((name for name, spec in panels.items() if any(i is item for i in spec.items)), "")
    where = f"panels.{panel}" if panel else _("a chart")
    return _("{panel}: {type} at {x}, {y}").format(panel=where, type=item.type, x=item.x, y=item.y)
