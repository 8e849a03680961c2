"""Two packages of one mailing: which members' pieces are new, gone, or changed, and in what."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from yibao_cli.ledger.calculator import new_calculator
from yibao_cli.ledger.sql import identifier
from yibao_cli.sealed.engine import parquet_literal
from yibao_cli.sealed.files import source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Where a piece stands in the run, and what follows from it: it is the same piece elsewhere.
_PLACE = frozenset(
    {"piece", "row_id", "position", "part", "line_start", "line_stop", "address_id"}
    | {"bundle", "bag", "level", "destination", "weight_mg", "thickness_um", "tracking_no"}
)
LINES = "lines"


@dataclass(frozen=True, slots=True)
class Remerge:
    """What a mailing merged again has against the package before.

    new, gone, changed, same: pieces, by member. fields: of the changed ones, how many differ in which field;
    LINES for their lines. files: files of the package that are no pieces and differ, such as `kind.json`.
    """

    new: int = 0
    gone: int = 0
    changed: int = 0
    same: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()


def compare_pieces(old: Path, new: Path, key: str, scratch: Path) -> Remerge:
    """Compare the pieces and lines in two folders of a package's Parquet files.

    key: the field that names a member. Only fields that both have are compared.
    """
    sides = {"old": _parts(old), "new": _parts(new)}
    names = [n for n in _fields(sides["old"]) if n in set(_fields(sides["new"])) - _PLACE and n != key]
    with closing(new_calculator(scratch)) as db:
        for side, parts in sides.items():
            db.execute(f"CREATE TABLE {side}_pieces AS {_pieces(parts, [key, *names], key)}")
        differs = {n: f"a.{identifier(n)} IS DISTINCT FROM b.{identifier(n)}" for n in (*names, LINES)}
        both = "a.here AND b.here"
        counts = [
            "count(*) FILTER (WHERE a.here IS NULL)",
            "count(*) FILTER (WHERE b.here IS NULL)",
            f"count(*) FILTER (WHERE {both} AND ({' OR '.join(differs.values())}))",
            f"count(*) FILTER (WHERE {both})",
            *(f"count(*) FILTER (WHERE {both} AND {condition})" for condition in differs.values()),
        ]
        k = identifier(key)
        row = db.execute(
            f"SELECT {', '.join(counts)} FROM old_pieces a FULL JOIN new_pieces b ON a.{k} = b.{k}"  # noqa: S608
        ).fetchone()
    found = [int(n) for n in row or (0,) * len(counts)]
    added, gone, changed, there = found[:4]
    fields = {n: c for n, c in zip(differs, found[4:], strict=True) if c}
    return Remerge(added, gone, changed, there - changed, fields)


def _parts(folder: Path) -> list[tuple[Path, Path]]:
    pieces = sorted(folder.glob("pieces-*.parquet"))
    return [(p, p.with_name(p.name.replace("pieces", "lines"))) for p in pieces]


def _fields(parts: Sequence[tuple[Path, Path]]) -> list[str]:
    return list(pq.read_schema(source(parts[0][0])).names) if parts else []


def _pieces(parts: Sequence[tuple[Path, Path]], names: Sequence[str], key: str) -> str:
    """The pieces with a sum of their lines' hashes, in which the order of lines does not count."""
    shown = ", ".join(f"p.{identifier(n)}" for n in names)
    pieces = f"read_parquet({parquet_literal(p for p, _l in parts)})"
    with_lines = [lines for _p, lines in parts if lines.is_file() and pq.read_schema(source(lines)).names]
    if not with_lines:
        return f"SELECT {shown}, 0 AS {LINES}, true AS here FROM {pieces} p"  # noqa: S608
    k = identifier(key)
    hashed = f"hash({', '.join(map(identifier, pq.read_schema(source(with_lines[0])).names))})"
    # Part numbers stand in the files' names; a line belongs to the last piece that begins at or before it.
    lines = (
        "SELECT regexp_extract(filename, 'lines-([0-9]+)', 1)::INTEGER AS part, file_row_number AS at, "  # noqa: S608
        f"{hashed} AS h "
        f"FROM read_parquet({parquet_literal(with_lines)}, filename = true, file_row_number = true)"
    )
    return (
        f"SELECT {shown}, coalesce(s.h, 0) AS {LINES}, true AS here FROM {pieces} p LEFT JOIN ("  # noqa: S608
        f"SELECT q.{k}, sum(l.h) AS h FROM ({lines}) l ASOF JOIN "
        f"(SELECT {k}, part, line_start FROM {pieces} WHERE line_stop > line_start) q "
        f"ON l.part = q.part AND l.at >= q.line_start GROUP BY 1) s ON s.{k} = p.{k}"
    )
