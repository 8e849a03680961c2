"""What a table of a workbook or a paper is made of: cells, and the columns that they stand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Cell = str | int | float | Decimal | None
Kind = Literal["text", "wrap", "count", "money", "weight", "rate", "input"]

# Characters: the width that a column has at least, and at which a wrapped one stops to grow.
NARROWEST, WIDEST_WRAPPED = 6.0, 44.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a printed table: header, kind of its cells, and colours of cells by their text.

    widest: characters at which a `wrap` column stops to grow and its cells take more lines.
    choices: words of a drop-down list, together at most 250 characters. narrowest: characters that a
      column has at least, be it empty.
    """

    header: str
    kind: Kind = "text"
    tints: Mapping[str, str] = field(default_factory=dict)
    widest: float = WIDEST_WRAPPED
    choices: Sequence[str] = ()
    narrowest: float = NARROWEST
