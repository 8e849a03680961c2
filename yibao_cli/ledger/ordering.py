"""What sorting asks of the ledger, and the pieces put into the order that it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from yibao_cli.ledger.sql import condition_sql, identifier, sum_column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yibao_cli.ledger.assemble import Ledger

_ADDRESS_BOOK, _WALKS, _PLACES, _RANKS = "address_book", "walks", "places", "ranks"
# Writings of one delivery point share their street key, whoever employs the members.
_BY_HOUSEHOLD = ("postcode", "street_key", "address")
_BY_ADDRESS = ("province", "city")
# Fields of a street key (address.ordering.sort_key): county, town, village, group, road, number, door.
_KEY_FIELDS = 11
# Columns that are there whatever the words are, and words that name one of them.
_MADE = {
    "walk",
    "office",
    "road",
    "number",
    "door",
    "row",
    "kind",
    "postcode",
    "county",
    "employer",
    *_BY_ADDRESS,
}
_NO_WALKS = pa.table(
    {
        name: pa.array([], t)
        for name, t in (("id", pa.int64()), ("walk", pa.string()), ("office", pa.string()))
    }
)


def candidates(ledger: Ledger, words: Iterable[str] = (), walks: pa.Table | None = None) -> pa.Table:
    """What is not held, a row a piece in roster order, with what it is sorted by and nothing else.

    words: further fields of the piece. walks: entries of the address book (`id`) with their walk and office.

    Returns row_id, address_id, rank (place in the kind's own order, from 1), variant, line_count; postcode,
    county, city, province, walk, office, employer as texts, "" where unknown; road and door as ranks of
    their names among all, for there may be as many doors as pieces; road_no as integer, 0 where there is
    none; `goes_first`; and the words as texts. `employer` is blank for a piece that does not go there.
    """
    _rank(ledger)
    ledger.execute(f"DROP TABLE IF EXISTS {_WALKS}")
    ledger.adopt(_WALKS, _NO_WALKS if walks is None else walks)
    lines = ledger.kind.merge.lines
    count = f"j.{identifier(sum_column(lines, ''))}" if lines else "0"
    columns = ["j.row_id", "j.address_id", "r.rank", "j.variant", f"{count}::BIGINT AS line_count"]
    known = [name for name in _BY_ADDRESS if _has(ledger, name)]
    for origin, names in (("j", ("postcode", "county")), ("b", known), ("w", ("walk", "office"))):
        columns += [f"coalesce({origin}.{name}, '') AS {name}" for name in names]
    columns += [f"'' AS {name}" for name in _BY_ADDRESS if name not in known]
    columns += [f"{_employer(ledger)} AS employer", *_street(), f"{_first(ledger)} AS goes_first"]
    columns += [
        f"coalesce(j.{identifier(w)}::VARCHAR, '') AS {identifier(w)}" for w in words if w not in _MADE
    ]
    table: pa.Table = ledger.query(
        f"SELECT {', '.join(columns)} FROM judged j JOIN {_RANKS} r USING (row_id) "  # noqa: S608 - our names only
        f"LEFT JOIN {_ADDRESS_BOOK} b ON b.id = j.address_id LEFT JOIN {_WALKS} w ON w.id = j.address_id "
        "ORDER BY row_id"
    ).to_arrow_table()
    return table


def order_pieces(ledger: Ledger, places: pa.Table | Iterable[pa.Table] | None = None) -> int:
    """Put all that is not held into print order; returns how many pieces there are.

    places: `row_id` and `position` of each candidate, and further columns that the pieces get, whole or
    in stretches; without it the kind's own order counts.
    """
    if places is None:
        _rank(ledger)
        ledger.execute(f"CREATE TABLE {_PLACES} AS SELECT row_id, rank AS position FROM {_RANKS}")  # noqa: S608
    else:
        for stretch in [places] if isinstance(places, pa.Table) else places:
            ledger.adopt(_PLACES, stretch, more=True)
    ledger.execute(
        "CREATE TABLE ordered AS SELECT j.*, p.* EXCLUDE (row_id) "  # noqa: S608 - a name of ours
        f"FROM judged j JOIN {_PLACES} p USING (row_id)"
    )
    return ledger.count("ordered")


def _rank(ledger: Ledger) -> None:
    wanted = _BY_HOUSEHOLD if ledger.options.by_household else ledger.kind.merge.print_order
    fields = [f for f in wanted if f != "row_id"]
    # Last of all the row, so that no two pieces are equal and the order is the same in every run.
    order = ", ".join([*(f"coalesce({identifier(f)}, '')" for f in fields), "row_id"])
    ledger.execute(
        f"CREATE OR REPLACE TABLE {_RANKS} AS SELECT row_id, "  # noqa: S608
        f"row_number() OVER (ORDER BY {order}) AS rank FROM judged WHERE len(holds) = 0"
    )


def _street() -> tuple[str, ...]:
    """Columns road, road_no and door, out of a street key."""
    key = "string_split(coalesce(j.street_key, ''), ' ')"
    known = f"len({key}) = {_KEY_FIELDS}"
    # No road of a county has one number twice, so its 街道 says nothing more.
    street = f"regexp_matches({key}[2], '街道(办事处|办)?$') OR ({key}[2] = '' AND {key}[3] = '')"
    urban = f"({street}) AND {key}[5] <> '' AND {key}[6] <> ''"
    whole = f"array_to_string({key}[1:5], ' ')"
    number = f"coalesce(try_cast(regexp_extract({key}[6], '[0-9]+') AS BIGINT), 0)"
    road = f"CASE WHEN {urban} THEN {key}[1] || ' ' || {key}[5] ELSE {whole} END"
    return (
        f"dense_rank() OVER (ORDER BY CASE WHEN {known} THEN {road} ELSE '' END)::INTEGER AS road",
        f"CASE WHEN {known} THEN {number} ELSE 0 END AS road_no",
        "dense_rank() OVER (ORDER BY coalesce(j.street_key, ''), coalesce(j.address, ''))::INTEGER AS door",
    )


def _first(ledger: Ledger) -> str:
    first = ledger.options.first
    return f"coalesce({condition_sql(first, ledger.types())}, false)" if first is not None else "false"


def _employer(ledger: Ledger) -> str:
    number = "coalesce(j.employer_no, '')"
    if not (ledger.has_employers and ledger.options.to_employers):
        return number
    # Where the employer has no address the piece goes to the member's own.
    return f"CASE WHEN nullif(j.employer_address, '') IS NULL THEN '' ELSE {number} END"


def _has(ledger: Ledger, name: str) -> bool:
    query = f"SELECT 1 FROM duckdb_columns() WHERE table_name = '{_ADDRESS_BOOK}' AND column_name = '{name}'"  # noqa: S608
    return bool(ledger.query(query).to_arrow_table().num_rows)
