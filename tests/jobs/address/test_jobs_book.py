"""Looking into the book, and what is known of a point beside its address."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from book_builders import (
    ALSO,
    DOUBTFUL,
    GOOD,
    MAILING,
    NEW,
    SAME,
    bring,
    entry_of,
    history,
    make_book,
    write_csv,
)
from yibao_cli.errors import InputNotFound, StateError, UsageError
from yibao_cli.jobs.address import book
from yibao_cli.jobs.address.addresses import clean_addresses
from yibao_cli.jobs.address.book import note_returns
from yibao_cli.jobs.address.deciding import decide
from yibao_cli.jobs.address.decisions import Decider, Decision
from yibao_cli.jobs.address.session import open_review
from yibao_cli.jobs.address.walks import map_walks
from yibao_cli.jobs.merge.ledgering import _address_book
from yibao_cli.store.schema import audit, points

DOOR = "石家庄市长安区中山东路12号4-1-302"


@pytest.fixture
def workspace(tmp_path):
    return make_book(tmp_path, [("1", GOOD), ("2", SAME), ("3", DOUBTFUL), ("4", NEW)])


def returned(workspace, raw, code="R01", day="2026-10-20", posted="2026-10-08"):
    with workspace.engine.begin() as connection:
        return note_returns(
            connection,
            workspace.stamp,
            MAILING,
            posted,
            [("00000017", entry_of(workspace, raw).id, code, day)],
        )


def made(workspace, raw, action, at="2026-09-02T08:00:00+00:00", **more):
    decision = Decision(entry_of(workspace, raw).id, action, **more)
    with workspace.engine.begin() as connection:
        return decide(connection, decision, Decider("li", at, "t"), lambda _w: ["person_no=3"])


# ------------------------------------------------------------------ show, history


@pytest.mark.parametrize("what", ["1", "2", ALSO, "阳光小区 501", "阳光小区3-2"])
def test_a_point_is_found_by_number_by_other_words_and_by_parts(workspace, what):
    rows = book.show(workspace, what)

    assert [(r["entry"], r["as written"]) for r in rows] == [(1, GOOD), (2, SAME)]


@pytest.mark.parametrize("what", ["99", "9" * 40, "", "  ", "火星路1号", "%", "_"])
def test_what_the_book_does_not_have_is_told(workspace, what):
    with pytest.raises(InputNotFound):
        book.show(workspace, what)


def test_a_history_begins_with_the_file_and_tells_who_when_and_why(workspace):
    made(workspace, DOUBTFUL, "accepted", why="社区核实")

    rows = book.history(workspace, "3")

    assert [(r["event"], r["who"], r["source"], r["why"]) for r in rows] == [
        ("added", "", "roster.csv", ""),
        ("accepted", "li", "t", "社区核实"),
    ]
    door = "no number, village or building: a postman finds no door"
    assert rows[1]["change"] == f"verdict: doubtful → good; reasons: {door} → -"
    assert len(book.history(workspace)) == 1


# ------------------------------------------------------------------ suppressed points


def test_nothing_is_sent_to_a_suppressed_point_in_any_writing_until_it_is_released(workspace):
    assert book.suppress_point(workspace, "1", "demolished", "li")
    assert not book.suppress_point(workspace, "2", "demolished")
    held = [entry_of(workspace, raw).verdict for raw in (GOOD, SAME, NEW)]

    assert book.release_point(workspace, "1")
    assert not book.release_point(workspace, "1")

    assert held == ["bad", "bad", "good"]
    assert entry_of(workspace, SAME).verdict == "good"
    assert [(c.action, c.why) for c in history(workspace)] == [("suppressed", "demolished"), ("released", "")]


def test_a_suppressed_point_is_held_at_the_merge_with_its_reason(workspace):
    book.suppress_point(workspace, "1", "demolished")

    rows = {r["id"]: r for t in _address_book(workspace) for r in t.to_pylist()}

    assert rows[2]["verdict"] == "bad"
    assert json.loads(rows[2]["reasons"]) == [["A131", {"suppressed": "demolished", "day": "2026-09-01"}]]


def test_a_suppressed_point_cannot_be_accepted_nor_be_where_a_correction_leads(workspace):
    book.suppress_point(workspace, "4", "vacant")

    refused = [made(workspace, NEW, "accepted"), made(workspace, DOUBTFUL, "corrected", text=NEW)]

    assert [[f.rule_id for f in r.findings] for r in refused] == [["A146"], ["A143"]]
    assert all("nobody lives there" in r.findings[0].message() for r in refused)


def test_what_means_several_points_is_asked_about(workspace):
    with pytest.raises(UsageError, match="3 addresses"):
        book.suppress_point(workspace, "石家庄 长安区", "other")
    with pytest.raises(UsageError):
        book.suppress_point(workspace, "1", "because")


# ------------------------------------------------------------------ what came back


def test_an_address_that_mail_came_back_from_waits_for_a_person(workspace):
    assert returned(workspace, SAME) == 1
    assert [entry_of(workspace, raw).verdict for raw in (GOOD, SAME, NEW)] == ["bad", "bad", "good"]
    assert clean_addresses(workspace, MAILING).verdicts["bad"] == 2

    result = made(workspace, GOOD, "accepted")

    assert result.applied
    assert [entry_of(workspace, raw).verdict for raw in (GOOD, SAME)] == ["good", "good"]
    first = history(workspace)[0]
    assert (first.action, first.source) == ("returned", "2026Q3 00000017")


@pytest.mark.parametrize("code", ["R03", "R05", "R06", "R08"])
def test_a_return_for_the_persons_sake_leaves_the_address_as_it_is(workspace, code):
    assert returned(workspace, GOOD, code) == 0

    assert entry_of(workspace, GOOD).verdict == "good"
    assert history(workspace)[0].why.startswith(code)


def test_a_correction_after_the_posting_has_answered_the_return(workspace):
    made(workspace, DOUBTFUL, "held", at="2026-10-12T08:00:00+00:00")

    assert returned(workspace, DOUBTFUL) == 0


def test_a_corrected_door_that_fails_too_is_asked_about_again(workspace):
    made(workspace, DOUBTFUL, "corrected", text=DOOR)
    own = entry_of(workspace, DOUBTFUL, "person_no=3")
    with workspace.engine.begin() as connection:
        assert note_returns(
            connection, workspace.stamp, MAILING, "2026-10-08", [("00000017", own.id, "R02", "2026-10-20")]
        )

    review = open_review(workspace, MAILING)

    assert [i.entry.id for i in review.items if i.entry.member] == [own.id]
    assert [i.entry.raw for i in review.items] == [DOUBTFUL, DOUBTFUL]


# ------------------------------------------------------------------ what people ask


def test_an_enquiry_is_logged_once_and_found_again(workspace):
    for _time in range(2):
        book.log_enquiry(workspace, "3", "family", ("没收到账单", "已登记门牌"), "li")

    [row] = book.enquiry_log(workspace, "3")

    assert (row["who"], row["asked by"], row["question"], row["answer"]) == (
        "li",
        "family",
        "没收到账单",
        "已登记门牌",
    )
    assert book.enquiry_log(workspace) == [row]
    assert book.enquiry_log(workspace, "1") == []
    with workspace.reading() as connection:
        [event] = [r for r in connection.execute(select(audit)) if r.command == "address enquiry"]
    assert json.loads(event.facts) == {"entry": 3, "asker": "family"}


def test_who_asks_is_one_of_a_list(workspace):
    with pytest.raises(UsageError):
        book.log_enquiry(workspace, "3", "张三", ("?", "!"))


# ------------------------------------------------------------------ walks


WALKS = ("路名", "县区", "街道", "起号", "止号", "单双号", "投递段", "投递局")
ROAD = ("中山东路", "长安区", "", "1", "99", "双", "0103", "长安投递部")


def test_walks_are_found_and_what_no_walk_covers_is_told(workspace):
    write_csv(workspace.folder / "walks.csv", WALKS, [ROAD])
    write_csv(workspace.folder / "codes.csv", ("邮编", "投递局", "县区"), [("050011", "长安局", "藁城区")])
    bring(workspace, "walks", "walks.csv")
    bring(workspace, "postcodes", "codes.csv")

    outcome = map_walks(workspace, MAILING)

    assert (outcome.addresses, outcome.mapped, outcome.several, outcome.unmapped) == (3, 1, 0, 2)
    assert [(r["walk"], r["office"]) for r in outcome.rows if r["walk"]] == [("0103", "长安投递部")]
    assert {r["office"] for r in outcome.rows if not r["walk"]} == {"长安局"}
    assert sorted(f.rule_id for f in outcome.findings) == ["A151", "A151", "A153", "A153", "A153"]


def test_a_table_that_contradicts_itself_is_told(workspace):
    write_csv(workspace.folder / "walks.csv", WALKS, [ROAD, (*ROAD[:6], "0104", "")])
    bring(workspace, "walks", "walks.csv")

    outcome = map_walks(workspace, MAILING)

    assert [f.details["walks"] for f in outcome.findings if f.rule_id == "A152"] == ["0103、0104"]


def test_without_a_table_there_is_nothing_to_look_up(workspace):
    with pytest.raises(StateError, match="no table"):
        map_walks(workspace, MAILING)


# ------------------------------------------------------------------ the merge


def test_a_members_own_door_is_what_the_merge_takes(workspace):
    made(workspace, DOUBTFUL, "corrected", text=DOOR)

    rows = [r for t in _address_book(workspace) for r in t.to_pylist() if r["raw"] == DOUBTFUL]

    assert [(r["member"], r["verdict"]) for r in rows] == [("", "doubtful"), ("person_no=3", "good")]
    with workspace.reading() as connection:
        assert (
            connection.execute(select(points.c.precision).order_by(points.c.id)).scalars().all()[-1] == "room"
        )
