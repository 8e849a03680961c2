"""Suppression lists 停寄名单: whom an entry means, and what becomes of that member's piece.

An entry counts when it begins on the day of posting or before, and does not end before that day. It means the
members that its numbers find; without a number those of its name and date of birth; without these those at
its address, and of its name where it has one. Every member that is found is meant: a letter too few is put
right more easily than one to the dead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yibao_cli.i18n import _
from yibao_cli.ledger.assemble import SUPPRESSIONS
from yibao_cli.ledger.sql import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from yibao_cli.kinds.kind import Kind
    from yibao_cli.ledger.assemble import Ledger

NO_ADS, LOST_CARD, OTHER = "L214", "L213", "H114"
# Reason to the rule that says what it does. The first rule in order is the strongest.
FATES = {"死亡": "H111", "转出": "H112", "拒收纸质": "H113", "拒收广告": NO_ADS, "挂失": LOST_CARD}
HOLDS = ("H111", "H112", "H113", OTHER)
# What `held_rows` asks of a hold's entry.
ENTRY_COLUMNS = ("entry_file", "entry_row", "entry_since", "entry_source")
_NUMBERS = ("member_no", "id_number", "card_no")
_LOST = "挂失"


def suppress(ledger: Ledger, standards: pa.Table) -> None:
    """Find the members of every entry in force, and change the records of those who still get their piece.

    After the table `record` is made. standards: raw, standard: the standard forms of the lists' addresses.
    Makes `entries` (those in force, with `fate`), `listed` (row_id, member, entry, fate, found_by) and
    `suppressed` (of each row that is held the strongest entry).
    """
    ledger.adopt("standards", standards)
    ledger.execute(f"CREATE TABLE entries AS {_in_force(ledger.period[1])}")
    matches = " UNION ".join(_matches(ledger.kind))
    ledger.execute(
        f"CREATE TABLE listed AS SELECT m.*, e.fate FROM ({matches}) m "  # noqa: S608 - names of the kind only
        "JOIN entries e ON e.row_id = m.entry"
    )
    ledger.execute(
        "CREATE TABLE suppressed AS SELECT l.row_id, l.fate, e.src_file AS entry_file, "
        "e.src_row AS entry_row, e.starts AS entry_since, e.source AS entry_source "
        "FROM listed l JOIN entries e ON e.row_id = l.entry WHERE l.fate[1] = 'H' "
        "QUALIFY row_number() OVER (PARTITION BY l.row_id ORDER BY l.fate, e.starts, l.entry) = 1"
    )
    _change(ledger, "ads_consent = false", NO_ADS)
    if shows_lost_card(ledger.kind):
        _change(ledger, f"card_status = {literal(_LOST)}", LOST_CARD)


def hold_conditions() -> Iterator[tuple[str, str]]:
    """(rule, SQL condition) of the holds, strongest first."""
    for rule in HOLDS:
        yield rule, f"row_id IN (SELECT row_id FROM suppressed WHERE fate = {literal(rule)})"  # noqa: S608


def shows_lost_card(kind: Kind) -> bool:
    """Whether a kind's texts can name a lost card."""
    roster = kind.inputs[kind.merge.base]
    return "card_status" in roster.names and _LOST in roster.field("card_status").choices


def entry_words(row: Mapping[str, Any]) -> str:
    """Which entry holds a piece, since when, and on whose word; ENTRY_COLUMNS of the row."""
    words = [_("{file}, row {row}").format(file=row["entry_file"], row=row["entry_row"])]
    if row["entry_since"]:
        words.append(_("since {day}").format(day=row["entry_since"]))
    if row["entry_source"]:
        words.append(_("reported by {who}").format(who=row["entry_source"]))
    return _("; ").join(words)


def _in_force(day: str) -> str:
    fates = " ".join(f"WHEN {literal(reason)} THEN {literal(rule)}" for reason, rule in FATES.items())
    # An entry that ends before it begins is wrong in one of its dates, and is not let lapse for that.
    return (
        f"SELECT s.*, standard, CASE reason {fates} ELSE {literal(OTHER)} END AS fate "  # noqa: S608
        f"FROM {identifier('in_' + SUPPRESSIONS)} s LEFT JOIN standards ON raw = address "
        f"WHERE coalesce(starts <= {literal(day)}, true) "
        f"AND (coalesce(ends >= {literal(day)}, true) OR coalesce(ends < starts, false))"
    )


def _matches(kind: Kind) -> Iterator[str]:
    """Queries of who is meant, one for each way to name a member that the kind's roster knows."""
    roster = kind.inputs[kind.merge.base].names
    key = f"r.{identifier(kind.merge.key)}"

    def query(by: str, condition: str, joins: str = "") -> str:
        head = f"SELECT r.row_id, {key} AS member, e.row_id AS entry, {literal(by)} AS found_by"
        return f"{head} FROM record r {joins} JOIN entries e ON {condition}"

    yield query("member_no", f"e.member_no = {key}")
    for number in _NUMBERS[1:]:
        if number in roster:
            yield query(number, f"e.{number} = r.{number}")
    unnumbered = " AND ".join(f"e.{n} IS NULL" for n in _NUMBERS)
    birth = _birth_date(roster)
    if birth and "name" in roster:
        yield query("name", f"e.name = r.name AND e.birth_date = {birth} AND {unnumbered}")
    nameless = f"{unnumbered} AND (e.name IS NULL OR e.birth_date IS NULL)"
    book = "JOIN address_book a ON a.id = r.address_id"
    for at in ("e.standard = r.address", "e.address = a.raw"):
        yield query("address", f"{at} AND {nameless} AND e.name IS NULL", book)
        if "name" in roster:
            yield query("name", f"{at} AND {nameless} AND e.name = r.name", book)


def _birth_date(roster: tuple[str, ...]) -> str:
    """A member's date of birth as the roster has it, or else the ID number; "" where it has neither."""
    number = "r.id_number"
    inside = f"concat_ws('-', {number}[7:10], {number}[11:12], {number}[13:14])"
    known = ["r.birth_date"] if "birth_date" in roster else []
    known += [inside] if "id_number" in roster else []
    return f"coalesce({', '.join(known)})" if known else ""


def _change(ledger: Ledger, change: str, fate: str) -> None:
    rows = f"SELECT row_id FROM listed WHERE fate = {literal(fate)}"  # noqa: S608
    ledger.execute(f"UPDATE record SET {change} WHERE row_id IN ({rows})")  # noqa: S608
