"""The post's own table of postcodes, as it was imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from yibao_cli.address import postcode_table
from yibao_cli.sealed.files import source
from yibao_cli.store.imports import active_imports

if TYPE_CHECKING:
    from yibao_cli.address import PostcodeTable
    from yibao_cli.jobs.workspace import Workspace

POSTCODES = "postcodes"


def posts_table(workspace: Workspace, mailing: str) -> PostcodeTable | None:
    """What `yibao import postcodes` brought, by county; None where nothing was, or no row names a county."""
    with workspace.reading() as connection:
        paths = [r.rows(workspace.folder) for r in active_imports(connection, mailing, POSTCODES)]
    rows = [row for path in paths if path.is_file() for row in pq.read_table(source(path)).to_pylist()]
    table = postcode_table((row["postcode"], "", "", row["county"]) for row in rows if row["county"])
    return table if table.counties else None
