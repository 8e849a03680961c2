"""What a terminal shows: text as it may stand there, how wide it is, and a table that fits."""

from __future__ import annotations

import shutil
import unicodedata
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

_WIDEST = 80
_WIDEST_TABLE = 120  # further apart, the eye loses the line
_GAP, _NARROW_GAP = 3, 1  # between two columns; on a narrow terminal, where they do not fit else
_ROOMY = 60  # columns of a terminal that is not narrow
_ROOM = 10  # columns that are kept for each of those that may be broken
_NARROW = 20  # a moment, a number of a piece, a short name


def visible(text: str) -> str:
    """Show control, bidi and private characters as escapes: data must not drive a terminal."""
    return "".join(
        c
        if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        else f"\\u{{{ord(c):X}}}"
        for c in text
    )


def width_of(text: str) -> int:
    """Columns of a text on a terminal; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shortened(text: str, width: int) -> str:
    """A text of at most so many columns of a terminal; what is wider ends in an ellipsis."""
    if width_of(text) <= width:
        return text
    while width_of(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def columns(widest: int = _WIDEST) -> int:
    """Columns to write in."""
    return max(min(shutil.get_terminal_size((_WIDEST, 24)).columns, widest), 40)


def show_table(
    header: Sequence[str], rows: Iterable[Sequence[object]], stream: TextIO, numbers: Sequence[int] = ()
) -> None:
    """Write a table for a person. numbers: columns that are set to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [[visible(str(cell)) for cell in row] for row in rows]
    by_column = [[name, *(row[at] for row in cells)] for at, name in enumerate(header)]
    widths = [max(map(width_of, column)) for column in by_column]
    room = columns(_WIDEST_TABLE)
    # Words that stay whole a little closer together are read better than broken ones further apart.
    fitting = (gap for gap in (_GAP, _NARROW_GAP) if sum(widths) + gap * (len(widths) - 1) <= room)
    gap = next(fitting, _GAP if room >= _ROOMY else _NARROW_GAP)
    whole = _unbroken(widths, set(numbers), room, gap)
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, (gap - 1) // 2),
        header_style="bold",
    )
    for at, name in enumerate(header):
        justify: Literal["left", "right"] = "right" if at in numbers else "left"
        table.add_column(Text(name), justify=justify, no_wrap=at in whole, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    Console(file=stream, width=room, highlight=False).print(table)


def _unbroken(widths: Sequence[int], numbers: set[int], width: int, gap: int) -> set[int]:
    """Columns that keep their words whole: numbers, then the narrow ones as long as the others have room."""
    if sum(widths) + gap * (len(widths) - 1) <= width:
        return set(range(len(widths)))
    whole = set(numbers)
    room = width - _ROOM * len(widths) - sum(max(widths[at] + gap - _ROOM, 0) for at in whole)
    if room < 0:  # what does not wrap would be cut
        return set()
    for at in sorted(set(range(len(widths))) - whole, key=lambda at: widths[at]):
        room -= max(widths[at] + gap - _ROOM, 0)
        if widths[at] > _NARROW or room < 0:
            break
        whole.add(at)
    return whole
