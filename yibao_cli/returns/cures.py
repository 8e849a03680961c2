"""What is to be done with each letter that came back: mail it again, ask somebody, or let it be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from yibao_cli.i18n import N_
from yibao_cli.returns.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT_ONCE = frozenset({"R07", "R09", "R10", "R12"})
_POST = frozenset({"R11"})
_MOST = 2  # times that a letter is mailed; after that somebody is asked first


class Way(StrEnum):
    """How a letter is cured; the words people read."""

    REMAIL = N_("mail again")
    EMPLOYER = N_("ask the employer")
    PHONE = N_("phone the member")
    CENTRE = N_("ask the centre")
    POST = N_("settle with the post")
    LOOK = N_("look at the slip")
    STOP = N_("mail nothing more")


@dataclass(frozen=True, slots=True)
class Case:
    """A letter that came back: copy, R code, and what is known of the address and of the member by now.

    corrected: the address book has another address than the letter bore; deliverable: it is a good one.
    employer, phone: whether there is one to ask. confirmed: somebody said since that the address is right.
    """

    copy: int
    reason: str
    corrected: bool
    deliverable: bool
    employer: bool
    phone: bool
    confirmed: bool = False


# Whom to ask first, by the kind of fault: an employer knows who has left, a telephone knows a house number.
_ASKED: Mapping[str, tuple[Way, ...]] = {
    "address": (Way.EMPLOYER, Way.PHONE, Way.CENTRE),
    "person": (Way.EMPLOYER, Way.PHONE, Way.CENTRE),
    "moved": (Way.PHONE, Way.EMPLOYER, Way.CENTRE),
    "unclaimed": (Way.PHONE, Way.EMPLOYER, Way.CENTRE),
    "access": (Way.EMPLOYER, Way.PHONE, Way.CENTRE),
}


def cure(case: Case) -> Way:
    """Propose what to do with a letter."""
    group = REASONS[case.reason].group
    if group in {"deceased", "refusal"}:
        return Way.STOP
    if case.corrected and case.deliverable:
        return Way.REMAIL
    if case.reason in _POST:
        return Way.POST
    # Who was asked and says that the address is right is not asked again before the letter was tried again.
    is_worth = case.reason in _AT_ONCE or case.confirmed
    if is_worth and case.deliverable and case.copy + 1 < _MOST:
        return Way.REMAIL
    if group == "other":
        return Way.LOOK
    there = {Way.EMPLOYER: case.employer, Way.PHONE: case.phone, Way.CENTRE: True}
    return next(way for way in _ASKED.get(group, (Way.PHONE, Way.CENTRE)) if there[way])
