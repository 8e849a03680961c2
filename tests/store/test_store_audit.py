from __future__ import annotations

import itertools

import pytest
from sqlalchemy import delete, select, update

from yibao_cli.errors import CheckFailed
from yibao_cli.store import audit
from yibao_cli.store.anchor import FILE_NAME, read_anchor, write_anchor
from yibao_cli.store.database import open_database, reading
from yibao_cli.store.schema import audit as table

EVENTS = 40
COLUMNS = ("at", "operator", "command", "mailing", "facts", "previous", "hash")


@pytest.fixture
def engine(tmp_path):
    engine = open_database(tmp_path)
    with engine.begin() as connection:
        for n in range(EVENTS):
            facts = {"rows": n, "sha256": f"{n:064x}"}
            at = f"2026-10-01T00:00:{n:02d}+00:00"
            audit.record(connection, at=at, command="import roster", mailing="2026Q3", facts=facts)
    yield engine
    engine.dispose()


def trail(engine, *known):
    with reading(engine) as connection:
        return audit.check(connection, known)


def head(engine):
    with reading(engine) as connection:
        return audit.head(connection)


def change(engine, statement):
    with engine.begin() as connection:
        connection.execute(statement)


def test_a_trail_as_it_was_written_is_whole(engine):
    found = trail(engine, head(engine), audit.Head(7, hash_of(engine, 7)))

    assert (found.events, found.broken) == (EVENTS, None)
    assert found.head == head(engine)


def test_an_empty_trail_is_whole(tmp_path):
    engine = open_database(tmp_path)

    assert trail(engine) == audit.Trail(0, None, None)
    engine.dispose()


@pytest.mark.parametrize(("seq", "column"), [*itertools.product((1, 17, EVENTS), COLUMNS)])
def test_a_changed_event_is_found_where_it_is(engine, seq, column):
    value = "0" * 63 + "1" if column in {"previous", "hash"} else '{"rows": 99}'
    change(engine, update(table).where(table.c.seq == seq).values(**{column: value}))

    assert trail(engine).broken.seq == seq


@pytest.mark.parametrize("seq", [1, 20, EVENTS - 1])
def test_a_removed_event_is_found(engine, seq):
    change(engine, delete(table).where(table.c.seq == seq))

    assert trail(engine).broken.seq == seq


def test_two_exchanged_events_are_found(engine):
    for old, new in ((5, 900), (6, 5), (900, 6)):
        change(engine, update(table).where(table.c.seq == old).values(seq=new))

    assert trail(engine).broken.seq == 5


def test_a_cut_tail_is_found_by_a_head_alone(engine):
    last = head(engine)
    change(engine, delete(table).where(table.c.seq > EVENTS - 3))

    assert trail(engine).broken is None
    assert trail(engine, last).broken.seq == EVENTS


def test_a_trail_written_anew_with_right_hashes_is_found_by_a_head(engine):
    last = head(engine)
    with engine.begin() as connection:
        rows = connection.execute(select(table).order_by(table.c.seq)).mappings().all()
        connection.execute(delete(table))
        for row in rows:
            audit.record(connection, at=row["at"], command="merge", mailing=row["mailing"], facts={})

    assert trail(engine).broken is None
    assert trail(engine, last).broken.seq == EVENTS


def hash_of(engine, seq):
    with reading(engine) as connection:
        return connection.execute(select(table.c.hash).where(table.c.seq == seq)).scalar()


# ------------------------------------------------------------------ the head beside the database


def test_the_head_written_down_goes_forward_only(tmp_path):
    write_anchor(tmp_path, audit.Head(9, "b" * 64))
    write_anchor(tmp_path, audit.Head(8, "a" * 64))

    assert read_anchor(tmp_path) == audit.Head(9, "b" * 64)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "{}", "[]", "{'seq': 1}", '{"seq": "x", "hash": ""}'])
def test_another_files_content_is_refused(tmp_path, content):
    (tmp_path / FILE_NAME).write_text(content)

    with pytest.raises(CheckFailed):
        read_anchor(tmp_path)


# ------------------------------------------------------------------ what is done again


def told(engine, command="report", day="2026-10-02", facts=None, by=()):
    """Record what may be done again; gives how many events there are."""
    with engine.begin() as connection:
        audit.record_done(
            connection,
            at=f"{day}T00:00:00+00:00",
            command=command,
            mailing="2026Q3",
            facts={"pieces": 3} if facts is None else facts,
            by=by,
        )
    return trail(engine).events - EVENTS


def test_what_is_done_again_with_no_further_effect_is_one_event(engine):
    assert told(engine) == 1
    assert told(engine) == 1
    assert told(engine, "labels") == 2
    assert told(engine) == 2
    assert trail(engine).broken is None


@pytest.mark.parametrize(
    "other", [{"day": "2026-10-03"}, {"facts": {"pieces": 4}}, {"facts": {}}, {"command": "verify"}]
)
def test_another_day_other_facts_and_another_command_are_another_event(engine, other):
    told(engine)

    assert told(engine, **other) == 2


def test_after_the_mailing_has_changed_the_same_is_another_event(engine):
    told(engine, "verify")
    told(engine, "render")

    assert told(engine, "verify") == 3


def test_of_a_list_taken_again_what_it_brought_is_not_compared(engine):
    told(engine, "returns import", facts={"sha256": "a", "accepted": 3})

    assert told(engine, "returns import", facts={"sha256": "a", "accepted": 0}, by=("sha256",)) == 1
    assert told(engine, "returns import", facts={"sha256": "b", "accepted": 0}, by=("sha256",)) == 2
