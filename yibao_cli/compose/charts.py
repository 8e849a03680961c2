"""The sums that charts show: what each piece's lines come to for each bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yibao_cli.money import yuan_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from yibao_cli.kinds.page import PagePlan, PlacedChart, Source, VariantPlan

    Sums = NDArray[np.int64]  # a row a piece, a column a bar

_MONTH = 7  # characters of `2026-07`


def chart_sums(pieces: pa.Table, lines: pa.Table, variant: VariantPlan) -> dict[tuple[str, ...], Sums]:
    """What the lines of each piece come to, for the charts of a variant, by their fields: in fen.

    Lines of no bar, such as those of another month, are in none. Charts that go by the same bars share the
    look at which line falls on which.
    """
    charts = {c.fields: c for plan in variant.plans for c in plan.charts}
    if not charts:
        return {}
    rows, owner = _owned(pieces)
    found: dict[tuple[str, tuple[str, ...]], Sums] = {}
    for chart in charts.values():
        by = chart.item.by, chart.keys
        if by not in found:
            found[by] = _bars(chart, lines)[rows]
    falling = {fields: (rows, owner, found[c.item.by, c.keys]) for fields, c in charts.items()}
    return {fields: _sums(c, lines, falling[fields], pieces.num_rows) for fields, c in charts.items()}


class Texts(dict["Source", list[str]]):
    """The texts of a page plan by their sources.

    The amounts of charts, which a printer writes from their sums, are made when somebody asks for them.
    """

    def __init__(self, plan: PagePlan, charts: Sequence[Sums], text: Callable[[Source], list[str]]) -> None:
        self._later = {
            amount.source: sums[:, bar]
            for chart, sums in zip(plan.charts, charts, strict=True)
            for bar, amount in enumerate(chart.amounts)
        }
        now = {t.source for t in plan.texts} - self._later.keys()
        super().__init__((source, text(source)) for source in now)

    def __missing__(self, source: Source) -> list[str]:
        self[source] = found = yuan_column(self._later[source].tolist())
        return found


def without_sums(charts: Iterable[PlacedChart], length: int) -> dict[str, list[Any]]:
    """Columns of nothing for charts, for whoever looks at pieces before their lines are there."""
    return {field: [0] * length for chart in charts for field in chart.fields}


def _owned(pieces: pa.Table) -> tuple[Sums, Sums]:
    """The lines of all pieces, one after another, and the piece that each belongs to."""
    start, stop = (pieces.column(c).to_numpy() for c in ("line_start", "line_stop"))
    counts = stop - start
    rows = np.repeat(start - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    return rows, np.repeat(np.arange(pieces.num_rows), counts)


def _bars(chart: PlacedChart, lines: pa.Table) -> Sums:
    """The bar that each line falls on, -1 for none."""
    keys = lines.column(chart.item.by)
    if chart.monthly:
        keys = pc.utf8_slice_codeunits(keys, 0, _MONTH)
    found: Sums = pc.fill_null(pc.index_in(keys, pa.array(chart.keys, pa.string())), -1).to_numpy()
    return found.astype(np.int64)


def _sums(
    chart: PlacedChart,
    lines: pa.Table,
    falling: tuple[Sums, Sums, Sums],
    length: int,
) -> Sums:
    """Sums in fen, one row a piece, one column a bar; falling: lines, their pieces, their bars."""
    rows, owner, bars = falling
    sums = np.zeros(length * len(chart.keys), dtype=np.int64)
    amounts = pc.fill_null(lines.column(chart.item.sum), 0).to_numpy()[rows]
    shown = bars >= 0
    np.add.at(sums, owner[shown] * len(chart.keys) + bars[shown], amounts[shown])
    return sums.reshape(length, len(chart.keys))
