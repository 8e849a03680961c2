"""A look at a workspace's database that changes nothing: no file made, no schema brought up to date."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.exc import DatabaseError

from yibao_cli.store.database import FILE_NAME, HEAD, unlock, unusable
from yibao_cli.store.schema import imports, mailings, sealing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from yibao_cli.sealed.keys import Key


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """What a look at the database found.

    revision: of its schema, "" where it has none of ours; faults: what the database says is damaged;
    newest_import: moment of the last import, ISO, or ""; rows: how many were kept of each (mailing, table);
    posted: the mailings that are, each with its day; kept: those of them that were not purged; sealed_by: id
    of the key that a server's columns are sealed by, or "".
    """

    revision: str
    faults: tuple[str, ...] = ()
    newest_import: str = ""
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    posted: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    sealed_by: str = ""

    @property
    def current(self) -> bool:
        """Whether the schema is the one this program writes."""
        return self.revision == HEAD

    @property
    def newer(self) -> bool:
        """Whether a newer program made it; revisions are counted up."""
        return self.revision > HEAD


def database_health(workspace: Path, url: str = "", key: Key | None = None) -> DatabaseHealth | None:
    """Look at a database; None where there is none yet.

    Raises OutputError when it cannot be opened or read, CheckFailed when the key does not open it.
    """
    path = workspace / FILE_NAME
    if not url and (not path.exists() or not path.stat().st_size):
        return None
    try:
        engine = create_engine(url) if url else _existing(path, key)
    except Exception as error:
        # A wrong URL, or the driver of another database that is not installed.
        raise unusable() from error
    try:
        with engine.connect() as connection:
            return _look(connection)
    except DatabaseError as error:
        raise unusable(None if url else key) from error
    finally:
        engine.dispose()


def _existing(path: Path, key: Key | None) -> Engine:
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - only where SQLite is used

    def connect() -> object:
        # Opened to read only, SQLite leaves its two files beside the database when it closes.
        connection = dbapi2.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
        unlock(connection, key)
        connection.execute("PRAGMA query_only = ON")
        return connection

    return create_engine("sqlite+pysqlite://", creator=connect, module=dbapi2)


def _look(connection: Connection) -> DatabaseHealth:
    faults: tuple[str, ...] = ()
    if connection.dialect.name == "sqlite":
        said = connection.execute(text("PRAGMA integrity_check(5)")).scalars().all()
        faults = tuple(line for line in map(str, said) if line != "ok")
    tables = inspect(connection)
    if not tables.has_table("alembic_version"):
        return DatabaseHealth("", faults)
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
    newest, rows = "", {}
    posted: dict[str, str] = {}
    kept = frozenset[str]()
    if tables.has_table(imports.name):
        newest = connection.execute(select(func.max(imports.c.imported_at))).scalar() or ""
        rows = _rows(connection)
    if tables.has_table(mailings.name):
        m = mailings.c
        there = connection.execute(select(m.id, m.posted_on, m.state).where(m.posted_on != "")).all()
        posted = {row.id: row.posted_on for row in there}
        kept = frozenset(row.id for row in there if row.state != "purged")
    mark = connection.execute(select(sealing.c.key)).scalar() if tables.has_table(sealing.name) else ""
    return DatabaseHealth(str(revision), faults, str(newest), rows, posted, kept, mark or "")


def _rows(connection: Connection) -> dict[tuple[str, str], int]:
    i = imports.c
    query = select(i.mailing, i.table_name, func.sum(i.rows_kept)).where(i.superseded.is_(False))
    found = connection.execute(query.group_by(i.mailing, i.table_name))
    return {(mailing, table): int(rows) for mailing, table, rows in found}
