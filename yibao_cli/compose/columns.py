"""Columns of pieces or lines as Python lists, and the texts of a source for all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yibao_cli.kinds.texts import FILTERS, FUNCTIONS, text_renderer
from yibao_cli.money import yuan_column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yibao_cli.kinds.page import FieldRef, Source


class Columnar:
    """Columns of an Arrow table as Python lists, made once each when asked for."""

    def __init__(self, table: pa.Table, columns: Mapping[str, list[Any]] | None = None) -> None:
        self._table = table
        self._columns: dict[str, list[Any]] = dict(columns or {})

    def __getitem__(self, name: str) -> list[Any]:
        if name not in self._columns:
            self._columns[name] = _as_list(self._table.column(name))
        return self._columns[name]

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def taken(self, rows: list[int]) -> Columnar:
        """Some rows, in the order given; one may come more than once."""
        return Columnar(self._table.take(rows))

    def with_columns(self, columns: Mapping[str, list[Any]]) -> Columnar:
        """The same rows with further columns, which win."""
        return Columnar(self._table, {**self._columns, **columns})


def _as_list(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_int64(column.type) and not column.null_count:
        # Amounts are most of what there is, and Arrow makes an object of its own of each one first.
        numbers: list[Any] = column.to_numpy().tolist()
        return numbers
    values: list[Any] = column.to_pylist()
    return values


def source_column(source: Source, columns: Columnar, length: int) -> list[str]:
    """The text of a source for every row."""
    if source.template:
        return _rendered(source, columns, length)
    parts = [_segment_column(s, columns) for s in source.segments]
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]
    if not parts:
        return [""] * length
    lists = [[p] * length if isinstance(p, str) else p for p in parts]
    return ["".join(row) for row in zip(*lists, strict=True)]


def _segment_column(segment: str | FieldRef, columns: Columnar) -> str | list[str]:
    if isinstance(segment, str):
        return segment
    values = columns[segment.name]
    if not segment.filters:
        return ["" if v is None else str(v) for v in values]
    for name in segment.filters:
        # Blanks are rare, and looking for one is cheaper than asking at every value.
        if None in values or name not in FUNCTIONS:
            values = list(map(FILTERS[name], values))
        elif name == "yuan":
            values = yuan_column(values)
        else:
            values = list(map(FUNCTIONS[name], values))
    return values


def _rendered(source: Source, columns: Columnar, length: int) -> list[str]:
    render = text_renderer(source)
    rows = zip(*(columns[f] for f in source.fields), strict=True)
    return [render(dict(zip(source.fields, row, strict=True))) for row in rows][:length]
