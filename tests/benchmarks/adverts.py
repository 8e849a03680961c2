"""The ads of a city: plan, avails, ways by hand; few versions; a list that changes (docs/ads.md)."""

# ruff: noqa: PLC0415 - each benchmark loads what it measures and nothing else

from __future__ import annotations

import dataclasses
import sys
import time
from pathlib import Path
from statistics import mean

from measure import peak_memory

PEOPLE, FEWER = 700_000, 100_000
INSTANCES = 8
LOADS = (0.7, 0.85, 1.0)
ORDERS = 20  # in which contracts could have been booked


def ads(_folder):
    """Plan the ads of 700,000 people, 40 contracts, 3 panels; assign them piece by piece; ask for more."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from ads_builders import book, city
    from yibao_cli.ads.planning import Options, make_plan

    people = city(PEOPLE)
    contracts = book(people)
    start = time.perf_counter()
    plan = make_plan(people, contracts, "ABC", Options("2026Q3"))
    took = time.perf_counter() - start
    solution = plan.solution
    assert solution.proven, "the shortage is not proven the least"
    yield "plan + assign, 700,000 x 40 x 3", f"{took:.2f} s, shortage {sum(solution.short.values())}, proven"
    yield (
        "  classes, edges, sheets",
        f"{len(plan.problem.sizes)}, {len(plan.problem.edges):,}, {len(plan.versions)}",
    )
    yield "  peak memory", f"{peak_memory():,.0f} MB"
    yield from _avails(people, contracts)
    yield from _by_hand()


def adversions(_folder):
    """Print the ads of 700,000 people with at most 30 different sheets, and what each number costs."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from ads_builders import book, city
    from yibao_cli.ads.planning import Options, make_plan

    people = city(PEOPLE)
    start, used = time.perf_counter(), time.process_time()
    plan = make_plan(people, book(people), "ABC", Options("2026Q3", versions=30))
    took, cpu = time.perf_counter() - start, time.process_time() - used
    yield "the curve down to 30 versions", f"{took:.1f} s, {cpu:.1f} CPU-s"
    for point in plan.curve[1:]:
        share, lacking = point.revenue / plan.curve[0].revenue, point.short / plan.problem.floors.sum()
        told = f"{share:.2%} of the revenue, {point.contracts_short} contracts short by {lacking:.2%} of all"
        yield f"  {point.versions} versions", f"{told}, smallest run {point.smallest_run:,}"


def adkeep(_folder):
    """Change a hundredth of a list of 100,000 and plan again: who keeps the sheet there was?"""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from ads_builders import book, changed, city
    from yibao_cli.ads.planning import Options, make_plan

    people = city(FEWER)
    for load in LOADS:
        contracts, options = book(people, load=load), Options("2026Q3")
        first = make_plan(people, contracts, "ABC", options)
        for what in ("leave", "come", "move"):
            now, rows, unchanged = changed(people, what, FEWER // 100)
            before = first.slots[rows].copy()
            before[rows < 0] = -2  # keeping.UNKNOWN
            kept = make_plan(now, contracts, "ABC", options, before=before)
            anew = make_plan(now, contracts, "ABC", options)
            same, fresh = ((first.slots[rows] == p.slots).all(axis=1)[unchanged].mean() for p in (kept, anew))
            earned = kept.problem.revenue(kept.solution.x) / anew.problem.revenue(anew.solution.x)
            told = f"{same:.2%} of the others keep their sheet ({fresh:.1%} planned anew)"
            yield f"{load:.0%} sold, 1 % {what}", f"{told}, {earned:.1%} of the revenue"


def _avails(people, contracts):
    """One enquiry, from a table of people to the answer."""
    import pyarrow as pa

    from ads_builders import sold
    from yibao_cli.ads.avails import answer

    table = pa.table(
        {
            "member_key": list(people.keys),
            "ads_consent": people.consent,
            "county": pa.DictionaryArray.from_arrays(people.county.codes, list(people.county.words)),
            "category": pa.DictionaryArray.from_arrays(people.category.codes, list(people.category.words)),
            "employer_no": pa.DictionaryArray.from_arrays(people.employer.codes, list(people.employer.words)),
            "birth_date": [f"{2026 - age}-01-01" for age in people.age.tolist()],
        }
    )
    wanted = sold("?", "A", 30_000, people.county.words[:2], group="trade-1")
    start = time.perf_counter()
    found = answer(table, "2026-10-08", [*contracts, wanted], "ABC", ("2026Q3", 0.0, 0.0))
    yield (
        "avails: 30,000 of a panel in two counties",
        f"{time.perf_counter() - start:.2f} s, at most {found.most:,}",
    )


def _by_hand():
    """The same instances by the order of booking, by price, by high water mark, and by the program."""
    from ads_builders import book, city
    from yibao_cli.ads.fallback import high_water_mark
    from yibao_cli.ads.problem import problem_of
    from yibao_cli.ads.program import solve

    for load in LOADS:
        rows = {name: [] for name in ("order of booking", "by price", "high water mark")}
        ours = []
        for seed in range(1, INSTANCES + 1):
            people = city(FEWER, seed)
            problem = problem_of(people, book(people, load=load, seed=seed), "ABC").problem
            best = solve(problem)
            revenue = net_of(problem, best.x)
            ours.append((100.0, sum(best.short.values()), int((problem.shortages(best.x) > 0).sum())))
            order = range(len(problem.contracts))
            by_price = sorted(order, key=lambda a, p=problem: -p.contracts[a].price)
            plans = (greedy(problem, order), greedy(problem, by_price), high_water_mark(problem).x)
            for name, x in zip(rows, plans, strict=True):
                lacking = problem.shortages(x)
                rows[name].append((100 * net_of(problem, x) / revenue, lacking.sum(), (lacking > 0).sum()))
        for name, found in {**rows, "linear program": ours}.items():
            net, short, contracts = (mean(column) for column in zip(*found, strict=True))
            yield (
                f"{load:.0%} sold, {name}",
                f"{net:.1f} % net of refunds, {short:,.0f} pieces and {contracts:.1f} contracts short",
            )


def adhand(_folder):
    """Ways by hand at 85 % sold on the instances that the goal G3 came from, and what a bound leaves."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from ads_builders import narrow_book, narrow_city
    from yibao_cli.ads.problem import problem_of

    for room, premium in ((1.15, 1.0), (1.15, 1.25), (1.0, 1.25)):
        rows, left = {}, []
        for seed in range(1, INSTANCES + 1):
            people = narrow_city(FEWER, seed)
            problem = problem_of(people, narrow_book(people, seed=seed, room=room), "ABC").problem
            found, bound = _against_hand(_dearer(problem, premium), seed)
            left.append(bound)
            for name, figures in found.items():
                rows.setdefault(name, []).append(figures)
        what = f"quotas {room:.0%} of guarantees, panel A {premium:.0%}"
        for name, figures in rows.items():
            gross, net = (mean(column) for column in zip(*figures, strict=True))
            yield f"{what}: over {name}", f"{gross:+.1%} revenue, {net:+.1%} net of refunds"
        yield f"{what}: any plan of that shortage", f"{mean(left):+.4%} at most"


def _against_hand(problem, seed):
    """Per way by hand: how much more the program earns, gross and net; and what a better plan could add."""
    import random

    from yibao_cli.ads.fallback import high_water_mark
    from yibao_cli.ads.program import solve

    best = solve(problem)
    gross, net = _worth(problem, best.x)
    order, draw = list(range(len(problem.contracts))), random.Random(seed)
    by_price = sorted(order, key=lambda a: -problem.contracts[a].price)
    booked = [greedy(problem, draw.sample(order, len(order))) for _ in range(ORDERS)]
    ways = {
        "first come": booked,
        "price": [greedy(problem, by_price)],
        "high water mark": [high_water_mark(problem).x],
    }
    found = {}
    for name, plans in ways.items():
        theirs = [_worth(problem, x) for x in plans]
        found[name] = gross / mean(g for g, _n in theirs) - 1, net / mean(n for _g, n in theirs) - 1
    return found, best.best_revenue / gross - 1


def _dearer(problem, premium):
    """The problem with a first panel that costs more than the others."""
    import numpy as np

    from yibao_cli.ads.problem import Problem

    class Dearer(Problem):
        def values(self):
            return super().values() * np.where(self.edges[:, 2] == 0, premium, 1.0)

    return Dearer(**{f.name: getattr(problem, f.name) for f in dataclasses.fields(problem)})


def _worth(problem, x):
    """Fen that a plan earns, and what is left of it when missing pieces are refunded."""
    gross = float((problem.values() / 1000 * x).sum())
    lacking = problem.shortages(x)
    return gross, gross - sum(int(n) * float(c.unit) for n, c in zip(lacking, problem.contracts, strict=True))


def greedy(problem, order):
    """Each contract in turn takes all of its quota that is left, class by class."""
    import numpy as np

    x = np.zeros(len(problem.edges), np.int64)
    panels, groups = problem.slacks(x)
    for ad in order:
        left = int(problem.quotas[ad])
        for edge in np.flatnonzero(problem.edges[:, 1] == ad):
            cls, _ad, panel = problem.edges[edge]
            step = min(left, int(panels[cls, panel]), int(groups[cls, problem.groups[ad]]))
            x[edge] += step
            left -= step
            panels[cls, panel] -= step
            groups[cls, problem.groups[ad]] -= step
    return x


def net_of(problem, x):
    """Revenue less what every missing piece of a guarantee gives back."""
    lacking = problem.shortages(x)
    back = sum(int(n) * float(c.unit) for n, c in zip(lacking, problem.contracts, strict=True))
    return problem.revenue(x) - back
