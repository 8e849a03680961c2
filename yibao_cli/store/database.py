"""The database of a workspace: opened, migrated, and written in immediate transactions.

SQLite by the SQLCipher wheel, which bundles a version without the WAL-reset bug of 3.7 to 3.51.2; PostgreSQL
by URL. Source: sqlite.org, release 3.51.3; docs/decisions.md.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from yibao_cli.errors import CheckFailed, LockHeld, OutputError, StateError, YibaoError
from yibao_cli.i18n import _
from yibao_cli.store.columns import keep_columns
from yibao_cli.store.sealing import unlock_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import ExceptionContext

    from yibao_cli.sealed.keys import Key

FILE_NAME = "yibao.db"
HEAD = "0010"  # the newest revision in migrations/versions

_BUSY_SECONDS = 60
_LOST = ("disk I/O error", "readonly database", "unable to open", "malformed")
_READS = "yibao_reads"
_ROOM = 1 << 20  # bytes
_SMALLEST = 512  # bytes; the smallest page a SQLite database can have
_PLAIN = b"SQLite format 3\0"


def open_database(workspace: Path, url: str = "", key: Key | None = None) -> Engine:
    """Open a workspace's database and bring its schema up to date.

    url: SQLAlchemy URL; empty for yibao.db in the workspace. key: what that is encrypted with, or the columns
    of a server's that name persons; None for plain ones.

    Raises OutputError when it cannot be opened, CheckFailed when the key does not open it, LockHeld when it
    stays locked for a minute; of a server's tables SettingsError when they have another key, StateError when
    they are not encrypted yet.
    """
    engine = open_unkeyed(workspace, url, key)
    if url:
        try:
            unlock_tables(engine, key)
        except YibaoError:
            engine.dispose()
            raise
    return engine


def open_unkeyed(workspace: Path, url: str = "", key: Key | None = None) -> Engine:
    """As `open_database`; the columns of a server's are given as they are stored, sealed or plain."""
    try:
        engine = create_engine(url) if url else _sqlite(workspace / FILE_NAME, key)
        event.listen(engine, "handle_error", _told)
        _migrate(engine)
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise _locked() from error
        raise unusable() from error
    except DatabaseError as error:
        raise unusable(None if url else key) from error
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
        with refusals_told(_place(engine)):
            yield connection.driver_connection
    finally:
        connection.close()


@contextmanager
def refusals_told(place: Path | None) -> Iterator[None]:
    """Tell, of a connection that SQLAlchemy does not look after, what the system does to a database.

    place: the folder that is written to. Raises LockHeld and OutputError.
    """
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - only where SQLite is used

    try:
        yield
    except dbapi2.DatabaseError as error:
        if refusal := _refusal(error, place):
            raise refusal from error
        raise


def _told(context: ExceptionContext) -> None:
    """Tell what the system does to a database that was open already: none of it is a bug of ours."""
    error = context.original_exception
    if refusal := _refusal(error, _place(context.engine), is_lost=context.is_disconnect):
        raise refusal from error


def _refusal(error: BaseException, place: Path | None, *, is_lost: bool = False) -> YibaoError | None:
    words = str(error)
    if "locked" in words:
        return _locked()
    if "disk is full" in words or ("disk I/O error" in words and _is_full(place)):
        return OutputError(
            _("the disk is full"), where=FILE_NAME, remedy=_("make room and run the command again")
        )
    if is_lost or any(reason in words for reason in _LOST):
        return OutputError(
            _("the database cannot be read or written any more"),
            where=FILE_NAME,
            remedy=_("look after the disk or the server, and run the command again"),
        )
    return None


def _place(engine: Engine | None) -> Path | None:
    """The folder of SQLite's file; None of a server's database."""
    if engine is None or engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    return Path(engine.url.database).parent


def _is_full(place: Path | None) -> bool:
    """Whether there is hardly room in a folder; of a full disk SQLite may say no more than `error`."""
    return place is not None and shutil.disk_usage(place).free < _ROOM


def _locked() -> LockHeld:
    return LockHeld(_("the database is locked by another run"), where=FILE_NAME, remedy=_("try again later"))


def is_plain(path: Path) -> bool:
    """Whether a file is a SQLite database that everybody can read."""
    with path.open("rb") as stream:
        return stream.read(len(_PLAIN)) == _PLAIN


def unlock(connection: Any, key: Key | None) -> None:
    """Give a new connection of SQLCipher its key; the first thing that is done with it."""
    if key is not None:
        # What it has to say of a wrong key is for our messages, not for the terminal.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = {raw_key(key)}")


def raw_key(key: Key) -> str:
    """The database's own key as SQLCipher takes it: no password, so nothing has to be made hard to guess."""
    return f"\"x'{key.derived(b'yibao database').hex()}'\""


def unusable(key: Key | None = None) -> YibaoError:
    """Why a database cannot be opened."""
    if key is not None:
        # That this is the workspace's key was seen before, by its mark.
        return CheckFailed(
            _(
                "the encrypted database does not open with key {id}: it is damaged, or not this workspace's"
            ).format(id=key.id.hex()),
            where=FILE_NAME,
            remedy=_("use nothing of it; restore it from a backup"),
        )
    return OutputError(
        _("the database cannot be opened"),
        where=FILE_NAME,
        remedy=_("check the file and its permissions, or restore it from a backup"),
    )


def _sqlite(path: Path, key: Key | None = None) -> Engine:
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - only where SQLite is used

    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    elif 0 < path.stat().st_size < _SMALLEST:
        # SQLite takes a file cut to a few bytes for a new one, and everything recorded would be gone unseen.
        raise unusable()
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        module=dbapi2,
        connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )
    keep_columns(engine)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        unlock(connection, key)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _immediate(connection: Connection) -> None:
        # A deferred BEGIN that comes to write failed 35 of 600 scans (docs/decisions.md).
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
