"""The database of a workspace: opened, migrated, and written in immediate transactions.

SQLite by the SQLCipher wheel, which bundles a version without the WAL-reset bug of 3.7 to 3.51.2; PostgreSQL
by URL. Source: design.md section 11; research/ecosystem.md section 4.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from yibao_cli.errors import LockHeld, OutputError, StateError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

FILE_NAME = "yibao.db"
HEAD = "0007"  # the newest revision in migrations/versions

_BUSY_SECONDS = 60
_READS = "yibao_reads"
_SMALLEST = 512  # bytes; the smallest page a SQLite database can have


def open_database(workspace: Path, url: str = "") -> Engine:
    """Open a workspace's database and bring its schema up to date.

    url: SQLAlchemy URL; empty for yibao.db in the workspace.

    Raises OutputError when it cannot be opened, LockHeld when it stays locked for a minute.
    """
    try:
        engine = create_engine(url) if url else _sqlite(workspace / FILE_NAME)
        _migrate(engine)
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise LockHeld(
                _("the database is locked by another run"), where=FILE_NAME, remedy=_("try again later")
            ) from error
        raise _unusable() from error
    except DatabaseError as error:
        raise _unusable() from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that only reads: one view of the database, and nobody waits for it."""
    with engine.connect() as connection:
        yield connection.execution_options(**{_READS: True})


@contextmanager
def bare(engine: Engine) -> Iterator[Any]:
    """SQLite's own connection, outside of any transaction: VACUUM and checkpoints want it so."""
    connection = engine.raw_connection()
    try:
        yield connection.driver_connection
    finally:
        connection.close()


def _unusable() -> OutputError:
    return OutputError(
        _("the database cannot be opened"),
        where=FILE_NAME,
        remedy=_("check the file and its permissions, or restore it from a backup"),
    )


def _sqlite(path: Path) -> Engine:
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - only where SQLite is used

    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    elif 0 < path.stat().st_size < _SMALLEST:
        # SQLite takes a file cut to a few bytes for a new one, and everything recorded would be gone unseen.
        raise _unusable()
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        module=dbapi2,
        connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _immediate(connection: Connection) -> None:
        # A deferred BEGIN that comes to write failed 35 of 600 scans (research/ecosystem.md section 4).
        reads = connection.get_execution_options().get(_READS, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _migrate(engine: Engine) -> None:
    with reading(engine) as connection:
        known = inspect(connection).has_table("alembic_version")
        version = (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
        )
    if version is not None and version > HEAD:
        raise StateError(
            _("the database was written by a newer version of yibao"),
            where=FILE_NAME,
            remedy=_("update the program"),
        )
    if version != HEAD:
        _upgrade(engine)


def _upgrade(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - 1.2 s, and needed once a release
    from alembic.config import Config  # noqa: PLC0415

    settings = Config()
    settings.set_main_option("script_location", "yibao_cli.store:migrations")
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, HEAD)
