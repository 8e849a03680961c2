"""The auditor finds every fault that is put in, and nothing where there is none."""

from __future__ import annotations

import copy
import random
from collections import Counter

import pandas as pd
import pyarrow as pa
import pytest

from ads_builders import sold
from yibao_cli.ads.people import people_of
from yibao_cli.ads.planning import Options, make_plan
from yibao_cli.ads.telling import facts_of
from yibao_cli.ads.verifying import Audit

POSTING = "2026-10-08"
TERM = {"starts": "2026-10-01", "ends": "2026-12-31"}
ADS = [
    sold("C-1", "A", 300, ["甲县"], others=("B",), group="医院", price=40_000, per_thousand=True, **TERM),
    sold("C-2", "B", 200, (), ["退休"], others=("A", "C"), group="医院", **TERM),
    sold("C-3", "C", 250, age_from=30, age_to=60, group="own", cap=(1, 2), **TERM),
    sold("C-4", "A", 150, employers=frozenset({"1001"}), retired=False, group="other", **TERM),
    sold("C-5", "B", 100, spent_from=500_00, legal_basis="单独同意 2026-03", group="spend", **TERM),
]
EARLIER = [[(f"{n:06d}", "C-3") for n in range(0, 1500, 7)]]


@pytest.fixture(scope="module")
def frozen():
    """A planned mailing as the package has it: facts, and the pieces as a frame."""
    draw = random.Random(5)
    rows = [
        {
            "member_key": f"{n:06d}",
            "ads_consent": draw.choice([True, True, True, False, None]),
            "county": draw.choice(["甲县", "乙县", None]),
            "category": draw.choice(["在职", "退休"]),
            "employer_no": draw.choice(["1001", "1002", None]),
            "birth_date": draw.choice(
                [None, f"{draw.randint(1940, 2008)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"]
            ),
            "spent": draw.choice([0, 499_99, 500_00, 900_00]),
        }
        for n in range(1500)
    ]
    table = pa.Table.from_pylist(rows)
    people, options = people_of(table, "member_key", POSTING), Options("seed")
    plan = make_plan(people, ADS, "ABC", options, EARLIER)
    keys = [*(f"ad:{c.id}" for c in ADS), "house:a"]
    frame = pd.DataFrame(rows)
    frame["piece"] = [f"P{n:05d}" for n in range(len(frame))]
    for number, panel in enumerate("abc"):
        frame[f"slot_{panel}"] = [keys[ad] for ad in plan.slots[:, number]]
    return facts_of(plan, people, options), frame


def breaches(facts, frame, posting=POSTING):
    seen = {"C-3": Counter(key for key, _contract in EARLIER[0])}
    audit = Audit(facts, posting, "member_key", seen)
    for start in range(0, len(frame), 400):
        audit.feed(frame.iloc[start : start + 400])
    return {(b.what, b.contract) for b in audit.finish()}


def test_a_plan_as_it_was_frozen_has_no_breach(frozen):
    facts, frame = frozen

    assert sum(frame[f"slot_{p}"].str.startswith("ad:").sum() for p in "abc") > 500
    assert breaches(facts, frame) == set()


def first(frame, slot, ad, **wanted):
    """The first piece that bears an ad."""
    rows = frame[frame[slot] == ad]
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    return rows.index[0]


FAULTS = {
    "consent": ("slot_a", "ad:C-1", "ads_consent", None),
    "county": ("slot_a", "ad:C-1", "county", "乙县"),
    "category": ("slot_b", "ad:C-2", "category", "在职"),
    "employer_no": ("slot_a", "ad:C-4", "employer_no", "1002"),
    "age": ("slot_c", "ad:C-3", "birth_date", "1960-10-01"),
    "retired": ("slot_a", "ad:C-4", "category", "退休"),
    "spending": ("slot_b", "ad:C-5", "spent", 499_99),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_person_who_was_not_to_get_the_ad_is_found(frozen, what):
    facts, frame = frozen
    slot, ad, column, value = FAULTS[what]
    slot = next(s for s in (slot, "slot_a", "slot_b", "slot_c") if (frame[s] == ad).any())
    spoiled = frame.copy()
    spoiled[column] = spoiled[column].astype(object)
    spoiled.loc[first(frame, slot, ad), column] = value

    assert (what, ad[3:]) in breaches(facts, spoiled)


@pytest.mark.parametrize(
    ("born", "is_wrong"),
    [
        ("1966-10-08", False),
        ("1965-10-09", False),
        ("1965-10-08", True),
        ("1996-10-08", False),
        ("1996-10-09", True),
        (None, True),
    ],
)
def test_birthdays_count_by_the_day(frozen, born, is_wrong):
    facts, frame = frozen
    spoiled = frame.copy()
    spoiled.loc[first(frame, "slot_c", "ad:C-3"), "birth_date"] = born

    assert (("age", "C-3") in breaches(facts, spoiled)) == is_wrong


def moved(frame, row, **slots):
    spoiled = frame.copy()
    for name, value in slots.items():
        spoiled.loc[row, name] = value
    return spoiled


def test_faults_of_the_sheet_are_found(frozen):
    facts, frame = frozen
    bears = first(frame, "slot_a", "ad:C-1", category="退休")
    house = frame[(frame[["slot_a", "slot_b", "slot_c"]] == "house:a").all(axis=1)].index[0]

    assert ("group", "医院") in breaches(facts, moved(frame, bears, slot_b="ad:C-2"))
    assert ("group", "医院") in breaches(facts, moved(frame, bears, slot_b="ad:C-1"))
    assert ("panel", "C-1") in breaches(facts, moved(frame, bears, slot_a="house:a", slot_c="ad:C-1"))
    assert ("unknown", "C-9") in breaches(facts, moved(frame, house, slot_a="ad:C-9"))
    assert ("unknown", "") in breaches(facts, moved(frame, house, slot_a="nothing"))
    assert ("count", "C-1") in breaches(facts, moved(frame, bears, slot_a="house:a"))


def test_whoever_had_an_ad_before_is_found(frozen):
    facts, frame = frozen
    row = frame[frame["member_key"] == "000007"].index[0]

    assert ("cap", "C-3") in breaches(facts, moved(frame, row, slot_c="ad:C-3", ads_consent=True))


def test_faults_of_the_contract_are_found(frozen):
    facts, frame = frozen

    def changed(number, **terms):
        other = copy.deepcopy(facts)
        other["contracts"][number].update(terms)
        return breaches(other, frame)

    assert ("quota", "C-1") in changed(0, quota=1)
    assert ("expired", "C-1") in changed(0, ends="2026-10-07")
    assert ("legal-basis", "C-5") in changed(4, legal_basis="")
    assert breaches(facts, frame, "2027-01-01") >= {("expired", c.id) for c in ADS}


def test_an_ad_for_somebody_held_out_is_found(frozen):
    facts, frame = frozen
    other = copy.deepcopy(facts)
    other["options"]["holdout"] = 0.5

    assert ("held-out", "") in breaches(other, frame)


def test_a_part_without_any_panel_filled_is_told_and_no_fault_of_ours(frozen):
    facts, frame = frozen
    empty = frame.head(10).assign(slot_a=None, slot_b=None, slot_c=None)

    assert ("unknown", "") in breaches(facts, empty)
