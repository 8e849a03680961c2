"""Seeded instances of the allocation problem: a city's members and a book of contracts."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import numpy as np

from yibao_cli.ads.people import Coded, People, masks_of
from yibao_cli.ads.terms import Aim, Contract

COUNTIES = tuple(f"县{n:02d}" for n in range(14))
CATEGORIES = ("在职", "学生", "居民", "退休")
PANELS = "ABC"
EMPLOYERS = ("", "1001", "1002", "1003")


def sold(number, panel="A", quota=10, counties=(), categories=(), **terms):
    """A contract spelled out only where a test cares; its floor is its quota."""
    counties, categories = frozenset(counties), frozenset(categories)
    ages = {
        k: terms.pop(k) for k in ("employers", "age_from", "age_to", "retired", "spent_from") if k in terms
    }
    settings = {"floor": quota, "group": number, "aim": Aim(counties, categories, **ages), **terms}
    price = settings.pop("price", 0)
    return Contract(
        number, f"广告主{number}", panel, quota, counties, categories, price, Path("a.pdf"), **settings
    )


def city(count=700_000, seed=1, consent=0.97):
    """Members of a city: counties of unequal size, ages that go with the category, four kinds of employer."""
    draw = np.random.default_rng(seed)
    weights = draw.dirichlet(np.full(len(COUNTIES), 3.0))
    category = draw.choice(len(CATEGORIES), count, p=[0.42, 0.16, 0.2, 0.22]).astype(np.int32)
    low, high = np.array([22, 6, 30, 58])[category], np.array([58, 22, 80, 92])[category]
    return People(
        keys=tuple(map("{:010d}".format, range(count))),
        consent=draw.random(count) < consent,
        county=Coded(COUNTIES, draw.choice(len(COUNTIES), count, p=weights).astype(np.int32)),
        category=Coded(CATEGORIES, category),
        employer=Coded(EMPLOYERS, draw.choice(4, count, p=[0.7, 0.1, 0.1, 0.1]).astype(np.int32)),
        age=(low + draw.random(count) * (high - low)).astype(np.int16),
        spent=np.zeros(count, np.int64),
    )


def book(people, ads=40, load=0.85, seed=1, tiers=1):
    """Contracts by the thousand in 8 trades whose guarantees ask for `load` of all panels; quotas 15 % above."""
    draw = random.Random(seed)
    drafts, wanted = [], 0.0
    for _ in range(ads):
        counties = draw.sample(COUNTIES, draw.randint(2, 8)) if draw.random() < 0.5 else ()
        categories = draw.sample(CATEGORIES, draw.randint(1, 3)) if draw.random() < 0.35 else ()
        ages = {"age_from": draw.choice([18, 30, 45]), "age_to": draw.choice([60, 75, 90])}
        first = draw.choice(PANELS)
        others = () if draw.random() < 0.35 else tuple(p for p in PANELS if p != first)
        share = draw.uniform(0.2, 1.0)
        drafts.append((counties, categories, ages if draw.random() < 0.2 else {}, first, others, share))
        wanted += share
    trial = [sold(f"C{n:02d}", d[3], 1, d[0], d[1], **d[2]) for n, d in enumerate(drafts)]
    masks = masks_of(people, trial)
    reach = [int((masks & np.uint64(1 << n) != 0).sum()) for n in range(ads)]
    total = sum(d[5] * r for d, r in zip(drafts, reach, strict=True))
    scale = load * len(people) * len(PANELS) / total
    made = []
    for n, (counties, categories, ages, first, others, share) in enumerate(drafts):
        floor = max(int(min(scale * share, 0.8) * reach[n]), 1)
        made.append(
            sold(
                f"C{n:02d}",
                first,
                floor * 115 // 100,
                counties,
                categories,
                others=others,
                floor=floor,
                price=draw.randrange(25_000, 70_000),
                per_thousand=True,
                group=f"trade-{n % 8}",
                tier=1 + n % tiers,
                **ages,
            )
        )
    return made


def narrow_city(count, seed=1):
    """Members as research for the planner had them: six age bands, retirees, spending, kinds of employer."""
    draw = np.random.default_rng(seed)
    weights = draw.dirichlet(np.full(len(COUNTIES), 3.0))
    age = 20 + 10 * draw.choice(6, count, p=[0.12, 0.2, 0.2, 0.18, 0.18, 0.12]) + draw.integers(0, 10, count)
    retired = (age >= 60) & (draw.random(count) < 0.9)
    return People(
        keys=tuple(map("{:010d}".format, range(count))),
        consent=draw.random(count) < 0.98,
        county=Coded(COUNTIES, draw.choice(len(COUNTIES), count, p=weights).astype(np.int32)),
        category=Coded(("在职", "退休"), retired.astype(np.int32)),
        employer=Coded(EMPLOYERS, draw.choice(4, count, p=[0.25, 0.5, 0.15, 0.1]).astype(np.int32)),
        age=age.astype(np.int16),
        spent=draw.choice([0, 1_000_00, 3_000_00, 8_000_00], count, p=[0.3, 0.35, 0.25, 0.1]).astype(
            np.int64
        ),
    )


def narrow_book(people, ads=40, load=0.85, seed=1, room=1.15):
    """Contracts aimed by age band, retirement, spending and employer too; room: quota over guarantee."""
    draw, drafts = random.Random(seed), []
    for _ in range(ads):
        aim = {"counties": draw.sample(COUNTIES, draw.randint(2, 8)) if draw.random() < 0.5 else ()}
        if draw.random() < 0.3:
            aim["age_from"] = draw.choice([20, 30, 40, 50])
            aim["age_to"] = aim["age_from"] + draw.choice([19, 29, 39])
        if draw.random() < 0.15:
            aim["retired"] = draw.random() < 0.5
        if draw.random() < 0.15:
            aim["spent_from"] = draw.choice([1_000_00, 3_000_00])
        if draw.random() < 0.15:
            aim["employers"] = frozenset(draw.sample(EMPLOYERS, 2))
        first = draw.choice(PANELS)
        others = () if draw.random() < 0.35 else tuple(p for p in PANELS if p != first)
        drafts.append((first, others, aim, draw.uniform(0.2, 1.0)))
    trial = [sold(f"C{n:02d}", first, 1, **aim) for n, (first, _others, aim, _share) in enumerate(drafts)]
    masks = masks_of(people, trial)
    reach = [int((masks & np.uint64(1 << n) != 0).sum()) for n in range(ads)]
    scale = load * len(people) * len(PANELS) / sum(d[3] * r for d, r in zip(drafts, reach, strict=True))
    made = []
    for n, (first, others, aim, share) in enumerate(drafts):
        floor = max(int(min(scale * share, 0.8) * reach[n]), 1)
        terms = {"floor": floor, "others": others, "group": f"trade-{n % 8}", "per_thousand": True}
        price = draw.randrange(25_000, 70_000)
        made.append(sold(f"C{n:02d}", first, int(floor * room), price=price, **terms, **aim))
    return made


def some(people, rows, keys=None):
    """Some of the people, in that order; keys: theirs, where they are not who they were."""
    return dataclasses.replace(
        people,
        keys=tuple(people.keys[n] for n in rows) if keys is None else tuple(keys),
        consent=people.consent[rows],
        age=people.age[rows],
        spent=people.spent[rows],
        **{
            name: Coded(getattr(people, name).words, getattr(people, name).codes[rows])
            for name in ("county", "category", "employer")
        },
    )


def changed(people, what, count, seed=1):
    """A list of which so many leave, come, or move to another county.

    Returns the people, the row that each had before (-1 for who had none), and who is as before.
    """
    draw, rows = np.random.default_rng(seed), np.arange(len(people))
    chosen = draw.choice(len(people), count, replace=False)
    if what == "leave":
        rows = np.delete(rows, chosen)
        return some(people, rows), rows, rows >= 0
    if what == "come":
        now = some(people, [*rows, *chosen], [*people.keys, *(f"N{n}" for n in range(count))])
        rows = np.concatenate([rows, np.full(count, -1)])
        return now, rows, rows >= 0
    codes = people.county.codes.copy()
    codes[chosen] = (codes[chosen] + 3) % len(COUNTIES)
    now = dataclasses.replace(people, county=Coded(people.county.words, codes))
    return now, rows, ~np.isin(rows, chosen)
