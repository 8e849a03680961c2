"""A plan in words and figures: findings for people, and the facts that are frozen with the package."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from yibao_cli.ads.colouring import NOBODY
from yibao_cli.ads.contracts import about
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.ads.people import People
    from yibao_cli.ads.planning import Options, Plan
    from yibao_cli.ads.program import Conflict
    from yibao_cli.ads.terms import Contract

FORMAT = 1  # of what is frozen


def findings_of(plan: Plan, printed: Sequence[int], people: People) -> list[Finding]:
    """Guarantees that nobody could fill or that are not met, and who stands against whom."""
    problem = plan.problem
    found = aims_at_nobody(people, problem.contracts)
    if problem.contracts and not people.consent.any() and len(plan.member):
        found.append(Finding("C154", details={"people": len(plan.member)}))
    for ad, contract in enumerate(problem.contracts):
        floor, reach = int(problem.floors[ad]), int(problem.reach[ad])
        if reach < floor:
            found.append(about("C134", contract, floor=floor, reach=reach))
        elif printed[ad] < floor:
            found.append(about("C140", contract, floor=floor, printed=printed[ad]))
    found += [_conflict(plan, c) for c in plan.solution.conflicts if len(c.ads) > 1]
    if problem.contracts and not plan.is_best:
        found.append(Finding("C142"))
    return found


def aims_at_nobody(people: People, contracts: Sequence[Contract]) -> list[Finding]:
    """Counties, classes and employers that contracts are aimed at and nobody has: a slip, as a rule."""
    if not len(people):
        return []
    there = [set(column.words) for column in (people.county, people.category, people.employer)]
    found = []
    for contract in contracts:
        wanted = (contract.counties, contract.categories, contract.aim.employers)
        nobody = sorted(word for words, known in zip(wanted, there, strict=True) for word in words - known)
        if nobody:
            found.append(about("C163", contract, what="、".join(nobody)))
    return found


def _conflict(plan: Plan, conflict: Conflict) -> Finding:
    problem = plan.problem
    contracts = "、".join(problem.contracts[a].id for a in conflict.ads)
    panels = sorted({problem.panels[p] for _cls, p in conflict.places})
    groups = sorted(
        {c.group for c, n in zip(problem.contracts, problem.groups, strict=True) if n in conflict.groups}
    )
    details = {"contracts": contracts, "missing": conflict.missing}
    if panels:
        return Finding(
            "C141", column="合同号", value=contracts, details=details | {"panels": "、".join(panels)}
        )
    named = "、".join(group.removeprefix("=") for group in groups)
    return Finding("C162", column="合同号", value=contracts, details=details | {"group": named})


def facts_of(plan: Plan, people: People, options: Options) -> dict[str, Any]:
    """Everything about a plan that lasts, as plain JSON; nothing that identifies a person."""
    problem, solution = plan.problem, plan.solution
    ids = [c.id for c in problem.contracts]
    printed = plan.printed
    return {
        "format": FORMAT,
        "options": dataclasses.asdict(options),
        "panels": list(problem.panels),
        "solver": solution.solver,
        "proven": solution.proven,
        "best_revenue": round(solution.best_revenue),
        "short": {str(t): n for t, n in solution.short.items()},
        "bound": {str(t): n for t, n in solution.bound.items()},
        "people": len(plan.member),
        "consented": int(people.consent.sum()),
        "held_out": int(plan.held_out.sum()),
        "contracts": [
            terms_of(c) | {"printed": int(printed[n]), "reach": int(problem.reach[n])}
            for n, c in enumerate(problem.contracts)
        ],
        "by_county": _by_county(plan, people),
        "earned": earned_by_panel(plan, people),
        "versions": [
            {"sheet": [None if ad == NOBODY else ids[ad] for ad in sheet], "pieces": pieces}
            for sheet, pieces in sorted(plan.versions.items(), key=lambda v: (-v[1], v[0]))
        ],
        "conflicts": [
            {"tier": c.tier, "contracts": [ids[a] for a in c.ads], "missing": c.missing}
            for c in solution.conflicts
        ],
        "shadow": shadow_by_county(plan, people),
        "curve": [
            {
                "versions": point.versions,
                "revenue": point.revenue,
                "short": point.short,
                "contracts_short": point.contracts_short,
                "smallest_run": point.smallest_run,
            }
            for point in plan.curve
        ],
    }


def terms_of(contract: Contract) -> dict[str, Any]:
    """A contract's terms as plain JSON; `facts_of` freezes them, and the verifier reads them there."""
    aim = contract.aim
    return {
        "id": contract.id,
        "advertiser": contract.advertiser,
        "trade": contract.trade,
        "title": contract.title,
        "panels": list(contract.panels),
        "quota": contract.quota,
        "floor": contract.floor,
        "price": contract.price,
        "per_thousand": contract.per_thousand,
        "group": contract.group,
        "cap": list(contract.cap) if contract.cap else None,
        "spread": None if contract.spread is None else float(contract.spread),
        "tier": contract.tier,
        "settled_by": contract.settled_by,
        "remedy": contract.remedy,
        "approval_no": contract.approval_no,
        "legal_basis": contract.legal_basis,
        "response": contract.response,
        "starts": contract.starts,
        "ends": contract.ends,
        "aim": {
            "counties": sorted(aim.counties),
            "categories": sorted(aim.categories),
            "employers": sorted(aim.employers),
            "age_from": aim.age_from,
            "age_to": aim.age_to,
            "retired": aim.retired,
            "spent_from": aim.spent_from,
        },
    }


def shadow_by_county(plan: Plan, people: People) -> dict[str, dict[str, int]]:
    """Per panel and county: fen that a thousand more pieces there would earn, the mean over its people."""
    per_class = plan.solution.shadow
    found: dict[str, dict[str, int]] = {}
    for number, panel in enumerate(plan.problem.panels):
        price = per_class[:, number][plan.member] if len(plan.member) else np.zeros(0)
        price = np.where(people.consent, price, 0.0)
        sums = np.bincount(people.county.codes, price, minlength=len(people.county.words))
        counts = np.bincount(
            people.county.codes, people.consent.astype(float), minlength=len(people.county.words)
        )
        found[panel] = {
            word: round(total / count)
            for word, total, count in zip(people.county.words, sums, counts, strict=True)
            if count
        }
    return found


def earned_by_panel(plan: Plan, people: People) -> dict[str, dict[str, int]]:
    """Per panel and county: fen that its pieces earn, each at its contract's price a piece."""
    units = np.array([*(float(c.unit) for c in plan.problem.contracts), 0.0])  # the last: nobody's
    found: dict[str, dict[str, int]] = {}
    for number, panel in enumerate(plan.problem.panels):
        worth = units[plan.slots[:, number]] if len(plan.slots) else np.zeros(0)
        sums = np.bincount(people.county.codes, worth, minlength=len(people.county.words))
        found[panel] = {w: round(fen) for w, fen in zip(people.county.words, sums, strict=True) if fen}
    return found


def _by_county(plan: Plan, people: People) -> dict[str, dict[str, int]]:
    """Per contract the pieces in each county."""
    found: dict[str, dict[str, int]] = {}
    for ad, contract in enumerate(plan.problem.contracts):
        bears = (plan.slots == ad).any(axis=1)
        counts = np.bincount(people.county.codes[bears], minlength=len(people.county.words))
        found[contract.id] = {w: int(n) for w, n in zip(people.county.words, counts, strict=True) if n}
    return found
