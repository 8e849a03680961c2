from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_part
from yibao_cli.compose.marks import omr_bits
from yibao_cli.config import shipped
from yibao_cli.kinds import load_kind
from yibao_cli.kinds.geometry import OmrItem, OmrProfile

PROFILES = load_kind(shipped("templates"), "medical").omr


def bits(profile, page, sheet, feeds=()):
    item = OmrItem(profile=profile, x=0, y=0, feeds=feeds)
    return omr_bits(PROFILES[profile], item, page, sheet)


# Counted by hand from the orders of the manuals that templates/common/omr.toml names.
@pytest.mark.parametrize(
    ("page", "sheet", "feeds", "marked"),
    [
        # always, divert, stop, insert, feeds 1 to 3, sequence 4 2 1, parity, always
        ((1, 2), 0, (), "1001 000 000 11"),
        ((1, 4), 0, (), "1000 000 000 01"),
        ((3, 4), 1, (), "1001 000 001 01"),
        ((1, 4), 5, (1, 3), "1000 101 101 01"),
        ((3, 4), 6, (), "1001 000 110 11"),
        ((3, 6), 6, (2,), "1000 010 110 11"),
        ((1, 2), 7, (), "1001 000 111 01"),
        ((1, 2), 13, (4, 5, 6), "1001 000 101 11"),  # 13 is 5 modulo 8; the profile has three stations
    ],
)
def test_the_marks_of_a_neopost_sheet(page, sheet, feeds, marked):
    assert bits("quadient-1-track", page, sheet, feeds) == marked.replace(" ", "")


@pytest.mark.parametrize(
    ("page", "sheet", "feeds", "marked"),
    [
        # always twice, not last, not first, parity, always, feeds 1 2, divert, always, sequence 4 2 1, always
        ((1, 2), 0, (), "11 00 1 1 00 0 1 000 1"),
        ((1, 4), 7, (), "11 10 1 1 00 0 1 111 1"),
        ((3, 6), 1, (2,), "11 11 1 1 01 0 1 001 1"),
        ((3, 4), 2, (), "11 01 1 1 00 0 1 010 1"),
        ((3, 4), 3, (), "11 01 0 1 00 0 1 011 1"),
    ],
)
def test_the_marks_of_a_pitney_bowes_sheet(page, sheet, feeds, marked):
    assert bits("pitney-bowes-di425", page, sheet, feeds) == marked.replace(" ", "")


SHEETS = st.integers(1, 49).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n)))


@given(
    st.sampled_from(sorted(PROFILES)),
    SHEETS,
    st.integers(0, 10**6),
    st.sets(st.integers(1, 6)).map(tuple),
)
def test_the_number_of_marks_on_a_sheet_is_even_and_its_back_bears_none(profile, sheets, number, feeds):
    front, pages = 2 * sheets[0] + 1, 2 * sheets[1]

    marks = bits(profile, (front, pages), number, feeds)

    assert len(marks) == len(PROFILES[profile].lines)
    assert marks.count("1") % 2 == 0
    assert bits(profile, (front + 1, pages), number, feeds) == ""


@given(st.sampled_from(sorted(PROFILES)), SHEETS, st.integers(0, 10**6))
def test_eight_sheets_on_the_sequence_begins_again(profile, sheets, number):
    page = 2 * sheets[0] + 1, 2 * sheets[1]

    assert bits(profile, page, number) == bits(profile, page, number + 8)
    assert len({bits(profile, page, number + n) for n in range(8)}) == 8


def test_a_profile_without_parity_has_the_marks_it_has():
    profile = OmrProfile(name="own", pitch=4, length=10, lines=("always", "not-last", "insert", "sequence1"))
    item = OmrItem(profile="own", x=0, y=0)

    assert [omr_bits(profile, item, (n, 4), 1) for n in (1, 2, 3, 4)] == ["1101", "", "1011", ""]


def test_a_profile_is_as_high_as_its_lines():
    profile = OmrProfile(name="own", pitch=4, length=10, ratio=8, lines=("always", "insert", "parity"))

    assert profile.height == 2 * 4 + 0.5


def test_no_shipped_kind_bears_marks_until_it_is_told_to():
    assert not any(m.item.type == "omr" for _v, p in make_part(1).layout.plans() for m in p.marks)
