"""The mailing against the client's own ledger totals: group by group, to the fen.

The client's totals are over the whole roster. So ours are the sum of what prints, is held, is not selected
and was rejected; a member counts once, however often he stands in the roster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.kinds.against import PEOPLE, field_of, sum_name
from yibao_cli.ledger.joining import sql_type
from yibao_cli.ledger.sql import identifier, literal, sum_column
from yibao_cli.sealed.engine import parquet_literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from yibao_cli.ledger.assemble import Ledger

PRINTED, HELD, UNSELECTED, REJECTED = "printed", "held", "unselected", "rejected"
FATES = (PRINTED, HELD, UNSELECTED, REJECTED)
Group = tuple[str, ...]
# Group -> fate -> figure (PEOPLE or a sum's name) -> how many, how much.
Ours = dict[Group, dict[str, dict[str, int]]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one group: what the client states, and what is ours, by fate; None where no such group.

    name: PEOPLE, or a sum's name with its amounts in fen.
    """

    group: Group
    name: str
    theirs: int | None
    ours: int | None
    by_fate: Mapping[str, int]

    @property
    def difference(self) -> int:
        """Ours less theirs; 0 where they tie."""
        return (self.ours or 0) - (self.theirs or 0)

    @property
    def ties(self) -> bool:
        """Whether both sides have the group, and say the same."""
        return self.theirs is not None and self.ours is not None and not self.difference


def own_totals(
    ledger: Ledger, groups: Sequence[str], sums: Sequence[str], rejected: Sequence[Path] = ()
) -> Ours:
    """The totals of a judged ledger by the roster's own words for the groups; "" where a word is blank.

    groups: roster fields; sums: as the kind names them. rejected: the Parquet files of rejected roster rows.
    """
    roster = identifier("in_" + ledger.kind.merge.base)
    columns = {sum_name(s): _sum_column(ledger, s) for s in sums}
    shown = "".join(f", j.{column} AS {identifier(name)}" for name, column in columns.items())
    fates = [
        (PRINTED, "judged", "len(j.holds) = 0"),
        (HELD, "judged", "len(j.holds) > 0"),
        (UNSELECTED, "unselected", "true"),
    ]
    named = ", ".join(f"coalesce(r.{identifier(g)}, '') AS {identifier(g)}" for g in groups)
    parts = [
        f"SELECT {literal(fate)} AS fate, {named}{shown} FROM {table} j JOIN {roster} r USING (row_id) "  # noqa: S608
        f"WHERE j.appearance = 1 AND {condition}"
        for fate, table, condition in fates
    ]
    if rejected:
        parts.append(_rejected(ledger, groups, columns, rejected))
    return _summed(ledger, groups, list(columns), " UNION ALL ".join(parts))


def tied(theirs: Mapping[Group, Mapping[str, int]], ours: Ours) -> list[Figure]:
    """Every figure of every group that either side has, in the order of the groups.

    theirs: group -> figure -> what the client states.
    """
    names = list(dict.fromkeys(n for figures in theirs.values() for n in figures))
    found = []
    for group in sorted({*theirs, *ours}):
        for name in names:
            fates = {f: ours[group].get(f, {}).get(name, 0) for f in FATES} if group in ours else {}
            stated = theirs[group].get(name, 0) if group in theirs else None
            found.append(Figure(group, name, stated, sum(fates.values()) if fates else None, fates))
    return found


def _sum_column(ledger: Ledger, written: str) -> str:
    table, _dot, name = written.rpartition(".")
    field_of(ledger.kind, written)
    return identifier(sum_column(table, name) if table else name)


def _rejected(
    ledger: Ledger, groups: Sequence[str], columns: Mapping[str, str], files: Sequence[Path]
) -> str:
    """The rejected rows of members who stand in no other row, with what their accounts say."""
    merge = ledger.kind.merge
    key, roster = identifier(merge.key), identifier("in_" + merge.base)
    fields = [ledger.kind.inputs[merge.base].field(g) for g in groups]
    named = ", ".join(f"coalesce(q.{identifier(f.name)}::{sql_type(f.type)}, '')" for f in fields)
    joins = ""
    found: dict[str, str] = {}
    for table in merge.accounts:
        alias = identifier(table)
        joins += (
            f"LEFT JOIN (SELECT * FROM {identifier('in_' + table)} "  # noqa: S608
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY row_id) = 1) {alias} "
            f"ON {alias}.{key} = q.{key} "
        )
        names = map(identifier, ledger.kind.inputs[table].names)
        found |= {name: f"{alias}.{name}" for name in names}
    if merge.lines:
        joins += f"LEFT JOIN line_sums s ON s.{key} = q.{key} "
    shown = "".join(f", coalesce({found.get(c, f's.{c}')}, 0)" for c in columns.values())
    listed = parquet_literal(files)
    return (
        f"SELECT {literal(REJECTED)}, {named}{shown} FROM (SELECT * FROM read_parquet({listed}) "  # noqa: S608
        f"QUALIFY {key} IS NULL OR row_number() OVER (PARTITION BY {key} ORDER BY src_ordinal) = 1) q "
        f"{joins}WHERE q.{key} IS NULL OR q.{key} NOT IN (SELECT {key} FROM {roster})"
    )


def _summed(ledger: Ledger, groups: Sequence[str], sums: Sequence[str], rows: str) -> Ours:
    names = ", ".join(identifier(g) for g in groups)
    totals = "".join(f", sum({identifier(s)})::HUGEINT::VARCHAR AS {identifier(s)}" for s in sums)
    query = f"SELECT fate, {names}, count(*) AS {PEOPLE}{totals} FROM ({rows}) GROUP BY ALL"  # noqa: S608
    found: Ours = {}
    for row in ledger.query(query).to_arrow_table().to_pylist():
        figures = {PEOPLE: row[PEOPLE], **{s: int(row[s] or 0) for s in sums}}
        found.setdefault(tuple(row[g] for g in groups), {})[row["fate"]] = figures
    return found
