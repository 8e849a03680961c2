"""Parquet files: columns are headers, values keep their exactness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from yibao_cli.ingest.raw import CHUNK_ROWS
from yibao_cli.ingest.words import EXACT_BELOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal
    from pathlib import Path

# A column of one value packs a billion rows into a kilobyte.
_MOST_ROWS = 50_000_000


class TooManyRowsError(Exception):
    """More rows than any client has."""


class NestedColumnError(Exception):
    """A column holds lists or records, or bytes that are no text."""


def parquet_messages(path: Path, head_rows: int | None) -> Iterator[tuple[Any, ...]]:
    """What `child` sends of such a file: one sheet without a name, whose row 0 is the header."""
    pa.set_memory_pool(pa.system_memory_pool())
    with pq.ParquetFile(path, memory_map=False) as file:
        if file.metadata.num_rows > _MOST_ROWS:
            raise TooManyRowsError
        schema = file.schema_arrow
        readers = [_reader(column.type) for column in schema]
        yield ("sheets", [""])
        yield ("sheet", "", [], 0)
        yield ("rows", 0, [schema.names])
        first = 1
        for batch in file.iter_batches(min(head_rows or CHUNK_ROWS, CHUNK_ROWS), use_threads=False):
            columns = [list(map(read, c.to_pylist())) for read, c in zip(readers, batch.columns, strict=True)]
            yield ("rows", first, list(map(list, zip(*columns, strict=True))))
            if head_rows:
                break
            first += batch.num_rows
    yield ("end",)


def _reader(kind: pa.DataType) -> Callable[[Any], Any]:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise NestedColumnError
    if pa.types.is_decimal(kind):
        return lambda value: "" if value is None else _exact(value)
    if pa.types.is_integer(kind):
        # Whole here, however long; a cell's reader would take a long number for one that Excel has cut.
        return lambda value: "" if value is None else value if abs(value) < EXACT_BELOW else str(value)
    return lambda value: "" if value is None else value


def _exact(value: Decimal) -> str:
    return format(value.normalize() if value == value.to_integral_value() else value, "f")
