"""The sums that charts show: what each piece's lines come to for each bar, as columns of the pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from yibao_cli.kinds.page import PlacedChart, VariantPlan

_MONTH = 7  # characters of `2026-07`


def with_charts(pieces: pa.Table, lines: pa.Table, variant: VariantPlan) -> pa.Table:
    """The pieces with a column for each bar of the variant's charts, in fen.

    Lines of no bar, such as those of another month, are in none.
    """
    charts = {c.fields: c for plan in variant.plans for c in plan.charts}
    if not charts:
        return pieces
    start, stop = (pieces.column(c).to_numpy() for c in ("line_start", "line_stop"))
    counts = stop - start
    rows = np.repeat(start - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    owner = np.repeat(np.arange(pieces.num_rows), counts)
    for chart in charts.values():
        sums = _sums(chart, lines, (rows, owner), pieces.num_rows)
        for field, column in zip(chart.fields, sums.T, strict=True):
            pieces = pieces.append_column(field, pa.array(column, pa.int64()))
    return pieces


def without_sums(charts: Iterable[PlacedChart], length: int) -> dict[str, list[Any]]:
    """Columns of nothing for charts, for whoever looks at pieces before their lines are there."""
    return {field: [0] * length for chart in charts for field in chart.fields}


def _sums(chart: PlacedChart, lines: pa.Table, of_pieces: tuple[Any, Any], length: int) -> Any:
    """Sums in fen, one row a piece, one column a bar."""
    sums = np.zeros((length, len(chart.keys)), dtype=np.int64)
    rows, owner = of_pieces
    if not len(rows):
        return sums
    keys = lines.column(chart.item.by)
    if len(chart.keys[0]) == _MONTH and chart.keys[0][:4].isdigit():
        keys = pc.utf8_slice_codeunits(keys, 0, _MONTH)
    bars = pc.fill_null(pc.index_in(keys, pa.array(chart.keys, pa.string())), -1).to_numpy()[rows]
    amounts = pc.fill_null(lines.column(chart.item.sum), 0).to_numpy()[rows]
    shown = bars >= 0
    np.add.at(sums, (owner[shown], bars[shown]), amounts[shown])
    return sums
