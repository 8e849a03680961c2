"""A survey by telephone beside the returns: how many to ask, whom, and what their answers say of all.

The sample is stratified: each stratum gets calls in proportion to its posted pieces, and one at least. The
size is that of a simple random sample with the finite-population correction; strata only make it better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from yibao_cli.returns.rates import Z_95, Rate, wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OUTCOMES = {"接通": "reached", "未通": "silent", "拒访": "refused", "空号": "dead-line"}
ANSWERS = {"是": "yes", "否": "no"}


def sample_size(population: int, precision: float, share: float = 0.5) -> int:
    """How many to ask so that the 95 % interval of a share is about ± `precision`.

    share: what is expected; 0.5 needs the most. With the correction for a finite population.
    Source: W. G. Cochran, Sampling Techniques, 3rd ed., 4.4.
    """
    if population <= 0:
        return 0
    endless = Z_95**2 * share * (1 - share) / precision**2
    return min(population, math.ceil(endless / (1 + (endless - 1) / population)))


def allocate(strata: Mapping[str, int], size: int) -> dict[str, int]:
    """Share calls out over strata in proportion to their pieces, by largest remainders, one each at least.

    strata: name -> pieces. No stratum gets more calls than it has pieces; the calls add up to `size`, or to
    the number of strata with pieces where that is more.
    """
    known = {name: count for name, count in strata.items() if count}
    whole = sum(known.values())
    size = min(max(size, len(known)), whole)
    quotas = {name: max(1.0, size * count / whole) for name, count in known.items()}
    calls = {name: min(known[name], math.floor(quota)) for name, quota in quotas.items()}
    by_remainder = sorted(known, key=lambda name: (calls[name] - quotas[name], name))
    while sum(calls.values()) < size:
        for name in by_remainder:
            if sum(calls.values()) < size and calls[name] < known[name]:
                calls[name] += 1
    for name in sorted(known, key=lambda name: (-calls[name], name)):
        # Small strata were rounded up to one; the largest give.
        surplus = sum(calls.values()) - size
        calls[name] -= min(surplus, max(calls[name] - 1, 0)) if surplus > 0 else 0
    return calls


def draw(pieces: Mapping[str, Sequence[str]], calls: Mapping[str, int], seed: int) -> list[tuple[str, str]]:
    """Draw (stratum, piece): the same seed draws the same, whatever the order in which pieces come."""
    found = []
    for stratum in sorted(calls):
        chosen = Random(f"{seed}/{stratum}").sample(sorted(pieces[stratum]), calls[stratum])  # noqa: S311
        found += [(stratum, piece) for piece in chosen]
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call gave: stratum, outcome of OUTCOMES or "", and yes, no or "" to each question."""

    stratum: str
    outcome: str
    received: str = ""
    accurate: str = ""
    address_right: str = ""
    satisfaction: int = -1


@dataclass(frozen=True, slots=True)
class Result:
    """What a survey says.

    drawn == reached + silent + refused + dead + open_. received: of those reached, with the Wilson interval;
    weighted: each stratum by its pieces, with the interval of stratified samples (normal, within 0 and 1).
    """

    drawn: int
    reached: int
    silent: int
    refused: int
    dead: int
    open_: int
    received: Rate
    weighted: float
    weighted_low: float
    weighted_high: float
    accurate: Rate
    address_right: Rate
    satisfaction: float | None


def result(answers: Sequence[Answer], strata: Mapping[str, int]) -> Result:
    """Count the answers. strata: name -> posted pieces."""
    reached = [a for a in answers if a.outcome == "reached"]
    counts = {o: sum(a.outcome == o for a in answers) for o in (*OUTCOMES.values(), "")}
    marks = [a.satisfaction for a in reached if a.satisfaction >= 0]
    weighted, half = _weighted(reached, strata)
    return Result(
        drawn=len(answers),
        reached=len(reached),
        silent=counts["silent"],
        refused=counts["refused"],
        dead=counts["dead-line"],
        open_=counts[""],
        received=_yes([a.received for a in reached]),
        weighted=weighted,
        weighted_low=max(0.0, weighted - half),
        weighted_high=min(1.0, weighted + half),
        accurate=_yes([a.accurate for a in reached]),
        address_right=_yes([a.address_right for a in reached]),
        satisfaction=sum(marks) / len(marks) if marks else None,
    )


def _yes(said: Sequence[str]) -> Rate:
    known = [s for s in said if s]
    return wilson(sum(s == "yes" for s in known), len(known))


def _weighted(reached: Sequence[Answer], strata: Mapping[str, int]) -> tuple[float, float]:
    """Share of the strata together, and half its 95 % interval. Source: Cochran, 5.3, 5A.44."""
    by_stratum: dict[str, list[Answer]] = {}
    for answer in reached:
        by_stratum.setdefault(answer.stratum, []).append(answer)
    whole = sum(strata[name] for name in by_stratum)
    if not whole:
        return 0.0, 1.0
    share = variance = 0.0
    for name, answers in by_stratum.items():
        n, weight = len(answers), strata[name] / whole
        p = sum(a.received == "yes" for a in answers) / n
        share += weight * p
        # Agresti and Coull's two successes and failures keep a stratum of few calls from being certain.
        smooth = (p * n + 2) / (n + 4)
        variance += weight**2 * smooth * (1 - smooth) / (n + 4) * max(1 - n / strata[name], 0)
    return share, Z_95 * math.sqrt(variance)
