from __future__ import annotations

import stat

import pytest
from sqlalchemy import MetaData, delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from yibao_cli.errors import LockHeld, OutputError
from yibao_cli.model import Finding
from yibao_cli.store import audit, database
from yibao_cli.store.database import open_database, reading
from yibao_cli.store.imports import (
    ImportRecord,
    SheetTotals,
    active_imports,
    add_import,
    earlier_imports,
    imported_names,
    read_findings,
    write_findings,
)
from yibao_cli.store.schema import audit as audit_table
from yibao_cli.store.schema import mailings, metadata, pieces


@pytest.fixture
def engine(tmp_path):
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


def described(tables):
    """Tables as plain facts: columns with type, emptiness and key; indexes; unique constraints; foreign keys."""
    return {
        t.name: (
            [(c.name, str(c.type), c.nullable, c.primary_key) for c in t.columns],
            sorted((i.name, tuple(i.columns.keys()), bool(i.unique)) for i in t.indexes),
            sorted(tuple(c.columns.keys()) for c in t.constraints if type(c).__name__ == "UniqueConstraint"),
            sorted((f.parent.name, f.target_fullname) for f in t.foreign_keys),
        )
        for t in tables
    }


# ------------------------------------------------------------------ schema and connection


def test_the_migrations_make_exactly_the_tables_of_the_schema(engine):
    found = MetaData()
    found.reflect(engine)
    found.remove(found.tables["alembic_version"])

    assert described(found.sorted_tables) == described(metadata.sorted_tables)


def test_the_newest_revision_is_the_one_the_program_asks_for(engine, tmp_path):
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == database.HEAD
    again = open_database(tmp_path)
    assert inspect(again).has_table("mailings")
    again.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
def test_every_connection_is_safe_against_a_power_cut(engine, pragma, value):
    # Raw connections: a transaction would make the second wait for the first.
    one, other = engine.raw_connection(), engine.raw_connection()
    found = [c.cursor().execute(f"PRAGMA {pragma}").fetchone()[0] for c in (one, other)]
    one.close()
    other.close()

    assert found == [value, value]


def test_the_bundled_sqlite_is_free_of_the_bug_of_two_writers(engine):
    with engine.connect() as connection:
        version = connection.scalar(text("SELECT sqlite_version()"))

    # 3.7 to 3.51.2 can corrupt a WAL database with two writers (sqlite.org, release 3.51.3).
    assert tuple(map(int, version.split("."))) > (3, 51, 2)


def test_the_database_is_its_owners_alone(engine, tmp_path):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.glob("yibao.db*")}

    assert set(modes) >= {"yibao.db", "yibao.db-wal"}
    assert set(modes.values()) == {0o600}


def test_two_writers_take_turns_from_the_first_statement(engine):
    with engine.begin() as first:
        first.execute(select(mailings)).all()
        second = engine.connect()
        second.connection.driver_connection.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(Exception, match="locked"):
            second.execute(select(mailings))
        second.close()


def test_a_piece_belongs_to_a_mailing(engine):
    row = {"mailing": "2026Q9", "piece": "00000017", "part": 1, "position": 1, "copy": 0}

    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(pieces).values(**row, address_id=1, county="", employer_no=""))


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / database.FILE_NAME).write_bytes(b"PK\x03\x04 this is a workbook" * 100)

    with pytest.raises(OutputError, match="cannot be opened") as caught:
        open_database(tmp_path)

    assert caught.value.where == database.FILE_NAME


def test_a_database_that_stays_locked_is_another_run(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.05)
    holder = database._sqlite(tmp_path / database.FILE_NAME)
    with holder.begin(), pytest.raises(LockHeld):
        open_database(tmp_path)
    holder.dispose()


# ------------------------------------------------------------------ what was imported


def imported(name="roster.xlsx", table="roster", **changes):
    facts = {
        "mailing": "2026Q3",
        "table": table,
        "file_name": name,
        "sha256": "0" * 64,
        "options": "{}",
        "path": f"imports/{name}",
        "rows_in": 3,
        "rows_kept": 2,
        "rows_rejected": 1,
        "totals": {"closing": -5},
    }
    return ImportRecord(**(facts | changes))


def test_an_import_is_given_back_as_it_was_recorded(engine):
    with engine.begin() as connection:
        assert add_import(connection, imported(), "2026-11-21T08:00:00") == 0
        assert active_imports(connection, "2026Q3") == [imported()]
        assert active_imports(connection, "2026Q4") == []


def test_a_file_imported_again_takes_the_place_of_the_first(engine):
    with engine.begin() as connection:
        add_import(connection, imported(), "1")
        add_import(connection, imported("b.xlsx"), "2")
        add_import(connection, imported(table="balances"), "3")

        assert add_import(connection, imported(rows_in=9), "4") == 1

        assert [(r.table, r.file_name, r.rows_in) for r in active_imports(connection, "2026Q3")] == [
            ("roster", "b.xlsx", 3),
            ("balances", "roster.xlsx", 3),
            ("roster", "roster.xlsx", 9),
        ]
        assert len(active_imports(connection, "2026Q3", "roster")) == 2


def test_the_totals_of_each_sheet_come_back(engine):
    sheets = (SheetTotals("一", 2, 1, 1, {"closing": -5}), SheetTotals("", 1, 1, 0, {}))
    with engine.begin() as connection:
        add_import(connection, imported(sheets=sheets), "1")

        assert active_imports(connection, "2026Q3")[0].sheets == sheets


def test_a_file_that_replaces_another_by_name_takes_its_place_whatever_its_sheet(engine):
    with engine.begin() as connection:
        add_import(connection, imported("a.xlsx", options='["one", {}]'), "1")
        add_import(connection, imported("b.xlsx"), "2")
        new = imported("c.xlsx", options='["two", {}]')

        assert earlier_imports(connection, new, ["a.xlsx"]) == [imported("a.xlsx", options='["one", {}]')]
        assert add_import(connection, new, "3", ["a.xlsx"]) == 1
        assert [r.file_name for r in active_imports(connection, "2026Q3")] == ["b.xlsx", "c.xlsx"]
        assert imported_names(connection, "2026Q3", "roster") == ["a.xlsx", "b.xlsx", "c.xlsx"]


def test_two_sheets_of_one_workbook_stand_side_by_side(engine):
    with engine.begin() as connection:
        add_import(connection, imported(options='["one", {}]'), "1")

        assert earlier_imports(connection, imported(options='["two", {}]')) == []
        assert len(earlier_imports(connection, imported(options='["one", {}]'))) == 1
        assert len(earlier_imports(connection, imported(options='["", {}]'))) == 1


def test_findings_are_read_back_as_they_were_written(tmp_path):
    findings = [
        Finding("I110", "a.xlsx", "名册", 7, "姓名", "张*", {"cells": 3, "names": ["a", "b"]}),
        Finding("I101"),
        Finding("I111", value='"\n\u2028{}'),
    ]
    path = tmp_path / "findings.jsonl"

    write_findings(path, findings)

    assert list(read_findings(path)) == findings
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_import_says_where_its_rows_and_findings_lie(tmp_path):
    record = imported(path="imports/1")
    (tmp_path / "imports/1").mkdir(parents=True)
    write_findings(tmp_path / "imports/1/findings.jsonl", [Finding("I101")])

    assert record.rows(tmp_path) == tmp_path / "imports/1/rows.parquet"
    assert list(record.findings(tmp_path)) == [Finding("I101")]


# ------------------------------------------------------------------ the audit trail


def events(connection):
    return [
        dict(row) for row in connection.execute(select(audit_table).order_by(audit_table.c.seq)).mappings()
    ]


def broken(trail):
    """Sequence numbers of events that are not what they were, or do not follow the one before."""
    before = "0" * 64
    found = []
    for number, event in enumerate(trail, start=1):
        if (event["seq"], event["previous"]) != (number, before) or audit.event_hash(event) != event["hash"]:
            found.append(event["seq"])
        before = event["hash"]
    return found


@pytest.fixture
def trail(engine):
    with engine.begin() as connection:
        for command in ("import", "merge", "render"):
            audit.record(
                connection, at="2026-11-21T08:00:00", command=command, mailing="2026Q3", facts={"pieces": 3}
            )
    return engine


def test_every_event_is_bound_to_the_one_before(trail):
    with trail.connect() as connection:
        found = events(connection)

    assert [(e["seq"], e["command"], e["facts"]) for e in found] == [
        (1, "import", '{"pieces": 3}'),
        (2, "merge", '{"pieces": 3}'),
        (3, "render", '{"pieces": 3}'),
    ]
    assert broken(found) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("facts", '{"pieces": 4}'),
        ("at", "2026-11-22"),
        ("operator", "nobody"),
        ("command", "none"),
        ("mailing", ""),
    ],
)
def test_a_changed_event_is_found(trail, column, value):
    with trail.begin() as connection:
        connection.execute(update(audit_table).where(audit_table.c.seq == 2).values({column: value}))

        assert broken(events(connection)) == [2]


def test_a_changed_event_with_a_new_hash_breaks_the_next(trail):
    with trail.begin() as connection:
        changed = {**events(connection)[1], "facts": "{}"}
        changed["hash"] = audit.event_hash(changed)
        connection.execute(update(audit_table).where(audit_table.c.seq == 2).values(changed))

        assert broken(events(connection)) == [3]


@pytest.mark.parametrize("key", ["seq", "at", "operator", "command", "mailing", "facts", "previous"])
def test_the_hash_of_an_event_is_over_all_it_says(trail, key):
    with trail.connect() as connection:
        event = events(connection)[1]

    assert audit.event_hash({**event, key: 9}) != audit.event_hash(event)


def test_a_removed_event_is_found(trail):
    with trail.begin() as connection:
        connection.execute(delete(audit_table).where(audit_table.c.seq == 1))

        assert broken(events(connection)) == [2, 3]


def test_an_event_that_is_taken_back_leaves_no_gap(trail):
    with trail.connect() as connection:
        audit.record(connection, at="2026-11-22", command="verify", mailing="2026Q3", facts={})
        connection.rollback()
    with trail.begin() as connection:
        audit.record(connection, at="2026-11-23", command="post", mailing="2026Q3", facts={})

        assert broken(events(connection)) == []
        assert [e["command"] for e in events(connection)][-1] == "post"


def test_readers_wait_for_nobody_and_see_what_was_there_when_they_began(engine):
    with reading(engine) as first, reading(engine) as second:
        before = first.execute(select(func.count()).select_from(audit_table)).scalar()
        with engine.begin() as writer:
            audit.record(writer, at="2026-11-21T00:00:00", command="x", mailing="M", facts={})
            seen = second.execute(select(func.count()).select_from(audit_table)).scalar()
        after = first.execute(select(func.count()).select_from(audit_table)).scalar()

    assert (before, seen, after) == (0, 0, 0)
