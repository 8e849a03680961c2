"""Who gets nothing more: the dead at once, whoever refused, and whoever's mail came back twice in a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_DEAD, _REFUSED = "R08", "R06"
# The post's own faults, and damage, say nothing about the address or the person.
_NOT_THEIRS = frozenset({"R10", "R11", "R12"})
_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Came:
    """A member's piece that came back: mailing, member's number, R code, ISO day."""

    mailing: str
    member: str
    reason: str
    day: str


@dataclass(frozen=True, slots=True)
class Stop:
    """An entry of the list 停寄名单: the member's number, the list's reason, since when, and why."""

    member: str
    word: str
    since: str
    remark: str


def stops(
    came: Iterable[Came], mailings: Sequence[str], answered: Mapping[str, str] | None = None
) -> list[Stop]:
    """Who is to be stopped, each member once and for the strongest reason, by member number.

    mailings: those that were posted, oldest first. answered: member -> ISO day on which the address was
    corrected; returns of before that day are settled, but for the dead and whoever refused.
    """
    place = {mailing: i for i, mailing in enumerate(mailings)}
    by_member: dict[str, list[Came]] = {}
    for one in came:
        by_member.setdefault(one.member, []).append(one)
    found = (_stop(found, place, (answered or {}).get(m, "")) for m, found in sorted(by_member.items()))
    return [stop for stop in found if stop is not None]


def _stop(came: list[Came], place: Mapping[str, int], answered: str) -> Stop | None:
    for reason, word in ((_DEAD, "死亡"), (_REFUSED, "拒收纸质")):
        days = sorted((c.day, c.mailing) for c in came if c.reason == reason)
        if days:
            return Stop(came[0].member, word, days[0][0], f"退信 {days[0][1]} {reason}")
    open_ = {place[c.mailing]: c for c in came if c.reason not in _NOT_THEIRS and c.day > answered}
    run = 0
    for i in range(len(place)):
        run = run + 1 if i in open_ else 0
        if run == _IN_A_ROW:
            last = open_[i]
            return Stop(
                last.member, "其他停寄", last.day, f"连续两期退信 {open_[i - 1].mailing} {last.mailing}"
            )
    return None
