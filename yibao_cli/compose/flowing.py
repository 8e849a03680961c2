"""How many lines stand on which page of a piece, and which of them carry sums from page to page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.kinds.page import BLANK, FURTHER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.kinds.page import Layout, VariantPlan


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines start..stop of a piece, which one page shows.

    brought: a line above them brings the sums of all before them; carried: one below carries the sums of all
    so far. hidden: lines before them that no page shows, summed in a line above.
    """

    start: int
    stop: int
    brought: bool = False
    carried: bool = False
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """How many lines fit on the first page and on each further page; `most` is the most further pages."""

    first: int
    further: int = 0
    most: int = 0

    def stretches(self, lines: int) -> list[Stretch]:
        """What each page shows of so many lines: the first page, then the further ones."""
        if lines <= self.first:
            return [Stretch(0, lines)]
        pages = self._further_pages(lines)
        room = self._room(pages)
        hidden = lines - room + 1 if lines > room else 0
        if not pages:
            return [Stretch(hidden, lines, hidden=hidden)]
        stop = hidden + self.first - 1 - bool(hidden)
        found = [Stretch(hidden, stop, carried=True, hidden=hidden)]
        for number in range(1, pages + 1):
            last = number == pages
            start, stop = stop, lines if last else stop + self.further - 2
            found.append(Stretch(start, stop, brought=True, carried=not last))
        return found

    def _room(self, pages: int) -> int:
        """Lines of the piece that so many further pages leave room for, beside those that carry sums."""
        if not pages:
            return self.first
        return self.first - 1 + (pages - 1) * (self.further - 2) + self.further - 1

    def _further_pages(self, lines: int) -> int:
        return next((n for n in range(1, self.most + 1) if self._room(n) >= lines), self.most)


def flow_of(variant: VariantPlan) -> Flow:
    """The room for lines of a variant's table that goes on, or that of a piece that has none."""
    if variant.flowing is None:
        return Flow(0)
    begins, takes = variant.flowing
    most = variant.most - len(variant.first)
    return Flow(begins.item.capacity, takes.item.capacity, most)


def page_plans(variant: VariantPlan, lines: int) -> tuple[int, ...]:
    """Numbers of the page plans that a piece with so many lines is made from, in order.

    A sheet has two pages: where sheets are filled up, a blank back makes their number even.
    """
    further = len(flow_of(variant).stretches(lines)) - 1 if variant.flowing else 0
    found = (*(page.number for page in variant.first), *[FURTHER] * further)
    return (*found, BLANK) if len(found) % 2 and variant.blank is not None else found


def pages_of(layout: Layout, variants: Sequence[str], lines: Sequence[int]) -> list[int]:
    """Pages of each piece, by its variant and its number of lines."""
    known: dict[tuple[str, int], int] = {}
    for key in set(zip(variants, lines, strict=True)):
        known[key] = len(page_plans(layout.variants[key[0]], key[1]))
    return [known[key] for key in zip(variants, lines, strict=True)]
