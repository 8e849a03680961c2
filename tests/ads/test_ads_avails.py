"""What avails promise is what a plan can keep, and a piece more is not."""

from __future__ import annotations

import dataclasses
import random
from itertools import product

import pyarrow as pa
import pytest

from ads_builders import sold
from yibao_cli.ads import avails
from yibao_cli.ads.avails import answer
from yibao_cli.ads.people import masks_of, people_of
from yibao_cli.ads.planning import Options, make_plan
from yibao_cli.ads.program import has_solver

POSTING = "2026-10-08"


def town(seed, count=120):
    draw = random.Random(seed)
    return pa.Table.from_pylist(
        [
            {
                "member_key": f"{n:04d}",
                "ads_consent": draw.random() < 0.8,
                "county": draw.choice(["甲县", "乙县", "丙县"]),
                "category": draw.choice(["在职", "退休"]),
                "birth_date": f"{draw.randint(1940, 2005)}-05-05",
            }
            for n in range(count)
        ]
    )


def book(seed):
    draw = random.Random(seed)
    return [
        sold(
            f"C-{n}",
            draw.choice("AB"),
            draw.randint(5, 40),
            draw.sample(["甲县", "乙县", "丙县"], draw.randint(0, 2)),
            others=tuple(draw.sample("AB", draw.randint(0, 1))),
            group=draw.choice(["医院", "药店", f"own-{n}"]),
            tier=draw.randint(1, 2),
        )
        for n in range(6)
    ]


def short_with(table, contracts, wanted, pieces):
    """Smallest shortage of the contracts there were, and of the wanted one beside them."""
    last = dataclasses.replace(wanted, floor=pieces, quota=pieces, tier=9)
    plan = make_plan(people_of(table, "member_key", POSTING), [*contracts, last], "AB", Options("s"))
    assert plan.solution.proven
    return {t: n for t, n in plan.solution.short.items() if t < 9}, plan.solution.short[9]


@pytest.mark.skipif(not has_solver(), reason="highspy is not installed")
@pytest.mark.parametrize("seed", range(12))
def test_the_most_can_be_planned_and_one_more_cannot(seed):
    table, contracts = town(seed), book(seed)
    wanted = sold("?", "A", 1, ["甲县", "乙县"], group="医院", age_from=30)

    found = answer(table, POSTING, [*contracts, wanted], "AB", ("s", 0.0, 0.0))

    people = people_of(table, "member_key", POSTING)
    before = make_plan(people, contracts, "AB", Options("s")).solution.short
    assert found.exact
    assert found.most <= found.reach
    if found.most:
        assert short_with(table, contracts, wanted, found.most) == (before, 0)
    assert short_with(table, contracts, wanted, found.most + 1) == (before, 1)


def sheets_of(mask, contracts, panels):
    """How often each ad stands on every sheet that somebody of this mask could get."""
    found = set()
    for sheet in product([None, *range(len(contracts))], repeat=len(panels)):
        placed = [(panel, a) for panel, a in zip(panels, sheet, strict=True) if a is not None]
        groups = [contracts[a].group for _panel, a in placed]
        fits = all(mask >> a & 1 and panel in contracts[a].panels for panel, a in placed)
        if fits and len(set(groups)) == len(groups):
            found.add(tuple(sheet.count(a) for a in range(len(contracts))))
    return found


def most_by_counting(masks, contracts, panels):
    """The most of the last contract over all ways to give everybody a sheet, the others' shortage first."""
    quotas = [*(c.quota for c in contracts[:-1]), len(masks)]
    ways = {(0,) * len(contracts)}
    for mask in masks:
        sheets = sheets_of(mask, contracts, panels)
        totals = {tuple(map(sum, zip(way, sheet, strict=True))) for way in ways for sheet in sheets}
        ways = {way for way in totals if all(n <= q for n, q in zip(way, quotas, strict=True))}
    tiers = sorted({c.tier for c in contracts[:-1]})

    def lacking(way):
        short = [(c.tier, max(c.floor - n, 0)) for c, n in zip(contracts[:-1], way, strict=False)]
        return tuple(sum(n for tier, n in short if tier == wanted) for wanted in tiers)

    least = min(map(lacking, ways))
    return max(way[-1] for way in ways if lacking(way) == least)


@pytest.mark.skipif(not has_solver(), reason="highspy is not installed")
@pytest.mark.parametrize("seed", range(20))
def test_the_most_is_what_counting_all_sheets_of_all_people_finds(seed):
    draw = random.Random(seed)
    table, panels = town(seed, draw.randint(3, 8)), "ABC"[: draw.randint(1, 3)]
    contracts = []
    for name in [*(f"C-{n}" for n in range(draw.randint(1, 3))), "?"]:
        first, quota = draw.choice(panels), draw.randint(1, 8)
        terms = {"others": tuple(p for p in panels if p != first and draw.random() < 0.5)}
        terms |= {"group": draw.choice("gh"), "tier": draw.randint(1, 2), "floor": draw.randint(1, quota)}
        contracts.append(sold(name, first, quota, ["甲县"] if draw.random() < 0.3 else (), **terms))

    found = answer(table, POSTING, contracts, panels, ("s", 0.0, 0.0))

    masks = masks_of(people_of(table, "member_key", POSTING), contracts).tolist()
    assert found.most == most_by_counting(masks, contracts, panels)


def test_without_a_solver_less_is_promised_and_that_is_said(monkeypatch):
    table, contracts = town(1), book(1)
    wanted = sold("?", "A", 1, group="?")
    exact = answer(table, POSTING, [*contracts, wanted], "AB", ("s", 0.0, 0.0))
    monkeypatch.setattr(avails, "has_solver", lambda: False)

    found = answer(table, POSTING, [*contracts, wanted], "AB", ("s", 0.0, 0.0))

    assert not found.exact
    assert found.most <= exact.most or not exact.exact


def test_who_has_had_the_other_ad_too_often_is_free_for_this_one_and_its_guarantee_is_kept():
    table = town(1)
    keys = table.column("member_key").to_pylist()
    other = sold("C-1", "A", 40, group="same", cap=(1, 2))
    wanted = sold("?", "A", 1, group="same")
    had = [(k, "C-1") for k in keys[:100]]

    free, capped = (
        answer(table, POSTING, [other, wanted], "A", ("s", 0.0, 0.0), earlier) for earlier in ([], [had])
    )

    consented = sum(c is True for c in table.column("ads_consent").to_pylist())
    others = sum(c is True for c in table.column("ads_consent").to_pylist()[100:])
    assert free.most == consented - 40
    assert capped.most == consented - others  # all that C-1 can still have is kept for it


def test_who_will_be_held_out_cannot_be_sold():
    table = town(1)
    wanted = sold("?", "A", 1)

    free, held = (answer(table, POSTING, [wanted], "AB", ("s", share, 0.0)) for share in (0.0, 0.4))

    assert held.reach < free.reach
    assert held.most == held.reach


@pytest.mark.parametrize(("booked", "has_room"), [(63, True), (64, False)])
def test_a_mailing_that_bears_all_the_ads_it_can_sells_no_further_one(booked, has_room):
    """64 ads are all that a mailing takes (C139)."""
    table = town(1)
    people = sum(table.column("ads_consent").to_pylist())
    contracts = [sold(f"C{n:02d}", "A", quota=1) for n in range(booked)]

    found = answer(table, POSTING, [*contracts, sold("?", "A", quota=5)], "A", ("s", 0.0, 0.0))

    assert (found.most, found.reach, found.exact) == (people - booked if has_room else 0, people, True)
