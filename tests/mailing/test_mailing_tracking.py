"""Tracking numbers: forms, check digits, blocks, and giving them out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.codes import s10_check_digit
from yibao_cli.mailing.tracking import Block, BlockRow, Series, allot, blocks_of, folded, number_of, overlaps

XA = Series("cn13", "XA", "31", checked=True)


def block(first, last, *, following=0, series=XA, number=0):
    return Block(series, first, last, following or first, number)


def from_to(first, last, series=XA):
    return BlockRow(series.number(first), series.number(last))


def rules(findings):
    return [f.rule_id for f in findings]


# Worked by hand from UPU S10; the wrong weights that some copies of it print would give another digit.
@pytest.mark.parametrize(
    ("serial", "check"), [("47312482", 9), ("12345678", 5), ("00000008", 0), ("00000015", 5), ("00000000", 5)]
)
def test_the_check_digit_is_that_of_the_standard(serial, check):
    assert s10_check_digit(serial) == check


@pytest.mark.parametrize(
    ("form", "text", "fault"),
    [
        ("s10", "RR473124829GB", None),
        ("s10", "RR473124828GB", "check"),
        ("s10", "RR47312482GB", "form"),
        ("s10", "RR47312482931", "form"),
        ("cn13", "XA47312482931", None),
        ("cn13", "XA47312482031", "check"),
        ("num13", "1234567890123", None),
        ("num13", "123456789012", "form"),
        ("num13", "１２３４５６７８９０１２３", "form"),
    ],
)
def test_a_number_is_judged_by_its_form_and_its_check_digit(form, text, fault):
    found = number_of(text, form)

    assert (found if isinstance(found, str) else None) == fault


def test_without_a_check_digit_all_nine_digits_count_up():
    found, findings = blocks_of([BlockRow("XA00000000931", "XA00000001131")], "cn13", check=False)

    assert not findings
    assert [b.series.number(n) for b in found for n in range(b.first, b.last + 1)] == [
        "XA00000000931",
        "XA00000001031",
        "XA00000001131",
    ]


def test_single_numbers_that_follow_each_other_are_one_block():
    rows = [BlockRow(XA.number(n), "") for n in (7, 8, 9, 20)]

    found, findings = blocks_of(rows, "cn13")

    assert not findings
    assert found == [block(7, 9), block(20, 20)]


def test_numbers_twice_in_a_file_are_told_and_counted_once():
    found, findings = blocks_of([from_to(10, 20), from_to(15, 15), from_to(21, 30)], "cn13")

    assert rules(findings) == ["M143"]
    assert found == [block(10, 30)]


def test_ends_of_two_series_or_turned_around_are_told():
    other = Series("cn13", "XB", "31", checked=True)
    rows = [BlockRow(XA.number(1), other.number(9)), from_to(9, 1)]

    found, findings = blocks_of(rows, "cn13")

    assert (found, rules(findings)) == ([], ["M142", "M142"])


def test_a_number_is_read_as_people_type_it():
    assert folded("ｒｒ 47312482-9 gb") == "RR473124829GB"


def test_only_numbers_of_one_series_overlap():
    other = block(1, 5, series=Series("cn13", "XA", "32", checked=True))

    assert list(overlaps([block(1, 5)], [block(5, 9), other])) == [(block(1, 5), block(5, 9))]


def test_a_pool_that_is_too_small_gives_nothing_and_says_how_many_miss():
    assert allot([block(1, 3), block(10, 10)], 6) == ([], [], 2)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=5), st.data())
def test_numbers_given_out_one_time_after_another_are_never_the_same(sizes, data):
    pool = [block(i * 100, i * 100 + n - 1, number=i) for i, n in enumerate(sizes)]
    left, given_out = sum(sizes), []

    while left:
        wanted = data.draw(st.integers(1, left))
        numbers, changed, missing = allot(pool, wanted)
        pool = [next((c for c in changed if c.id == b.id), b) for b in pool]
        given_out += numbers
        left -= wanted
        assert missing == 0
        assert len(numbers) == wanted

    assert len(set(given_out)) == len(given_out) == sum(sizes)
    assert all(not isinstance(number_of(n, "cn13"), str) for n in given_out)
    assert allot(pool, 1) == ([], [], 1)
