"""Whether the items of a kind stand where they may: on their panel, apart from each other, out of zones.

Checked when a kind is loaded, on the rectangles that the declarations fix. A text whose length no declaration
bounds counts with the least it can take where texts must not meet, and with all it could take where a zone of
the post or an envelope's window is near. Source: GB/T 1416-2003, annex A.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
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
from yibao_cli.kinds.reach import Reach, text_reach

if TYPE_CHECKING:
    from yibao_cli.kinds.geometry import Item, OmrProfile, QrItem, Rect
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.kinds.page import Source
    from yibao_cli.kinds.product import PanelPlace, Product, WindowSpec, Zone

# Modules of the largest symbol a sheet code can need (26 x 26 holds 44 letters and digits).
_LARGEST_CODE = 26
_ROUNDING = 0.01  # mm
_TOUCH = 0.4  # mm that two items may share: type has white space around it
# What the post needs to deliver a piece; all else is private, as far as a window goes.
_ADDRESSING = {"name", "address", "postcode", "employer_name", "employer_no", "piece", "page", "pages"}


@dataclass(frozen=True)
class _Placed:
    """An item on its panel; source: of a text."""

    item: Item | QrItem
    panel: str
    source: Source | None
    reach: Reach

    @property
    def named(self) -> str:
        return _("panel {panel}: {type} at {x}, {y}").format(
            panel=self.panel, type=self.item.type, x=self.item.x, y=self.item.y
        )


def check_placement(kind: Kind, product: Product, sources: dict[str, Source]) -> None:
    """Refuse a kind whose items stand where they may not; sources: of its texts, by what they say.

    Raises SettingsError with panel and item, without the file.
    """
    for variant in kind.variant_names:
        placed = []
        for name, panel in kind.panels_of(variant).items():
            place = _place_of(product, name)
            if panel.slot and not place.ads:
                raise _refused(_("panel {panel} may not carry an ad").format(panel=name))
            own = [_placed(item, name, place, kind.omr, sources) for item in panel.items]
            code = [] if panel.code is None else [_of_slot(panel.code, name)]
            for one in (*own, *code):
                _check_inside(one, place)
            _check_apart(own)
            placed += own
        _check_zones(product.zones, placed)
        if product.window is not None:
            _check_window(product, product.window, placed, kind.verify.name)


def _of_slot(code: QrItem, panel: str) -> _Placed:
    box = code.x, code.y, code.side, code.side
    return _Placed(code, panel, None, Reach(box, box))


def _place_of(product: Product, panel: str) -> PanelPlace:
    if panel not in product.panels:
        raise _refused(_("product {product} has no panel {panel}").format(product=product.id, panel=panel))
    return product.panels[panel]


def _placed(
    item: Item, panel: str, place: PanelPlace, omr: dict[str, OmrProfile], sources: dict[str, Source]
) -> _Placed:
    if isinstance(item, TextItem):
        source = sources[item.text]
        return _Placed(item, panel, source, text_reach(item, source, place.w))
    if isinstance(item, OmrItem):
        if item.profile not in omr:
            known = ", ".join(sorted(omr))
            raise _refused(
                _("panel {panel}: there is no OMR profile {name}").format(panel=panel, name=item.profile),
                _("choose one of: {known}").format(known=known),
            )
        box = item.x, item.y, omr[item.profile].length, omr[item.profile].height
    else:
        box = _rectangle(item)
    return _Placed(item, panel, None, Reach(box, _stroked(item, box)))


def _rectangle(item: Item) -> Rect:
    """x, y, w, h of an item whose declaration says it."""
    match item:
        case RuleItem():
            left, top = min(item.x, item.x2), min(item.y, item.y2)
            return left, top, abs(item.x2 - item.x), abs(item.y2 - item.y)
        case BoxItem() | PictureItem() | ChartItem():
            return item.x, item.y, item.w, item.h
        case TableItem():
            width = item.blocks * item.block_width + (item.blocks - 1) * item.gap
            return item.x, item.y, width, (item.rows + 1) * item.row_height
        case BarcodeItem():
            return item.x, item.y, item.width, item.height
        case CodeItem():
            return item.x, item.y, _LARGEST_CODE * item.module, _LARGEST_CODE * item.module
    raise TypeError(item)


def _stroked(item: Item, box: Rect) -> Rect:
    """A rule's rectangle with the width of its stroke; without it a rule would take no room at all."""
    if not isinstance(item, RuleItem):
        return box
    x, y, w, h = box
    return x - item.width / 2, y - item.width / 2, w + item.width, h + item.width


def _check_inside(one: _Placed, place: PanelPlace) -> None:
    x, y, w, h = one.reach.least
    right, bottom = place.w + _ROUNDING, place.h + _ROUNDING
    if x < -_ROUNDING or y < -_ROUNDING or x + w > right or y + h > bottom:
        raise _refused(_("{item} leaves the panel").format(item=one.named))


def _check_apart(placed: list[_Placed]) -> None:
    """Texts, tables and marks do not overlap; rules, boxes and pictures may lie under any of them."""
    solid = [p for p in placed if not isinstance(p.item, RuleItem | BoxItem | PictureItem)]
    for one, other in combinations(solid, 2):
        if _share(one.reach.least, other.reach.least, _TOUCH):
            raise _refused(
                _("{item} overlaps the {type} at {x}, {y}").format(
                    item=one.named, type=other.item.type, x=other.item.x, y=other.item.y
                )
            )


def _check_zones(zones: tuple[Zone, ...], placed: list[_Placed]) -> None:
    for zone in zones:
        for one in placed:
            rect = zone.x, zone.y, zone.w, zone.h
            if one.panel == zone.panel and _share(one.reach.most, rect) and not _allowed(one, zone):
                raise _refused(
                    _("{item} stands in the zone {zone}, which the post keeps free").format(
                        item=one.named, zone=zone.name
                    ),
                    _(
                        "move it out of {x} to {right} and {y} to {bottom} mm, or give its text a width"
                    ).format(x=zone.x, right=zone.x + zone.w, y=zone.y, bottom=zone.y + zone.h),
                )


def _allowed(one: _Placed, zone: Zone) -> bool:
    if isinstance(one.item, BoxItem):
        return zone.boxes
    return one.source is not None and not one.source.static and set(one.source.fields) <= set(zone.allows)


def _check_window(product: Product, window: WindowSpec, placed: list[_Placed], name: str) -> None:
    """The address lies in the safe rectangle, and nothing else where the window may show it."""
    page = product.panels[window.panel].page
    shown: set[str] = set()
    for one in placed:
        if product.panels[one.panel].page != page or isinstance(one.item, RuleItem | BoxItem):
            continue
        place = product.panels[one.panel]
        reach = _moved(one.reach.most, place.x, place.y)
        origin = product.panels[window.panel]
        if not _share(reach, _moved(window.visible, origin.x, origin.y)):
            continue
        fields = _fields(one)
        if not _within(reach, _moved(window.safe, origin.x, origin.y)) or not fields <= {*_ADDRESSING, name}:
            raise _refused(
                _("{item} can be seen through the window of the envelope").format(item=one.named),
                _(
                    "only the address may stand there, in {x} to {right} and {y} to {bottom} mm, "
                    "each text with a width; move all else out of the window's reach"
                ).format(**_edges(window.safe)),
            )
        shown |= fields
    if missing := {"address", name} - shown:
        raise _refused(
            _("the window of the envelope does not show: {fields}").format(fields=", ".join(sorted(missing))),
            _("put it on panel {panel}, in {x} to {right} and {y} to {bottom} mm").format(
                panel=window.panel, **_edges(window.safe)
            ),
        )


def _fields(one: _Placed) -> set[str]:
    """Fields of the member that an item shows; a table and a picture count as private."""
    if isinstance(one.item, CodeItem | BarcodeItem | OmrItem):
        return {"piece"}
    return set(one.source.fields) if one.source is not None else {one.item.type + ":"}


def _edges(rect: Rect) -> dict[str, float]:
    x, y, w, h = rect
    return {"x": x, "right": x + w, "y": y, "bottom": y + h}


def _moved(rect: Rect, dx: float, dy: float) -> Rect:
    x, y, w, h = rect
    return x + dx, y + dy, w, h


def _share(one: Rect, other: Rect, more_than: float = _ROUNDING) -> bool:
    """Whether two rectangles have more than that many mm in common, across and down."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    # A stroke may be thinner than that.
    return across > min(more_than, one[2] / 2) and down > min(more_than, one[3] / 2)


def _within(one: Rect, other: Rect) -> bool:
    return (
        one[0] >= other[0] - _ROUNDING
        and one[1] >= other[1] - _ROUNDING
        and one[0] + one[2] <= other[0] + other[2] + _ROUNDING
        and one[1] + one[3] <= other[1] + other[3] + _ROUNDING
    )


def _refused(reason: str, remedy: str = "") -> SettingsError:
    return SettingsError(
        reason, remedy=remedy or _("move or shrink the item, or name a panel of the product")
    )
