"""Which panel art each piece bears: first come, first served within quota and targets, else a house panel.

A member whose consent is not known gets no third party's ad (广告法 43; research/ads.md 0.1), so consent is
asked before anything else. Allocation by linear program is a later, separate planner.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.ads.contracts import Contract


@dataclass(frozen=True, slots=True)
class Audience:
    """What ads may be aimed at, column-wise, in print order: never health or spending."""

    consent: Sequence[bool | None]
    county: Sequence[str | None]
    category: Sequence[str | None]


@dataclass
class Assigner:
    """Gives out panels in print order; keeps count of what each contract has had.

    house: keys of the house panels, in the kind's order; slots: the kind's slots.
    """

    contracts: Sequence[Contract]
    house: Sequence[str]
    slots: Sequence[str]
    printed: Counter[str] = field(default_factory=Counter)

    def assign(self, audience: Audience) -> dict[str, list[str]]:
        """Per slot one key (`ad:<contract>` or `house:<id>`) for each of the next pieces."""
        return {slot: self._slot(index, slot, audience) for index, slot in enumerate(self.slots)}

    def _slot(self, index: int, slot: str, audience: Audience) -> list[str]:
        offered = [c for c in self.contracts if c.panel == slot]
        # Slots start at different house panels, so that no sheet bears the same one twice.
        filler = self.house[index % len(self.house)]
        rows = zip(audience.consent, audience.county, audience.category, strict=True)
        return [self._one(offered, filler, row) for row in rows]

    def _one(
        self, offered: Sequence[Contract], filler: str, row: tuple[bool | None, str | None, str | None]
    ) -> str:
        consent, county, category = row
        for contract in offered if consent else ():
            if self.printed[contract.id] >= contract.quota:
                continue
            if contract.counties and county not in contract.counties:
                continue
            if contract.categories and category not in contract.categories:
                continue
            self.printed[contract.id] += 1
            return f"ad:{contract.id}"
        return filler
