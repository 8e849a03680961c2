"""Rows of a client's file as they stand there: for people who are to correct them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from yibao_cli.ingest.headers import find_layout
from yibao_cli.ingest.reading import raw_sheets
from yibao_cli.ingest.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from yibao_cli.ingest.batch import ReadOptions
    from yibao_cli.ingest.headers import Layout
    from yibao_cli.ingest.raw import Chunk
    from yibao_cli.kinds.fields import TableSpec

    Row = tuple[int, Sequence[object]]


@dataclass(frozen=True, slots=True)
class PickedSheet:
    """A sheet with the table's header, and the rows that were asked for.

    titles: the header row's cells as read; last_row: its row number.
    columns: the client's header, as findings name it -> index of its cells.
    rows: (row number, cells as read), once, before the next sheet is asked for.
    """

    name: str
    titles: Sequence[object]
    last_row: int
    columns: Mapping[str, int]
    rows: Iterable[Row]


def picked_rows(
    path: Path, spec: TableSpec, options: ReadOptions, wanted: Mapping[str, Collection[int]]
) -> Iterator[PickedSheet]:
    """Read a file again for some rows; wanted: sheet -> row numbers. Raises as `read_batches` does."""
    vocabulary = Vocabulary(spec, options.header_map, options.remembered)
    with closing(raw_sheets(path, options)) as sheets:
        for sheet in sheets:
            chunks = iter(sheet.chunks)
            first = next(chunks, None)
            if first is None:
                continue
            layout = find_layout(first, sheet.merges, vocabulary, f"{path.name}:{sheet.name}")
            if layout is not None:
                rows = _rows(chain([first], chunks), wanted.get(sheet.name, ()))
                yield PickedSheet(sheet.name, layout.texts, layout.last_row, _columns(layout), rows)


def _columns(layout: Layout) -> dict[str, int]:
    return {layout.headers[name]: index for name, index in layout.columns.items()}


def _rows(chunks: Iterable[Chunk], wanted: Collection[int]) -> Iterator[Row]:
    for chunk in chunks:
        yield from (
            (number, row) for number, row in zip(chunk.numbers, chunk.rows, strict=True) if number in wanted
        )
