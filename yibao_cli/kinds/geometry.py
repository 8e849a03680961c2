"""What stands on a panel: the item declarations of `kind.toml`, in mm from the panel's top left corner.

A text's `y` is its baseline. Whether an item changes from piece to piece is not declared: a text that
names a field of the piece does, all others belong to the static layer that is drawn once.
"""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field, model_validator

from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec

Align = Literal["left", "right", "center", "decimal"]
Weight = Literal[400, 700]
Face = Literal["body", "second"]
# TOML has `nan` and `inf`, which would pass every comparison or leave every page.
Mm = Annotated[float, Field(allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0, allow_inf_nan=False)]  # mm that something takes
Stroke = Annotated[float, Field(ge=0, allow_inf_nan=False)]  # mm; 0 for none
Point = Annotated[float, Field(ge=4, le=72)]
Rect = tuple[float, float, float, float]  # x, y, w, h

_LONGEST = 5080  # mm; a PDF page has at most 14,400 points. Source: ISO 32000-1, annex C

# A gray (0 black, 1 white) or `#rrggbb`.
Colour = Annotated[float, Field(ge=0, le=1)] | Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class TextItem(Spec):
    """One text of one or more lines.

    text: a Jinja2 template (`{{ name }}`), or `@notes` for the file notes.j2 beside kind.toml.
    size: points.
    width: mm to stay within; a longer text breaks into at most `lines` lines, then shrinks down to
      `min_size`, then is a finding.
    leading: distance of baselines in mm.
    align: where x stands in the text: at its begin, end, middle, or at its decimal point.
    face: `body`, or the `second` face that the settings name (a song or kai).
    """

    type: Literal["text"] = "text"
    text: str
    x: Mm
    y: Mm
    size: Point = 9
    weight: Weight = 400
    face: Face = "body"
    align: Align = "left"
    width: Length | None = None
    lines: Annotated[int, Field(ge=1, le=40)] = 1
    leading: Length = 5.0
    min_size: Point = 6.5
    color: Colour = 0.0
    pitch: Length | None = None  # distance from character to character, for postcode boxes


class RuleItem(Spec):
    """A straight line."""

    type: Literal["rule"] = "rule"
    x: Mm
    y: Mm
    x2: Mm
    y2: Mm
    width: Stroke = 0.2
    color: Colour = 0.0
    dash: tuple[Length, ...] = ()


class BoxItem(Spec):
    """A rectangle; no `fill` or `stroke` where absent."""

    type: Literal["box"] = "box"
    x: Mm
    y: Mm
    w: Length
    h: Length
    radius: Stroke = 0
    fill: Colour | None = None
    stroke: Colour | None = None
    width: Stroke = 0.2


class PictureItem(Spec):
    """A picture of the kind, below rules and texts; x, y, w, h in mm.

    file: name of a PDF, PNG, JPEG or SVG in the kind's folder art/.
    """

    type: Literal["picture"] = "picture"
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.(pdf|png|jpe?g|svg)$")]
    x: Mm
    y: Mm
    w: Length
    h: Length


class CodeItem(Spec):
    """The sheet's Data Matrix, top left corner at x, y; module in mm."""

    type: Literal["code"] = "code"
    x: Mm
    y: Mm
    module: Annotated[Mm, Field(ge=0.3, le=1.5)] = 0.5


class BarcodeItem(Spec):
    """A Code 128 of a text, such as a tracking number, top left corner at x, y; none where the text is empty.

    width: mm that it may take at most, quiet zones of ten modules on both sides included; module in mm.
    Source: ISO/IEC 15417.
    """

    type: Literal["barcode"] = "barcode"
    text: str
    x: Mm
    y: Mm
    width: Length
    height: Annotated[Mm, Field(ge=5, le=40)] = 12
    module: Annotated[Mm, Field(ge=0.19, le=1)] = 0.33


class OmrItem(Spec):
    """Marks that an inserter reads, on the front of each sheet; the first one's top left corner at x, y.

    profile: its name in templates/common/omr.toml; feeds: stations that add an insert to each piece.
    """

    type: Literal["omr"] = "omr"
    profile: str
    x: Mm
    y: Mm
    feeds: tuple[Annotated[int, Field(ge=1, le=6)], ...] = ()


OmrLine = Literal[
    "always",
    "insert",
    "not-first",
    "not-last",
    "divert",
    "stop",
    "feed1",
    "feed2",
    "feed3",
    "feed4",
    "feed5",
    "feed6",
    "sequence1",
    "sequence2",
    "sequence4",
    "parity",
]


class OmrProfile(Spec):
    """What one family of inserters reads, line by line from the sensor's end.

    pitch: mm from line to line; a mark is `length` mm long and pitch / `ratio` thick.
    reverse: the sensor's end is at the bottom. Source: research/domain.md 3.3.
    """

    name: str
    pitch: Annotated[Mm, Field(ge=2, le=12)]
    length: Annotated[Mm, Field(ge=5, le=25)]
    ratio: Annotated[int, Field(ge=4, le=20)] = 10
    lines: Annotated[tuple[OmrLine, ...], Field(min_length=2, max_length=24)]
    reverse: bool = False

    @property
    def height(self) -> Mm:
        """From the top of the first line to the bottom of the last."""
        return (len(self.lines) - 1) * self.pitch + self.pitch / self.ratio


class ColumnSpec(Spec):
    """One column of a table: `text` is a Jinja2 template over a line's fields.

    align: `decimal` puts the points of numbers below each other, with room for `decimals` digits behind.
    """

    header: str
    text: str
    width: Length
    align: Align = "left"
    decimals: Annotated[int, Field(ge=0, le=8)] = 2


class TableItem(Spec):
    """The lines of a member, newest last.

    blocks: the table stands this many times side by side, `gap` mm apart, filled one after another.
    rows: lines in one block. More lines than blocks x rows: the `overflow` rule. `sum-oldest` replaces
      the oldest lines by one line with their number and sums, so that the page still adds up. `continue`
      goes on in the table of the panel of further pages: the last line of a page carries the sums so far,
      the first one of the next brings them; only what no sheet has room for is summed.
    overflow_text: template of that line's text, over `count`; it stands in column `overflow_column`
      (from 0), and each money column shows its sum. brought_text, carried_text: what the lines say that
      bring and carry sums.
    empty_text: what stands there for a member without lines.
    """

    type: Literal["table"] = "table"
    x: Mm
    y: Mm
    columns: tuple[ColumnSpec, ...]
    rows: Annotated[int, Field(ge=2, le=200)]
    blocks: Annotated[int, Field(ge=1, le=4)] = 1
    gap: Stroke = 6
    row_height: Length = 4
    size: Point = 7.5
    min_size: Point = 5
    header_size: Point | None = None
    overflow: Literal["sum-oldest", "continue"] = "sum-oldest"
    overflow_text: str = "({{ count }})"
    brought_text: str = "承前页"
    carried_text: str = "过次页"
    overflow_column: int = 1
    empty_text: str = ""

    @model_validator(mode="after")
    def _overflow_has_a_column(self) -> TableItem:
        if not 0 <= self.overflow_column < len(self.columns):
            raise ValueError(_("overflow_column names no column of the table"))
        return self

    @property
    def capacity(self) -> int:
        """Lines that fit."""
        return self.rows * self.blocks

    @property
    def block_width(self) -> Mm:
        """Width of one block."""
        return sum(c.width for c in self.columns)


Item = Annotated[
    TextItem | RuleItem | BoxItem | PictureItem | CodeItem | BarcodeItem | OmrItem | TableItem,
    Field(discriminator="type"),
]


class PanelSpec(Spec):
    """One panel: items, or a slot for an ad."""

    items: tuple[Item, ...] = ()
    slot: Literal["A", "B", "C"] | None = None

    @model_validator(mode="after")
    def _slot_is_empty(self) -> PanelSpec:
        if self.slot is not None and self.items:
            raise ValueError(_("a panel that carries an ad has no items of its own"))
        return self


class PanelPlace(Spec):
    """Where a product has a panel; x, y, w, h in mm from the page's top left corner.

    page: counts from 1; `further`: the page that is repeated while lines remain; `blank`: the back of a
    last sheet that nothing else stands on.
    """

    page: Annotated[int, Field(ge=1)] | Literal["further", "blank"]
    x: Mm
    y: Mm
    w: Length
    h: Length
    ads: bool = False  # whether the post allows an ad here

    def covers(self, other: PanelPlace) -> bool:
        """Whether they have more than an edge in common."""
        across = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        down = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        return across > 0 and down > 0


class Zone(Spec):
    """A rectangle of a panel, in mm from its top left corner, that the post keeps for itself.

    allows: fields that may be shown in it; boxes: whether frames may stand in it.
    """

    name: str
    panel: str
    x: Mm
    y: Mm
    w: Length
    h: Length
    allows: tuple[str, ...] = ()
    boxes: bool = False


class WindowSpec(Spec):
    """A window envelope and the panel that lies behind its window; mm.

    envelope: width and height; opening: x, y, w, h of the window from the envelope's top left corner;
    insert: width and height of the folded sheet, which may lie anywhere in the envelope.
    across, down: how far the window itself may be off; fold: the fold. Source: GB/T 1416-2003, annex A.
    """

    panel: str
    envelope: tuple[Mm, Mm]
    opening: tuple[Mm, Mm, Mm, Mm]
    insert: tuple[Mm, Mm]
    across: Mm = 2
    down: Mm = 1.5
    fold: Mm = 1.5

    @property
    def safe(self) -> Rect:
        """What is always seen, as x, y, w, h on the panel: the address belongs here."""
        x, y, w, h = self.opening
        slack = self.envelope[0] - self.insert[0], self.envelope[1] - self.insert[1]
        left, top = x + self.across, y + self.down + self.fold
        right, bottom = x + w - self.across - slack[0], y + h - self.down - self.fold - slack[1]
        return left, top, right - left, bottom - top

    @property
    def visible(self) -> Rect:
        """What may come to be seen: nothing private may touch it."""
        x, y, w, h = self.opening
        slack = self.envelope[0] - self.insert[0], self.envelope[1] - self.insert[1]
        left, top = x - self.across - slack[0], y - self.down - self.fold - slack[1]
        right, bottom = x + w + self.across, y + h + self.down + self.fold
        return left, top, right - left, bottom - top


class Product(Spec):
    """A physical product: page size, panels, folds (y of each fold line), sheets of paper.

    pages: pages that every piece has; most: pages that one may have, where lines go on to further pages.
    A sheet has two pages, so a piece always has an even number of them.
    cover_grams: the envelope; zones: what the post keeps free; window: of the envelope, where it has one.
    """

    id: str
    name: str
    width: Annotated[Length, Field(le=_LONGEST)]
    height: Annotated[Length, Field(le=_LONGEST)]
    pages: Annotated[int, Field(ge=1)]
    most: Annotated[int, Field(ge=0, le=98)] = 0
    panels: dict[str, PanelPlace]
    folds: tuple[Mm, ...] = ()
    tariff: str  # name of its line in the tariff
    sheet_grams: float
    cover_grams: float = 0
    zones: tuple[Zone, ...] = ()
    window: WindowSpec | None = None

    @model_validator(mode="after")
    def _panels_stand_on_a_page(self) -> Product:
        for name, panel in self.panels.items():
            if (
                panel.x < 0
                or panel.y < 0
                or panel.x + panel.w > self.width
                or panel.y + panel.h > self.height
            ):
                raise ValueError(_("panel {panel} leaves the page").format(panel=name))
            if isinstance(panel.page, int) and panel.page > self.pages:
                raise ValueError(_("panel {panel} stands on a page that there is not").format(panel=name))
        for (name, one), (other, two) in combinations(self.panels.items(), 2):
            if one.page == two.page and one.covers(two):
                raise ValueError(_("panel {panel} overlaps panel {other}").format(panel=other, other=name))
        return self

    @model_validator(mode="after")
    def _folds_and_zones_have_a_place(self) -> Product:
        if not all(0 < fold < self.height for fold in self.folds):
            raise ValueError(_("a fold lies outside of the page"))
        named = [*(zone.panel for zone in self.zones), *([self.window.panel] if self.window else [])]
        if unknown := [name for name in named if name not in self.panels]:
            raise ValueError(
                _("a zone or the window is on panel {panel}, which there is not").format(panel=unknown[0])
            )
        return self


class HouseSpec(Spec):
    """A house panel 公益版面: what fills a slot that nobody bought, drawn from text like any panel."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    topic: str
    items: tuple[Item, ...]
