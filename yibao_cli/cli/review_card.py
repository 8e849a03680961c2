"""What the review on a terminal shows and reads, as plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.cli.terminal import visible, width_of
from yibao_cli.codes import is_postcode
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.jobs.address.session import Review


def parted(line: str) -> tuple[str, str]:
    """An address and the postcode at its end: `中山东路12号 050011`.

    >>> parted("中山东路12号 050011")
    ('中山东路12号', '050011')
    """
    head, _blank, last = line.strip().rpartition(" ")
    return (head.strip(), last) if head and is_postcode(last) else (line.strip(), "")


def card(review: Review) -> list[str]:
    """The lines that show where the person is and what there is to decide."""
    item = review.current
    if item is None:
        return [
            _("That was the last one. {count} settled.").format(count=review.count),
            "",
            _("u: undo, q: end"),
        ]
    entry = item.entry
    place = _("{at} of {of}; {count} settled").format(
        at=review.at + 1, of=len(review.items), count=review.count
    )
    shown = {
        _("as written"): entry.raw,
        _("postcode"): entry.postcode_given,
        _("county"): entry.county_given,
        _("members"): str(len(item.members)),
        _("problem"): item.problem,
        _("proposal"): f"{entry.standard}  {entry.postcode}".strip(),
    }
    widest = max(map(width_of, shown))
    told = {f"{label}: {' ' * (widest - width_of(label))}": value for label, value in shown.items()}
    return [place, "", *(visible(f"{label}{value}") for label, value in told.items() if value)]
