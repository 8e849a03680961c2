"""What vouches for an account: adjustment rows for its adjustment, last period's closing for its opening.

An adjustment is made by a row with a voucher number, a reason, an operator and a second signature, and by
nothing else. A row that two signatures do not stand under, or whose voucher came before, does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yibao_cli.kinds.sources import ADJUSTMENT_NOTE
from yibao_cli.ledger.assemble import ADJUSTMENTS, PREVIOUS
from yibao_cli.ledger.sql import identifier, literal
from yibao_cli.model import Finding
from yibao_cli.money import yuan
from yibao_cli.sealed.engine import parquet_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yibao_cli.ledger.assemble import Ledger

ROWS, CLOSING = "adjusted_rows", "previous_closing"
UNVOUCHED, BROKEN_CHAIN = "H130", "H131"
TWICE, ONE_HAND, NOBODY = "L220", "L221", "L222"
_SHOWN = 2  # adjustments that a statement tells one by one


def vouch(ledger: Ledger) -> None:
    """Make `vouchers` (adjustment rows, each with its `fault`, "" for none) and the sums of each member."""
    kind, key = ledger.kind, identifier(ledger.kind.merge.key)
    if kind.adjust is not None:
        # Who signs twice, once in capitals, is one person.
        plain = "lower(regexp_replace({}, '\\s', '', 'g'))"
        ledger.execute(
            f"CREATE TABLE vouchers AS SELECT *, CASE "  # noqa: S608 - names and rules of ours
            f"WHEN {plain.format('operator')} = {plain.format('approver')} THEN {literal(ONE_HAND)} "
            f"WHEN row_number() OVER (PARTITION BY voucher_no ORDER BY row_id) > 1 THEN {literal(TWICE)} "
            f"ELSE '' END AS fault FROM {identifier('in_' + ADJUSTMENTS)}"
        )
        ledger.execute(
            f"CREATE TABLE adjusted_sums AS SELECT member_no AS {key}, sum(amount)::BIGINT AS {ROWS}, "  # noqa: S608
            f"{_note()} AS {ADJUSTMENT_NOTE} FROM vouchers WHERE fault = '' GROUP BY member_no"
        )
    if has_previous(ledger):
        ledger.execute(f"CREATE TABLE closings AS {_closings(ledger)}")


def has_previous(ledger: Ledger) -> bool:
    """Whether last period's closings are known, from a table or a package."""
    return ledger.kind.previous is not None and bool(ledger.previous or PREVIOUS in ledger.sources)


def columns(ledger: Ledger) -> list[str]:
    """What the judged record has of this."""
    found = []
    if ledger.kind.adjust is not None:
        found += [f"coalesce({ROWS}, 0) AS {ROWS}", f"coalesce({ADJUSTMENT_NOTE}, '') AS {ADJUSTMENT_NOTE}"]
    return [*found, CLOSING] if has_previous(ledger) else found


def joins(ledger: Ledger) -> str:
    """The joins that bring it to the record."""
    key = identifier(ledger.kind.merge.key)
    found = f" LEFT JOIN adjusted_sums USING ({key})" if ledger.kind.adjust is not None else ""
    return found + (f" LEFT JOIN closings USING ({key})" if has_previous(ledger) else "")


def hold_conditions(ledger: Ledger, present: str) -> Iterator[tuple[str, str]]:
    """(rule, SQL condition); present: that the member has his accounts."""
    kind = ledger.kind
    if kind.adjust is not None:
        yield UNVOUCHED, f"{present} AND {identifier(kind.adjust.field)} <> {ROWS}"
    if kind.previous is not None and has_previous(ledger):
        # A comparison with what is not known is never true.
        yield BROKEN_CHAIN, f"{present} AND coalesce({identifier(kind.previous.opening)} <> {CLOSING}, false)"


def held_columns(ledger: Ledger) -> list[str]:
    """What `details` asks of a held row."""
    found = []
    if ledger.kind.adjust is not None:
        found += [f"{identifier(ledger.kind.adjust.field)} AS told_adjusted", ROWS]
    if ledger.kind.previous is not None and has_previous(ledger):
        found += [f"{identifier(ledger.kind.previous.opening)} AS told_opening", CLOSING]
    return found


def details(rule_id: str, row: Mapping[str, Any]) -> dict[str, object]:
    """What fills the text of one of the two rules."""
    names = ("told_adjusted", ROWS) if rule_id == UNVOUCHED else ("told_opening", CLOSING)
    told, known = (int(row[n] or 0) for n in names)
    return {"told": yuan(told), "known": yuan(known), "difference": yuan(told - known)}


def doubts(ledger: Ledger) -> Iterator[Finding]:
    """Adjustment rows that do not count, and those that belong to nobody in the roster."""
    if ledger.kind.adjust is None:
        return
    roster = identifier("in_" + ledger.kind.merge.base)
    query = (
        f"SELECT src_file, src_sheet, src_row, voucher_no, CASE WHEN fault <> '' THEN fault "  # noqa: S608
        f"ELSE {literal(NOBODY)} END AS rule FROM vouchers WHERE fault <> '' OR member_no NOT IN "
        f"(SELECT {identifier(ledger.kind.merge.key)} FROM {roster}) ORDER BY row_id"
    )
    column = ledger.kind.inputs[ADJUSTMENTS].field("voucher_no").label
    for row in ledger.rows(query):
        place = {"file": row["src_file"], "sheet": row["src_sheet"] or "", "row": int(row["src_row"])}
        yield Finding(row["rule"], **place, column=column, value=row["voucher_no"])


def _note() -> str:
    """The words of a member's adjustments on his statement, Chinese whatever the screen's language."""
    amount = (
        "(CASE WHEN amount < 0 THEN '-' ELSE '+' END || format('{:,}', abs(amount) // 100) || '.' "
        "|| lpad((abs(amount) % 100)::VARCHAR, 2, '0'))"
    )
    one = f"reason || ' ' || {amount} || '元（凭证' || voucher_no || '）'"
    listed = f"list({one} ORDER BY coalesce(adjusted_on, ''), row_id)"
    more = f"CASE WHEN count(*) > {_SHOWN} THEN '等' || count(*) || '笔' ELSE '' END"
    return f"'调整说明：' || array_to_string({listed}[1:{_SHOWN}], '；') || {more}"


def _closings(ledger: Ledger) -> str:
    """Closing by member: from the imported table, else from the package of the mailing before."""
    key, spec = identifier(ledger.kind.merge.key), ledger.kind.previous
    closing = identifier(spec.closing if spec else "")
    parts = []
    if PREVIOUS in ledger.sources:
        parts.append(
            f"SELECT member_no AS {key}, closing AS {CLOSING}, 0 AS rank, row_id "  # noqa: S608
            f"FROM {identifier('in_' + PREVIOUS)}"
        )
    if ledger.previous:
        parts.append(
            f"SELECT {key}, {closing} AS {CLOSING}, 1 AS rank, row_id "  # noqa: S608
            f"FROM read_parquet({parquet_literal(ledger.previous)})"
        )
    return (
        f"SELECT {key}, {CLOSING} FROM ({' UNION ALL '.join(parts)}) "  # noqa: S608
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY rank, row_id) = 1"
    )
