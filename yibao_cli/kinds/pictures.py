"""Pictures of a kind: found among its items, and judged against the rectangles they are to fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import N_, _
from yibao_cli.kinds.geometry import PictureItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.kinds.geometry import Item
    from yibao_cli.kinds.kind import Kind

# Where the pictures of a kind lie inside the art folder of a package.
PICTURES = "kind"

# What is wrong with a picture and what mends it, by the rule that forbids it in an ad.
_REASONS = {
    "C201": (N_("the picture {file} is missing"), N_("put it into the folder art beside kind.toml")),
    "C202": (N_("the picture {file} cannot be read"), N_("save it again as PDF, PNG, JPEG or SVG")),
    "C203": (
        N_("the picture {file} has another shape than {w} x {h} mm"),
        N_("correct w and h, or the picture"),
    ),
    "C204": (N_("the picture {file} has less than 100 dpi at {w} x {h} mm"), N_("save it at 300 dpi")),
    "C206": (
        N_("a font of the picture {file} is not embedded"),
        N_("embed all fonts, or turn text into outlines"),
    ),
    "C207": (N_("the picture {file} has more than one page"), N_("keep the one page that is to print")),
    "C209": (N_("the picture {file} holds {what}, which has no place in print"), N_("save it without that")),
    "C210": (
        N_("the picture {file} uses {what}, which would not print as it looks"),
        N_("turn text and effects into outlines, or save it as PDF"),
    ),
    "C211": (N_("the picture {file} is too large"), N_("save it smaller: 300 dpi are enough")),
    "C212": (N_("the picture {file} is protected by a password"), N_("save it without a password")),
}


def check_pictures(kind: Kind, folder: Path) -> None:
    """Refuse a kind with a picture that is missing, broken, too coarse or of another shape than its item.

    folder: the kind's art. Raises SettingsError with panel and file name, without the kind's file.
    """
    pictures = list(pictures_of(kind))
    if not pictures:
        return
    # The libraries that read pictures take longer to load than a kind that has none.
    from yibao_cli.artwork.judging import check_picture  # noqa: PLC0415 - see above

    for place, item in pictures:
        verdict = check_picture(folder / item.file, (item.w, item.h))
        if verdict.refusal:
            reason, remedy = _REASONS[verdict.refusal]
            told = _(reason).format(file=item.file, w=item.w, h=item.h, what=verdict.what)
            raise SettingsError(_("{key}: {reason}").format(key=place, reason=told), remedy=_(remedy))


def pictures_of(kind: Kind) -> Iterator[tuple[str, PictureItem]]:
    """Every picture of a kind with the key it stands under."""
    for place, items in _items(kind):
        yield from ((place, item) for item in items if isinstance(item, PictureItem))


def _items(kind: Kind) -> Iterator[tuple[str, tuple[Item, ...]]]:
    for name, panel in kind.panels.items():
        yield f"panels.{name}", panel.items
    for variant, spec in kind.variants.items():
        for name, panel in spec.panels.items():
            yield f"variants.{variant}.panels.{name}", panel.items
    for house in kind.house:
        yield f"house.{house.id}", house.items
