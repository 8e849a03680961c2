"""How a list that was taken in is told: its findings, and its rows, each in one state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.cli.view import View
    from yibao_cli.model import Finding


class Intake(Protocol):
    """What came of a list: rows_in == accepted + known + refused, and why."""

    rows_in: int
    accepted: int
    known: int
    refused: int
    findings: list[Finding]


def tell_intake(view: View, outcome: Intake) -> None:
    """Say what is wrong, then how many rows were recorded, known already and refused."""
    view.report(outcome.findings)
    view.say(
        _("{rows} rows = {accepted} recorded + {known} known already + {refused} refused").format(
            rows=outcome.rows_in, accepted=outcome.accepted, known=outcome.known, refused=outcome.refused
        )
    )
