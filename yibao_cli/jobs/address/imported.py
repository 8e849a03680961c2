"""Tables that were imported beside the rosters, row by row: the post's own, and the employers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from yibao_cli.sealed.files import source
from yibao_cli.store.imports import active_imports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from yibao_cli.jobs.workspace import Workspace


def imported_rows(
    workspace: Workspace, connection: Connection, mailing: str, table: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row of a table that counts for a mailing, with the name of the client's file that it stood in."""
    for record in active_imports(connection, mailing, table):
        path = record.rows(workspace.folder)
        if path.is_file():
            for row in pq.read_table(source(path)).to_pylist():
                yield record.file_name, row
