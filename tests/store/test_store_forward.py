"""A database of every schema that was ever released comes up to today's with every row in it."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Float, Integer, MetaData, create_engine, func, insert, select
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2

from servers import postgres_programs
from yibao_cli.store import database
from yibao_cli.store.schema import metadata

ROWS = 3
needs_postgres = pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL is not installed here")


def script():
    settings = Config()
    settings.set_main_option("script_location", "yibao_cli.store:migrations")
    return settings


RELEASED = [r.revision for r in reversed(list(ScriptDirectory.from_config(script()).walk_revisions()))]


def make(engine, revision):
    """A database as a version of then left it: the schema of a revision, and rows in every table."""
    settings = script()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
    then = MetaData()
    then.reflect(engine)
    counts = {}
    with engine.begin() as connection:
        for table in then.sorted_tables:
            if table.name in {"alembic_version", "sealing"}:  # a row there says that all is encrypted
                continue
            connection.execute(insert(table), [row_of(table, n) for n in range(1, ROWS + 1)])
            counts[table.name] = ROWS
    return counts


def row_of(table, number):
    """A row that no other is like, in the types of its columns."""
    return {column.name: value_of(column, number) for column in table.columns}


def value_of(column, number):
    kind = column.type
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, Float):
        return number / 2
    if isinstance(kind, JSON):
        return {}
    text = f"{{{number}}}" if getattr(kind, "length", None) is None else f"x{number}"
    return "{}" if column.name in {"facts", "details"} else text


def counted(engine, names):
    now = MetaData()
    now.reflect(engine)
    with database.reading(engine) as connection:
        return {
            name: connection.execute(select(func.count()).select_from(now.tables[name])).scalar()
            for name in names
            if name in now.tables
        }


def differences(engine):
    """What today's schema and the database differ in."""
    with database.reading(engine) as connection:
        return compare_metadata(MigrationContext.configure(connection), metadata)


def test_the_newest_migration_is_the_one_that_the_code_names():
    assert RELEASED[-1] == database.HEAD


@pytest.mark.parametrize("revision", RELEASED)
def test_sqlite_of_then_is_taken_over(tmp_path, revision):
    url = f"sqlite+pysqlite:///{tmp_path / database.FILE_NAME}"
    old = create_engine(url, module=dbapi2, poolclass=NullPool)
    counts = make(old, revision)

    now = database.open_database(tmp_path)

    assert counted(now, counts) == counts
    assert differences(now) == []
    now.dispose()


@needs_postgres
@pytest.mark.parametrize("revision", RELEASED)
def test_postgresql_of_then_is_taken_over(tmp_path, server, revision):
    url = server.database(f"from{revision}")
    old = create_engine(url, poolclass=NullPool)
    counts = make(old, revision)

    now = database.open_database(tmp_path, url)

    assert counted(now, counts) == counts
    assert differences(now) == []
    now.dispose()
