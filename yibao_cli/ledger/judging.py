"""The tables of a ledger joined into one record a member, and each record judged: is it printed or held?

Every roster row ends as a candidate piece or a hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from yibao_cli.ledger import suppressing, vouching
from yibao_cli.ledger.joining import ENTRIES, entries_query, line_sums_query, record_query
from yibao_cli.ledger.sql import condition_sql, identifier, law_sql, literal
from yibao_cli.sealed.engine import parquet_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yibao_cli.ledger.assemble import Ledger

_PAID = "H121"
_NO_STANDARDS = pa.table({"raw": pa.array([], pa.string()), "standard": pa.array([], pa.string())})


def join(
    ledger: Ledger, addresses: pa.Table | Iterable[pa.Table], suppressed: pa.Table = _NO_STANDARDS
) -> None:
    """Join every roster row with its address, employer, accounts and the sums of its lines.

    addresses: the address book, whole or in stretches of the same columns, at least one: id, raw,
    postcode_given, county_given, standard, county, postcode, street_key, verdict, reasons, and `member` where
    some entries are one member's own.
    suppressed: the standard forms of the suppression lists' addresses, by `raw`.
    """
    for stretch in [addresses] if isinstance(addresses, pa.Table) else addresses:
        _adopt_entries(ledger, stretch)
    if ledger.kind.merge.lines:
        ledger.execute(f"CREATE TABLE line_sums AS {line_sums_query(ledger.kind)}")
    to_employers = ledger.has_employers and ledger.options.to_employers
    whose = {"employers": ledger.has_employers, "to_employers": to_employers}
    ledger.execute(f"CREATE TABLE {ENTRIES} AS {entries_query(ledger.kind, **whose)}")
    ledger.execute(f"CREATE TABLE record AS {record_query(ledger.kind, **whose)}")
    if ledger.has_suppressions:
        suppressing.suppress(ledger, suppressed)
    vouching.vouch(ledger)


def judge(ledger: Ledger) -> None:
    """Evaluate laws, holds and variants for every record; `holds` lists all reasons, first one first.

    Records that are not selected to be mailed go into `unselected`, without a look at them.
    """
    types = ledger.types()
    laws = [law for law in ledger.kind.laws if not law.table]
    differences = [f"{law_sql(w, types)} AS {identifier('off_' + w.id)}" for w in laws]
    variant = "".join(
        f"WHEN {condition_sql(v.expression, types)} THEN {literal(name)} "
        for name, v in ledger.kind.variants.items()
    )
    chosen = f"CASE {variant}ELSE 'standard' END" if variant else "'standard'"
    reasons = ", ".join(
        f"CASE WHEN {when} THEN {literal(rule)} END" for rule, when in _hold_conditions(ledger, types)
    )
    where = ledger.options.where
    selected = condition_sql(where, types) if where is not None else "true"
    ledger.execute(f"CREATE TABLE unselected AS SELECT * FROM record WHERE NOT ({selected})")  # noqa: S608
    inner = ", ".join(["record.*", *differences, *vouching.columns(ledger)])
    ledger.execute(
        f"CREATE TABLE judged AS SELECT *, {chosen} AS variant, "  # noqa: S608
        f"list_filter([{reasons}], lambda x: x IS NOT NULL) AS holds FROM "
        f"(SELECT {inner} FROM record{vouching.joins(ledger)} WHERE {selected})"
    )
    ledger.execute("DROP TABLE record")


def hold(ledger: Ledger, row_ids: Iterable[int], rule: str) -> None:
    """Hold further rows, found by looking at what would be printed."""
    rows = pa.table({"row_id": pa.array(row_ids, pa.int64())})
    if rows.num_rows:
        ledger.adopt("further", rows)
        ledger.execute(
            f"UPDATE judged SET holds = list_append(holds, {literal(rule)}) "  # noqa: S608
            "WHERE row_id IN (SELECT row_id FROM further)"
        )
        ledger.execute("DROP TABLE further")


def _adopt_entries(ledger: Ledger, entries: pa.Table) -> None:
    if "member" not in entries.schema.names:
        entries = entries.append_column("member", pa.array([""] * entries.num_rows, pa.string()))
    ledger.adopt("address_book", entries, more=True)


def _hold_conditions(ledger: Ledger, types: Mapping[str, str]) -> list[tuple[str, str]]:
    """(rule, SQL condition), in the order in which they decide a row's state."""
    found = [("H100", "appearance > 1")]
    found += [(h.rule, condition_sql(h.expression, types)) for h in ledger.kind.holds]
    if ledger.unread:
        key, listed = identifier(ledger.kind.merge.key), parquet_literal(ledger.unread)
        found.append((_PAID, f"{key} IN (SELECT {key} FROM read_parquet({listed}))"))  # noqa: S608
    if ledger.has_suppressions:
        found += suppressing.hold_conditions()
    found.append(("H201", "verdict = 'bad'"))
    found.append(("H202", "postcode IS NULL OR postcode = ''"))
    if ledger.kind.merge.as_of:
        day, (first, last) = identifier(ledger.kind.merge.as_of), ledger.period
        found.append(("H304", f"{day} < {literal(first)} OR {day} > {literal(last)}"))
    found += [("H301", f"NOT {identifier('has_' + t)}") for t in ledger.kind.merge.required_accounts]
    present = " AND ".join(identifier("has_" + t) for t in ledger.kind.merge.required_accounts) or "true"
    for law in ledger.kind.laws:
        if law.table:
            found.append(("H303", f"{identifier('breach_' + law.id)} > 0"))
        else:
            found.append(("H302", f"{present} AND {identifier('off_' + law.id)} <> 0"))
    return [*found, *vouching.hold_conditions(ledger, present)]
