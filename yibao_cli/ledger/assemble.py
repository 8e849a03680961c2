"""The ledger of one mailing: joins the imports, checks the laws, decides who is held, orders the rest.

DuckDB is the calculator, under a memory limit, over the Parquet of the imports; it keeps nothing. Every roster
row ends as a candidate piece or a hold; rows the import rejected are findings already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from yibao_cli.ledger.sql import condition_sql, difference_sql, identifier, literal, sum_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from yibao_cli.kinds.fields import FieldSpec
    from yibao_cli.kinds.kind import Kind

ADDRESS_COLUMNS = ("standard", "county", "postcode", "street_key", "verdict", "reasons")
# What later stages ask of every piece, whatever its kind's roster has.
_CORE = {"employer_no": "id", "employer_name": "text", "category": "choice", "ads_consent": "flag"}
_SOURCE_COLUMNS = ("src_file", "src_sheet", "src_row")


@dataclass(frozen=True, slots=True)
class Source:
    """One import's Parquet file: `offset` is how many data rows earlier files of the table had."""

    path: Path
    file_name: str
    offset: int


@dataclass(frozen=True, slots=True)
class LedgerOptions:
    """Where DuckDB may spill, and how much memory it may take first."""

    scratch: Path
    memory: str = "512MB"
    threads: int = 2


@dataclass
class Ledger:
    """One mailing's records, in an in-memory database that spills to `options.scratch`.

    sources: table name to its imports. addresses: the address book's entries: id, raw, postcode_given,
    county_given and ADDRESS_COLUMNS.
    """

    kind: Kind
    sources: Mapping[str, Sequence[Source]]
    options: LedgerOptions
    _db: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self._db = duckdb.connect()
        self._db.execute(f"SET memory_limit = {literal(self.options.memory)}")
        self._db.execute(f"SET temp_directory = {literal(str(self.options.scratch))}")
        self._db.execute(f"SET threads = {int(self.options.threads)}")
        self._db.execute("SET preserve_insertion_order = false")
        for table in self._tables():
            self._load(table)

    def close(self) -> None:
        """Let go of memory and spilled files."""
        self._db.close()

    # ---------------------------------------------------------------- reading in

    def _tables(self) -> list[str]:
        return [*self.kind.merge.tables, *(["employers"] if self.has_employers else [])]

    def _load(self, table: str) -> None:
        """All imports of a table as one, with `row_id`: the ordinal of its data row over all files."""
        parts = [
            f"SELECT *, {literal(s.file_name)} AS src_file, (src_ordinal + {s.offset})::BIGINT AS row_id "  # noqa: S608
            f"FROM read_parquet({literal(str(s.path))})"
            for s in self.sources.get(table, ())
        ]
        if not parts:
            columns = ", ".join(
                f"NULL::{self._sql_type(f.type)} AS {identifier(f.name)}"
                for f in self.kind.inputs[table].fields
            )
            source = ", ".join(f"NULL::VARCHAR AS {c}" for c in _SOURCE_COLUMNS)
            parts = [f"SELECT {columns}, {source}, 0::BIGINT AS row_id WHERE false"]  # noqa: S608
        self.execute(f"CREATE TABLE {identifier('in_' + table)} AS {' UNION ALL BY NAME '.join(parts)}")  # noqa: S608

    @staticmethod
    def _sql_type(field_type: str) -> str:
        return {"money": "BIGINT", "integer": "BIGINT", "flag": "BOOLEAN"}.get(field_type, "VARCHAR")

    # ---------------------------------------------------------------- joining

    def join(self, addresses: pa.Table) -> None:
        """Join every roster row with its address, employer, accounts and the sums of its lines."""
        # A table, because a registered frame is not seen by the cursors of `query`.
        self._db.register("given_book", addresses)
        self.execute("CREATE TABLE address_book AS SELECT * FROM given_book")
        self._db.unregister("given_book")
        merge, key = self.kind.merge, identifier(self.kind.merge.key)
        types = {f.name: f.type for f in self.kind.inputs[merge.base].fields}
        self._sum_lines()
        joins = [
            "LEFT JOIN address_book a ON a.raw = coalesce(r.address, '') "
            f"AND a.postcode_given = coalesce({self._given('postcode', types)}, '') "
            f"AND a.county_given = coalesce({self._given('county', types)}, '')"
        ]
        columns = [f"r.{identifier(c)}" for c in self._roster_columns()]
        columns += [f"r.{c}" for c in _SOURCE_COLUMNS] + ["r.row_id"]
        columns += ["a.id AS address_id", "coalesce(a.verdict, 'unknown') AS verdict", "a.street_key"]
        columns += [
            f"a.standard AS address, coalesce(nullif(a.postcode, ''), {self._given('postcode', types)}) AS postcode"
        ]
        columns += [f"coalesce(nullif(a.county, ''), {self._given('county', types)}) AS county"]
        columns += [f"NULL::{self._sql_type(t)} AS {n}" for n, t in self._absent_core(types)]
        for table in merge.accounts:
            # One row a member: a second one was rejected when it was imported, or comes from another file.
            joins.append(
                f"LEFT JOIN (SELECT * FROM {identifier('in_' + table)} "  # noqa: S608
                f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY row_id) = 1) {identifier(table)} "
                f"ON {identifier(table)}.{key} = r.{key}"
            )
            columns += [self._account_column(table, f.name, f.type) for f in self._own_fields(table)]
            columns.append(f"{identifier(table)}.row_id IS NOT NULL AS {identifier('has_' + table)}")
        if self.has_employers:
            joins.append(
                "LEFT JOIN (SELECT * FROM in_employers QUALIFY row_number() OVER "
                "(PARTITION BY employer_no ORDER BY row_id) = 1) e ON e.employer_no = r.employer_no"
            )
            columns += self._employer_columns()
        if merge.lines:
            joins.append(f"LEFT JOIN line_sums s ON s.{key} = r.{key}")
            columns += [f"coalesce(s.{identifier(c)}, 0) AS {identifier(c)}" for c in self._sum_names()]
        columns.append(f"row_number() OVER (PARTITION BY r.{key} ORDER BY r.row_id) AS appearance")
        self.execute(
            f"CREATE TABLE record AS SELECT {', '.join(columns)} "  # noqa: S608
            f"FROM {identifier('in_' + merge.base)} r {' '.join(joins)}"
        )

    @staticmethod
    def _given(name: str, types: Mapping[str, str]) -> str:
        """A roster column, or nothing where the kind's roster has none such."""
        return f"r.{name}" if name in types else "NULL::VARCHAR"

    @property
    def has_employers(self) -> bool:
        """Whether members are grouped by employers that were imported."""
        roster = self.kind.inputs[self.kind.merge.base].names
        return "employers" in self.sources and "employer_no" in roster

    def _absent_core(self, types: Mapping[str, str]) -> list[tuple[str, str]]:
        joined = {"employer_name"} if self.has_employers else set()
        return [(n, t) for n, t in _CORE.items() if n not in types and n not in joined]

    def _roster_columns(self) -> list[str]:
        taken = {"address", "postcode", "county", *({"employer_name"} if self.has_employers else ())}
        return [n for n in self.kind.inputs[self.kind.merge.base].names if n not in taken]

    def _own_fields(self, table: str) -> list[FieldSpec]:
        taken = {self.kind.merge.key, *self.kind.inputs[self.kind.merge.base].names}
        return [f for f in self.kind.inputs[table].fields if f.name not in taken]

    def _account_column(self, table: str, name: str, field_type: str) -> str:
        column = f"{identifier(table)}.{identifier(name)}"
        blank_is_zero = field_type in {"money", "integer"}
        return f"{f'coalesce({column}, 0)' if blank_is_zero else column} AS {identifier(name)}"

    def _employer_columns(self) -> list[str]:
        roster = set(self.kind.inputs[self.kind.merge.base].names)
        named = (
            "coalesce(e.employer_name, r.employer_name)" if "employer_name" in roster else "e.employer_name"
        )
        return [
            f"{named} AS employer_name",
            "e.employer_address",
            "e.employer_postcode",
            "e.delivery_mode",
            "e.employer_no IS NOT NULL AS employer_known",
        ]

    def _sum_lines(self) -> None:
        merge = self.kind.merge
        if not merge.lines:
            return
        types = {f.name: f.type for f in self.kind.inputs[merge.lines].fields}
        breaches = [
            f"count(*) FILTER (WHERE {difference_sql(law.expression, types)} <> 0) AS {identifier('breach_' + law.id)}"
            for law in self.kind.laws
            if law.table
        ]
        money = [f.name for f in self.kind.inputs[merge.lines].fields if f.type == "money"]
        sums = [f"sum({identifier(n)})::BIGINT AS {identifier(sum_column(merge.lines, n))}" for n in money]
        self.execute(
            f"CREATE TABLE line_sums AS SELECT {identifier(merge.key)}, count(*) AS "  # noqa: S608
            f"{identifier(sum_column(merge.lines, ''))}, {', '.join([*sums, *breaches])} "
            f"FROM {identifier('in_' + merge.lines)} GROUP BY 1"
        )

    def _sum_names(self) -> list[str]:
        merge = self.kind.merge
        money = [f.name for f in self.kind.inputs[merge.lines].fields if f.type == "money"]
        breaches = ["breach_" + law.id for law in self.kind.laws if law.table]
        return [sum_column(merge.lines, ""), *(sum_column(merge.lines, n) for n in money), *breaches]

    # ---------------------------------------------------------------- judging

    def judge(self) -> None:
        """Evaluate laws, holds and variants for every record; `holds` lists all reasons, first one first."""
        types = self.types()
        laws = [law for law in self.kind.laws if not law.table]
        differences = [f"{difference_sql(w.expression, types)} AS {identifier('off_' + w.id)}" for w in laws]
        variant = "".join(
            f"WHEN {condition_sql(v.expression, types)} THEN {literal(name)} "
            for name, v in self.kind.variants.items()
        )
        chosen = f"CASE {variant}ELSE 'standard' END" if variant else "'standard'"
        reasons = ", ".join(
            f"CASE WHEN {when} THEN {literal(rule)} END" for rule, when in self._hold_conditions(types)
        )
        inner = ", ".join(["*", *differences])
        self.execute(
            f"CREATE TABLE judged AS SELECT *, {chosen} AS variant, "  # noqa: S608
            f"list_filter([{reasons}], lambda x: x IS NOT NULL) AS holds FROM (SELECT {inner} FROM record)"
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
        found.append(("H201", "verdict = 'bad'"))
        found.append(("H202", "postcode IS NULL OR postcode = ''"))
        found += [("H301", f"NOT {identifier('has_' + t)}") for t in self.kind.merge.accounts]
        for law in self.kind.laws:
            if law.table:
                found.append(("H303", f"{identifier('breach_' + law.id)} > 0"))
            else:
                present = " AND ".join(identifier("has_" + t) for t in self.kind.merge.accounts) or "true"
                found.append(("H302", f"{present} AND {identifier('off_' + law.id)} <> 0"))
        return found

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
