"""The post's own table of postcodes, as it was imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.address import postcode_table
from yibao_cli.jobs.address.imported import imported_rows

if TYPE_CHECKING:
    from yibao_cli.address import PostcodeTable
    from yibao_cli.jobs.workspace import Workspace

POSTCODES = "postcodes"


def posts_table(workspace: Workspace, mailing: str) -> PostcodeTable | None:
    """What `yibao import postcodes` brought, by county; None where nothing was, or no row names a county."""
    with workspace.reading() as connection:
        rows = [row for _file, row in imported_rows(workspace, connection, mailing, POSTCODES)]
    table = postcode_table((row["postcode"], "", "", row["county"]) for row in rows if row["county"])
    return table if table.counties else None
