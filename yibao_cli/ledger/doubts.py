"""What the ledger finds beside the holds: rows that belong to nobody, stand twice, or are of another time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yibao_cli.codes import mask_id, mask_name
from yibao_cli.ledger import vouching
from yibao_cli.ledger.assemble import SUPPRESSIONS
from yibao_cli.ledger.sql import identifier, literal
from yibao_cli.ledger.suppressing import LOST_CARD, NO_ADS, shows_lost_card
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yibao_cli.ledger.assemble import Ledger

_PLACE = "src_file, src_sheet, src_row"
# What names the person of a suppression, by which it is shown.
_NAMED_BY = ("member_no", "id_number", "card_no", "name")


def doubts(ledger: Ledger) -> Iterator[Finding]:
    """Every doubt about what was joined, in the order of the client's rows, kind of doubt by kind of doubt.

    After `ordering.order_pieces`.
    """
    yield from _addresses(ledger)
    yield from _strays(ledger)
    yield from _twice_accounted(ledger)
    yield from _repeated_lines(ledger)
    yield from _unknown_employers(ledger)
    yield from _untimely_lines(ledger)
    yield from vouching.doubts(ledger)
    if ledger.has_suppressions:
        yield from _unmatched_entries(ledger)
        yield from _ambiguous_entries(ledger)
        yield from _applied_entries(ledger)
        yield from _contrary_dates(ledger)


def _at(
    row: Mapping[str, Any],
    rule_id: str,
    column: str,
    value: str = "",
    details: Mapping[str, object] | None = None,
) -> Finding:
    """A finding about a row, at its place in the client's file."""
    place = {"file": row["src_file"], "sheet": row["src_sheet"] or "", "row": int(row["src_row"])}
    return Finding(rule_id, **place, column=column, value=value, details=details or {})


def _addresses(ledger: Ledger) -> Iterator[Finding]:
    """Doubts about addresses of pieces that print all the same."""
    column = ledger.kind.inputs[ledger.kind.merge.base].field("address").label
    query = (
        f"SELECT {_PLACE}, reasons FROM ordered "  # noqa: S608
        "JOIN (SELECT id, reasons FROM address_book WHERE verdict = 'doubtful') a ON a.id = address_id "
        "ORDER BY row_id"
    )
    for row in ledger.rows(query):
        for rule_id, details in json.loads(row["reasons"]):
            yield _at(row, rule_id, column, details=details)


def _strays(ledger: Ledger) -> Iterator[Finding]:
    """Account rows and lines whose member is not in the roster."""
    merge, key = ledger.kind.merge, identifier(ledger.kind.merge.key)
    for table in merge.tables[1:]:
        query = (
            f"SELECT {_PLACE}, {key} AS member FROM {identifier('in_' + table)} "  # noqa: S608
            f"ANTI JOIN {identifier('in_' + merge.base)} USING ({key}) ORDER BY row_id"
        )
        yield from _of_members(ledger, "L202" if table == merge.lines else "L201", table, query)


def _twice_accounted(ledger: Ledger) -> Iterator[Finding]:
    """Members with more than one row in an account table, which only several files can bring about."""
    key = identifier(ledger.kind.merge.key)
    for table in ledger.kind.merge.accounts:
        query = (
            f"SELECT {_PLACE}, {key} AS member FROM {identifier('in_' + table)} "  # noqa: S608
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY row_id) > 1 ORDER BY row_id"
        )
        yield from _of_members(ledger, "L203", table, query)


def _of_members(ledger: Ledger, rule_id: str, table: str, query: str) -> Iterator[Finding]:
    spec = ledger.kind.inputs[table]
    column = spec.field(ledger.kind.merge.key).label
    for row in ledger.rows(query):
        yield _at(row, rule_id, column, mask_id(str(row["member"])), {"table": spec.label})


def _repeated_lines(ledger: Ledger) -> Iterator[Finding]:
    """Lines that an earlier file had already; they are on no statement a second time."""
    if not ledger.has_repeated_lines:
        return
    spec = ledger.kind.inputs[ledger.kind.merge.lines]
    query = f"SELECT {_PLACE}, {identifier(spec.key[0])} AS k FROM repeated ORDER BY row_id"  # noqa: S608
    for row in ledger.rows(query):
        yield _at(row, "L204", spec.field(spec.key[0]).label, mask_id(str(row["k"])), {"table": spec.label})


def _unknown_employers(ledger: Ledger) -> Iterator[Finding]:
    """Pieces whose employer is not among the employers that were imported."""
    if not ledger.has_employers:
        return
    column = ledger.kind.inputs[ledger.kind.merge.base].field("employer_no").label
    query = (
        f"SELECT {_PLACE}, employer_no FROM ordered "  # noqa: S608
        "ANTI JOIN in_employers USING (employer_no) WHERE employer_no IS NOT NULL ORDER BY row_id"
    )
    for row in ledger.rows(query):
        yield _at(row, "L205", column, row["employer_no"])


def _untimely_lines(ledger: Ledger) -> Iterator[Finding]:
    """Lines dated outside the mailing's period, one finding for each file, with their number."""
    merge, (first, last) = ledger.kind.merge, ledger.period
    if not (merge.lines and merge.line_date):
        return
    day, column = identifier(merge.line_date), ledger.kind.inputs[merge.lines].field(merge.line_date).label
    query = (
        f"SELECT src_file, min(src_sheet) AS src_sheet, min(src_row) AS src_row, count(*) AS n "  # noqa: S608
        f"FROM {identifier('in_' + merge.lines)} WHERE {day} < {literal(first)} OR {day} > {literal(last)} "
        "GROUP BY src_file ORDER BY src_file"
    )
    for row in ledger.rows(query):
        yield _at(row, "L206", column, details={"count": row["n"], "first": first, "last": last})


def _unmatched_entries(ledger: Ledger) -> Iterator[Finding]:
    """Entries of suppression lists that mean nobody here: one finding for each list, with their number."""
    query = (
        "SELECT src_file, arg_min(src_sheet, row_id) AS src_sheet, arg_min(src_row, row_id) AS src_row, "
        "count(*) AS n FROM entries WHERE row_id NOT IN (SELECT entry FROM listed) "
        "GROUP BY src_file ORDER BY src_file"
    )
    for row in ledger.rows(query):
        yield _at(row, "L211", "", details={"count": row["n"]})


def _ambiguous_entries(ledger: Ledger) -> Iterator[Finding]:
    """Entries that should mean one person and fit several; an address alone means all who live there."""
    query = (
        f"SELECT {_PLACE}, {', '.join(_NAMED_BY)}, n FROM entries JOIN ("  # noqa: S608 - names of ours
        "SELECT entry, count(DISTINCT member) AS n FROM listed WHERE found_by <> 'address' GROUP BY entry) l "
        "ON l.entry = row_id WHERE n > 1 ORDER BY row_id"
    )
    spec = ledger.kind.inputs[SUPPRESSIONS]
    for row in ledger.rows(query):
        name = next(n for n in _NAMED_BY if row[n])
        masked = (mask_name if name == "name" else mask_id)(row[name])
        yield _at(row, "L212", spec.field(name).label, masked, {"count": row["n"]})


def _applied_entries(ledger: Ledger) -> Iterator[Finding]:
    """How many pieces print with house panels alone by a list, and how many do not show a lost card."""
    label = ledger.kind.inputs[SUPPRESSIONS].field("reason").label
    for fate in (NO_ADS, *(() if shows_lost_card(ledger.kind) else (LOST_CARD,))):
        query = (
            "SELECT e.src_file, arg_min(e.src_sheet, e.row_id) AS src_sheet, "  # noqa: S608 - a rule's id
            "arg_min(e.src_row, e.row_id) AS src_row, count(DISTINCT o.row_id) AS n FROM entries e "
            f"JOIN listed l ON l.entry = e.row_id AND l.fate = {literal(fate)} "
            "JOIN ordered o ON o.row_id = l.row_id GROUP BY e.src_file ORDER BY e.src_file"
        )
        for row in ledger.rows(query):
            yield _at(row, fate, label, details={"count": row["n"]})


def _contrary_dates(ledger: Ledger) -> Iterator[Finding]:
    """Entries in force that end before they begin."""
    label = ledger.kind.inputs[SUPPRESSIONS].field("ends").label
    query = f"SELECT {_PLACE}, starts, ends FROM entries WHERE ends < starts ORDER BY row_id"  # noqa: S608
    for row in ledger.rows(query):
        yield _at(row, "L215", label, row["ends"], {"starts": row["starts"]})
