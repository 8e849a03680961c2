"""Imports on disk and in the database: each is kept as typed Parquet, never changed afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from yibao_cli.model import Finding
from yibao_cli.store.schema import imports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

ROWS_FILE, FINDINGS_FILE = "rows.parquet", "findings.jsonl"


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import that counts: where it lies and what came in.

    rows_in == rows_kept + rows_rejected; totals: sum in fen of each money field of the kept rows.
    """

    mailing: str
    table: str
    file_name: str
    sha256: str
    options: str
    path: str
    rows_in: int
    rows_kept: int
    rows_rejected: int
    totals: dict[str, int]

    def rows(self, workspace: Path) -> Path:
        """Its Parquet file."""
        return workspace / self.path / ROWS_FILE

    def findings(self, workspace: Path) -> Iterator[Finding]:
        """Its findings, in the order of the file."""
        yield from read_findings(workspace / self.path / FINDINGS_FILE)


def active_imports(connection: Connection, mailing: str, table: str | None = None) -> list[ImportRecord]:
    """The imports of a mailing that count, in the order they came; all tables, or one."""
    query = select(imports).where(imports.c.mailing == mailing, ~imports.c.superseded).order_by(imports.c.id)
    if table is not None:
        query = query.where(imports.c.table_name == table)
    return [_record(row) for row in connection.execute(query).mappings()]


def add_import(connection: Connection, new: ImportRecord, at: str) -> int:
    """Record an import; an earlier one of the same file and sheet no longer counts.

    Returns how many that were.
    """
    same = (
        (imports.c.mailing == new.mailing)
        & (imports.c.table_name == new.table)
        & (imports.c.file_name == new.file_name)
        & ~imports.c.superseded
    )
    # Two sheets of one workbook stand side by side; the same sheet again is a correction.
    sheet = _sheet(new.options)
    rows = connection.execute(select(imports.c.id, imports.c.options).where(same)).all()
    earlier = [row.id for row in rows if "" in (sheet, _sheet(row.options)) or _sheet(row.options) == sheet]
    connection.execute(update(imports).where(imports.c.id.in_(earlier)).values(superseded=True))
    connection.execute(
        insert(imports).values(
            mailing=new.mailing,
            table_name=new.table,
            file_name=new.file_name,
            sha256=new.sha256,
            options=new.options,
            path=new.path,
            rows_in=new.rows_in,
            rows_kept=new.rows_kept,
            rows_rejected=new.rows_rejected,
            totals=new.totals,
            imported_at=at,
            superseded=False,
        )
    )
    return len(earlier)


def _sheet(options: str) -> str:
    """The sheet that was asked for; "" where all were read."""
    value = json.loads(options)
    return str(value[0]) if isinstance(value, list) else ""


def write_findings(path: Path, findings: Iterable[Finding]) -> None:
    """Keep findings as JSON lines; their values are masked already."""
    with path.open("w", encoding="utf-8") as stream:
        for f in findings:
            stream.write(json.dumps(_as_json(f), ensure_ascii=False) + "\n")
    path.chmod(0o600)


def read_findings(path: Path) -> Iterator[Finding]:
    """Read back what `write_findings` wrote."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield Finding(**json.loads(line))


def _as_json(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in Finding.__slots__}


def _record(row: Any) -> ImportRecord:
    return ImportRecord(
        mailing=row["mailing"],
        table=row["table_name"],
        file_name=row["file_name"],
        sha256=row["sha256"],
        options=row["options"],
        path=row["path"],
        rows_in=row["rows_in"],
        rows_kept=row["rows_kept"],
        rows_rejected=row["rows_rejected"],
        totals=row["totals"],
    )
