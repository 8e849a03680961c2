"""The ledger of one mailing: its imports as tables, which `judging` joins, checks and holds.

DuckDB is the calculator, over the Parquet of the imports. Every roster row ends as a candidate piece or a
hold; rows the import rejected are findings already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yibao_cli.ledger.calculator import MEMORY, new_calculator
from yibao_cli.ledger.joining import SOURCE_COLUMNS, sql_type
from yibao_cli.ledger.sql import identifier, literal
from yibao_cli.sealed.engine import parquet_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    from yibao_cli.kinds.expressions import Expression
    from yibao_cli.kinds.kind import Kind

# Tables that a mailing may have beside those of its kind's [merge].
SUPPRESSIONS, ADJUSTMENTS, PREVIOUS = "suppressions", "adjustments", "previous"
_BATCH = 20_000  # rows


@dataclass(frozen=True, slots=True)
class Source:
    """One import's Parquet file: `offset` is how many data rows earlier files of the table had."""

    path: Path
    file_name: str
    offset: int


@dataclass(frozen=True, slots=True)
class LedgerOptions:
    """Where DuckDB may spill, and how much memory it may take first; how the mailing is delivered.

    threads: each brings buffers of its own, and with two a join of 700,000 members outgrew the memory.
    to_employers: pieces go to the employer's address where there is one. by_household: the pieces of one
    delivery point lie side by side. where: which members are mailed; None for all. first: whose pieces come
    before all others; None for nobody's.
    """

    scratch: Path
    memory: str = MEMORY
    threads: int = 1
    to_employers: bool = False
    by_household: bool = False
    where: Expression | None = None
    first: Expression | None = None


@dataclass
class Ledger:
    """One mailing's records, in an in-memory database that spills to `options.scratch`.

    sources: table name to its imports. period: first day of the mailing's data, and the day it is posted;
    ISO. previous: the Parquet files of the pieces of the mailing before, where that is known. unread: those
    of rejected rows of the list of who has paid; whoever stands there may have paid, however little of the
    row could be read.
    """

    kind: Kind
    sources: Mapping[str, Sequence[Source]]
    options: LedgerOptions
    period: tuple[str, str] = ("0001-01-01", "9999-12-31")
    previous: Sequence[Path] = ()
    unread: Sequence[Path] = ()
    _db: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self._db = new_calculator(self.options.scratch, self.options.memory, self.options.threads)
        self._db.execute("SET preserve_insertion_order = false")
        for table in self._tables():
            self._load(table)

    def close(self) -> None:
        """Let go of memory and spilled files."""
        self._db.close()

    def _tables(self) -> list[str]:
        extra = {
            "employers": self.has_employers,
            SUPPRESSIONS: self.has_suppressions,
            ADJUSTMENTS: self.kind.adjust is not None,
            PREVIOUS: self.kind.previous is not None and PREVIOUS in self.sources,
        }
        return [*self.kind.merge.tables, *(table for table, wanted in extra.items() if wanted)]

    def _load(self, table: str) -> None:
        """All imports of a table as one, with `row_id`: the ordinal of its data row over all files."""
        parts = [
            f"SELECT *, {literal(s.file_name)} AS src_file, "  # noqa: S608
            f"(src_ordinal + {int(s.offset)})::BIGINT AS row_id "
            f"FROM read_parquet({parquet_literal([s.path])})"
            for s in self.sources.get(table, ())
        ]
        if not parts:
            columns = ", ".join(
                f"NULL::{sql_type(f.type)} AS {identifier(f.name)}" for f in self.kind.inputs[table].fields
            )
            source = ", ".join(f"NULL::VARCHAR AS {c}" for c in SOURCE_COLUMNS)
            parts = [f"SELECT {columns}, {source}, 0::BIGINT AS row_id WHERE false"]
        query = " UNION ALL BY NAME ".join(parts)
        if table == self.kind.merge.lines and self.has_repeated_lines:
            query = self._each_line_once(query)
        self.execute(f"CREATE TABLE {identifier('in_' + table)} AS {query}")

    def _each_line_once(self, query: str) -> str:
        """Without the lines that an earlier file had already: a line that prints twice is money twice."""
        names = ", ".join(map(identifier, self.kind.inputs[self.kind.merge.lines].key))
        self.execute(
            f"CREATE TABLE repeated AS SELECT * FROM ({query}) "  # noqa: S608
            f"QUALIFY row_number() OVER (PARTITION BY {names} ORDER BY row_id) > 1"
        )
        return f"SELECT * FROM ({query}) WHERE row_id NOT IN (SELECT row_id FROM repeated)"  # noqa: S608

    @property
    def has_employers(self) -> bool:
        """Whether members are grouped by employers that were imported."""
        roster = self.kind.inputs[self.kind.merge.base].names
        return "employers" in self.sources and "employer_no" in roster

    @property
    def has_suppressions(self) -> bool:
        """Whether a list of who must not be mailed was imported."""
        return SUPPRESSIONS in self.sources

    @property
    def has_repeated_lines(self) -> bool:
        """Whether lines came in several files and could be compared: the repeated ones lie apart."""
        lines = self.kind.merge.lines
        return bool(lines and self.kind.inputs[lines].key) and len(self.sources.get(lines, ())) > 1

    def types(self) -> dict[str, str]:
        """Field name to type of everything a law or condition of a member may name."""
        merge = self.kind.merge
        tables = [merge.base, *merge.accounts]
        return {f.name: f.type for t in reversed(tables) for f in self.kind.inputs[t].fields}

    def adopt(self, name: str, table: pa.Table, *, more: bool = False) -> None:
        """Take a table from outside in under a name; more: behind what it has already, where it is there."""
        # A table, because a registered frame is not seen by the cursors of `query`.
        self._db.register("given", table)
        made = identifier(name)
        if more:
            self.execute(f"CREATE TABLE IF NOT EXISTS {made} AS SELECT * FROM given LIMIT 0")  # noqa: S608
            self.execute(f"INSERT INTO {made} SELECT * FROM given")  # noqa: S608
        else:
            self.execute(f"CREATE TABLE {made} AS SELECT * FROM given")  # noqa: S608
        self._db.unregister("given")

    def execute(self, query: str) -> None:
        """Run a statement of ours."""
        self._db.execute(query)

    def query(self, query: str) -> duckdb.DuckDBPyRelation:
        """Run a query of ours on a cursor of its own, so that two results can be read side by side."""
        return self._db.cursor().sql(query)

    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        """The rows of a query of ours, one after another."""
        for batch in self.query(query).to_arrow_reader(_BATCH):
            yield from batch.to_pylist()

    def count(self, table: str, condition: str = "true") -> int:
        """Rows of one of the ledger's tables for which a condition of ours holds."""
        (row,) = self.rows(f"SELECT count(*) AS n FROM {identifier(table)} WHERE {condition}")  # noqa: S608
        return int(row["n"])
