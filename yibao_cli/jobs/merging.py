"""Freeze a mailing: imports, address book, contracts and settings become the package."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import delete, insert, select, update

from yibao_cli.ads import Assigner, Audience, Contract, usable_contracts
from yibao_cli.compose import compose_layout
from yibao_cli.config import shipped
from yibao_cli.errors import StateError
from yibao_cli.i18n import _
from yibao_cli.jobs.constants import constants_of
from yibao_cli.jobs.preflight import preflight
from yibao_cli.jobs.workspace import Progress, Workspace, mailing_state, no_progress
from yibao_cli.kinds import load_product
from yibao_cli.ledger import assemble
from yibao_cli.ledger import outcome as ledger_outcome
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_folder, private_folder, recover_folder
from yibao_cli.store.imports import ImportRecord, active_imports
from yibao_cli.store.packages import FOLDER, PackageWriter
from yibao_cli.store.schema import addresses, mailings, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.kinds.kind import Kind
    from yibao_cli.model import Finding


@dataclass
class MergeOutcome:
    """What was frozen: counts tie (roster_rows == pieces + held + rejected); `unchanged` when it was so already."""

    mailing: str
    counts: dict[str, int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    holds: Counter[str] = field(default_factory=Counter)
    parts: int = 0
    printed_ads: dict[str, int] = field(default_factory=dict)
    package_sha256: str = ""
    unchanged: bool = False
    findings: list[Finding] = field(default_factory=list)


def merge_mailing(workspace: Workspace, mailing: str, progress: Progress = no_progress) -> MergeOutcome:
    """Freeze the package of a mailing.

    Raises StateError when something has to be done first, or the mailing is posted.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.locked(f"mailing-{mailing}"):
        with workspace.engine.connect() as connection:
            state = mailing_state(connection, mailing)
            records = active_imports(connection, mailing)
        if state is not None and state.state == "posted":
            raise StateError(
                _("mailing {mailing} is posted and stays as it is").format(mailing=mailing),
                remedy=_("a new mailing takes the new data"),
            )
        return _Merge(workspace, mailing, workspace.kind(mailing), records, progress).run()


@dataclass
class _Merge:
    workspace: Workspace
    mailing: str
    kind: Kind
    records: list[ImportRecord]
    progress: Progress

    def run(self) -> MergeOutcome:
        """The whole job, in order."""
        self._require_imports()
        folder = self.workspace.mailing_folder(self.mailing)
        recover_folder(folder / FOLDER)
        scratch = private_folder(folder / "scratch")
        try:
            ledger = self._ledger(scratch)
            try:
                result = self._freeze(ledger, folder)
            finally:
                ledger.close()
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        self._record(result)
        return result

    def _require_imports(self) -> None:
        merge = self.kind.merge
        have = {r.table for r in self.records}
        for table in (merge.base, *merge.accounts, *filter(None, [merge.lines])):
            if table not in have:
                raise StateError(
                    _("mailing {mailing} has no {label}").format(
                        mailing=self.mailing, label=self.kind.inputs[table].label
                    ),
                    remedy=_("import it with `yibao import {table} FILE`").format(table=table),
                )

    # ---------------------------------------------------------------- the ledger

    def _ledger(self, scratch: Path) -> assemble.Ledger:
        self.progress(_("joining"), 0, 0)
        ledger = assemble.Ledger(self.kind, self._sources(), assemble.LedgerOptions(scratch))
        ledger.join(self._address_book())
        unknown = ledger_outcome.count_where(ledger, "record", "verdict = 'unknown'")
        if unknown:
            ledger.close()
            raise StateError(
                _("{count} addresses of the roster are not in the address book").format(count=unknown),
                remedy=_("run `yibao address clean` first"),
            )
        ledger.judge()
        return ledger

    def _sources(self) -> dict[str, list[assemble.Source]]:
        sources: dict[str, list[assemble.Source]] = {}
        offsets: Counter[str] = Counter()
        for record in self.records:
            path = record.rows(self.workspace.folder)
            if path.is_file():
                sources.setdefault(record.table, []).append(
                    assemble.Source(path, record.file_name, offsets[record.table])
                )
            offsets[record.table] += record.rows_in
        return sources

    def _address_book(self) -> pa.Table:
        a = addresses.c
        columns = (a.id, a.raw, a.postcode_given, a.county_given, a.standard, a.county, a.postcode)
        query = select(*columns, a.street_key, a.verdict, a.reasons)
        with self.workspace.engine.connect() as connection:
            rows = connection.execute(query).all()
        names = query.selected_columns.keys()
        types = [pa.int64() if n == "id" else pa.string() for n in names]
        return pa.table(
            {n: pa.array(c, t) for n, c, t in zip(names, zip(*rows, strict=True), types, strict=True)}
            if rows
            else {n: pa.array([], t) for n, t in zip(names, types, strict=True)}
        )

    # ---------------------------------------------------------------- freezing

    def _freeze(self, ledger: assemble.Ledger, folder: Path) -> MergeOutcome:
        result = MergeOutcome(self.mailing)
        product = load_product(shipped("templates"), self.kind.product)
        constants = constants_of(self.workspace, self.mailing, self.kind)
        contracts, findings = self._contracts(product.panels)
        fields = ledger_outcome.piece_columns(ledger)
        package_fields = (
            *fields,
            "piece",
            "row_id",
            "position",
            "variant",
            "part",
            "slot_a",
            "slot_b",
            "slot_c",
        )
        ads = {c.id: c.art.name for c in contracts}
        layout = compose_layout(self.kind, product, package_fields, constants, ads)
        self.progress(_("checking what will be printed"), 0, 0)
        known = preflight(ledger, layout)
        total = ledger_outcome.order_pieces(ledger)
        held = list(ledger_outcome.held_rows(ledger, known))
        result.holds = Counter(f[0].rule_id for _row, f in held)
        result.findings = [
            *findings,
            *chain.from_iterable(f for _row, f in held),
            *ledger_outcome.doubts(ledger),
            *ledger_outcome.strays(ledger),
            *ledger_outcome.twice_accounted(ledger),
        ]
        result.totals = ledger_outcome.control_totals(ledger)
        with atomic_folder(folder / FOLDER) as target:
            writer = PackageWriter(target)
            assigner = Assigner(contracts, [f"house:{h.id}" for h in self.kind.house], self.kind.slots)
            for part in self._parts(ledger, assigner):
                writer.add_part(*part)
                result.parts += 1
                self.progress(
                    _("freezing"), result.parts * self.workspace.settings.render.pieces_per_part, total
                )
            for contract in contracts:
                shutil.copyfile(contract.art, writer.folder / "art" / contract.art.name)
                (writer.folder / "art" / contract.art.name).chmod(0o600)
            writer.add_kind(self.kind, product, constants)
            result.counts = self._counts(total, len(held))
            result.printed_ads = {c.id: assigner.printed[c.id] for c in contracts}
            facts = {
                "counts": result.counts,
                "totals": result.totals,
                "inputs": tuple(self._inputs()),
                "ads": ads,
                "quotas": result.printed_ads,
            }
            result.package_sha256 = writer.finish(self.mailing, self.kind.id, facts)
        return result

    def _parts(self, ledger: assemble.Ledger, assigner: Assigner) -> Iterator[tuple[pa.Table, pa.Table]]:
        """The parts in print order, each with its lines."""
        size = self.workspace.settings.render.pieces_per_part
        lines = _LineFeed(ledger)
        for number, table in enumerate(ledger_outcome.piece_batches(ledger, size), start=1):
            counts = table.column("line_count").to_pylist()
            stops = list(_running(counts))
            audience = Audience(*(_column(table, c) for c in ("ads_consent", "county", "category")))
            part = table.drop_columns(["line_count"])
            for slot, keys in assigner.assign(audience).items():
                part = part.append_column(f"slot_{slot.lower()}", pa.array(keys, pa.string()))
            part = part.append_column("part", pa.array([number] * len(counts), pa.int32()))
            part = part.append_column("line_start", pa.array([0, *stops[:-1]], pa.int64()))
            part = part.append_column("line_stop", pa.array(stops, pa.int64()))
            yield part, lines.take(stops[-1])

    def _contracts(self, panels: Any) -> tuple[list[Contract], list[Finding]]:
        kept: list[Contract] = []
        findings: list[Finding] = []
        if self.kind.ads == "never":
            return kept, findings
        size = next(((p.w, p.h) for p in panels.values() if p.ads), (0.0, 0.0))
        posting = self.workspace.mailing(self.mailing).posting
        for record in (r for r in self.records if r.table == "contracts"):
            path = record.rows(self.workspace.folder)
            rows = [{**row, "src_file": record.file_name} for row in pq.read_table(path).to_pylist()]
            good, bad = usable_contracts(rows, path.parent, posting, size)
            kept += good
            findings += bad
        return kept, findings

    def _counts(self, total: int, held: int) -> dict[str, int]:
        rosters = [r for r in self.records if r.table == self.kind.merge.base]
        rejected = sum(r.rows_rejected for r in rosters)
        return {
            "roster_rows": sum(r.rows_in for r in rosters),
            "pieces": total,
            "held": held,
            "rejected": rejected,
        }

    def _inputs(self) -> Iterator[dict[str, Any]]:
        for r in self.records:
            yield {"table": r.table, "file": r.file_name, "sha256": r.sha256, "rows": r.rows_in}

    # ---------------------------------------------------------------- the database

    def _record(self, result: MergeOutcome) -> None:
        with self.workspace.engine.begin() as connection:
            before = mailing_state(connection, self.mailing)
            if before is not None and before.package_sha256 == result.package_sha256:
                result.unchanged = True
                return
            self._replace_pieces(connection, before is not None, result)
            audit.record(
                connection,
                at=self.workspace.stamp,
                command="merge",
                mailing=self.mailing,
                facts={"package": result.package_sha256, **result.counts},
            )
        # Print files of another package must not lie about.
        shutil.rmtree(self.workspace.mailing_folder(self.mailing) / "print", ignore_errors=True)

    def _replace_pieces(self, connection: Connection, exists: bool, result: MergeOutcome) -> None:
        values = {
            "kind": self.kind.id,
            "state": "merged",
            "package_sha256": result.package_sha256,
            "posted_on": "",
        }
        if exists:
            connection.execute(update(mailings).where(mailings.c.id == self.mailing).values(**values))
        else:
            connection.execute(insert(mailings).values(id=self.mailing, **values))
        connection.execute(delete(pieces).where(pieces.c.mailing == self.mailing))
        package = self.workspace.package(self.mailing)
        for entry in package.manifest.parts:
            table = package.pieces(
                entry.part, ["piece", "part", "position", "address_id", "county", "employer_no"]
            )
            connection.execute(insert(pieces), [self._piece_row(r) for r in table.to_pylist()])

    def _piece_row(self, row: dict[str, Any]) -> dict[str, Any]:
        blanks = {"county": row["county"] or "", "employer_no": row["employer_no"] or ""}
        return {**row, **blanks, "mailing": self.mailing, "copy": 0}


class _LineFeed:
    """The lines of all pieces, taken off in order."""

    def __init__(self, ledger: assemble.Ledger) -> None:
        self._reader = iter(ledger_outcome.line_reader(ledger)) if ledger.kind.merge.lines else iter(())
        self._schema: pa.Schema | None = None
        self._rest: list[pa.RecordBatch] = []

    def take(self, count: int) -> pa.Table:
        """The next `count` lines."""
        have = sum(b.num_rows for b in self._rest)
        while have < count or self._schema is None:
            batch = next(self._reader, None)
            if batch is None:
                break
            self._schema = batch.schema
            self._rest.append(batch)
            have += batch.num_rows
        if self._schema is None:
            return pa.table({})
        table = pa.Table.from_batches(self._rest, self._schema)
        self._rest = table.slice(count).to_batches()
        return table.slice(0, count)


def _running(counts: list[int]) -> Iterator[int]:
    total = 0
    for count in counts:
        total += count
        yield total


def _column(table: pa.Table, name: str) -> list[Any]:
    return table.column(name).to_pylist() if name in table.column_names else [None] * table.num_rows
