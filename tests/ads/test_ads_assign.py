from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.ads import Assigner, Audience, Contract

HOUSE = ("house:a", "house:b", "house:c")
COUNTIES, CATEGORIES = ("长安区", "桥西区"), ("在职", "退休")


def sold(number, panel="A", quota=10, counties=(), categories=()):
    return Contract(
        number, "某医院", panel, quota, frozenset(counties), frozenset(categories), 0, Path("a.pdf")
    )


CONTRACTS = st.lists(
    st.builds(
        sold,
        st.integers(1, 99).map("C-{:02d}".format),
        st.sampled_from("ABC"),
        st.integers(-1, 6),
        st.sets(st.sampled_from(COUNTIES)),
        st.sets(st.sampled_from(CATEGORIES)),
    ),
    max_size=5,
    unique_by=lambda c: c.id,
)
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([True, True, False, None]),
        st.sampled_from([*COUNTIES, None]),
        st.sampled_from([*CATEGORIES, None]),
    ),
    max_size=15,
)


def audience(people):
    return Audience(*zip(*people, strict=True)) if people else Audience((), (), ())


def assigned(contracts, people, *, chunk=100):
    """Per piece its keys by slot, given out `chunk` pieces at a time."""
    assigner = Assigner(contracts, HOUSE, ("A", "B", "C"))
    keys = {slot: [] for slot in "ABC"}
    for start in range(0, len(people), chunk):
        for slot, given_out in assigner.assign(audience(people[start : start + chunk])).items():
            keys[slot] += given_out
    return keys, assigner


@given(CONTRACTS, PEOPLE)
def test_no_contract_prints_more_than_its_quota_and_every_print_is_counted(contracts, people):
    keys, assigner = assigned(contracts, people)

    shown = Counter(k for column in keys.values() for k in column if k.startswith("ad:"))
    for contract in contracts:
        assert shown[f"ad:{contract.id}"] == assigner.printed[contract.id] <= max(contract.quota, 0)


@given(CONTRACTS, PEOPLE)
def test_an_ad_reaches_only_who_consented_and_is_aimed_at(contracts, people):
    keys, _assigner = assigned(contracts, people)

    by_key = {f"ad:{c.id}": c for c in contracts}
    for slot, column in keys.items():
        for key, (consent, county, category) in zip(column, people, strict=True):
            if key in by_key:
                ad = by_key[key]
                assert consent is True
                assert ad.panel == slot
                assert not ad.counties or county in ad.counties
                assert not ad.categories or category in ad.categories
            else:
                assert key in HOUSE


@given(CONTRACTS, PEOPLE)
def test_a_panel_is_left_to_the_house_only_when_no_contract_could_have_it(contracts, people):
    keys, assigner = assigned(contracts, people)

    for slot, column in keys.items():
        for key, (consent, county, category) in zip(column, people, strict=True):
            if key.startswith("house:") and consent:
                assert all(
                    assigner.printed[c.id] >= c.quota
                    or (c.counties and county not in c.counties)
                    or (c.categories and category not in c.categories)
                    for c in contracts
                    if c.panel == slot
                )


@given(CONTRACTS, PEOPLE, st.integers(1, 5))
def test_the_parts_of_a_mailing_do_not_change_who_gets_what(contracts, people, chunk):
    assert assigned(contracts, people, chunk=chunk)[0] == assigned(contracts, people)[0]


def test_whose_consent_is_not_known_gets_house_panels():
    keys, _ = assigned(
        [sold("C-01")], [(None, "长安区", "在职"), (False, "长安区", "在职"), (True, None, None)]
    )

    assert keys["A"] == ["house:a", "house:a", "ad:C-01"]


def test_a_sheet_bears_three_different_house_panels():
    keys, _ = assigned([], [(True, None, None)])

    assert [keys[slot][0] for slot in "ABC"] == ["house:a", "house:b", "house:c"]
