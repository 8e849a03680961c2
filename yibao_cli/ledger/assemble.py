"""The ledger of one mailing: joins the imports, checks the laws, decides who is held, orders the rest.

DuckDB is the calculator, under a memory limit, over the Parquet of the imports; it keeps nothing. Every
roster row ends as a candidate piece or a hold; rows the import rejected are findings already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from yibao_cli.ledger import suppressing, vouching
from yibao_cli.ledger.joining import (
    ENTRIES,
    SOURCE_COLUMNS,
    entries_query,
    line_sums_query,
    record_query,
    sql_type,
)
from yibao_cli.ledger.sql import condition_sql, identifier, law_sql, literal
from yibao_cli.sealed.engine import parquet_literal, prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from yibao_cli.kinds.expressions import Expression
    from yibao_cli.kinds.kind import Kind

ADDRESS_COLUMNS = ("standard", "county", "postcode", "street_key", "verdict", "reasons")
_PAID = "H121"
_NO_STANDARDS = pa.table({"raw": pa.array([], pa.string()), "standard": pa.array([], pa.string())})


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
    memory: str = "512MB"
    threads: int = 1
    to_employers: bool = False
    by_household: bool = False
    where: Expression | None = None
    first: Expression | None = None


@dataclass
class Ledger:
    """One mailing's records, in an in-memory database that spills to `options.scratch`.

    sources: table name to its imports. period: first day of the mailing's data, and the day it is posted;
    ISO. addresses: the address book's entries: id, raw, postcode_given,
    county_given, ADDRESS_COLUMNS, and `member` where some are one member's own. previous: the Parquet files
    of the pieces of the mailing before, where that is known. unread: those of rejected rows of the list of
    who has paid; whoever stands there may have paid, however little of the row could be read.
    """

    kind: Kind
    sources: Mapping[str, Sequence[Source]]
    options: LedgerOptions
    period: tuple[str, str] = ("0001-01-01", "9999-12-31")
    previous: Sequence[Path] = ()
    unread: Sequence[Path] = ()
    _db: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self._db = duckdb.connect()
        self._db.execute(f"SET memory_limit = {literal(self.options.memory)}")
        self._db.execute(f"SET temp_directory = {literal(str(self.options.scratch))}")
        self._db.execute(f"SET threads = {int(self.options.threads)}")
        prepare(self._db, self.options.scratch)
        self._db.execute("SET preserve_insertion_order = false")
        for table in self._tables():
            self._load(table)

    def close(self) -> None:
        """Let go of memory and spilled files."""
        self._db.close()

    # ---------------------------------------------------------------- reading in

    def _tables(self) -> list[str]:
        extra = {
            "employers": self.has_employers,
            suppressing.TABLE: self.has_suppressions,
            vouching.TABLE: self.kind.adjust is not None,
            vouching.PREVIOUS: self.kind.previous is not None and vouching.PREVIOUS in self.sources,
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
        return suppressing.TABLE in self.sources

    @property
    def has_repeated_lines(self) -> bool:
        """Whether lines came in several files and could be compared: the repeated ones lie apart."""
        lines = self.kind.merge.lines
        return bool(lines and self.kind.inputs[lines].key) and len(self.sources.get(lines, ())) > 1

    # ---------------------------------------------------------------- joining

    def join(self, addresses: pa.Table | Iterable[pa.Table], suppressed: pa.Table = _NO_STANDARDS) -> None:
        """Join every roster row with its address, employer, accounts and the sums of its lines.

        addresses: the address book, whole or in stretches of the same columns, at least one.
        suppressed: the standard forms of the suppression lists' addresses, by `raw`.
        """
        for stretch in [addresses] if isinstance(addresses, pa.Table) else addresses:
            self._adopt_entries(stretch)
        if self.kind.merge.lines:
            self.execute(f"CREATE TABLE line_sums AS {line_sums_query(self.kind)}")
        to_employers = self.has_employers and self.options.to_employers
        whose = {"employers": self.has_employers, "to_employers": to_employers}
        self.execute(f"CREATE TABLE {ENTRIES} AS {entries_query(self.kind, **whose)}")
        self.execute(f"CREATE TABLE record AS {record_query(self.kind, **whose)}")
        if self.has_suppressions:
            suppressing.suppress(self, suppressed)
        vouching.vouch(self)

    def _adopt_entries(self, entries: pa.Table) -> None:
        if "member" not in entries.schema.names:
            entries = entries.append_column("member", pa.array([""] * entries.num_rows, pa.string()))
        self.adopt("address_book", entries, more=True)

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

    # ---------------------------------------------------------------- judging

    def judge(self) -> None:
        """Evaluate laws, holds and variants for every record; `holds` lists all reasons, first one first.

        Records that are not selected to be mailed go into `unselected`, without a look at them.
        """
        types = self.types()
        laws = [law for law in self.kind.laws if not law.table]
        differences = [f"{law_sql(w, types)} AS {identifier('off_' + w.id)}" for w in laws]
        variant = "".join(
            f"WHEN {condition_sql(v.expression, types)} THEN {literal(name)} "
            for name, v in self.kind.variants.items()
        )
        chosen = f"CASE {variant}ELSE 'standard' END" if variant else "'standard'"
        reasons = ", ".join(
            f"CASE WHEN {when} THEN {literal(rule)} END" for rule, when in self._hold_conditions(types)
        )
        where = self.options.where
        selected = condition_sql(where, types) if where is not None else "true"
        self.execute(f"CREATE TABLE unselected AS SELECT * FROM record WHERE NOT ({selected})")  # noqa: S608
        inner = ", ".join(["record.*", *differences, *vouching.columns(self)])
        self.execute(
            f"CREATE TABLE judged AS SELECT *, {chosen} AS variant, "  # noqa: S608
            f"list_filter([{reasons}], lambda x: x IS NOT NULL) AS holds FROM "
            f"(SELECT {inner} FROM record{vouching.joins(self)} WHERE {selected})"
        )
        self.execute("DROP TABLE record")

    def types(self) -> dict[str, str]:
        """Field name to type of everything a law or condition of a member may name."""
        merge = self.kind.merge
        tables = [merge.base, *merge.accounts]
        return {f.name: f.type for t in reversed(tables) for f in self.kind.inputs[t].fields}

    def _hold_conditions(self, types: Mapping[str, str]) -> list[tuple[str, str]]:
        """(rule, SQL condition), in the order in which they decide a row's state."""
        found = [("H100", "appearance > 1")]
        found += [(h.rule, condition_sql(h.expression, types)) for h in self.kind.holds]
        if self.unread:
            key, listed = identifier(self.kind.merge.key), parquet_literal(self.unread)
            found.append((_PAID, f"{key} IN (SELECT {key} FROM read_parquet({listed}))"))  # noqa: S608
        if self.has_suppressions:
            found += suppressing.hold_conditions()
        found.append(("H201", "verdict = 'bad'"))
        found.append(("H202", "postcode IS NULL OR postcode = ''"))
        if self.kind.merge.as_of:
            day, (first, last) = identifier(self.kind.merge.as_of), self.period
            found.append(("H304", f"{day} < {literal(first)} OR {day} > {literal(last)}"))
        found += [("H301", f"NOT {identifier('has_' + t)}") for t in self.kind.merge.required_accounts]
        present = " AND ".join(identifier("has_" + t) for t in self.kind.merge.required_accounts) or "true"
        for law in self.kind.laws:
            if law.table:
                found.append(("H303", f"{identifier('breach_' + law.id)} > 0"))
            else:
                found.append(("H302", f"{present} AND {identifier('off_' + law.id)} <> 0"))
        return [*found, *vouching.hold_conditions(self, present)]

    def hold(self, row_ids: Iterable[int], rule: str) -> None:
        """Hold further rows, found by looking at what would be printed."""
        rows = [(r,) for r in row_ids]
        if rows:
            self.execute("CREATE TEMP TABLE more (row_id BIGINT)")
            self._db.executemany("INSERT INTO more VALUES (?)", rows)
            self.execute(
                f"UPDATE judged SET holds = list_append(holds, {literal(rule)}) "  # noqa: S608
                "WHERE row_id IN (SELECT row_id FROM more)"
            )
            self.execute("DROP TABLE more")

    def execute(self, query: str) -> None:
        """Run a statement of ours."""
        self._db.execute(query)

    def query(self, query: str) -> duckdb.DuckDBPyRelation:
        """Run a query of ours on a cursor of its own, so that two results can be read side by side."""
        return self._db.cursor().sql(query)
