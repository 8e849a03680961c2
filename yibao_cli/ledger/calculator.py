"""DuckDB as a calculator: in memory, under a limit, over Parquet files, and nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from yibao_cli.ledger.sql import literal
from yibao_cli.sealed.engine import prepare

if TYPE_CHECKING:
    from pathlib import Path

MEMORY = "512MB"


def new_calculator(scratch: Path, memory: str = MEMORY, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """Open an empty database that spills to a folder; whoever opens it closes it.

    memory: what it may take before it spills. threads: each brings buffers of its own.
    """
    db = duckdb.connect()
    db.execute(f"SET memory_limit = {literal(memory)}")
    db.execute(f"SET temp_directory = {literal(str(scratch))}")
    db.execute(f"SET threads = {int(threads)}")
    prepare(db, scratch)
    return db
