"""One import beside others: what a correction changed, which keys stand twice, which days do not fit."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from yibao_cli.ledger.calculator import new_calculator
from yibao_cli.ledger.sql import identifier, literal
from yibao_cli.sealed.engine import parquet_literal
from yibao_cli.sealed.files import source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

    from yibao_cli.kinds.fields import TableSpec

_PLACE = ("src_sheet", "src_row")


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows that a question found: how many, and where the first of them stands."""

    count: int
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Change:
    """A row that came, went or changed.

    key: the values of the table's key fields, in their order; "" where blank.
    row: its row in the new file; in the old one where it went.
    values: field -> (value before, value now), of the fields that differ; empty for what came or went.
    """

    what: str  # new, gone, changed
    key: tuple[str, ...]
    sheet: str
    row: int
    values: dict[str, tuple[Any, Any]]


class Comparison:
    """The rows of a file beside those of the files that it takes the place of; closed by `compared`."""

    def __init__(self, db: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
        self._db = db
        self._spec = spec
        joined = " AND ".join(f"a.{i} IS NOT DISTINCT FROM b.{i}" for i in (*self._keys, "nth"))
        self._joined = f"old a FULL JOIN new b ON {joined}"
        differs = " OR ".join(f"a.{i} IS DISTINCT FROM b.{i}" for i in self._others) or "false"
        self._what = (
            "CASE WHEN a.src_row IS NULL THEN 'new' WHEN b.src_row IS NULL THEN 'gone' "
            f"WHEN {differs} THEN 'changed' ELSE 'same' END"
        )

    @property
    def _keys(self) -> list[str]:
        # Without a key a row is known by all that stands in it: then nothing changes, it comes and goes.
        return [identifier(n) for n in self._spec.key or self._spec.names]

    @property
    def _others(self) -> list[str]:
        return [i for n in self._spec.names if (i := identifier(n)) not in self._keys]

    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, gone, same."""
        query = f"SELECT {self._what} AS what, count(*) FROM {self._joined} GROUP BY what"  # noqa: S608
        return {"new": 0, "changed": 0, "gone": 0, "same": 0} | dict(self._db.execute(query).fetchall())

    def changes(self, what: str, most: int) -> Iterator[Change]:
        """The rows that came, went or changed (`new`, `gone`, `changed`), by key, at most so many."""
        names = list(dict.fromkeys([*self._spec.key, *self._spec.names]))
        columns = [f"a.{identifier(n)}, b.{identifier(n)}" for n in names]
        columns += [f"coalesce(b.{n}, a.{n})" for n in _PLACE]
        keys = ", ".join(f"coalesce(b.{k}, a.{k})" for k in self._keys)
        found = self._db.execute(
            f"SELECT {', '.join(columns)} FROM {self._joined} "  # noqa: S608
            f"WHERE {self._what} = {literal(what)} ORDER BY {keys} LIMIT {int(most)}"
        )
        while rows := found.fetchmany(1000):
            for row in rows:
                yield self._change(what, names, row)

    def _change(self, what: str, names: Sequence[str], row: tuple[Any, ...]) -> Change:
        pairs = {n: (row[2 * i], row[2 * i + 1]) for i, n in enumerate(names)}
        side = 0 if what == "gone" else 1
        key = tuple("" if (v := pairs[n][side]) is None else str(v) for n in self._spec.key)
        values = {n: pair for n, pair in pairs.items() if pair[0] != pair[1]} if what == "changed" else {}
        return Change(what, key, row[-2] or "", int(row[-1]), values)


@contextmanager
def compared(old: Sequence[Path], new: Path, spec: TableSpec, scratch: Path) -> Iterator[Comparison]:
    """Compare the rows of `new` with those of the files `old` by the table's key.

    Rows with a blank in their key are compared in the order in which they stand. scratch: where DuckDB may
    spill.
    """
    with closing(new_calculator(scratch)) as db:
        for name, paths in (("old", old), ("new", [new])):
            db.execute(f"CREATE TABLE {name} AS {_rows(paths, spec)}")
        yield Comparison(db, spec)


def overlap(one: Path, other: Path, spec: TableSpec, scratch: Path) -> Hits | None:
    """Rows of `one` whose key `other` has too; None when there are none, or the table has no key."""
    if not spec.key:
        return None
    keys = ", ".join(map(identifier, spec.key))
    query = (
        f"FROM read_parquet({parquet_literal([one])}) SEMI JOIN "  # noqa: S608 - quoted identifiers and literals
        f"(SELECT {keys} FROM read_parquet({parquet_literal([other])})) USING ({keys})"
    )
    return _hits(query, scratch)


def outside(rows: Path, day: str, period: tuple[str, str], scratch: Path) -> Hits | None:
    """Rows whose field `day` lies before the first or after the last day of a period, ISO; None for none."""
    first, last = map(literal, period)
    name = identifier(day)
    return _hits(
        f"FROM read_parquet({parquet_literal([rows])}) WHERE {name} < {first} OR {name} > {last}", scratch
    )


def _hits(source: str, scratch: Path) -> Hits | None:
    place = "arg_min(src_sheet, src_ordinal), arg_min(src_row, src_ordinal)"
    with closing(new_calculator(scratch)) as db:
        row = db.execute(f"SELECT count(*), {place} {source}").fetchone()
    return Hits(int(row[0]), row[1] or "", int(row[2])) if row and row[0] else None


def _rows(paths: Sequence[Path], spec: TableSpec) -> str:
    """The rows of files as one; `nth` tells rows apart whose key says nothing, or which are equal."""
    keys = [identifier(n) for n in spec.key or spec.names]
    blank = " OR ".join(f"{k} IS NULL" for k in keys) if spec.key else "true"
    # An older import may lack a field that the kind has gained since.
    there = {name for path in paths for name in pq.read_schema(source(path)).names}
    lacking = "".join(f"NULL AS {identifier(n)}, " for n in spec.names if n not in there)
    return (
        f"SELECT *, CASE WHEN {blank} "  # noqa: S608
        f"THEN row_number() OVER (PARTITION BY {', '.join(keys)} ORDER BY src_ordinal) ELSE 0 END AS nth "
        f"FROM (SELECT {lacking}* FROM read_parquet({parquet_literal(paths)}, union_by_name = true))"
    )
