"""The review on a terminal: what the keys do, and the program that shows it."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import select

from book_builders import DOUBTFUL, GOOD, MAILING, NEW, NOWHERE, SAME, entries, entry_of, history, make_book
from yibao_cli.jobs.address.session import open_review
from yibao_cli.store.schema import audit

pytest.importorskip("textual")

DOOR = "石家庄市长安区中山东路12号4-1-302"


@pytest.fixture
def review(tmp_path):
    people = [("1", GOOD, "100080"), ("2", SAME, "100080"), ("3", DOUBTFUL), ("4", NOWHERE)]
    return open_review(make_book(tmp_path, people), MAILING, "li")


def shown(review):
    return review.current.entry.raw if review.current else None


def test_one_goes_through_all_and_settles_some(review):
    told = [
        shown(review),
        review.decide("held"),
        shown(review),
        review.decide("corrected", DOOR),
        shown(review),
    ]
    review.skip()

    assert told == [NOWHERE, "", DOUBTFUL, "", GOOD]
    assert review.count == 2
    assert entry_of(review.workspace, DOUBTFUL, "person_no=3").verdict == "good"
    assert {c.operator for c in history(review.workspace)} == {"li"}


def test_each_decision_is_taken_back_in_turn(review):
    before = entries(review.workspace)
    review.decide("held")
    review.decide("corrected", DOOR)

    assert [review.take_back(), shown(review), review.take_back(), shown(review), review.take_back()] == [
        True,
        DOUBTFUL,
        True,
        NOWHERE,
        False,
    ]
    assert entries(review.workspace) == before
    assert [c.action for c in history(review.workspace)] == ["held", "corrected", "undone", "undone"]
    with review.workspace.reading() as connection:
        told = [r.facts for r in connection.execute(select(audit)) if r.command == "address review"]
    assert [json.loads(facts)["action"] for facts in told] == ["held", "corrected", "undone", "undone"]


def test_what_is_refused_is_told_and_stays_on_the_screen(review):
    told = review.decide("accepted")

    assert told.startswith("A146")
    assert (shown(review), review.count) == (NOWHERE, 0)


def test_a_second_writing_of_a_point_follows_the_first(review):
    review.skip()
    review.skip()
    review.decide("accepted")

    assert (shown(review), review.decide("held").startswith("A141")) == (SAME, True)
    assert review.current.entry.settled == "accepted"
    assert review.decide("held") == ""
    assert entry_of(review.workspace, GOOD).settled == "held"


def test_the_end_and_the_beginning_are_walls(review):
    review.back()
    assert review.at == 0
    for _time in range(9):
        review.skip()
    assert review.current is None
    assert review.decide("held") == ""


def keys(review, *pressed):
    """Press keys in the program; gives what the card and the line below it say."""
    from yibao_cli.cli.review_app import ReviewApp  # noqa: PLC0415 - only where Textual is installed

    async def press():
        app = ReviewApp(review)
        async with app.run_test() as pilot:
            for key in pressed:
                await pilot.press(*([key] if len(key) < 10 and key.isascii() else list(key)))
            await pilot.pause()
            return [str(app.query_one(f"#{name}").render()) for name in ("card", "told")]

    return asyncio.run(press())


def test_the_screen_shows_the_original_its_problem_and_the_proposal(review):
    card, told = keys(review, "n")

    assert DOUBTFUL in card
    assert "2 of 4" in card
    assert "A1" not in card
    assert told == ""


def test_keys_hold_skip_go_back_and_undo(review):
    card, _told = keys(review, "h", "n", "p", "u")

    assert NOWHERE in card
    assert review.count == 0
    assert entry_of(review.workspace, NOWHERE).settled == ""


def test_while_a_line_is_open_its_keys_are_told_and_afterwards_no_more(review):
    assert "Esc" in keys(review, "n", "e")[1]
    assert keys(review, "n", "e", "escape")[1] == ""


def test_the_values_of_a_card_stand_below_each_other(review):
    card, _told = keys(review, "n")

    lines = [line.split(": ", 1) for line in card.splitlines()[2:]]
    assert len({len(label) + len(value) - len(value.lstrip()) for label, value in lines}) == 1


def test_an_address_is_corrected_on_the_line(review):
    keys(review, "n", "e", "end", "1", "2", "号", "space", "0", "5", "0", "0", "1", "2", "enter")

    own = entry_of(review.workspace, DOUBTFUL, "person_no=3")
    assert (own.standard, own.postcode) == ("河北省石家庄市长安区中山东路12号", "050012")


def test_letters_on_the_line_are_no_commands(review):
    keys(review, "n", "e", "h", "a", "escape", "n")

    assert review.count == 0
    assert shown(review) == GOOD


def test_markup_in_an_address_is_text(tmp_path):
    review = open_review(
        make_book(tmp_path, [("1", "[bold]石家庄市[/bold][@click=app.quit]"), ("2", NEW)]), MAILING
    )

    card, _told = keys(review, "p")

    assert "[@click=app.quit]" in card
