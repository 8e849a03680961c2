"""The address book: one entry a writing, one point a door."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from book_builders import (
    ALSO,
    DOUBTFUL,
    GOOD,
    MAILING,
    NEW,
    NOWHERE,
    SAME,
    all_points,
    bring,
    enrol,
    entries,
    entry_of,
    history,
    make_book,
    write_csv,
)
from yibao_cli.errors import StateError
from yibao_cli.jobs.address.addresses import clean_addresses
from yibao_cli.jobs.setup.starting import init_workspace
from yibao_cli.jobs.workspace import open_workspace


def test_writings_of_one_door_are_one_point(tmp_path):
    workspace = make_book(tmp_path, [("1", GOOD), ("2", SAME), ("3", ALSO), ("4", NEW)])

    assert [e.point_id for e in entries(workspace)] == [1, 1, 1, 2]
    assert all_points(workspace)[0].standard == GOOD


def test_writings_of_one_door_lie_side_by_side_in_print(tmp_path):
    workspace = make_book(tmp_path, [("1", SAME), ("2", GOOD)])

    assert len({e.street_key for e in entries(workspace)}) == 1


def test_cleaning_twice_changes_nothing(tmp_path):
    workspace = make_book(tmp_path, [("1", GOOD), ("2", DOUBTFUL), ("3", NOWHERE)])
    before = entries(workspace), all_points(workspace), history(workspace)

    outcome = clean_addresses(workspace, MAILING)

    assert (outcome.added, outcome.changed, outcome.carried) == (0, 0, 0)
    assert dict(outcome.verdicts) == {"good": 1, "doubtful": 1, "bad": 1}
    assert outcome.points == 3
    assert (entries(workspace), all_points(workspace), history(workspace)) == before


def test_an_entry_says_from_which_file_it_came_and_when(tmp_path):
    workspace = make_book(tmp_path, [("1", GOOD)])
    enrol(workspace, [("2", NEW), ("1", GOOD)], "second.csv")

    assert [(e.source, e.added_at[:10]) for e in entries(workspace)] == [
        ("roster.csv", "2026-09-01"),
        ("second.csv", "2026-09-01"),
    ]


def test_an_entry_of_before_there_were_points_is_read_again(tmp_path):
    workspace = make_book(tmp_path, [("1", GOOD), ("2", SAME)])
    with workspace.engine.begin() as connection:
        connection.execute(text("UPDATE addresses SET point_id = 0, read_key = '', street_key = 'old'"))
        connection.execute(text("DELETE FROM points"))

    outcome = clean_addresses(workspace, MAILING)

    assert (outcome.added, outcome.changed) == (0, 0)
    assert len({e.point_id for e in entries(workspace)}) == 1 == len(all_points(workspace))
    assert entry_of(workspace, GOOD).read_key == entry_of(workspace, SAME).read_key != ""


def test_a_newer_parser_reads_the_rest_again_and_tells(tmp_path):
    workspace = make_book(tmp_path, [("1", GOOD), ("2", DOUBTFUL)])
    with workspace.engine.begin() as connection:
        connection.execute(text("UPDATE addresses SET standard = 'as it was read before' WHERE id = 1"))

    once, twice = (clean_addresses(workspace, MAILING, again=True) for _ in range(2))

    assert (once.changed, twice.changed) == (1, 0)
    assert entry_of(workspace, GOOD).standard == GOOD
    [change] = history(workspace)
    assert (change.action, change.before["standard"]) == ("read again", "as it was read before")


def test_a_mailing_without_a_roster_cannot_be_cleaned(tmp_path):
    init_workspace(tmp_path / "ws", "medical", sample=True)

    with pytest.raises(StateError, match="no roster"):
        clean_addresses(open_workspace(tmp_path / "ws"), MAILING)


FAR = "石家庄市长安区中山东路12号"
TABLE = ("邮编", "投递局", "县区")


def with_postcodes(tmp_path, people, rows):
    workspace = make_book(tmp_path, people)
    write_csv(workspace.folder / "codes.csv", TABLE, rows)
    bring(workspace, "postcodes", "codes.csv")
    clean_addresses(workspace, MAILING, again=True)
    return workspace


def reasons_of(workspace, raw):
    return [rule_id for rule_id, _details in json.loads(entry_of(workspace, raw).reasons)]


def test_the_posts_table_names_a_postcode_of_another_county(tmp_path):
    rows = [("050011", "长安局", "长安区"), ("052160", "藁城局", "藁城区")]

    workspace = with_postcodes(tmp_path, [("1", FAR, "052160"), ("2", NEW, "050011")], rows)

    assert (entry_of(workspace, FAR).verdict, reasons_of(workspace, FAR)) == ("doubtful", ["A124"])
    assert "A124" not in reasons_of(workspace, NEW)


def test_a_missing_postcode_is_completed_where_the_county_has_one_alone(tmp_path):
    workspace = with_postcodes(tmp_path, [("1", FAR, "")], [("050011", "长安局", "长安区")])

    entry = entry_of(workspace, FAR)
    assert (entry.postcode, entry.verdict, reasons_of(workspace, FAR)) == ("050011", "good", ["A158"])


def test_of_several_postcodes_none_is_chosen(tmp_path):
    rows = [("050011", "长安局", "长安区"), ("050013", "体育局", "长安区")]

    workspace = with_postcodes(tmp_path, [("1", FAR, "")], rows)

    assert (entry_of(workspace, FAR).postcode, reasons_of(workspace, FAR)) == ("", [])
