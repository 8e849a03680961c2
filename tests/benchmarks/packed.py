"""A package of pieces that were never merged: what a benchmark of the later steps stands on."""

# ruff: noqa: PLC0415 - run.py lists the benchmarks without loading what they measure

from __future__ import annotations

import pyarrow as pa


def pack(workspace, mailing, parts, *, pieces, **facts):
    """Freeze tables of pieces as the parts of a medical mailing; gives the hash of the package."""
    from yibao_cli.config import shipped
    from yibao_cli.jobs.setup.constants import constants_of
    from yibao_cli.kinds import load_product
    from yibao_cli.kinds.page import SHIPPED_FONTS
    from yibao_cli.store.files import atomic_folder
    from yibao_cli.store.packages import FOLDER, PackageWriter

    kind = workspace.kind(mailing)
    counts = {"roster_rows": pieces, "pieces": pieces, "held": 0, "unselected": 0, "rejected": 0}
    known = {
        "ads": {},
        "inputs": (),
        "quotas": {},
        "counts": counts,
        "totals": {},
        "sorting": {},
        "where": "",
    }
    with atomic_folder(workspace.mailing_folder(mailing) / FOLDER) as target:
        writer = PackageWriter(target)
        product = load_product(shipped("templates"), kind.product)
        writer.add_kind(kind, product, constants_of(workspace, mailing, kind))
        writer.add_fonts(SHIPPED_FONTS, {})
        for part in parts:
            writer.add_part(part, pa.table({}))
        return writer.finish(mailing, kind.id, known | {"counts": counts} | facts)
