"""What stands on a panel: the item declarations of `kind.toml`, in mm from the panel's top left corner.

A text's `y` is its baseline. Whether an item changes from piece to piece is not declared: a text that
names a field of the piece does, all others belong to the static layer that is drawn once.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from yibao_cli.i18n import _
from yibao_cli.kinds.fields import FieldName, Spec

Align = Literal["left", "right", "center", "decimal"]
Weight = Literal[400, 700]
Face = Literal["body", "second"]
# TOML has `nan` and `inf`, which would pass every comparison or leave every page.
Mm = Annotated[float, Field(allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0, allow_inf_nan=False)]  # mm that something takes
Stroke = Annotated[float, Field(ge=0, allow_inf_nan=False)]  # mm; 0 for none
Point = Annotated[float, Field(ge=4, le=72)]
Rect = tuple[float, float, float, float]  # x, y, w, h

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


class QrItem(Spec):
    """The QR of an ad's response code, on white, its top left corner at x, y; none where it asks for none.

    side: mm across, a quiet zone of four modules around included. Source: ISO/IEC 18004.
    """

    type: Literal["qr"] = "qr"
    x: Mm
    y: Mm
    side: Annotated[Mm, Field(ge=16, le=60)] = 20


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
    reverse: the sensor's end is at the bottom. Source: manuals of Pitney Bowes DI425 and Quadient DS-95i.
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


class ChartItem(Spec):
    """Bars of what a member's lines come to; x, y, w, h in mm.

    by: a choice of the lines, or a date, whose months then count; sum: the amount that is summed.
    direction: bars lie `across`, names before and amounts behind them (names, amounts: mm for these), or
    stand `up`, names below and amounts above. order: of a choice's words; else by their characters. size: of
    names and amounts.
    """

    type: Literal["chart"] = "chart"
    x: Mm
    y: Mm
    w: Length
    h: Annotated[Mm, Field(ge=6)]
    by: FieldName
    sum: FieldName
    direction: Literal["across", "up"] = "across"
    order: tuple[str, ...] = ()
    names: Length = 12
    amounts: Length = 18
    size: Point = 6.5
    fill: Colour = 0.55

    @model_validator(mode="after")
    def _bars_have_room(self) -> ChartItem:
        if self.direction == "across" and self.w <= self.names + self.amounts:
            raise ValueError(_("the chart leaves no room for its bars"))
        return self


Item = Annotated[
    TextItem | RuleItem | BoxItem | PictureItem | CodeItem | BarcodeItem | OmrItem | TableItem | ChartItem,
    Field(discriminator="type"),
]


class PanelSpec(Spec):
    """One panel: items, or a slot for an ad and the place of its response code."""

    items: tuple[Item, ...] = ()
    slot: Literal["A", "B", "C"] | None = None
    code: QrItem | None = None

    @model_validator(mode="after")
    def _slot_is_empty(self) -> PanelSpec:
        if self.slot is not None and self.items:
            raise ValueError(_("a panel that carries an ad has no items of its own"))
        if self.code is not None and self.slot is None:
            raise ValueError(_("only a panel that carries an ad has a response code"))
        return self


class HouseSpec(Spec):
    """A house panel 公益版面: what fills a slot that nobody bought, drawn from text like any panel."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    topic: str
    items: tuple[Item, ...]
