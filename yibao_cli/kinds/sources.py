"""The texts of a kind, taken apart when it is loaded: an unknown name is refused before any data comes.

The names of fixed texts (`client.name`) are known then, their values are not: they count as empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.chart import check_chart
from yibao_cli.kinds.geometry import BarcodeItem, ChartItem, CodeItem, TableItem, TextItem
from yibao_cli.kinds.page import BLANK, FURTHER, Source
from yibao_cli.kinds.texts import CONSTANTS, filtered_fields, text_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yibao_cli.kinds.geometry import Item, PanelSpec
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.kinds.product import Product

# What the ledger and the freezing add to a member's record.
PIECE_FIELDS = frozenset(
    {
        *("piece", "tracking", "variant", "part", "address", "postcode", "county", "category", "ads_consent"),
        *("employer_no", "employer_name", "employer_address", "employer_postcode", "delivery_mode"),
    }
)
# What the ledger adds where adjustments stand on vouchers.
ADJUSTMENT_NOTE = "adjustment_note"
# What a page adds: its number in the piece, and how many the piece has.
PAGE_FIELDS = frozenset({"page", "pages"})
# What the text of a line that sums others may name: how many there are.
OVERFLOW_FIELDS = frozenset({"count"})

_NO_VALUES = {group: dict.fromkeys(names, "") for group, names in CONSTANTS.items()}
_FILTERED = {"yuan": "money", "capitals": "money", "date_zh": "date", "month_zh": "text"}
_PLACES = {"further": FURTHER, "blank": BLANK}


def no_values(kind: Kind) -> dict[str, dict[str, str]]:
    """Every fixed text that the texts of a kind may name, each empty."""
    return {**_NO_VALUES, "settings": dict.fromkeys(kind.settings, "")}


def page_number(page: int | str) -> int:
    """The number of the page plan that a product's panel is on."""
    return page if isinstance(page, int) else _PLACES[page]


def text_of(kind: Kind, text: str) -> str:
    """A text as it is written: `@notes` is what the file notes.j2 says."""
    if not text.startswith("@"):
        return text
    if text[1:] not in kind.texts:
        raise SettingsError(
            _("there is no text file {name}").format(name=f"{text[1:]}.j2"),
            remedy=_("write it beside kind.toml, or correct the item"),
        )
    return kind.texts[text[1:]]


def check_texts(kind: Kind) -> dict[str, Source]:
    """Take every text of a kind apart; returns the source of each text item by what it declares.

    Raises SettingsError with panel and text when one is no template or names what no piece, line or mailing
    has.
    """
    lines = frozenset(kind.inputs[kind.merge.lines].names) if kind.merge.lines else frozenset()
    fields = _member_names(kind) | PIECE_FIELDS | PAGE_FIELDS
    constants = no_values(kind)
    types = _types(kind, (*reversed(kind.merge.accounts), kind.merge.base))
    line_types = _types(kind, (kind.merge.lines,) if kind.merge.lines else ())
    sources: dict[str, Source] = {}
    for panel, item in _items(kind):
        try:
            if isinstance(item, TextItem | BarcodeItem):
                sources[item.text] = source = text_source(text_of(kind, item.text), fields, constants)
                _check_one_paragraph(source, item.text)
                _check_filters(text_of(kind, item.text), types)
            elif isinstance(item, TableItem):
                _check_table(kind, item, lines, line_types)
            elif isinstance(item, ChartItem):
                check_chart(kind, item)
        except SettingsError as error:
            raise SettingsError(
                _("panel {panel}: {reason}").format(panel=panel, reason=error.message), remedy=error.remedy
            ) from error
    if not any("piece" in source.fields for source in sources.values()):
        raise SettingsError(
            _("no text shows the piece number, by which a piece is found again"),
            remedy=_("add a text with {name} to a panel").format(name="{{ piece }}"),
        )
    for house in kind.house:
        for item in house.items:
            if isinstance(item, TextItem):
                text_source(text_of(kind, item.text), frozenset(), constants)
    return sources


def _check_table(kind: Kind, item: TableItem, lines: frozenset[str], types: Mapping[str, str]) -> None:
    constants = no_values(kind)
    for column in item.columns:
        text_source(text_of(kind, column.text), lines, constants)
        _check_filters(text_of(kind, column.text), types)
    text_source(text_of(kind, item.overflow_text), OVERFLOW_FIELDS, constants)


def _types(kind: Kind, tables: tuple[str, ...]) -> dict[str, str]:
    """Field name to type; of a name that stands in several tables the last one's."""
    return {f.name: f.type for table in tables for f in kind.inputs[table].fields}


def _check_filters(text: str, types: Mapping[str, str]) -> None:
    """A filter that wants an amount or a date is put on a field that is one."""
    for name, field in filtered_fields(text):
        wanted = _FILTERED.get(name)
        if wanted and types.get(field, "text") != wanted:
            raise SettingsError(
                _("the filter {name} wants a field of type {type}, and {field} is none").format(
                    name=name, type=wanted, field=field
                ),
                remedy=_("name another field, or leave the filter away"),
            )


def _check_one_paragraph(source: Source, text: str) -> None:
    """A text that shows a field is broken into lines where it is too long, and nowhere else."""
    written = source.template or "".join(s for s in source.segments if isinstance(s, str))
    if not source.static and "\n" in written:
        raise SettingsError(
            _("the text «{text}» shows a field and has a line break").format(text=text[:60]),
            remedy=_("make an item of each paragraph"),
        )


def check_pages(kind: Kind, product: Product) -> None:
    """Refuse a kind whose lines could not go on."""
    for variant in kind.variant_names:
        panels = {n: p for n, p in kind.panels_of(variant).items() if n in product.panels}
        begins = [t for t in _tables(panels, product, further=False) if t.overflow == "continue"]
        takes = _tables(panels, product, further=True)
        if not begins and not takes:
            continue
        if not (len(begins) == len(takes) == 1):
            raise SettingsError(
                _("lines go on from one table with overflow = 'continue' to one on the further pages"),
                remedy=_("declare both, and use a product that has a panel on further pages"),
            )
        if [c.text for c in begins[0].columns] != [c.text for c in takes[0].columns]:
            raise SettingsError(_("the table on the further pages has other columns than the one before"))


def check_codes(kind: Kind, product: Product) -> None:
    """Refuse a kind whose sheets would not bear one code each."""
    for variant in kind.variant_names:
        panels = kind.panels_of(variant)
        goes_on = bool(_tables(panels, product, further=True))
        for page, name in ((1, _("the first page")), *(((FURTHER, _("a further page")),) if goes_on else ())):
            count = _codes(panels, product, page)
            if count != 1:
                raise SettingsError(
                    _("{page} bears {count} codes, and every sheet has one").format(page=name, count=count),
                    remedy=_("declare one item of type code on one of its panels"),
                )


def _tables(panels: Mapping[str, PanelSpec], product: Product, *, further: bool) -> list[TableItem]:
    return [
        item
        for name, panel in panels.items()
        for item in panel.items
        if isinstance(item, TableItem) and (page_number(product.panels[name].page) == FURTHER) == further
    ]


def _codes(panels: Mapping[str, PanelSpec], product: Product, page: int) -> int:
    return sum(
        isinstance(item, CodeItem)
        for name, panel in panels.items()
        for item in panel.items
        if page_number(product.panels[name].page) == page
    )


def _member_names(kind: Kind) -> frozenset[str]:
    tables = (kind.merge.base, *kind.merge.accounts)
    told = {ADJUSTMENT_NOTE} if kind.adjust else set()
    return frozenset(told.union(*(kind.inputs[table].names for table in tables)))


def _items(kind: Kind) -> Iterator[tuple[str, Item]]:
    for variant in kind.variant_names:
        for name, panel in kind.panels_of(variant).items():
            yield from ((name, item) for item in panel.items)
