"""How a list is to be read; how one that was taken in is told: its findings, its rows, each in one state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from yibao_cli.errors import UsageError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def header_map_of(given: Sequence[str]) -> dict[str, str]:
    """Header -> field, as --map was given; raises UsageError where one is none."""
    pairs = [g.rpartition("=") for g in given]
    for header, _equals, field in pairs:
        if not header or not field:
            raise UsageError(
                _("--map wants 'Excel header=field'"), remedy=_("for example --map '社保号=person_no'")
            )
    return {header: field for header, _equals, field in pairs}
