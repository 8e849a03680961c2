"""Imports on disk and in the database: each is kept as typed Parquet, never changed afterwards."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from yibao_cli.model import Finding
from yibao_cli.sealed.files import opened, writing
from yibao_cli.store.schema import imports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

ROWS_FILE, FINDINGS_FILE = "rows.parquet", "findings.jsonl"
# What could be read of the rows that were not used: the client's own totals count them.
REJECTED_FILE = "rejected.parquet"
# Tables that count for every mailing: who asked for no more mail must not get the next one either.
STANDING, EVERY_MAILING = frozenset({"suppressions", "walks", "postcodes"}), ""


@dataclass(frozen=True, slots=True)
class SheetTotals:
    """Control totals of one sheet; sheet is "" for a file without sheets.

    rows_in == rows_kept + rows_rejected; sums: sum in fen of each money field of the kept rows.
    """

    sheet: str
    rows_in: int
    rows_kept: int
    rows_rejected: int
    sums: dict[str, int]


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import: where it lies and what came in.

    rows_in == rows_kept + rows_rejected; totals: sum in fen of each money field of the kept rows.
    sheets: the same of each sheet, and they add up; none for an import made before this was kept.
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
    sheets: tuple[SheetTotals, ...] = ()

    def rows(self, workspace: Path) -> Path:
        """Its Parquet file."""
        return workspace / self.path / ROWS_FILE

    def rejected(self, workspace: Path) -> Path:
        """The Parquet file of its rejected rows, which there is only where there are any."""
        return workspace / self.path / REJECTED_FILE

    def findings(self, workspace: Path) -> Iterator[Finding]:
        """Its findings, in the order of the file."""
        yield from read_findings(workspace / self.path / FINDINGS_FILE)


def owner_of(table: str, mailing: str) -> str:
    """The mailing that an import belongs to; EVERY_MAILING ("") for a table that counts for all of them."""
    return EVERY_MAILING if table in STANDING else mailing


def active_imports(connection: Connection, mailing: str, table: str | None = None) -> list[ImportRecord]:
    """The imports that count for a mailing, in the order they came; all tables, or one."""
    own = imports.c.mailing.in_({mailing, EVERY_MAILING})
    query = select(imports).where(own, ~imports.c.superseded).order_by(imports.c.id)
    if table is not None:
        query = query.where(imports.c.table_name == table)
    return [_record(row) for row in connection.execute(query).mappings()]


def imported_names(connection: Connection, mailing: str, table: str) -> list[str]:
    """Names of all files ever imported into a table of a mailing, those that no longer count among them."""
    own = (imports.c.mailing == mailing) & (imports.c.table_name == table)
    return sorted(connection.execute(select(imports.c.file_name).where(own).distinct()).scalars())


def earlier_imports(
    connection: Connection, new: ImportRecord, replaces: Iterable[str] = ()
) -> list[ImportRecord]:
    """The imports that `new` takes the place of: of the same file name, or of a name in `replaces`.

    Two sheets of one workbook stand side by side; the same sheet again is a correction. An import that is
    replaced by its name goes whole.
    """
    return [_record(row) for row in _earlier(connection, new, replaces)]


def add_import(connection: Connection, new: ImportRecord, at: str, replaces: Iterable[str] = ()) -> int:
    """Record an import; those that it takes the place of (see `earlier_imports`) no longer count.

    Returns how many they were.
    """
    earlier = [row["id"] for row in _earlier(connection, new, replaces)]
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
            sheets=[asdict(sheet) for sheet in new.sheets],
        )
    )
    return len(earlier)


def _earlier(connection: Connection, new: ImportRecord, replaces: Iterable[str]) -> list[Any]:
    gone = set(replaces)
    same = (
        (imports.c.mailing == new.mailing)
        & (imports.c.table_name == new.table)
        & imports.c.file_name.in_({new.file_name, *gone})
        & ~imports.c.superseded
    )
    sheet = _sheet(new.options)
    rows = connection.execute(select(imports).where(same).order_by(imports.c.id)).mappings().all()
    return [
        row
        for row in rows
        if row["file_name"] in gone or sheet == "" or _sheet(row["options"]) in {"", sheet}
    ]


def _sheet(options: str) -> str:
    """The sheet that was asked for; "" where all were read."""
    value = json.loads(options)
    return str(value[0]) if isinstance(value, list) else ""


def write_findings(path: Path, findings: Iterable[Finding]) -> None:
    """Keep findings as JSON lines; their values are masked already."""
    with writing(path) as stream:
        for f in findings:
            stream.write(json.dumps(_as_json(f), ensure_ascii=False).encode() + b"\n")


def read_findings(path: Path) -> Iterator[Finding]:
    """Read back what `write_findings` wrote."""
    with opened(path) as stream:
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
        sheets=tuple(SheetTotals(**sheet) for sheet in row["sheets"]),
    )
