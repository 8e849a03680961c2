"""The employers of a mailing that is delivered to them, and their pieces, read in flat memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from yibao_cli.jobs.address.imported import imported_rows
from yibao_cli.jobs.address.rosters import EMPLOYERS
from yibao_cli.mailing.handover import MODES, Member
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.packages import Package

_FIELDS = ("employer_name", "employer_address", "employer_postcode", "delivery_mode")


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The pieces of all employers: sorted by employer and print order, and where those of each lie.

    elsewhere: employers without an address, to how many pieces go to their members instead.
    """

    rows: pa.Table
    ranges: dict[str, tuple[int, int]]
    elsewhere: dict[str, int]

    def facts(self, employer_no: str) -> dict[str, Any]:
        """What the pieces say of their employer, with how many pieces and bundles it has."""
        start, stop = self.ranges[employer_no]
        own = self.rows.slice(start, stop - start)
        found = {n: own.column(n)[0].as_py() or "" for n in (*_FIELDS, "street_key", "county")}
        found["delivery_mode"] = found["delivery_mode"] or MODES[0]
        return found | {"pieces": stop - start, "bundles": pc.count_distinct(own.column("bundle")).as_py()}

    def members(self, employer_no: str, copies: Mapping[str, int]) -> Iterator[Member]:
        """The pieces of an employer, in print order."""
        start, stop = self.ranges[employer_no]
        columns = self.rows.select(["piece", "name", "bundle"]).slice(start, stop - start).to_pydict()
        for piece, name, bundle in zip(columns["piece"], columns["name"], columns["bundle"], strict=True):
            yield Member(piece, copies.get(piece, 0), name or "", bundle or 0)


def deliveries_of(package: Package) -> Deliveries:
    """Group the pieces that go to an employer's address by employer; the others are counted by employer."""
    there = set(package.piece_fields())
    name = package.kind.verify.name
    wanted = ["piece", "position", "employer_no", name, "bundle", "street_key", "county", *_FIELDS]
    tables = []
    for entry in package.manifest.parts:
        table = package.pieces(entry.part, [n for n in dict.fromkeys(wanted) if n in there])
        table = table.rename_columns(["name" if n == name else n for n in table.column_names])
        tables.append(table.filter(pc.is_valid(table.column("employer_no"))))
    rows = pa.concat_tables(tables)
    for missing in {*_FIELDS, "bundle", "street_key", "county"} - set(rows.column_names):
        kind = pa.int32() if missing == "bundle" else pa.string()
        rows = rows.append_column(missing, pa.nulls(rows.num_rows, kind))
    given = pc.not_equal(pc.fill_null(rows.column("employer_address"), ""), "")
    elsewhere = rows.filter(pc.invert(given)).column("employer_no").value_counts().to_pylist()
    rows = rows.filter(given)
    order = pc.sort_indices(rows, sort_keys=[("employer_no", "ascending"), ("position", "ascending")])
    rows = rows.take(order)
    return Deliveries(rows, _ranges(rows), {e["values"]: e["counts"] for e in elsewhere})


def employer_rows(workspace: Workspace, connection: Connection, mailing: str) -> dict[str, dict[str, Any]]:
    """The imported employers by number, with the file and row each stands in; of two the later counts."""
    rows = imported_rows(workspace, connection, mailing, EMPLOYERS)
    return {row["employer_no"]: {**row, "file": file_name} for file_name, row in rows}


def employer_findings(workspace: Workspace, connection: Connection, mailing: str) -> Iterator[Finding]:
    """What is missing of the employers, before anything is printed: M146 to M148."""
    for row in employer_rows(workspace, connection, mailing).values():
        for rule, name, column in (
            ("M147", "employer_address", "投递地址"),
            ("M146", "employer_postcode", "邮编"),
            ("M148", "contact_phone", "联系电话"),
        ):
            if not row.get(name):
                yield Finding(
                    rule, row["file"], row["src_sheet"] or "", row["src_row"], column, row["employer_no"]
                )


def _ranges(rows: pa.Table) -> dict[str, tuple[int, int]]:
    encoded = pc.run_end_encode(rows.column("employer_no").combine_chunks()) if rows.num_rows else None
    if encoded is None:
        return {}
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    names, ends = encoded.values.to_pylist(), encoded.run_ends.to_pylist()
    return {n: (start, stop) for n, start, stop in zip(names, [0, *ends[:-1]], ends, strict=True)}
