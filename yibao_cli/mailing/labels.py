"""Bundle labels 把签 and bag tags 袋牌: what each says. They go to the post and are Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.codes import ContainerCode
from yibao_cli.errors import CheckFailed
from yibao_cli.exports import frame_rows
from yibao_cli.exports.labels import Label
from yibao_cli.i18n import _
from yibao_cli.mailing.containers import kilograms
from yibao_cli.mailing.posting import MIXED
from yibao_cli.mailing.qualification import level_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yibao_cli.kinds.sorting import Scheme
    from yibao_cli.mailing.containers import Sorted

BUNDLE, BAG = "B", "D"


def bundle_labels(found: Sorted, scheme: Scheme, about: tuple[str, str, str]) -> list[Label]:
    """A label for each bundle, in order. about: mailing, client, ISO day of printing.

    Raises CheckFailed when two labels would have one number.
    """
    columns = [
        "bundle",
        "bag",
        "level",
        "destination",
        "pieces",
        "weight_mg",
        "first",
        "last",
        "part",
        "last_part",
    ]
    return _unique(_bundles(found, columns, scheme, about))


def bag_tags(found: Sorted, scheme: Scheme, about: tuple[str, str, str]) -> list[Label]:
    """A tag for each bag, in order; as `bundle_labels`."""
    return _unique(_bags(found, scheme, about))


def _bundles(
    found: Sorted, columns: list[str], scheme: Scheme, about: tuple[str, str, str]
) -> Iterator[Label]:
    names = level_names(scheme)
    for bundle, bag, level, place, pieces, mg, first, last, part, last_part in frame_rows(
        found.bundles[columns]
    ):
        parts = f"{part:03d}" if part == last_part else f"{part:03d}-{last_part:03d}"
        texts = {
            "heading": "把签",
            "destination": place or names.get(level, MIXED),
            "level": names.get(level, level),
            "number": f"把 {bundle}",
            "pieces": f"{pieces:,}",
            "weight": f"{kilograms(mg):,} 千克",
            "contents": f"袋 {bag}  分册 {parts}  {first} - {last}",
        }
        yield _label(BUNDLE, bundle, texts, about)


def _bags(found: Sorted, scheme: Scheme, about: tuple[str, str, str]) -> Iterator[Label]:
    names = level_names(scheme)
    columns = ["bag", "level", "destination", "bundles", "pieces", "weight_mg", "first_bundle", "last_bundle"]
    for bag, level, place, bundles, pieces, mg, first, last in frame_rows(found.bags[columns]):
        texts = {
            "heading": "袋牌",
            "destination": place or names.get(level, MIXED),
            "level": names.get(level, level),
            "number": f"袋 {bag}",
            "pieces": f"{pieces:,}",
            "weight": f"{kilograms(mg):,} 千克",
            "contents": f"{bundles:,} 把  (把 {first} - {last})",
        }
        yield _label(BAG, bag, texts, about)


def _label(kind: str, number: int, texts: dict[str, str], about: tuple[str, str, str]) -> Label:
    mailing, client, today = about
    common = {"mailing": mailing, "client": client, "printed_on": today}
    return Label(str(ContainerCode(mailing, kind, int(number))), texts | common)


def _unique(labels: Iterable[Label]) -> list[Label]:
    seen: dict[str, Label] = {}
    for label in labels:
        if label.code in seen:
            raise CheckFailed(
                _("two labels have the number {code}").format(code=label.code),
                remedy=_("hand nothing over; run `yibao merge MAILING` and `yibao render MAILING` again"),
            )
        seen[label.code] = label
    return list(seen.values())
