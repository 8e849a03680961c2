"""A composed layout: what stands where on each page, in mm from the page's top left corner.

`compose` makes it from a kind, a product and the settings of a mailing; `render` compiles it. It holds
no personal data: a dynamic text is a `Source`, filled piece by piece from what `values` holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.kinds.geometry import (
        BarcodeItem,
        BoxItem,
        ChartItem,
        CodeItem,
        OmrItem,
        OmrProfile,
        PictureItem,
        QrItem,
        RuleItem,
        TableItem,
        TextItem,
    )


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of the piece or line, passed through filters by name, first to last."""

    name: str
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text comes from: literals and fields in turn; or `template`, for texts with logic.

    A source without fields is static: `literal` is what it always says.
    constants: what a template's `client.name` and the like stand for, as (group, name, value); the group
    is empty for a field whose text is fixed (`page`).
    """

    segments: tuple[str | FieldRef, ...] = ()
    template: str = ""
    fields: tuple[str, ...] = ()
    constants: tuple[tuple[str, str, str], ...] = ()

    @property
    def static(self) -> bool:
        """Whether it says the same on every piece."""
        return not self.fields

    @property
    def literal(self) -> str:
        """The text of a static source."""
        return "".join(s for s in self.segments if isinstance(s, str))

    @property
    def amount(self) -> str | None:
        """The money field it shows, when that is all it shows."""
        match self.segments:
            case (FieldRef(name, ("yuan",)),):
                return name
        return None


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text whose item's x and y are moved by (dx, dy) from panel to page."""

    item: TextItem
    source: Source
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table; `cells` are the sources of its columns, `overflow` that of the line that sums the rest."""

    item: TableItem
    cells: tuple[Source, ...]
    overflow: Source
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class PlacedShape:
    """A picture, rule or box, moved from panel to page."""

    item: PictureItem | RuleItem | BoxItem
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A mark for machines, moved from panel to page.

    source: what a bar code or a QR says; profile: of OMR marks.
    """

    item: CodeItem | BarcodeItem | OmrItem | QrItem
    dx: float
    dy: float
    source: Source = Source()
    profile: OmrProfile | None = None


@dataclass(frozen=True, slots=True)
class PlacedChart:
    """A chart, moved from panel to page.

    keys: what each bar stands for among the lines; fields: columns of the pieces with its sums, in fen;
    amounts: the texts that say them, which stand among the page's texts too, one behind the other.
    """

    item: ChartItem
    keys: tuple[str, ...]
    fields: tuple[str, ...]
    amounts: tuple[PlacedText, ...]
    dx: float
    dy: float

    @property
    def monthly(self) -> bool:
        """Whether its bars are months, `2026-07`, and not words."""
        return all(len(key) == len("2026-07") and key[:4].isdigit() for key in self.keys)


@dataclass(frozen=True, slots=True)
class PlacedSlot:
    """An ad slot: its panel's rectangle on the page."""

    slot: str
    x: float
    y: float
    w: float
    h: float


# Numbers of the page plans that stand at no fixed place in a piece.
FURTHER, BLANK = 0, -1


def response_field(slot: str) -> str:
    """The column of the pieces that has what the QR in a slot says, "" where its ad asks for none."""
    return f"response_{slot.lower()}"


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One page of one variant; `number` counts from 1, or is FURTHER or BLANK."""

    number: int
    width: float
    height: float
    static_texts: tuple[PlacedText, ...]
    shapes: tuple[PlacedShape, ...]
    texts: tuple[PlacedText, ...]
    tables: tuple[PlacedTable, ...]
    marks: tuple[PlacedMark, ...]
    slots: tuple[PlacedSlot, ...]
    folds: tuple[float, ...]
    charts: tuple[PlacedChart, ...] = ()


@dataclass(frozen=True, slots=True)
class PanelArt:
    """What may fill a slot: `key` is how a piece names it (`ad:C-01`, `house:card-care`).

    file: name of the artwork inside the package's art folder, or "" for a house panel, which is drawn
    from its `texts` and `shapes`.
    """

    key: str
    file: str = ""
    texts: tuple[PlacedText, ...] = ()
    shapes: tuple[PlacedShape, ...] = ()

    @property
    def paid(self) -> bool:
        """A paid panel bears the mark 广告."""
        return self.key.startswith("ad:")


@dataclass(frozen=True, slots=True)
class FontPlan:
    """The fonts of a mailing as configured: paths of font files, "" for the shipped Noto Sans SC.

    A face of a collection is named `path.ttc#2`, counted from 0. `second` without a path is the body font.
    fallback: fonts asked, in order, for a character that a face cannot draw; the shipped ones come after.
    """

    body: str = ""
    body_bold: str = ""
    second: str = ""
    second_bold: str = ""
    fallback: tuple[str, ...] = ()


SHIPPED_FONTS = FontPlan()


@dataclass(frozen=True, slots=True)
class PressPlan:
    """What a press wants of the print files, beside their pages: PDF/X-4 and PDF/VT-1.

    icc: path of the output profile, "" for our own gray; bleed: mm that pages stand over their trim; slug:
    mm of white beyond, for crop marks, 0 for none. document: what the files belong to, day: the ISO day they
    are dated with.
    """

    icc: str = ""
    bleed: float = 3
    slug: float = 10
    document: str = ""
    day: str = "2000-01-01"


@dataclass(frozen=True, slots=True)
class VariantPlan:
    """The pages of one variant.

    first: the pages every piece has, in order. further: the page that is repeated while lines remain, or
    None; blank: the back of a last sheet that has nothing to say, or None where sheets are not filled up.
    most: pages that a piece may have at most.
    """

    first: tuple[PagePlan, ...]
    further: PagePlan | None = None
    blank: PagePlan | None = None
    most: int = 0

    @property
    def plans(self) -> tuple[PagePlan, ...]:
        """Every page there is, once."""
        return (*self.first, *filter(None, (self.further, self.blank)))

    @property
    def flowing(self) -> tuple[PlacedTable, PlacedTable] | None:
        """The table whose lines go on to further pages, and the one there that takes them."""
        if self.further is None:
            return None
        tables = (t for page in self.first for t in page.tables if t.item.overflow == "continue")
        begins = next(tables, None)
        return (begins, self.further.tables[0]) if begins and self.further.tables else None


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything a print job draws: the pages of each variant, and the art of the slots."""

    variants: dict[str, VariantPlan]
    art: tuple[PanelArt, ...]
    panel_size: tuple[float, float]
    fonts: FontPlan = SHIPPED_FONTS
    press: PressPlan | None = None

    def plans(self) -> Iterator[tuple[str, PagePlan]]:
        """Every page of every variant, with the variant's name."""
        return ((name, page) for name, variant in self.variants.items() for page in variant.plans)

    @property
    def paper(self) -> PagePlan:
        """A page that has the size and folds that all have."""
        return next(iter(self.variants.values())).first[0]
