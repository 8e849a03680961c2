"""Findings about a sheet as a whole: what the client hides in it, and in what its amounts are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yibao_cli.ingest.body import Place
    from yibao_cli.ingest.facts import Range, SheetFacts
    from yibao_cli.ingest.headers import Layout
    from yibao_cli.model import Finding

_MOST_SHOWN = 8


def about_sheet(layout: Layout, facts: SheetFacts, left: int, place: Place) -> Iterator[Finding]:
    """Hidden rows with data, hidden columns that are read, and units other than yuan.

    left: column of the rows' first cells, from 0.
    """
    hidden = [(max(first, layout.last_row + 1), last) for first, last in facts.hidden_rows]
    hidden = [(first, last) for first, last in hidden if first <= last]
    if hidden:
        yield place.finding("I170", hidden[0][0], rows=_shown(hidden))
    for name, index in layout.columns.items():
        if any(first <= index + left <= last for first, last in facts.hidden_columns):
            yield place.finding("I171", layout.last_row, layout.headers[name])
    for name, unit in layout.units.items():
        if unit.yuan is None:
            yield place.finding("I173", layout.last_row, layout.headers[name], unit=unit.name)
        elif unit.yuan != 1:
            yield place.finding("I172", layout.last_row, layout.headers[name], unit=unit.name)


def _shown(ranges: Sequence[Range]) -> str:
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:_MOST_SHOWN]]
    return ", ".join([*parts, *(["…"] if len(ranges) > _MOST_SHOWN else [])])
