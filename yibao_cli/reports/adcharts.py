"""Charts of a mailing's ads, from the plan that its package froze: pacing, panels by county, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yibao_cli.exports.charts import AMBER, BLUE, RED, Bar, Drawing, bars
from yibao_cli.money import yuan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MOST = 45  # bars of one chart: what earns least is left out


def plan_charts(plan: Mapping[str, Any], words: Mapping[str, Sequence[str]]) -> dict[str, Drawing]:
    """The charts that a plan has figures for; words: Chinese and English by key."""
    rows = {"pacing": _pacing, "panels": _panels, "versions": _versions}
    found = {name: list(of(plan)) for name, of in rows.items()}
    return {name: bars(words[name][0], some) for name, some in found.items() if some}


def _pacing(plan: Mapping[str, Any]) -> Iterator[Bar]:
    """What prints of each contract's quota; amber below the quota, red below the guarantee."""
    for contract in plan.get("contracts", ()):
        printed, floor, quota = contract["printed"], contract["floor"], contract["quota"]
        fill = RED if printed < floor else AMBER if printed < quota else BLUE
        yield Bar(contract["id"], printed / max(quota, 1), f"{printed:,} / {floor:,} / {quota:,}", fill)


def _panels(plan: Mapping[str, Any]) -> Iterator[Bar]:
    """What each panel earns in each county, and behind it what a thousand more pieces would."""
    shadow = plan.get("shadow", {})
    earned = [
        (fen, panel, county)
        for panel, counties in plan.get("earned", {}).items()
        for county, fen in counties.items()
    ]
    for fen, panel, county in sorted(earned, key=lambda e: (-e[0], e[1:]))[:_MOST]:
        price = shadow.get(panel, {}).get(county, 0)
        yield Bar(f"{panel} {county}", fen, f"{yuan(fen)} · {yuan(price)}", AMBER if price else BLUE)


def _versions(plan: Mapping[str, Any]) -> Iterator[Bar]:
    """What share of the revenue each number of versions keeps."""
    points = plan.get("curve", ())
    best = max(points[0]["revenue"], 1) if points else 1
    for point in points:
        share = point["revenue"] / best
        yield Bar(str(point["versions"]), share, f"{share:.2%} · {point['contracts_short']}", BLUE)
