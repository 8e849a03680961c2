"""What fills a composed layout: the texts, amounts and marks of some pieces, column by column.

`compose` makes it from the tables of a package; `render` sets it, page plan by page plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from yibao_cli.kinds.page import Source

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableValues:
    """The cells of one table on a row of pages.

    columns: per column the texts of all lines, in order; page i shows the lines start[i]:stop[i], below
    `head[i]` (the line that sums what stands elsewhere or nowhere) and above `foot[i]` where they are given.
    """

    columns: tuple[list[str], ...]
    start: list[int]
    stop: list[int]
    head: list[Row | None]
    foot: list[Row | None]


@dataclass(frozen=True, slots=True)
class PageValues:
    """What fills one page plan, once for each page made from it, in print order.

    texts: per source one text a page; tables: in the order of `PagePlan.tables`; marks: in the order of
    `PagePlan.marks`, what each says, "" where a page has none; art: per slot one key a page.
    charts: in the order of `PagePlan.charts`, the sums in fen, a row a page, a column a bar.
    """

    count: int
    texts: dict[Source, list[str]]
    tables: tuple[TableValues, ...]
    marks: tuple[list[str], ...]
    art: dict[str, list[str]]
    charts: tuple[NDArray[np.int64], ...] = ()


@dataclass(frozen=True, slots=True)
class PartValues:
    """All texts of the pieces of a part, as columns of strings, ready to be set.

    pieces: their numbers, in print order; variants: the variant of each; plans: numbers of the page plans
    that each is made from, in order. values: by variant and number of the page plan. groups: bag and bundle
    that each piece goes to the post in.
    """

    pieces: list[str]
    variants: list[str]
    plans: list[tuple[int, ...]]
    values: dict[tuple[str, int], PageValues]
    groups: list[tuple[str, str]]

    @property
    def pages(self) -> int:
        """Pages of all pieces together."""
        return sum(map(len, self.plans))
