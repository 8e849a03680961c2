"""Rows that name nobody: without the values of any group of the table's `one_of`."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from yibao_cli.ingest.batch import Batch
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from yibao_cli.kinds.fields import TableSpec


def only_named(batch: Batch, spec: TableSpec, file_name: str) -> Batch:
    """The batch without the rows that lack every group of `spec.one_of`; each of them is a finding."""
    groups = ([pc.is_valid(batch.table.column(name)) for name in group] for group in spec.one_of)
    named = reduce(pc.or_, (reduce(pc.and_, group) for group in groups))
    unnamed = batch.table.filter(pc.invert(named)).select(["src_sheet", "src_row"]).to_pylist()
    if not unnamed:
        return batch
    findings = [
        Finding(
            "I195",
            file=file_name,
            sheet=row["src_sheet"] or "",
            row=row["src_row"],
            details={"columns": spec.alternatives},
        )
        for row in unnamed
    ]
    return Batch(
        batch.table.filter(named),
        (*batch.findings, *findings),
        batch.sheet,
        batch.rows_in,
        batch.rows_kept - len(unnamed),
        batch.rows_rejected + len(unnamed),
        batch.left_out,
    )
