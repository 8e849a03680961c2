"""Data rows as typed columns, and a finding for every cell that could not be taken in silence."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from yibao_cli.ingest.cells import reader_for
from yibao_cli.ingest.columns import read_column
from yibao_cli.ingest.dates import are_serials
from yibao_cli.ingest.plausible import doubtful_values
from yibao_cli.rules import Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yibao_cli.ingest.body import DataRows, Place
    from yibao_cli.ingest.columns import ReadCells
    from yibao_cli.ingest.compiling import Column
    from yibao_cli.ingest.duplicates import Memory, Seen
    from yibao_cli.kinds.fields import TableSpec
    from yibao_cli.model import Finding

# A value that only deserves a warning where the field may be blank rejects the row where it is
# required; the stricter rule has a number of its own.
_WHEN_REQUIRED = {
    "I115": "I135",
    "I116": "I136",
    "I119": "I139",
    "I122": "I142",
    "I124": "I144",
    "I125": "I145",
    "I184": "I135",
}
_ARROW = {"money": pa.int64(), "integer": pa.int64(), "flag": pa.bool_()}


class Typed(NamedTuple):
    """The kept rows of a chunk as a table, its findings, and how many rows were left out.

    left_out: what could be read of the rows that a rule rejected, those that stand twice apart.
    """

    table: pa.Table
    findings: list[Finding]
    rejected: int
    left_out: pa.Table


def table_schema(spec: TableSpec) -> pa.Schema:
    """Schema of the tables that come out: the fields, then where each row came from."""
    fields = [pa.field(f.name, _ARROW.get(f.type, pa.string())) for f in spec.fields]
    source = [("src_sheet", pa.string()), ("src_row", pa.int32()), ("src_ordinal", pa.int64())]
    return pa.schema([*fields, *(pa.field(n, t) for n, t in source)])


def type_rows(
    columns: Sequence[Column], data: DataRows, memory: Memory, place: Place, schema: pa.Schema, before: int
) -> Typed:
    """Give the rows of a chunk their types; leave out those that a rule rejects.

    before: data rows of the file before this chunk.

    len(data.rows) == table.num_rows + rejected, and every row left out has a REJECT finding.
    """
    cells = list(zip(*data.rows, strict=True))
    findings: list[Finding] = []
    rejected: set[int] = set()
    typed: list[list[object]] = []
    for column in columns:
        if column.index is None or not cells:
            typed.append([None] * len(data.rows))
            continue
        if column.undecided:
            findings.extend(_decide(column, cells[column.index], data.numbers, place))
        found = read_column(column.kind, column.read, cells[column.index])
        _settle(found, _Sink(column, cells[column.index], data.numbers, place, findings, rejected))
        typed.append(found.values)
    left_out = _left_out(rejected, typed, data, place, schema)
    typed, numbers, ordinals = _without(rejected, typed, data.numbers, data.ordinals)
    twins = _twins(columns, typed, numbers, memory.rows, place)
    typed, numbers, ordinals = _without(set(twins), typed, numbers, ordinals)
    arrays = [*typed, [place.sheet] * len(numbers), numbers, [before + n for n in ordinals]]
    table = pa.table([pa.array(a, t) for a, t in zip(arrays, schema.types, strict=True)], schema=schema)
    findings.extend(twins.values())
    findings.extend(doubtful_values(columns, typed, table, memory, place))
    findings.sort(key=lambda f: f.row or 0)
    return Typed(table, findings, len(rejected) + len(twins), left_out)


def _decide(
    column: Column, cells: Sequence[object], numbers: Sequence[int], place: Place
) -> Iterator[Finding]:
    """Tell once whether the bare numbers of a column of dates are days."""
    if all(cell is None or cell == "" for cell in cells):
        return
    column.undecided = False
    if are_serials(cells):
        column.manner = replace(column.manner, serials=True)
        column.read = reader_for(column.field, column.manner)
        yield place.finding(
            "I174", numbers[0], column.header, first="1904" if column.manner.date1904 else "1900"
        )


class _Sink(NamedTuple):
    """Where the troubles of one column go."""

    column: Column
    cells: Sequence[object]
    numbers: Sequence[int]
    place: Place
    findings: list[Finding]
    rejected: set[int]

    def report(self, position: int, rule_id: str, **details: object) -> None:
        """Add a finding about the cell at this position; a required column is judged more strictly."""
        column = self.column
        if column.field.required:
            rule_id = _WHEN_REQUIRED.get(rule_id, rule_id)
        if rule(rule_id).severity is Severity.REJECT:
            self.rejected.add(position)
        shown = column.mask(self.cells[position])
        self.findings.append(
            self.place.finding(rule_id, self.numbers[position], column.header, shown, **details)
        )


def _settle(found: ReadCells, sink: _Sink) -> None:
    """Report doubts, and blanks of a required field."""
    for position, doubt in found.doubts:
        for rule_id in doubt.rules:
            sink.report(position, rule_id, **dict(doubt.details))
        if doubt.value is None and sink.column.field.required and position not in sink.rejected:
            sink.report(position, "I110")
    if sink.column.field.required and None in found.values:
        doubted = {position for position, _doubt in found.doubts}
        for position, value in enumerate(found.values):
            if value is None and position not in doubted:
                sink.report(position, "I110")


def _twins(
    columns: Sequence[Column], typed: list[list[object]], numbers: Sequence[int], seen: Seen, place: Place
) -> dict[int, Finding]:
    """Position -> finding of the rows that repeat an earlier one."""
    key = "/".join(c.header for c in columns if c.field.name in seen.key)
    found = {}
    for twin in seen.twins(zip(*typed, strict=True), numbers, place.sheet):
        found[twin.position] = place.finding(
            "I152" if twin.same else "I153", numbers[twin.position], key, first=twin.where
        )
    return found


def _left_out(
    rejected: set[int], typed: list[list[object]], data: DataRows, place: Place, schema: pa.Schema
) -> pa.Table:
    """The rejected rows as far as they could be read, so that totals can still account for them."""
    if not rejected:
        return schema.empty_table()
    at = sorted(rejected)
    columns = [[values[i] for i in at] for values in typed]
    numbers, ordinals = ([found[i] for i in at] for found in (data.numbers, data.ordinals))
    arrays = [*columns, [place.sheet] * len(at), numbers, ordinals]
    return pa.table([pa.array(a, t) for a, t in zip(arrays, schema.types, strict=True)], schema=schema)


def _without(
    positions: set[int], typed: list[list[object]], numbers: Sequence[int], ordinals: Sequence[int]
) -> tuple[list[list[object]], Sequence[int], Sequence[int]]:
    if not positions:
        return typed, numbers, ordinals
    keep = [i not in positions for i in range(len(numbers))]
    kept = [list(compress(values, keep)) for values in typed]
    return kept, list(compress(numbers, keep)), list(compress(ordinals, keep))
