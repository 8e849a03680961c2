"""The audit trail: append-only, each event bound to the one before by its hash, no personal data."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, text

from yibao_cli.i18n import _
from yibao_cli.store.files import user_name
from yibao_cli.store.schema import audit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlalchemy import Connection
    from sqlalchemy.engine import RowMapping

USER = "YIBAO_USER"
_FIRST = "0" * 64
_LOOKED_AT = 50  # events of a mailing, from the last
# Commands that write down what is known and change nothing that another of them reads.
_TELLING = frozenset(
    {"verify", "labels", "manifest", "reconcile", "report", "returns corrections", "month-end", "ads settle"}
)


def record(
    connection: Connection, *, at: str, command: str, mailing: str, facts: Mapping[str, object]
) -> None:
    """Append one event, in the transaction of the effect it speaks of.

    at: ISO time; facts: counts and hashes, nothing that identifies a person.
    """
    if connection.dialect.name == "postgresql":
        # There several write at once; SQLite's immediate transactions let one in at a time.
        connection.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
    last = head(connection)
    event = {
        "seq": (last.seq if last else 0) + 1,
        "at": at,
        "operator": operator(),
        "command": command,
        "mailing": mailing,
        "facts": json.dumps(dict(facts), ensure_ascii=False, sort_keys=True),
        "previous": last.hash if last else _FIRST,
    }
    connection.execute(insert(audit).values(**event, hash=event_hash(event)))


def record_done(
    connection: Connection,
    *,
    at: str,
    command: str,
    mailing: str,
    facts: Mapping[str, object],
    by: Collection[str] = (),
) -> None:
    """Append an event of a command that may be done again, unless it is there already.

    It is there when the same operator did the same with the same facts on the same day, and nothing has
    changed the mailing since: so the trail of a command that was killed after its effect, and run again, is
    that of one that was not. by: the facts that tell whether it is the same; default: all.
    """
    wanted = {k: facts[k] for k in by or facts}
    query = select(audit).where(audit.c.mailing == mailing).order_by(audit.c.seq.desc())
    for before in connection.execute(query.limit(_LOOKED_AT)):
        if before.command == command:
            known = json.loads(before.facts)
            same = before.at[:10] == at[:10] and before.operator == operator()
            compared = {k: known.get(k) for k in by} if by else known
            if same and compared == json.loads(json.dumps(wanted)):
                return
        if before.command not in _TELLING:
            break
    record(connection, at=at, command=command, mailing=mailing, facts=facts)


def last_facts(connection: Connection, command: str) -> dict[str, Any] | None:
    """The facts of the last event of a command, of whatever mailing; None where there is none."""
    query = select(audit.c.facts).where(audit.c.command == command)
    facts = connection.execute(query.order_by(audit.c.seq.desc()).limit(1)).scalar()
    return None if facts is None else dict(json.loads(facts))


def operator() -> str:
    """Who runs the program: YIBAO_USER, which several at one account have, or the system's name."""
    return os.environ.get(USER, "").strip() or user_name()


def has(connection: Connection, known: Head) -> bool:
    """Whether the trail has an event of that number and hash."""
    return connection.execute(select(audit.c.hash).where(audit.c.seq == known.seq)).scalar() == known.hash


def event_hash(event: Mapping[str, Any]) -> str:
    """Hash of an event and, by `previous`, of all events before it."""
    body = {k: event[k] for k in ("seq", "at", "operator", "command", "mailing", "facts", "previous")}
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """An event by its number, from 1, and its hash: who knows it can tell whether the trail still has it."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a trail is not as it was written."""

    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A trail as it was read: its last event, None of an empty one, and the first break, if there is one."""

    events: int
    head: Head | None
    broken: Break | None


def head(connection: Connection) -> Head | None:
    """The last event; None of an empty trail."""
    last = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return Head(last.seq, last.hash) if last else None


def events(connection: Connection, mailing: str = "") -> Iterator[RowMapping]:
    """All events, or those of a mailing, in the order they were written; memory stays flat."""
    query = select(audit).order_by(audit.c.seq)
    if mailing:
        query = query.where(audit.c.mailing == mailing)
    yield from connection.execution_options(yield_per=1000).execute(query).mappings()


def check(connection: Connection, known: Iterable[Head]) -> Trail:
    """Read the whole trail: every hash, every link, every number, and each head that is known from elsewhere.

    Changed, removed, added and exchanged events break the chain; a cut tail breaks none and is seen only by a
    head written down elsewhere (`anchor`).
    """
    wanted = {h.seq: h.hash for h in known}
    count, last = 0, Head(0, _FIRST)
    broken: Break | None = None
    for row in events(connection):
        event = {**row}
        count += 1
        broken = broken or _break_at(event, last, wanted)
        last = Head(event["seq"], event["hash"])
    if broken is None and wanted and (furthest := max(wanted)) > last.seq:
        reason = _("the trail ends at event {last}, and event {seq} was written once")
        broken = Break(furthest, reason.format(last=last.seq, seq=furthest))
    return Trail(count, last if count else None, broken)


def _break_at(event: Mapping[str, Any], last: Head, wanted: Mapping[int, str]) -> Break | None:
    seq = event["seq"]
    if seq != last.seq + 1:
        return Break(last.seq + 1, _("this event is missing"))
    if event["previous"] != last.hash:
        return Break(seq, _("this event does not follow the one before"))
    if event["hash"] != event_hash(event):
        return Break(seq, _("this event was changed"))
    if wanted.get(seq, event["hash"]) != event["hash"]:
        return Break(seq, _("the trail was written anew: this event once had another hash"))
    return None
