"""What comes out of the ledger: who is held and why, and the pieces in print order with their lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yibao_cli.codes import mask_id, piece_number
from yibao_cli.i18n import _
from yibao_cli.kinds.sources import ADJUSTMENT_NOTE
from yibao_cli.ledger import suppressing, vouching
from yibao_cli.ledger.sql import identifier, literal, sum_column
from yibao_cli.model import Finding
from yibao_cli.money import yuan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.kinds.kind import Kind
    from yibao_cli.ledger.assemble import Ledger

_BATCH = 20_000


# (row id, rule) -> details, for holds that were found outside the ledger.
Known = Mapping[tuple[int, str], Mapping[str, object]]


def held_rows(ledger: Ledger, known: Known) -> Iterator[tuple[int, tuple[Finding, ...]]]:
    """Each held roster row, in roster order: (row id, findings); the first finding is its state."""
    kind = ledger.kind
    laws = [w.id for w in kind.laws if not w.table]
    line_laws = [w.id for w in kind.laws if w.table]
    columns = ["row_id", "src_file", "src_sheet", "src_row", identifier(kind.merge.key), "holds", "reasons"]
    columns += [identifier("off_" + w) for w in laws] + [identifier("breach_" + w) for w in line_laws]
    columns += vouching.held_columns(ledger)
    listed = ""
    if ledger.has_suppressions:
        columns += suppressing.ENTRY_COLUMNS
        listed = "LEFT JOIN suppressed USING (row_id) "
    rows = ledger.rows(
        f"SELECT {', '.join(columns)} FROM judged {listed}LEFT JOIN "  # noqa: S608 - identifiers of the kind only
        "(SELECT id, reasons FROM address_book) a ON a.id = address_id WHERE len(holds) > 0 ORDER BY row_id"
    )
    for row in rows:
        yield row["row_id"], tuple(_hold_findings(ledger, row, (laws, line_laws), known))


def _hold_findings(
    ledger: Ledger, row: dict[str, Any], laws: tuple[list[str], list[str]], known: Known
) -> Iterator[Finding]:
    kind = ledger.kind
    key = kind.inputs[kind.merge.base].field(kind.merge.key)
    for rule_id in dict.fromkeys(row["holds"]):
        outside = known.get((row["row_id"], rule_id), {})
        for details in _details(kind, rule_id, row, laws):
            yield Finding(
                rule_id,
                file=str(row["src_file"]),
                sheet=str(row["src_sheet"] or ""),
                row=int(row["src_row"]),
                column=key.label,
                value=mask_id(str(row[kind.merge.key])),
                details={**outside, **details},
            )


def _details(
    kind: Kind, rule_id: str, row: dict[str, Any], laws: tuple[list[str], list[str]]
) -> Iterator[dict[str, object]]:
    """What fills the rule's text: for each broken law its words and the difference."""
    if rule_id == "H302":
        yield from _broken_laws(kind, row, laws[0])
    elif rule_id == "H303":
        for law in laws[1]:
            if count := int(row["breach_" + law] or 0):
                yield {"law": law, "text": kind.texts_of_laws[law], "count": count}
    elif rule_id == "H201":
        found = json.loads(row["reasons"] or "[]")
        yield {"reasons": _("; ").join(Finding(i, details=d).message() for i, d in found)}
    elif rule_id in {vouching.UNVOUCHED, vouching.BROKEN_CHAIN}:
        yield vouching.details(rule_id, row)
    elif rule_id in suppressing.HOLDS and row.get("entry_file"):
        yield {"entry": suppressing.entry_words(row)}
    else:
        yield {}


def _broken_laws(kind: Kind, row: dict[str, Any], laws: list[str]) -> Iterator[dict[str, object]]:
    for law in laws:
        if off := int(row["off_" + law] or 0):
            is_money = law in kind.laws_of_money
            shown = (yuan(off), _(" yuan")) if is_money else (str(off), "")
            difference = dict(zip(("difference", "unit"), shown, strict=True))
            yield {"law": law, "text": kind.texts_of_laws[law], **difference}


def piece_columns(ledger: Ledger) -> tuple[str, ...]:
    """Columns of a piece that texts may name, in the order of the package."""
    kind = ledger.kind
    roster = kind.inputs[kind.merge.base].names
    accounts = [n for t in kind.merge.accounts for n in kind.inputs[t].names]
    employers = ["employer_name", "employer_address", "employer_postcode", "delivery_mode"]
    if not ledger.has_employers:
        employers = []
    core = ["address", "postcode", "county", "employer_no", "employer_name", "category", "ads_consent"]
    vouched = [ADJUSTMENT_NOTE] if kind.adjust is not None else []
    found = "address_id", "street_key", "verdict"
    return tuple(dict.fromkeys([*roster, *accounts, *employers, *core, *vouched, *found]))


def piece_batches(
    ledger: Ledger, sizes: int | Sequence[int], added: Sequence[str] = ()
) -> Iterator[pa.Table]:
    """Tables of pieces in print order, with `piece` and `line_count`.

    sizes: pieces of each table (the last may be smaller), or of one after another. added: columns that the
    pieces were given with their places.
    """
    columns = ["row_id", "position", "variant", *map(identifier, (*added, *piece_columns(ledger)))]
    lines = ledger.kind.merge.lines
    columns.append(f"{identifier(sum_column(lines, '')) if lines else '0'} AS line_count")
    yield from _numbered(
        ledger,
        f"SELECT {', '.join(columns)} FROM ordered ORDER BY position",  # noqa: S608
        sizes,
    )


def members_in_order(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Each piece's member, as `person_no=17`, and its number, in print order."""
    key = ledger.kind.merge.key
    query = f"SELECT row_id, {identifier(key)} AS member FROM ordered ORDER BY position"  # noqa: S608
    for row in ledger.rows(query):
        yield f"{key}={row['member']}", piece_number(row["row_id"])


def line_reader(ledger: Ledger) -> pa.RecordBatchReader:
    """All lines of the pieces, in the order of the pieces and of the kind's line order."""
    merge = ledger.kind.merge
    key = identifier(merge.key)
    fields = [f"l.{identifier(n)}" for n in ledger.kind.inputs[merge.lines].names if n != merge.key]
    order = ", ".join(["o.position", *(f"l.{identifier(n)}" for n in merge.line_order), "l.row_id"])
    return ledger.query(
        f"SELECT {', '.join(fields)} FROM {identifier('in_' + merge.lines)} l "  # noqa: S608
        f"JOIN (SELECT {key}, position FROM ordered) o USING ({key}) ORDER BY {order}"
    ).to_arrow_reader(_BATCH)


def rechunked(reader: pa.RecordBatchReader, sizes: int | Sequence[int]) -> Iterator[pa.Table]:
    """The rows of a reader in tables of `sizes` rows, or of one size after another; the rest comes last."""
    wanted = repeat(sizes) if isinstance(sizes, int) else iter(sizes)
    waiting: list[pa.RecordBatch] = []
    have, size = 0, next(wanted, 0)
    for batch in reader:
        waiting.append(batch)
        have += batch.num_rows
        while size and have >= size:
            table = pa.Table.from_batches(waiting)
            yield table.slice(0, size)
            waiting = table.slice(size).to_batches()
            have -= size
            size = next(wanted, 0)
    if have:
        yield pa.Table.from_batches(waiting)


def control_totals(ledger: Ledger) -> dict[str, int]:
    """Sum in fen of each control field over the pieces that print."""
    fields = ledger.kind.merge.control_totals
    if not fields:
        return {}
    sums = ", ".join(f"coalesce(sum({identifier(f)}), 0)::BIGINT AS {identifier(f)}" for f in fields)
    row: dict[str, int] = ledger.query(f"SELECT {sums} FROM ordered").to_arrow_table().to_pylist()[0]  # noqa: S608
    return row


def candidate_batches(ledger: Ledger, size: int) -> Iterator[pa.Table]:
    """What is not held so far, in roster order, with all a text may name."""
    columns = ["row_id", "0 AS position", "0 AS part", "variant", *map(identifier, piece_columns(ledger))]
    yield from _numbered(
        ledger,
        f"SELECT {', '.join(columns)} FROM judged WHERE len(holds) = 0 ORDER BY row_id",  # noqa: S608
        size,
    )


def _numbered(ledger: Ledger, query: str, sizes: int | Sequence[int]) -> Iterator[pa.Table]:
    """The rows of a query in tables as `rechunked` makes them, each row with its piece number."""
    for table in rechunked(ledger.query(query).to_arrow_reader(_BATCH), sizes):
        numbers = pa.array([piece_number(r) for r in table.column("row_id").to_pylist()], pa.string())
        yield table.add_column(0, "piece", numbers)


def distinct_line_values(ledger: Ledger, name: str) -> list[str]:
    """The different texts of a line field."""
    column, table = identifier(name), identifier("in_" + ledger.kind.merge.lines)
    query = f"SELECT DISTINCT {column} AS v FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"  # noqa: S608
    found: list[str] = ledger.query(query).to_arrow_table().column("v").to_pylist()
    return found


def rows_with_line_value(ledger: Ledger, name: str, values: list[str]) -> list[tuple[int, str]]:
    """(row id, value) of candidates with a line whose field has one of the values."""
    key, column = identifier(ledger.kind.merge.key), identifier(name)
    listed = ", ".join(map(literal, values))
    query = (
        f"SELECT DISTINCT j.row_id, l.{column} AS v FROM judged j "  # noqa: S608 - quoted by literal()
        f"JOIN {identifier('in_' + ledger.kind.merge.lines)} l USING ({key}) "
        f"WHERE len(j.holds) = 0 AND l.{column} IN ({listed}) ORDER BY 1, 2"
    )
    rows = ledger.query(query).to_arrow_table().to_pylist()
    return [(r["row_id"], r["v"]) for r in rows]


def rows_with_amount(ledger: Ledger, variant: str, name: str, limits: tuple[int, int]) -> list[int]:
    """Row ids of candidates of a variant that would show an amount of at least limits[0] fen in a line.

    The sum of a member's lines is shown when there are more than limits[1] of them.
    """
    amount, capacity = limits
    lines, key, column = ledger.kind.merge.lines, identifier(ledger.kind.merge.key), identifier(name)
    query = (
        f"SELECT row_id FROM judged WHERE len(holds) = 0 AND variant = {literal(variant)} AND ("  # noqa: S608
        f"{key} IN (SELECT {key} FROM {identifier('in_' + lines)} WHERE abs({column}) >= {int(amount)}) "
        f"OR ({identifier(sum_column(lines, ''))} > {int(capacity)} "
        f"AND abs({identifier(sum_column(lines, name))}) >= {int(amount)})) ORDER BY row_id"
    )
    found: list[int] = ledger.query(query).to_arrow_table().column("row_id").to_pylist()
    return found


def rows_with_bar(
    ledger: Ledger, variant: str, chart: tuple[str, str, Sequence[str]], amount: int
) -> list[int]:
    """Row ids of candidates of a variant with a bar of a chart that stands for at least so many fen.

    chart: what it goes by, as SQL over the lines (`bar_sql`), the field it sums, and the bars there are.
    """
    lines, key = identifier("in_" + ledger.kind.merge.lines), identifier(ledger.kind.merge.key)
    by, summed, bars = chart
    listed = ", ".join(map(literal, bars))
    query = (
        f"SELECT row_id FROM judged WHERE len(holds) = 0 AND variant = {literal(variant)} AND {key} IN "  # noqa: S608
        f"(SELECT {key} FROM {lines} WHERE {by} IN ({listed}) GROUP BY {key}, {by} "
        f"HAVING abs(sum({identifier(summed)})) >= {int(amount)}) ORDER BY row_id"
    )
    found: list[int] = ledger.query(query).to_arrow_table().column("row_id").to_pylist()
    return found


def bar_sql(name: str, *, monthly: bool) -> str:
    """The bar that a line falls on: the word of a choice, or the month of a day."""
    return f"substr({identifier(name)}, 1, 7)" if monthly else identifier(name)
