"""What a person settles about an address: for whom it counts, how long, and how it is taken back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from book_builders import (
    ALSO,
    DOUBTFUL,
    GOOD,
    NEW,
    NOWHERE,
    SAME,
    enrol,
    entries,
    entry_of,
    history,
    make_book,
)
from yibao_cli.jobs.address.deciding import decide, undo
from yibao_cli.jobs.address.decisions import Decider, Decision, token_of
from yibao_cli.store.schema import points, settlements

WHO = Decider("li", "2026-09-02T08:00:00+00:00", "review.xlsx")
WRONG_POSTCODE = ("1", GOOD, "100080")  # A116
DOOR = "石家庄市长安区中山东路12号4-1-302"


def made(workspace, decision, members=("person_no=1",)):
    with workspace.engine.begin() as connection:
        return decide(connection, decision, WHO, lambda _writing: members)


def decided(workspace, raw, action, members=("person_no=1",), **more):
    return made(workspace, Decision(entry_of(workspace, raw).id, action, **more), members)


def state(workspace):
    with workspace.reading() as connection:
        kept = connection.execute(
            select(settlements).order_by(settlements.c.read_key, settlements.c.member)
        ).all()
        # A point that nothing leads to is no fact.
        marked = select(points.c.id, points.c.returned).where(points.c.returned != "")
        marks = connection.execute(marked).all()
    return entries(workspace), [k[1:] for k in kept], marks


def rules(result):
    return [f.rule_id for f in result.findings]


# ------------------------------------------------------------------ accept, hold


def test_what_a_person_accepts_is_good(tmp_path):
    workspace = make_book(tmp_path, [WRONG_POSTCODE])
    assert entry_of(workspace, GOOD).verdict == "doubtful"

    result = decided(workspace, GOOD, "accepted")

    now = entry_of(workspace, GOOD)
    assert (now.verdict, now.reasons, now.settled) == ("good", "[]", "accepted")
    assert result.applied
    [change] = history(workspace)
    assert (change.operator, change.at, change.action, change.source) == (
        "li",
        WHO.at,
        "accepted",
        "review.xlsx",
    )
    assert (change.before["verdict"], change.after["verdict"]) == ("doubtful", "good")


@pytest.mark.parametrize("action", ["accepted", "held"])
def test_a_decision_made_twice_is_known(tmp_path, action):
    workspace = make_book(tmp_path, [WRONG_POSTCODE])
    decided(workspace, GOOD, action)
    before = state(workspace), history(workspace)

    again = decided(workspace, GOOD, action)

    assert (again.known, again.applied) == (True, False)
    assert (state(workspace), history(workspace)) == before


def test_what_a_person_holds_is_held_in_every_later_writing(tmp_path):
    workspace = make_book(tmp_path, [("1", GOOD)])
    decided(workspace, GOOD, "held", why="门牌已换")

    outcome = enrol(workspace, [("1", SAME)])

    assert outcome.carried == 1
    assert [(e.verdict, e.settled) for e in entries(workspace)] == [("bad", "held")] * 2
    assert [c.action for c in history(workspace)] == ["held", "carried"]
    assert history(workspace)[0].why == "门牌已换"


def test_an_acceptance_speaks_of_the_doubts_that_were_seen_and_of_no_other(tmp_path):
    workspace = make_book(tmp_path, [WRONG_POSTCODE])
    decided(workspace, GOOD, "accepted")

    enrol(workspace, [("1", SAME, "100080"), ("2", ALSO, "", "桥西区")])

    assert [e.verdict for e in entries(workspace)] == ["good", "good", "doubtful"]


def test_what_is_no_address_cannot_be_accepted(tmp_path):
    workspace = make_book(tmp_path, [("1", NOWHERE)])

    result = decided(workspace, NOWHERE, "accepted")

    assert rules(result) == ["A146"]
    assert entry_of(workspace, NOWHERE).verdict == "bad"
    assert history(workspace) == []


# ------------------------------------------------------------------ correct


def test_a_correction_of_the_spelling_counts_for_everybody_who_writes_it(tmp_path):
    wrong = "石家庄市藁城区中山东路12号阳光小区3号楼2单元501室"
    workspace = make_book(tmp_path, [("1", wrong), ("2", wrong)])

    result = decided(
        workspace, wrong, "corrected", ("person_no=1", "person_no=2"), text=GOOD, postcode="050011"
    )

    now = entry_of(workspace, wrong)
    assert result.applied
    assert (now.standard, now.verdict, now.settled, now.member) == (GOOD, "good", "corrected", "")
    assert len(entries(workspace)) == 1


def test_a_correction_that_names_a_door_is_that_members_alone(tmp_path):
    workspace = make_book(tmp_path, [("1", DOUBTFUL), ("2", GOOD)])

    decided(workspace, DOUBTFUL, "corrected", text=DOOR)
    outcome = enrol(workspace, [("1", DOUBTFUL), ("2", DOUBTFUL)])

    assert entry_of(workspace, DOUBTFUL).verdict == "doubtful"
    assert entry_of(workspace, DOUBTFUL, "person_no=1").standard.endswith("4-1-302")
    assert entry_of(workspace, DOUBTFUL, "person_no=2") is None
    assert outcome.carried == 0


def test_nobody_gets_the_door_of_another_who_wrote_the_same(tmp_path):
    workspace = make_book(tmp_path, [("1", DOUBTFUL), ("2", DOUBTFUL)])
    before = state(workspace)

    result = decided(workspace, DOUBTFUL, "corrected", ("person_no=1", "person_no=2"), text=DOOR)

    assert rules(result) == ["A144"]
    assert "2 members" in result.findings[0].message()
    assert state(workspace) == before


def test_a_members_correction_outlives_a_later_roster_in_other_words(tmp_path):
    workspace = make_book(tmp_path, [("1", "石家庄市长安区中山东路")])
    decided(workspace, DOUBTFUL, "corrected", text=DOOR, member="person_no=1")

    outcome = enrol(workspace, [("1", "河北省石家庄市长安区中山东路")])

    assert outcome.carried == 1
    own = entry_of(workspace, "河北省石家庄市长安区中山东路", "person_no=1")
    assert (own.settled, own.verdict) == ("corrected", "good")
    assert own.standard.endswith("4-1-302")
    assert enrol(workspace, [("1", "河北省石家庄市长安区中山东路")]).carried == 0


def test_a_new_address_of_a_corrected_member_is_a_new_fact(tmp_path):
    workspace = make_book(tmp_path, [("1", DOUBTFUL)])
    decided(workspace, DOUBTFUL, "corrected", text=DOOR, member="person_no=1")

    enrol(workspace, [("1", NEW)])

    assert [e.member for e in entries(workspace)] == ["", "person_no=1", ""]
    assert entry_of(workspace, NEW).settled == ""


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({}, "A142"),
        ({"text": "  "}, "A142"),
        ({"text": "中山路"}, "A143"),
        ({"text": "石家庄市桥西区中山西路3号"}, "A149"),
    ],
)
def test_a_correction_that_cannot_be_used_changes_nothing(tmp_path, more, rule):
    workspace = make_book(tmp_path, [("1", DOUBTFUL)])
    before = state(workspace)

    result = decided(workspace, DOUBTFUL, "corrected", **more)

    assert rules(result) == [rule]
    assert state(workspace) == before
    assert history(workspace) == []


def test_a_corrected_address_beside_another_decision_is_asked_about(tmp_path):
    workspace = make_book(tmp_path, [WRONG_POSTCODE])

    assert rules(decided(workspace, GOOD, "accepted", text=NEW)) == ["A150"]


def test_a_doubtful_correction_is_taken_and_told(tmp_path):
    workspace = make_book(tmp_path, [("1", NOWHERE)])

    result = decided(workspace, NOWHERE, "corrected", text=DOUBTFUL)

    assert rules(result) == ["A148"]
    assert entry_of(workspace, NOWHERE, "person_no=1").verdict == "good"


def test_the_same_correction_again_is_known_and_another_takes_its_place(tmp_path):
    workspace = make_book(tmp_path, [("1", DOUBTFUL)])

    results = [decided(workspace, DOUBTFUL, "corrected", text=t) for t in (DOOR, DOOR, NEW)]

    assert [(r.applied, r.known) for r in results] == [(True, False), (False, True), (True, False)]
    assert "建设北大街" in entry_of(workspace, DOUBTFUL, "person_no=1").standard
    assert len(entries(workspace)) == 2


# ------------------------------------------------------------------ conflicts, undo


def test_who_saw_an_earlier_state_is_told_of_the_change(tmp_path):
    workspace = make_book(tmp_path, [WRONG_POSTCODE])
    seen = token_of(entry_of(workspace, GOOD))
    decided(workspace, GOOD, "held")

    result = decided(workspace, GOOD, "accepted", token=seen)

    assert rules(result) == ["A141"]
    assert entry_of(workspace, GOOD).settled == "held"


def test_who_decides_the_same_from_an_earlier_state_is_in_no_conflict(tmp_path):
    workspace = make_book(tmp_path, [WRONG_POSTCODE])
    seen = token_of(entry_of(workspace, GOOD))
    decided(workspace, GOOD, "accepted")

    assert decided(workspace, GOOD, "accepted", token=seen).known


def test_an_entry_that_is_not_there_is_told(tmp_path):
    workspace = make_book(tmp_path, [("1", GOOD)])

    assert rules(made(workspace, Decision(99, "accepted"))) == ["A145"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from([GOOD, SAME, DOUBTFUL, NOWHERE]),
        st.sampled_from(["accepted", "held", "corrected"]),
        st.sampled_from(["", DOOR, NEW, GOOD]),
        st.sampled_from(["", "person_no=1", "person_no=2"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_is_undone_in_turn_leaves_all_as_it_was(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("book")
    workspace = make_book(folder, [("1", GOOD, "100080"), ("2", SAME), ("3", DOUBTFUL), ("4", NOWHERE)])
    states, results = [state(workspace)], []
    for raw, action, text, member in steps:
        more = {"text": text} if action == "corrected" else {}
        results.append(
            decided(workspace, raw, action, member=member if action == "corrected" else "", **more)
        )
        states.append(state(workspace))

    for before, result in zip(reversed(states[:-1]), reversed(results), strict=True):
        with workspace.engine.begin() as connection:
            undo(connection, result.undo, WHO)
        assert state(workspace) == before
