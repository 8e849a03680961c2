"""One returned letter against what is known of its piece: which copy it is, and what is wrong with that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibao_cli.codes import is_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a piece: its number, the ISO day it was handed to the post ("": never), void or not."""

    number: int
    posted_on: str
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a mailing.

    pieces: piece number -> whether it was handed to the post. copies: every copy of the pieces that have more
    than the first, or whose first is void. returned: (piece, copy) whose return is recorded.
    posted_on, today: ISO days.
    """

    mailing: str
    posted_on: str
    today: str
    pieces: Mapping[str, bool]
    copies: Mapping[str, tuple[Copy, ...]] = field(default_factory=dict)
    returned: AbstractSet[tuple[str, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The copy that came back, or the rule that refuses it with its details."""

    copy: int = 0
    rule: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def judge(facts: Facts, piece: str, copy: int | None, day: str) -> Verdict:
    """Judge one letter. copy: None where only the piece is known; day: as somebody wrote it.

    What names the piece is judged before what is said about it. Rules T103 to T106, T108, T109, T112, T113.
    """
    if piece not in facts.pieces:
        return Verdict(rule="T103", details={"mailing": facts.mailing})
    if not facts.pieces[piece]:
        return Verdict(rule="T104")
    copies = facts.copies.get(piece) or (Copy(0, facts.posted_on),)
    meant = _meant(copies, copy, {n for p, n in _of(facts, piece, copies)}, day)
    if isinstance(meant, Verdict):
        return meant
    fault = _wrong_day(day, meant.posted_on, facts.today)
    if fault is not None:
        return fault
    if (piece, meant.number) in facts.returned:
        return Verdict(meant.number, "T108")
    return Verdict(meant.number)


def _of(facts: Facts, piece: str, copies: tuple[Copy, ...]) -> list[tuple[str, int]]:
    return [(piece, c.number) for c in copies if (piece, c.number) in facts.returned]


def _meant(copies: tuple[Copy, ...], number: int | None, returned: set[int], day: str) -> Copy | Verdict:
    if number is None:
        return _likeliest(copies, returned, day)
    found = next((c for c in copies if c.number == number), None)
    if found is None or (not found.is_void and not found.posted_on):
        return Verdict(number, "T113", {"copy": number})
    if found.is_void:
        return Verdict(number, "T112", {"copy": number, "newer": copies[-1].number})
    return found


def _likeliest(copies: tuple[Copy, ...], returned: set[int], day: str) -> Copy | Verdict:
    """The first copy that was on its way by that day and has not come back."""
    posted = [c for c in copies if c.posted_on and not c.is_void]
    if not posted:
        return Verdict(rule="T104")
    open_ = [c for c in posted if c.number not in returned and c.posted_on <= day]
    return open_[0] if open_ else posted[-1] if posted[-1].number not in returned else posted[0]


def _wrong_day(day: str, posted_on: str, today: str) -> Verdict | None:
    if not is_day(day):
        return Verdict(rule="T109")
    if day < posted_on:
        return Verdict(rule="T105", details={"day": day, "posted_on": posted_on})
    if day > today:
        return Verdict(rule="T106", details={"day": day})
    return None
