"""The store on a real PostgreSQL server: what SQLite gives by one writer at a time, it gives by locks."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import func, select

from servers import postgres_programs
from yibao_cli.store import audit
from yibao_cli.store.contracts import Invoice, keep_invoices, keep_makegoods, makegoods, use_makegoods
from yibao_cli.store.database import HEAD, open_database, reading
from yibao_cli.store.schema import audit as trail
from yibao_cli.store.schema import metadata

pytestmark = pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL is not installed here")

WRITERS, EVENTS = 4, 25

# Each writer is a program of its own, as operators at their desks are.
WRITER = """
import sys
from pathlib import Path
from yibao_cli.store import audit
from yibao_cli.store.database import open_database
url, name, count = sys.argv[1:]
engine = open_database(Path("."), url)
for n in range(int(count)):
    with engine.begin() as connection:
        audit.record(connection, at="2026-10-01T00:00:00+00:00", command=name, mailing="2026Q3", facts={"n": n})
"""


def test_the_schema_is_the_one_that_the_code_names(server, tmp_path):
    engine = open_database(tmp_path, server.database("schema"))

    with reading(engine) as connection:
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        for table in metadata.sorted_tables:
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
    assert version == HEAD
    engine.dispose()


def test_four_writers_at_once_lose_no_event_and_break_no_chain(server, tmp_path):
    url = server.database("writers")
    open_database(tmp_path, url).dispose()
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, f"import {n}", str(EVENTS)])
        for n in range(WRITERS)
    ]

    assert [w.wait(timeout=60) for w in writers] == [0] * WRITERS
    engine = open_database(tmp_path, url)
    with reading(engine) as connection:
        found = audit.check(connection, ())
        counts = connection.execute(select(trail.c.command, func.count()).group_by(trail.c.command)).all()
    assert (found.events, found.broken) == (WRITERS * EVENTS, None)
    assert sorted(counts) == [(f"import {n}", EVENTS) for n in range(WRITERS)]
    engine.dispose()


def test_the_longest_number_of_what_is_made_good_has_room(server, tmp_path):
    engine = open_database(tmp_path, server.database("makegood"))
    number, mailing = "C" * 40, "2026-SPRING-MAILING1"
    with engine.begin() as connection:
        for turn, count in (("2026Q4", 5), ("2027Q1", 9)):
            keep_makegoods(connection, mailing, {number: count})
            use_makegoods(connection, turn, makegoods(connection, turn))
        owed = makegoods(connection, "2027Q1")
        long = f"{number}+{owed[0].mailing}"
        keep_invoices(connection, "2027Q1", [Invoice("2027Q1", long, "金谷", 0, "2027-01-01", "2027-01-31")])

    assert [(one.mailing, one.pieces) for one in owed] == [(f"{mailing}#2", 4)]
    engine.dispose()
