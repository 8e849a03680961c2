"""Data rows as typed columns, and a finding for every cell that could not be taken in silence."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from yibao_cli.ingest.cells import reader_for
from yibao_cli.ingest.mask import mask_for
from yibao_cli.ingest.words import Doubt
from yibao_cli.rules import Severity, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yibao_cli.ingest.body import DataRows, Place
    from yibao_cli.ingest.duplicates import Seen
    from yibao_cli.ingest.headers import Layout
    from yibao_cli.kinds.fields import FieldSpec, TableSpec
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
}
_ARROW = {"money": pa.int64(), "integer": pa.int64(), "flag": pa.bool_()}


@dataclass(frozen=True, slots=True)
class Column:
    """A field with the place of its cells and the functions that read and show one."""

    field: FieldSpec
    index: int | None
    header: str
    read: Callable[[object], object]
    mask: Callable[[object], str]


class Typed(NamedTuple):
    """The kept rows of a chunk as a table, its findings, and how many rows were left out."""

    table: pa.Table
    findings: list[Finding]
    rejected: int


def table_schema(spec: TableSpec) -> pa.Schema:
    """Schema of the tables that come out: the fields, then where each row came from."""
    fields = [pa.field(f.name, _ARROW.get(f.type, pa.string())) for f in spec.fields]
    source = [("src_sheet", pa.string()), ("src_row", pa.int32()), ("src_ordinal", pa.int64())]
    return pa.schema([*fields, *(pa.field(n, t) for n, t in source)])


def compile_columns(spec: TableSpec, layout: Layout) -> list[Column]:
    """One column a field, in the table's order; a field the sheet lacks has no index."""
    return [
        Column(f, layout.columns.get(f.name), layout.headers.get(f.name, ""), reader_for(f), mask_for(f))
        for f in spec.fields
    ]


def type_rows(
    columns: Sequence[Column], data: DataRows, seen: Seen, place: Place, schema: pa.Schema, before: int
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
        values = list(map(column.read, cells[column.index]))
        _settle(values, _Sink(column, cells[column.index], data.numbers, place, findings, rejected))
        typed.append(values)
    typed, numbers = _without(rejected, typed, data.numbers)
    twins = _twins(columns, typed, numbers, seen, place)
    typed, numbers = _without(set(twins), typed, numbers)
    findings.extend(twins.values())
    findings.sort(key=lambda f: f.row or 0)
    ordinal = dict(zip(data.numbers, data.ordinals, strict=True))
    arrays = [*typed, [place.sheet] * len(numbers), numbers, [before + ordinal[n] for n in numbers]]
    table = pa.table([pa.array(a, t) for a, t in zip(arrays, schema.types, strict=True)], schema=schema)
    return Typed(table, findings, len(rejected) + len(twins))


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


def _settle(values: list[object], sink: _Sink) -> None:
    """Put values in the place of doubts and report these; report blanks of a required field."""
    required = sink.column.field.required
    for position, value in enumerate(values):
        if type(value) is Doubt:
            values[position] = value.value
            for rule_id in value.rules:
                sink.report(position, rule_id, **dict(value.details))
            if value.value is None and required and position not in sink.rejected:
                sink.report(position, "I110")
        elif value is None and required:
            sink.report(position, "I110")


def _twins(
    columns: Sequence[Column], typed: list[list[object]], numbers: Sequence[int], seen: Seen, place: Place
) -> dict[int, Finding]:
    """Position -> finding of the rows that repeat an earlier one."""
    key = "/".join(c.header for c in columns if c.field.name in seen.key)
    found = {}
    for twin in seen.twins(zip(*typed, strict=True), numbers, place.sheet):
        where = f"{twin.first_sheet}!{twin.first_row}" if twin.first_sheet else str(twin.first_row)
        found[twin.position] = place.finding(
            "I152" if twin.same else "I153", numbers[twin.position], key, first=where
        )
    return found


def _without(
    positions: set[int], typed: list[list[object]], numbers: Sequence[int]
) -> tuple[list[list[object]], Sequence[int]]:
    if not positions:
        return typed, numbers
    keep = [i not in positions for i in range(len(numbers))]
    return [list(compress(values, keep)) for values in typed], list(compress(numbers, keep))
