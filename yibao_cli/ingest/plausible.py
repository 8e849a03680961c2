"""What is well formed and still unlikely: an ID number unlike the columns beside it, days to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from yibao_cli.codes import id_number_fault, is_male

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yibao_cli.ingest.body import Place
    from yibao_cli.ingest.compiling import Column
    from yibao_cli.ingest.duplicates import Memory
    from yibao_cli.model import Finding

_MOST_FEN = 10_000_000_00  # ten million yuan: no member's account, but a column that moved, or 分 read as 元
_MEN, _WOMEN = "男", "女"


def doubtful_values(
    columns: Sequence[Column],
    values: Sequence[Sequence[object]],
    table: pa.Table,
    memory: Memory,
    place: Place,
) -> Iterator[Finding]:
    """Findings about kept rows, none of which rejects one.

    values: of each column, the kept rows of a chunk; table: the same rows, with `src_row`.
    """
    if not table.num_rows:
        return
    for column in columns:
        if column.index is None:
            continue
        if column.field.type == "money":
            too_much = pc.greater(pc.abs_checked(table[column.field.name]), _MOST_FEN)
            yield from _findings("I178", column, table, too_much, place)
        elif column.field.past and memory.today:
            to_come = pc.greater(table[column.field.name], memory.today)
            yield from _findings("I177", column, table, to_come, place)
    yield from _against_id(columns, table, place)
    yield from _same_people(columns, values, table, memory, place)


def _findings(
    rule_id: str, column: Column, table: pa.Table, where: pa.ChunkedArray, place: Place
) -> Iterator[Finding]:
    if not pc.any(where).as_py():
        return
    for row in table.select([column.field.name, "src_row"]).filter(where).to_pylist():
        shown = column.mask(row[column.field.name])
        yield place.finding(rule_id, row["src_row"], column.header, shown)


def _against_id(columns: Sequence[Column], table: pa.Table, place: Place) -> Iterator[Finding]:
    """Birth date and sex of a right ID number against what the columns say."""
    found = next((c for c in columns if c.field.type == "id-number" and c.index is not None), None)
    beside = {c.field.in_id: c for c in columns if c.field.in_id and c.index is not None}
    if found is None or not beside:
        return
    ids = table[found.field.name]
    if birth := beside.get("birth"):
        born = pc.replace_substring(table[birth.field.name], "-", "")
        differs = pc.not_equal(pc.utf8_slice_codeunits(ids, 6, 14), born)
        yield from _findings("I175", birth, table, _right(ids, differs), place)
    if gender := beside.get("gender"):
        said = table[gender.field.name].to_pylist()
        odd = [
            known in {_MEN, _WOMEN} and number is not None and _differs(number, known)
            for number, known in zip(ids.to_pylist(), said, strict=True)
        ]
        yield from _findings("I176", gender, table, _right(ids, pa.chunked_array([odd])), place)


def _differs(number: str, known: str) -> bool:
    return number[16:17].isdigit() and is_male(number) != (known == _MEN)


def _right(ids: pa.ChunkedArray, differs: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where they differ and the ID number itself is right."""
    if not pc.any(differs).as_py():
        return differs
    pairs = zip(ids.to_pylist(), differs.to_pylist(), strict=True)
    return pa.chunked_array([[bool(d) and id_number_fault(i) is None for i, d in pairs]])


def _same_people(
    columns: Sequence[Column],
    values: Sequence[Sequence[object]],
    table: pa.Table,
    memory: Memory,
    place: Place,
) -> Iterator[Finding]:
    """One ID number under two keys; with another name it is nearly sure that one of them is wrong."""
    if memory.people is None:
        return
    of = {c.field.name: (c, v) for c, v in zip(columns, values, strict=True)}
    column, ids = of[memory.person[0]]
    if column.index is None:
        return
    numbers = table["src_row"].to_pylist()
    rows = zip(*(of[name][1] for name in memory.person), strict=True)
    for twin in memory.people.twins(rows, numbers, place.sheet):
        yield place.finding(
            "I179" if twin.same else "I181",
            numbers[twin.position],
            column.header,
            column.mask(ids[twin.position]),
            first=twin.where,
        )
