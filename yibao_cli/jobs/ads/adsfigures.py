"""Figures of a mailing's plan: from the package where it is frozen, else of a plan made to be looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yibao_cli.ads.telling import facts_of
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adswork import frozen_facts, plan_now
from yibao_cli.money import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.model import Finding


@dataclass(frozen=True)
class PlanFigures:
    """What a plan says. is_frozen: it is made over the pieces of the package."""

    mailing: str
    facts: Mapping[str, Any]
    is_frozen: bool
    findings: list[Finding] = field(default_factory=list)

    @property
    def json(self) -> str:
        """The facts as JSON."""
        return json.dumps(self.facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def summary(self) -> str:
        """The plan in one sentence."""
        short = sum(self.facts["short"].values())
        proof = _("proven the least possible") if self.facts["proven"] else _("not proven the least possible")
        return _(
            "{mailing}: {people} people, {consented} consent; {versions} different sheets; "
            "short {short} pieces, {proof}; revenue {revenue} yuan"
        ).format(
            mailing=self.mailing,
            people=self.facts["people"],
            consented=self.facts["consented"],
            versions=len(self.facts["versions"]),
            short=short,
            proof=proof,
            revenue=yuan(revenue_of(self.facts)),
        )


def plan_facts(workspace: Workspace, mailing: str, *, frozen: bool = False) -> PlanFigures:
    """Figures of a plan made now; frozen: those that the package has."""
    mailing = workspace.mailing_id(mailing)
    if frozen:
        return PlanFigures(mailing, frozen_facts(workspace, mailing), is_frozen=True)
    made = plan_now(workspace, mailing)
    facts = facts_of(made.found.plan, made.found.people, made.found.options)
    return PlanFigures(mailing, facts, made.is_frozen, made.findings)


def plan_rows(facts: Mapping[str, Any]) -> list[dict[str, object]]:
    """A row for each contract."""
    return [
        {
            "contract": c["id"],
            "advertiser": c["advertiser"],
            "panel": "、".join(c["panels"]),
            "quota": c["quota"],
            "guaranteed": c["floor"],
            "reach": c["reach"],
            "printed": c["printed"],
            "short": max(c["floor"] - c["printed"], 0),
            "revenue": yuan(_earned(c)),
        }
        for c in facts["contracts"]
    ]


def revenue_of(facts: Mapping[str, Any]) -> int:
    """Fen that the contracts earn, less what shortages give back."""
    return sum(_earned(c) for c in facts["contracts"])


def _earned(contract: Mapping[str, Any]) -> int:
    printed, price = min(contract["printed"], contract["quota"]), contract["price"]
    if contract["per_thousand"]:
        return int(price * printed // 1000)
    floor = contract["floor"]
    return int(price * min(printed, floor) // floor) if floor else int(price)
