"""A physical product: pages, panels and folds, what the post keeps free, the window, the paper; mm."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field, model_validator

from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.geometry import Length, Mm, Rect

_LONGEST = 5080  # mm; a PDF page has at most 14,400 points. Source: ISO 32000-1, annex C


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
    sheet_grams: one sheet; without it gsm counts, the grammage of the paper in g/m². cover_grams: envelope.
    sheet_um, cover_um: thickness of the paper and of the envelope's, micrometres.
    zones: what the post keeps free; window: of the envelope, where it has one.
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
    sheet_grams: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0
    gsm: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0
    cover_grams: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0
    sheet_um: Annotated[float, Field(ge=0, le=5000, allow_inf_nan=False)] = 0
    cover_um: Annotated[float, Field(ge=0, le=5000, allow_inf_nan=False)] = 0
    zones: tuple[Zone, ...] = ()
    window: WindowSpec | None = None

    @model_validator(mode="after")
    def _paper_has_a_weight(self) -> Product:
        if not (self.sheet_grams or self.gsm):
            raise ValueError(_("sheet_grams or gsm must say what a sheet weighs"))
        return self

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
