"""Tie what the pages show to the package itself, past everything that composes and writes pages.

`expected` says what each page must show and is exact, but it asks `compose` for it, as the writer does: a
piece's page filled from another's row would be expected and shown alike. Here each piece's number, name,
amount and lines come from the package's rows alone, and must stand on the pages that are its by their count.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.codes import SheetCode, copy_number
from yibao_cli.i18n import _
from yibao_cli.render.expected import amounts_in
from yibao_cli.render.reading import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yibao_cli.render.content import PageShown
    from yibao_cli.render.expected import Expected


class PieceFacts(NamedTuple):
    """What the package's rows say of one piece.

    name, amount: as they are printed; pages: how many it has; amounts: those of its lines, as they are
    printed, empty where not all of them are shown. copy: 0 for the first printing.
    """

    piece: str
    name: str
    amount: str
    pages: int
    amounts: tuple[str, ...] = ()
    copy: int = 0


class Tie:
    """Takes the pages of a part in order; says what does not tie, in sentences without personal data."""

    def __init__(self, mailing: str, facts: Iterable[PieceFacts]) -> None:
        self._mailing = mailing
        self._facts = iter(facts)
        self._piece: PieceFacts | None = None
        self._place = 0
        self._texts: list[str] = []

    def page(self, shown: PageShown, want: Expected) -> Iterator[str]:
        """Take the next page, and what `expected` says of it."""
        if self._piece is None or self._place == self._piece.pages:
            self._piece, self._place, self._texts = next(self._facts, None), 0, []
        if self._piece is None:
            yield _("the package has fewer pages than are expected")
            return
        self._place += 1
        self._texts.append(bare("\0".join(shown.texts)))
        yield from self._labels(self._piece, want)
        if self._place == self._piece.pages:
            yield from self._whole(self._piece)

    def _labels(self, piece: PieceFacts, want: Expected) -> Iterator[str]:
        if (want.piece, want.page) != (piece.piece, self._place):
            yield _("the page is not the one that the package has here")
        code = str(SheetCode(self._mailing, piece.piece, piece.copy, self._place, piece.pages))
        if any(mark.text != code for mark in want.marks if mark.type == "code"):
            yield _("the sheet code is not that of the package")

    def _whole(self, piece: PieceFacts) -> Iterator[str]:
        texts = "\0".join(self._texts)
        number = copy_number(piece.piece, piece.copy)
        for what, text in ((_("name"), bare(piece.name)), (_("piece number"), number)):
            if text not in texts:
                yield _("the piece's {what} stands on none of its pages").format(what=what)
        amounts = Counter(chain.from_iterable(map(amounts_in, self._texts)))
        if piece.amount and piece.amount not in amounts:
            yield _("the piece's {what} stands on none of its pages").format(what=_("amount"))
        if piece.amounts and (missing := Counter(piece.amounts) - amounts):
            yield _("{count} amounts of the piece's lines stand on none of its pages").format(
                count=missing.total()
            )
