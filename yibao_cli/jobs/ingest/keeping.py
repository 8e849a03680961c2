"""Read one file of the client and keep what it gave: typed rows, findings, control totals."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yibao_cli.i18n import _
from yibao_cli.ingest import read_batches
from yibao_cli.ingest.sizing import rows_expected
from yibao_cli.sealed.files import writing
from yibao_cli.store.imports import FINDINGS_FILE, REJECTED_FILE, ROWS_FILE, SheetTotals, write_findings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from yibao_cli.ingest import Batch, ReadOptions
    from yibao_cli.jobs.ingest.differing import Difference
    from yibao_cli.jobs.workspace import Progress
    from yibao_cli.kinds.fields import TableSpec
    from yibao_cli.model import Finding

PREVIEW_ROWS = 10
# Sums of 64 bits would wrap unseen.
_SUM = pa.decimal128(38)


@dataclass
class ImportOutcome:
    """What one file gave: rows_in == rows_kept + rows_rejected, of the file and of each of its sheets.

    known: it had been imported already. superseded: how many imports it took the place of; difference:
    what it changed against them, listed in `changes`.
    remembered: headers that earlier imports had explained; forgotten: how many of them were dropped.
    mapping, preview: of a dry run, sheet -> {field: header}, and the first rows, typed.
    annotated: the client's file with its faulty cells marked.
    """

    file_name: str
    spec: TableSpec
    rows_in: int = 0
    rows_kept: int = 0
    rows_rejected: int = 0
    sheets: tuple[SheetTotals, ...] = ()
    known: bool = False
    superseded: int = 0
    difference: Difference | None = None
    changes: Path | None = None
    remembered: Mapping[str, str] = field(default_factory=dict)
    forgotten: int = 0
    stale_package: bool = False  # a package was frozen before this import
    findings: list[Finding] = field(default_factory=list)
    mapping: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    preview: list[dict[str, Any]] = field(default_factory=list)
    annotated: Path | None = None

    @property
    def totals(self) -> dict[str, int]:
        """Sum in fen of each money field of the kept rows."""
        sums: Counter[str] = Counter({f.name: 0 for f in self.spec.fields if f.type == "money"})
        for sheet in self.sheets:
            sums.update(sheet.sums)
        return dict(sums)

    def count(self, sheets: tuple[SheetTotals, ...]) -> None:
        """Take the totals of all sheets."""
        self.sheets = sheets
        self.rows_in = sum(s.rows_in for s in sheets)
        self.rows_kept = sum(s.rows_kept for s in sheets)
        self.rows_rejected = sum(s.rows_rejected for s in sheets)


def keep(path: Path, options: ReadOptions, folder: Path, outcome: ImportOutcome, progress: Progress) -> None:
    """Read a file into `rows.parquet`, `rejected.parquet`, `findings.jsonl`; the outcome gets its counts."""
    what = _("reading {file}").format(file=path.name)
    expected = rows_expected(path)
    progress(what, 0, expected)
    money = [f.name for f in outcome.spec.fields if f.type == "money"]
    tallies: dict[str, _Tally] = {}
    writer: pq.ParquetWriter | None = None
    done = 0
    left_out: list[pa.Table] = []
    with ExitStack() as opened:
        for batch in read_batches(path, outcome.spec, options):
            if writer is None:
                stream = opened.enter_context(writing(folder / ROWS_FILE))
                writer = opened.enter_context(
                    pq.ParquetWriter(stream, batch.table.schema, compression="zstd")
                )
            writer.write_table(batch.table)
            tallies.setdefault(batch.sheet, _Tally(batch.sheet, dict.fromkeys(money, 0))).add(batch)
            outcome.findings += batch.findings
            left_out += [batch.left_out] if batch.left_out is not None else []
            missing = PREVIEW_ROWS - len(outcome.preview)
            outcome.preview += batch.table.slice(0, missing).to_pylist() if missing else []
            done += batch.rows_in
            progress(what, done, expected)
    if left_out:
        with writing(folder / REJECTED_FILE) as stream:
            pq.write_table(pa.concat_tables(left_out), stream, compression="zstd")
    write_findings(folder / FINDINGS_FILE, outcome.findings)
    outcome.count(tuple(t.totals() for t in tallies.values()))


@dataclass
class _Tally:
    """Counts and sums of one sheet, as they grow."""

    sheet: str
    sums: dict[str, int]
    rows_in: int = 0
    rows_kept: int = 0
    rows_rejected: int = 0

    def add(self, batch: Batch) -> None:
        """Count one batch."""
        self.rows_in += batch.rows_in
        self.rows_kept += batch.rows_kept
        self.rows_rejected += batch.rows_rejected
        for name in self.sums:
            total = pc.sum(batch.table.column(name).cast(_SUM)).as_py()
            self.sums[name] += int(total or 0)

    def totals(self) -> SheetTotals:
        """What it came to."""
        return SheetTotals(self.sheet, self.rows_in, self.rows_kept, self.rows_rejected, self.sums)
