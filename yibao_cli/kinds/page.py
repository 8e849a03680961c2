"""A composed layout: what stands where on each page, in mm from the page's top left corner.

`compose` makes it from a kind, a product and the settings of a mailing; `render` compiles it. It holds
no personal data: a dynamic text is a `Source`, filled piece by piece from columns of values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yibao_cli.kinds.geometry import BoxItem, CodeItem, RuleItem, TableItem, TextItem


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of the piece or line, passed through filters by name, first to last."""

    name: str
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text comes from: literals and fields in turn; or `template`, for texts with logic.

    A source without fields is static: `literal` is what it always says.
    constants: what a template's `client.name` and the like stand for, as (group, name, value).
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
    """A rule, box or code, moved from panel to page."""

    item: RuleItem | BoxItem | CodeItem
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class PlacedSlot:
    """An ad slot: its panel's rectangle on the page."""

    slot: str
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One page of one variant; `number` counts from 1."""

    number: int
    width: float
    height: float
    static_texts: tuple[PlacedText, ...]
    shapes: tuple[PlacedShape, ...]
    texts: tuple[PlacedText, ...]
    tables: tuple[PlacedTable, ...]
    codes: tuple[PlacedShape, ...]
    slots: tuple[PlacedSlot, ...]
    folds: tuple[float, ...]


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
class Layout:
    """Everything a print job draws: the pages of each variant, and the art of the slots."""

    variants: dict[str, tuple[PagePlan, ...]]
    art: tuple[PanelArt, ...]
    panel_size: tuple[float, float]

    @property
    def pages(self) -> int:
        """Pages of a piece."""
        return len(next(iter(self.variants.values())))


@dataclass(frozen=True, slots=True)
class TableValues:
    """The cells of one table for all pieces of a part.

    columns: per column the texts of all lines of the part, in order; piece i shows the lines
    start[i]:stop[i], below `head[i]` when that is given (the line that sums what did not fit).
    """

    columns: tuple[list[str], ...]
    start: list[int]
    stop: list[int]
    head: list[tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class PartValues:
    """All texts of the pieces of a part, as columns of strings, ready to be set.

    texts: per source one text a piece; tables: per (variant, page, index in `PagePlan.tables`).
    codes: per piece the sheet codes; art: per slot one key a piece.
    """

    pieces: list[str]
    variants: list[str]
    texts: dict[Source, list[str]]
    tables: dict[tuple[str, int, int], TableValues]
    codes: list[str]
    art: dict[str, list[str]]
