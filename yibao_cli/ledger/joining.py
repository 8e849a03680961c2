"""The one record of a member, as SQL: the roster's row with its address, accounts, employer, sums of lines.

Pure text over the declarations of a kind; `assemble` runs it. The roster is `r`, the address book `a`, the
employers `e`, the sums of lines `s`; every account table goes by its own name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibao_cli.ledger.sql import BEYOND, identifier, law_sql, sum_column

if TYPE_CHECKING:
    from yibao_cli.kinds.fields import FieldSpec
    from yibao_cli.kinds.kind import Kind

# Which entry of the address book a roster row has: found first, by itself, for every join wants its memory.
ENTRIES = "own_entries"
SOURCE_COLUMNS = ("src_file", "src_sheet", "src_row")

# What later stages ask of every piece, whatever its kind's roster has.
_CORE = {"employer_no": "id", "employer_name": "text", "category": "choice", "ads_consent": "flag"}
_BY_ADDRESS = ("address", "postcode", "county")


@dataclass
class Select:
    """Columns and joins of a query, growing."""

    columns: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)

    def sql(self, base: str) -> str:
        """The whole query over a base table called `r`."""
        return f"SELECT {', '.join(self.columns)} FROM {identifier(base)} r {' '.join(self.joins)}"  # noqa: S608


def sql_type(field_type: str) -> str:
    """How a field's values lie in the Parquet of an import."""
    return {"money": "BIGINT", "integer": "BIGINT", "flag": "BOOLEAN"}.get(field_type, "VARCHAR")


def record_query(kind: Kind, *, employers: bool, to_employers: bool = False) -> str:
    """The query that makes one row of every roster row.

    employers: whether any were imported; to_employers: whether pieces go to their addresses.
    """
    select = Select()
    _add_roster(select, kind, employers=employers)
    for table in kind.merge.accounts:
        _add_account(select, kind, table)
    if employers:
        _add_employer(select, kind)
    _add_address(select, kind, to_employers=to_employers)
    if kind.merge.lines:
        _add_lines(select, kind)
    return select.sql(f"in_{kind.merge.base}")


def line_sums_query(kind: Kind) -> str:
    """The query that sums a member's lines, and counts those that break a law of lines."""
    lines = kind.inputs[kind.merge.lines]
    types = {f.name: f.type for f in lines.fields}
    columns = [f"count(*) AS {identifier(sum_column(kind.merge.lines, ''))}"]
    columns += [
        f"least(greatest(coalesce(sum({identifier(f.name)}), 0), -{BEYOND}), {BEYOND})::BIGINT "
        f"AS {identifier(sum_column(kind.merge.lines, f.name))}"
        for f in lines.fields
        if f.type == "money"
    ]
    for law in (w for w in kind.laws if w.table):
        difference = law_sql(law, types)
        columns.append(f"count(*) FILTER (WHERE {difference} <> 0) AS {identifier('breach_' + law.id)}")
    key, table = identifier(kind.merge.key), identifier(f"in_{kind.merge.lines}")
    return f"SELECT {key}, {', '.join(columns)} FROM {table} GROUP BY 1"  # noqa: S608


def _add_roster(select: Select, kind: Kind, *, employers: bool) -> None:
    """The roster's own columns, the core columns it lacks, and where the row stands."""
    names = kind.inputs[kind.merge.base].names
    elsewhere = {*_BY_ADDRESS, *({"employer_name"} if employers else ())}
    select.columns += [f"r.{identifier(n)}" for n in names if n not in elsewhere]
    absent = {n: t for n, t in _CORE.items() if n not in names and n not in elsewhere}
    select.columns += [f"NULL::{sql_type(t)} AS {n}" for n, t in absent.items()]
    select.columns += [f"r.{c}" for c in (*SOURCE_COLUMNS, "row_id")]
    select.columns.append("coalesce(again.appearance, 1) AS appearance")
    base, key = identifier(f"in_{kind.merge.base}"), identifier(kind.merge.key)
    select.joins.append(f"LEFT JOIN ({repeated(base, key)}) again ON again.row_id = r.row_id")


def _add_address(select: Select, kind: Kind, *, to_employers: bool) -> None:
    """The address book's entry for what the client wrote: its standard form, and what was left blank."""
    (_address, postcode, county), _owner = _written(kind, to_employers=to_employers)
    select.columns += [
        "a.id AS address_id",
        "coalesce(a.verdict, 'unknown') AS verdict",
        "a.street_key",
        "a.standard AS address",
        f"coalesce(nullif(a.postcode, ''), {postcode}) AS postcode",
        f"coalesce(nullif(a.county, ''), {county}) AS county",
    ]
    select.joins += [
        f"LEFT JOIN {ENTRIES} n ON n.row_id = r.row_id",
        "LEFT JOIN address_book a ON a.id = n.address_id",
    ]


def entries_query(kind: Kind, *, employers: bool, to_employers: bool) -> str:
    """The query that finds the entry of the address book for every roster row: `row_id` and `address_id`.

    The own entry of a member, or of the employer, goes before the one that everybody has.
    """
    (address, postcode, county), owner = _written(kind, to_employers=to_employers)
    writing = (
        f"{{0}}.raw = coalesce({address}, '') AND {{0}}.postcode_given = coalesce({postcode}, '') "
        f"AND {{0}}.county_given = coalesce({county}, '')"
    )
    select = Select(["r.row_id", "coalesce(own.id, al.id) AS address_id"])
    if employers:
        select.joins.append(_employer_join())
    select.joins += [
        f"LEFT JOIN address_book own ON own.member = {owner} AND {writing.format('own')}",
        f"LEFT JOIN address_book al ON al.member = '' AND {writing.format('al')}",
    ]
    return select.sql(f"in_{kind.merge.base}")


def _written(kind: Kind, *, to_employers: bool) -> tuple[tuple[str, str, str], str]:
    """Address, postcode and county as the client wrote them, and whose own entry goes before."""
    address, postcode, county = (_given(kind, name) for name in _BY_ADDRESS)
    owner = f"'{kind.merge.key}=' || r.{identifier(kind.merge.key)}"
    if to_employers:
        there = "nullif(e.employer_address, '') IS NOT NULL"
        address, postcode, county, owner = (
            f"CASE WHEN {there} THEN {theirs} ELSE {own} END"
            for theirs, own in (
                ("e.employer_address", address),
                ("e.employer_postcode", postcode),
                ("NULL", county),
                ("'employer_no=' || e.employer_no", owner),
            )
        )
    return (address, postcode, county), owner


def _given(kind: Kind, name: str) -> str:
    """A roster column, or nothing where the kind's roster has none such."""
    return f"r.{name}" if name in kind.inputs[kind.merge.base].names else "NULL::VARCHAR"


def _add_account(select: Select, kind: Kind, table: str) -> None:
    """An account's row. A second one was rejected at import, or comes from another file: the first counts."""
    key, name = identifier(kind.merge.key), identifier(table)
    taken = {kind.merge.key, *kind.inputs[kind.merge.base].names}
    fields = [f for f in kind.inputs[table].fields if f.name not in taken]
    select.columns += [_account_column(name, f) for f in fields]
    select.columns.append(f"{name}.row_id IS NOT NULL AS {identifier('has_' + table)}")
    select.joins.append(f"LEFT JOIN ({_first_of_each(f'in_{table}', key)}) {name} ON {name}.{key} = r.{key}")


def _account_column(table: str, spec: FieldSpec) -> str:
    column = f"{table}.{identifier(spec.name)}"
    # What the client left blank in a sum is nothing, so it prints and adds as nothing.
    shown = f"coalesce({column}, 0)" if spec.type in {"money", "integer"} else column
    return f"{shown} AS {identifier(spec.name)}"


def _add_employer(select: Select, kind: Kind) -> None:
    roster_has = "employer_name" in kind.inputs[kind.merge.base].names
    name = "coalesce(e.employer_name, r.employer_name)" if roster_has else "e.employer_name"
    select.columns += [
        f"{name} AS employer_name",
        "e.employer_address",
        "e.employer_postcode",
        "e.delivery_mode",
    ]
    select.joins.append(_employer_join())


def _employer_join() -> str:
    return f"LEFT JOIN ({_first_of_each('in_employers', 'employer_no')}) e ON e.employer_no = r.employer_no"


def _add_lines(select: Select, kind: Kind) -> None:
    key = identifier(kind.merge.key)
    money = [f.name for f in kind.inputs[kind.merge.lines].fields if f.type == "money"]
    names = [sum_column(kind.merge.lines, n) for n in ("", *money)]
    names += [f"breach_{law.id}" for law in kind.laws if law.table]
    select.columns += [f"coalesce(s.{identifier(n)}, 0) AS {identifier(n)}" for n in names]
    select.joins.append(f"LEFT JOIN line_sums s ON s.{key} = r.{key}")


def repeated(table: str, key: str) -> str:
    """Rows of a table whose key came before: `row_id`, and `appearance`, 2 for the second row of a key.

    The window function runs over two columns only: it would carry along every other selected one.
    """
    return (
        f"SELECT row_id, appearance FROM (SELECT row_id, row_number() OVER (PARTITION BY {key} "  # noqa: S608
        f"ORDER BY row_id) AS appearance FROM {table}) WHERE appearance > 1"
    )


def _first_of_each(table: str, key: str) -> str:
    """The rows of a table, of each key the one that came first."""
    source = identifier(table)
    return f"SELECT * FROM {source} ANTI JOIN ({repeated(source, key)}) USING (row_id)"  # noqa: S608
