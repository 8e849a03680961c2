from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from yibao_cli import codes
from yibao_cli.sample.employers import employer_name, uscc
from yibao_cli.sample.people import MOST, Cast, person_no

ORDINALS = st.integers(1, MOST)
CAST = Cast(3000, 1)
LARGE = Cast(MOST, 1)


@given(ORDINALS)
def test_every_id_number_passes_its_check_and_holds_the_birth_date(ordinal):
    person = LARGE.person(ordinal)

    fault = codes.id_number_fault(person.id_number)

    assert fault is None
    assert codes.birth_date(person.id_number) == person.birth < date(2026, 1, 1)
    assert int(person.id_number[16]) % 2 == (person.gender == "男")


@given(st.lists(ORDINALS, min_size=2, max_size=40, unique=True))
def test_two_people_never_share_a_number(ordinals):
    people = [LARGE.person(ordinal) for ordinal in ordinals]

    assert len({p.id_number for p in people}) == len({p.person_no for p in people}) == len(ordinals)


def test_no_id_number_comes_twice_in_a_whole_sample():
    numbers = {CAST.person(ordinal).id_number for ordinal in range(1, 3001)}

    assert len(numbers) == 3000


@given(ORDINALS)
def test_numbers_belong_to_nobody(ordinal):
    person = LARGE.person(ordinal)

    assert person.id_number.startswith("130199")
    assert person.phone.startswith("1990000")
    assert codes.is_mobile(person.phone)


@given(ORDINALS)
def test_a_person_number_has_ten_digits(ordinal):
    number = person_no(ordinal)

    assert len(number) == 10
    assert number.isdigit()


@given(ORDINALS, st.integers(0, 2**32))
def test_a_row_is_a_function_of_seed_and_ordinal(ordinal, seed):
    ordinal = ordinal % 3000 + 1

    first, second = Cast(3000, seed).person(ordinal), Cast(3000, seed).person(ordinal)

    assert first == second


def test_employers_are_40_blocks_with_one_of_600_and_one_of_1():
    sizes = sorted(unit.size for unit in CAST.units)

    assert len(sizes) == 40
    assert sizes[0] == 1 < sizes[1]
    assert sizes[-1] == 600 > sizes[-2]


def test_blocks_follow_each_other_without_a_gap():
    ends = [unit.first + unit.size for unit in CAST.units]

    assert [unit.first for unit in CAST.units[1:]] == ends[:-1]
    assert ends[-1] == CAST.first_free


def test_employers_have_names_of_their_own():
    names = {employer_name(LARGE, unit) for unit in LARGE.units}

    assert len(names) == len(LARGE.units)


@given(st.integers(0, 20_000))
def test_every_credit_code_passes_its_check(index):
    code = uscc(index)

    assert codes.uscc_is_valid(code)


def test_a_city_has_no_more_than_4000_employers_and_none_above_the_large_one():
    sizes = [unit.size for unit in LARGE.units]

    assert len(sizes) == 4_000
    assert max(sizes) == LARGE.large.size == 600
