"""Pictures of a plan for the terminal, as lines of text: panels, pacing, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from yibao_cli.i18n import _
from yibao_cli.money import yuan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WIDE = 38
_NAME, _PLACE, _CELL, _SUM = 16, 13, 17, 10  # columns of a contract, a county, a panel, a sum
_FEN = 100
_SHADES = " ░▒▓█"


def pacing(facts: Mapping[str, Any]) -> Iterator[str]:
    """A bar for each contract: what prints of its quota, and where its guarantee lies."""
    yield _("Pacing: █ printed, | guaranteed, the whole bar is the quota")
    for contract in facts["contracts"]:
        quota = max(contract["quota"], 1)
        filled = min(round(_WIDE * contract["printed"] / quota), _WIDE)
        bar = list("█" * filled + "·" * (_WIDE - filled))
        mark = min(round(_WIDE * contract["floor"] / quota), _WIDE) - 1
        if mark >= 0:
            bar[mark] = "|"
        number = _wide(contract["id"], _NAME)
        yield f"  {number} {''.join(bar)} {contract['printed']:>9,} / {contract['quota']:,}"


def panels_by_county(facts: Mapping[str, Any]) -> Iterator[str]:
    """Per county and panel: what the panel earns there, and what a thousand more pieces would earn."""
    yield _("Yuan by county and panel: earned, and what a thousand more pieces would earn")
    shadow = facts["shadow"]
    panels = list(facts["panels"])
    counties = sorted({c for panel in panels for c in shadow.get(panel, {})})
    top = max((v for panel in panels for v in shadow.get(panel, {}).values()), default=0)
    by_panel = facts.get("earned", {})
    heads = [_wide(p, _CELL, right=True) for p in panels]
    yield "  " + " ".join([_wide(_("county"), _PLACE), *heads, _wide(_("revenue"), _SUM, right=True)])
    earned = revenue_by_county(facts)
    for county in counties:
        cells = []
        for panel in panels:
            price = shadow.get(panel, {}).get(county, 0)
            shade = _SHADES[min(price * (len(_SHADES) - 1) // top, len(_SHADES) - 1)] if top else " "
            there = by_panel.get(panel, {}).get(county, 0)
            cells.append(f"{_whole(there):>9} {shade}{_short(price):>{_CELL - 11}}")
        total = _whole(earned.get(county, 0))
        yield "  " + " ".join([_wide(county or "-", _PLACE), *cells, f"{total:>{_SUM}}"])


def _whole(amount: int) -> str:
    """Fen as whole yuan, halves up: a picture has no room for fen."""
    return f"{(amount + _FEN // 2) // _FEN:,}"


def _short(amount: int) -> str:
    """Fen as yuan in six columns: with fen as long as there is room."""
    return yuan(amount) if amount < 1000 * _FEN else _whole(amount)


def _wide(text: str, columns: int, *, right: bool = False) -> str:
    """A text cut or filled up to so many columns of a terminal, where Chinese takes two each."""
    while _columns(text) > columns:
        text = text.rstrip("…")[:-1] + "…"
    blanks = " " * (columns - _columns(text))
    return blanks + text if right else text + blanks


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def revenue_by_county(facts: Mapping[str, Any]) -> dict[str, int]:
    """Fen that the pieces of each county earn, each piece at its contract's price."""
    earned: dict[str, float] = {}
    for contract in facts["contracts"]:
        base = 1000 if contract["per_thousand"] else max(contract["floor"] or contract["quota"], 1)
        for county, pieces in facts["by_county"].get(contract["id"], {}).items():
            earned[county] = earned.get(county, 0.0) + contract["price"] * pieces / base
    return {county: round(amount) for county, amount in earned.items()}


def curve(facts: Mapping[str, Any]) -> Iterator[str]:
    """A bar for each number of versions: the share of the revenue that is left, and what falls short."""
    points = facts["curve"]
    if not points:
        yield _("No curve of versions: set `versions` in [ads]")
        return
    yield _("Versions: share of the revenue, pieces short, contracts short, smallest run")
    best = max(points[0]["revenue"], 1)
    for point in points:
        share = point["revenue"] / best
        bar = "█" * max(round(_WIDE * share), 0)
        yield (
            f"  {point['versions']:>5} {bar:<{_WIDE}} {share:>7.2%} "
            f"{point['short']:>9,} {point['contracts_short']:>4} {point['smallest_run']:>8,}"
        )
