"""Builders for tests of the ledger: a small client's imports as Parquet, as `ingest` writes them.

with opened(World(rosters=[[member(1)]], balances=[[balance(1)]])) as ledger: ...

Rows are dictionaries over the fields of the medical kind; what a test does not name is filled in.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from yibao_cli.config import shipped
from yibao_cli.ingest.rows import table_schema
from yibao_cli.kinds import load_kind
from yibao_cli.kinds.expressions import parse_expression
from yibao_cli.ledger import ordering, outcome
from yibao_cli.ledger.assemble import Ledger, LedgerOptions, Source
from yibao_cli.ledger.doubts import doubts
from yibao_cli.ledger.judging import join, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = load_kind(shipped("templates"), "medical")
GOOD, BAD, NOWHERE = "河北省石家庄市长安区中山路1号", "不详", "河北省某地"
CREDITS = ("opening", "credited_employer", "credited_personal", "interest", "adjusted")


def member(number: int, **changes) -> dict:
    """A roster row of a member who can be mailed."""
    row = {
        "person_no": f"P{number:04d}",
        "name": "张三",
        "scheme": "职工",
        "category": "在职",
        "employer_no": f"E{number % 3}",
        "address": GOOD,
        "postcode": f"05{number % 4:04d}",
        "status": "正常",
    }
    return row | changes


def balance(number: int, *, spent: int = 0, off: int = 0, **changes) -> dict:
    """A balance that ties to `spent`, but for `off` fen in its closing."""
    row = {"person_no": f"P{number:04d}", "cut_off": "2026-09-30", **dict.fromkeys(CREDITS, 0), **changes}
    row["spent"] = spent
    row.setdefault("closing", sum(row[c] or 0 for c in CREDITS) - spent + off)
    return row


def line(number: int, serial: int, *, paid: int = 100, off: int = 0, **changes) -> dict:
    """A line that takes `paid` fen from the account; its total is wrong by `off`. Dates leap with the serial."""
    row = {
        "person_no": f"P{number:04d}",
        "serial_no": f"S{serial:06d}",
        "traded_on": f"2026-07-{1 + serial * 11 % 28:02d}",
        "institution": "第一医院",
        "service": "门诊",
        "fund_paid": 7,
        "account_paid": paid,
        "cash_paid": None,
    }
    return {**row, "total": 7 + (paid or 0) + off, **changes}


def voucher(number: int, person_no: str, amount: int, **changes) -> dict:
    """An adjustment row that two people signed."""
    row = {"voucher_no": f"V{number:04d}", "member_no": person_no, "amount": amount, "reason": "补录缴费"}
    return {**row, "operator": "赵秀云", "approver": "钱建国", "adjusted_on": "2026-08-01", **changes}


@dataclass
class World:
    """A client's imports: per table the files, per file its rows."""

    rosters: list[list[dict]]
    balances: list[list[dict]] = field(default_factory=list)
    transactions: list[list[dict]] = field(default_factory=list)
    employers: list[list[dict]] | None = None
    suppressions: list[list[dict]] | None = None
    adjustments: list[list[dict]] | None = None
    previous: list[list[dict]] | None = None
    posting: str = "2026-10-08"

    def _vouchers(self) -> list[dict]:
        """The adjustment rows that vouch for every member's first balance, where a test gives none."""
        firsts: dict[str, dict] = {}
        for row in (r for rows in self.balances for r in rows):
            firsts.setdefault(row["person_no"], row)
        return [
            voucher(n, no, row["adjusted"]) for n, (no, row) in enumerate(firsts.items()) if row["adjusted"]
        ]

    @property
    def tables(self) -> dict[str, list[list[dict]]]:
        """Table name to its files."""
        found = {"roster": self.rosters, "balances": self.balances, "transactions": self.transactions}
        further = {"employers": self.employers, "suppressions": self.suppressions}
        further |= {"previous": self.previous, "adjustments": self.adjustments or [self._vouchers()]}
        return found | {name: files for name, files in further.items() if files is not None}


@contextmanager
def opened(world: World, *, kind=KIND, threads: int = 2, where: str = "") -> Iterator[Ledger]:
    """The ledger of a world, joined and judged."""
    with tempfile.TemporaryDirectory() as folder:
        sources = {
            name: list(_written(kind, name, files, Path(folder)))
            for name, files in world.tables.items()
            if files and name in kind.inputs
        }
        period = "0001-01-01", world.posting
        condition = parse_expression(where) if where else None
        ledger = Ledger(kind, sources, LedgerOptions(Path(folder), threads=threads, where=condition), period)
        try:
            join(ledger, address_book(world), standard_forms(world))
            judge(ledger)
            yield ledger
        finally:
            ledger.close()


def _written(kind, name, files, folder) -> Iterator[Source]:
    schema, offset = table_schema(kind.inputs[name]), 0
    for number, rows in enumerate(files):
        path = folder / f"{name}-{number}.parquet"
        full = [
            {"src_sheet": "Sheet1", "src_row": i + 1, "src_ordinal": i, **row}
            for i, row in enumerate(rows, start=1)
        ]
        pq.write_table(pa.Table.from_pylist(full, schema=schema), path)
        yield Source(path, f"{name}-{number}.xlsx", offset)
        offset += len(rows)


def standard_forms(world: World) -> pa.Table:
    """The suppression lists' addresses as the address stage gives them: without blanks."""
    raws = {r["address"] for rows in world.suppressions or () for r in rows if r.get("address")}
    rows = [{"raw": raw, "standard": raw.replace(" ", "")} for raw in sorted(raws)]
    return pa.Table.from_pylist(rows, schema=pa.schema([("raw", pa.string()), ("standard", pa.string())]))


def address_book(world: World) -> pa.Table:
    """The address book's answer to every address of the roster: GOOD is good, BAD bad, NOWHERE has no postcode."""
    given = dict.fromkeys(
        (row.get("address") or "", row.get("postcode") or "", row.get("county") or "")
        for rows in world.rosters
        for row in rows
    )
    rows = [
        {
            "id": i,
            "raw": raw,
            "postcode_given": postcode,
            "county_given": county,
            "standard": raw,
            "county": county,
            "postcode": "" if raw == NOWHERE else postcode,
            "street_key": raw[-4:],
            "verdict": "bad" if raw == BAD else "good",
            "reasons": '[["A101", {}]]' if raw == BAD else "[]",
        }
        for i, (raw, postcode, county) in enumerate(given, start=1)
    ]
    names = ["id", "raw", "postcode_given", "county_given", "standard", "county", "postcode", "street_key"]
    schema = pa.schema(
        [(n, pa.int64() if n == "id" else pa.string()) for n in [*names, "verdict", "reasons"]]
    )
    return pa.Table.from_pylist(rows, schema=schema)


@dataclass
class Result:
    """What came of a world: pieces and held rows, lines of the pieces, findings."""

    pieces: list[dict]
    lines: list[dict]
    held: dict[int, list[str]]
    totals: dict[str, int]
    strays: list
    twice: list
    doubts: list


def result_of(world: World, *, kind=KIND, threads: int = 2) -> Result:
    """Run a world through the ledger."""
    with opened(world, kind=kind, threads=threads) as ledger:
        total = ordering.order_pieces(ledger)
        pieces = [row for table in outcome.piece_batches(ledger, 3) for row in table.to_pylist()]
        assert len(pieces) == total
        found = list(doubts(ledger))
        return Result(
            pieces=pieces,
            lines=[row for batch in outcome.line_reader(ledger) for row in batch.to_pylist()],
            held={row: [f.rule_id for f in found] for row, found in outcome.held_rows(ledger, {})},
            totals=outcome.control_totals(ledger),
            strays=[f for f in found if f.rule_id in {"L201", "L202"}],
            twice=[f for f in found if f.rule_id == "L203"],
            doubts=found,
        )
