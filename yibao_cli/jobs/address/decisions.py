"""What a person decides about an address, what became of it, and how it is written into the history."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from yibao_cli.address import Judging
from yibao_cli.i18n import _
from yibao_cli.model import Finding
from yibao_cli.store import book

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from yibao_cli.store.book import Settlement

Action = Literal["accepted", "corrected", "held"]
_STANDARD = Judging()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of an entry.

    token: state of the entry that the person saw, or "" for whoever looks at it now. text, postcode: of a
    correction. member: `person_no=17` where it is for that member alone. why: in the person's words.
    """

    address_id: int
    action: Action
    token: str = ""
    text: str = ""
    postcode: str = ""
    member: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, when, on whose word (workbook, terminal); how strictly addresses are judged."""

    operator: str
    at: str
    source: str
    judging: Judging = _STANDARD


@dataclass
class Undo:
    """What a decision changed, as it was: entries (None: not there), settlements, points."""

    entries: dict[int, dict[str, object] | None] = field(default_factory=dict)
    settlements: dict[tuple[str, str], Settlement | None] = field(default_factory=dict)
    points: dict[int, dict[str, object]] = field(default_factory=dict)


@dataclass
class Decided:
    """What became of a decision: applied, known before, or refused by the findings."""

    applied: bool = False
    known: bool = False
    also: int = 0  # other writings of the same point that it was carried over to
    findings: list[Finding] = field(default_factory=list)
    undo: Undo = field(default_factory=Undo)


def token_of(entry: Any) -> str:
    """What a workbook keeps of an entry's state; it changes with the entry, its decision or its point."""
    state = [entry.id, entry.standard, entry.postcode, entry.verdict, entry.reasons, entry.settled]
    return hashlib.sha256(json.dumps(state, ensure_ascii=False).encode()).hexdigest()[:12]


def remember(
    connection: Connection,
    decider: Decider,
    action: str,
    place: tuple[int, int],
    change: tuple[dict[str, object], dict[str, object]],
    why: str = "",
) -> None:
    """Write a change into the history. place: entry and point. change: what was and what is."""
    (address_id, point_id), (before, after) = place, change
    row = book.Change(
        decider.at, decider.operator, action, address_id, point_id, decider.source, why, before, after
    )
    book.remember(connection, [row])


def in_words(reasons: Iterable[tuple[str, Any]]) -> str:
    """Reasons, rule ids with details, as one sentence."""
    return _("; ").join(Finding(rule_id, details=details).message() for rule_id, details in reasons)
