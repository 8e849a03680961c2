"""What stands on a panel: the item declarations of `kind.toml`, in mm from the panel's top left corner.

A text's `y` is its baseline. Whether an item changes from piece to piece is not declared: a text that
names a field of the piece does, all others belong to the static layer that is drawn once.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec

Align = Literal["left", "right", "center"]
Weight = Literal[400, 700]
Mm = float
Point = float

# A gray (0 black, 1 white) or `#rrggbb`.
Colour = Annotated[float, Field(ge=0, le=1)] | Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class TextItem(Spec):
    """One text of one or more lines.

    text: a Jinja2 template (`{{ name }}`), or `@notes` for the file notes.j2 beside kind.toml.
    size: points.
    width: mm to stay within; a longer text breaks into at most `lines` lines, then shrinks down to
      `min_size`, then is a finding.
    leading: distance of baselines in mm.
    """

    type: Literal["text"] = "text"
    text: str
    x: Mm
    y: Mm
    size: Annotated[Point, Field(ge=4, le=72)] = 9
    weight: Weight = 400
    align: Align = "left"
    width: Mm | None = None
    lines: Annotated[int, Field(ge=1, le=40)] = 1
    leading: Mm = 5.0
    min_size: Point = 6.5
    color: Colour = 0.0
    pitch: Mm | None = None  # distance from character to character, for postcode boxes


class RuleItem(Spec):
    """A straight line."""

    type: Literal["rule"] = "rule"
    x: Mm
    y: Mm
    x2: Mm
    y2: Mm
    width: Mm = 0.2
    color: Colour = 0.0
    dash: tuple[Mm, ...] = ()


class BoxItem(Spec):
    """A rectangle; no `fill` or `stroke` where absent."""

    type: Literal["box"] = "box"
    x: Mm
    y: Mm
    w: Mm
    h: Mm
    radius: Mm = 0
    fill: Colour | None = None
    stroke: Colour | None = None
    width: Mm = 0.2


class CodeItem(Spec):
    """The sheet's Data Matrix, top left corner at x, y; module in mm."""

    type: Literal["code"] = "code"
    x: Mm
    y: Mm
    module: Annotated[Mm, Field(ge=0.3, le=1.5)] = 0.5


class ColumnSpec(Spec):
    """One column of a table: `text` is a Jinja2 template over a line's fields."""

    header: str
    text: str
    width: Mm
    align: Align = "left"


class TableItem(Spec):
    """The lines of a member, newest last.

    blocks: the table stands this many times side by side, `gap` mm apart, filled one after another.
    rows: lines in one block. More lines than blocks x rows: the `overflow` rule. `sum-oldest` replaces
      the oldest lines by one line with their number and sums, so that the page still adds up.
    overflow_text: template of that line's text, over `count`; it stands in column `overflow_column`
      (from 0), and each money column shows its sum.
    empty_text: what stands there for a member without lines.
    """

    type: Literal["table"] = "table"
    x: Mm
    y: Mm
    columns: tuple[ColumnSpec, ...]
    rows: Annotated[int, Field(ge=2, le=200)]
    blocks: Annotated[int, Field(ge=1, le=4)] = 1
    gap: Mm = 6
    row_height: Mm = 4
    size: Point = 7.5
    min_size: Point = 5
    header_size: Point | None = None
    overflow: Literal["sum-oldest"] = "sum-oldest"
    overflow_text: str = "({{ count }})"
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


Item = Annotated[TextItem | RuleItem | BoxItem | CodeItem | TableItem, Field(discriminator="type")]


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
    """Where a product has a panel: page counts from 1; x, y, w, h in mm from the page's top left corner."""

    page: int
    x: Mm
    y: Mm
    w: Mm
    h: Mm
    ads: bool = False  # whether the post allows an ad here


class Product(Spec):
    """A physical product: page size, panels, folds (y of each fold line), sheets of paper."""

    id: str
    name: str
    width: Mm
    height: Mm
    pages: int
    panels: dict[str, PanelPlace]
    folds: tuple[Mm, ...] = ()
    tariff: str  # name of its line in the tariff
    sheet_grams: float


class HouseSpec(Spec):
    """A house panel 公益版面: what fills a slot that nobody bought, drawn from text like any panel."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    topic: str
    items: tuple[Item, ...]


def extent(item: Item) -> tuple[Mm, Mm]:
    """Right and bottom edge of an item, as far as its declaration fixes them."""
    match item:
        case RuleItem():
            return max(item.x, item.x2), max(item.y, item.y2)
        case BoxItem():
            return item.x + item.w, item.y + item.h
        case TableItem():
            width = item.blocks * item.block_width + (item.blocks - 1) * item.gap
            return item.x + width, item.y + (item.rows + 1) * item.row_height
        case CodeItem():
            return item.x + _LARGEST_CODE * item.module, item.y + _LARGEST_CODE * item.module
        case TextItem():
            across = (item.width or 0) if item.align == "left" else 0
            return item.x + across, item.y + (item.lines - 1) * item.leading


# Modules of the largest symbol a sheet code can need (26 x 26 holds 44 letters and digits).
_LARGEST_CODE = 26
