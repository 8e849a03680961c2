"""The audit trail: append-only, each event bound to the one before by its hash, no personal data."""

from __future__ import annotations

import getpass
import hashlib
import json
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from yibao_cli.store.schema import audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_FIRST = "0" * 64


def record(
    connection: Connection, *, at: str, command: str, mailing: str, facts: Mapping[str, object]
) -> None:
    """Append one event, in the transaction of the effect it speaks of.

    at: ISO time; facts: counts and hashes, nothing that identifies a person.
    """
    last = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
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


def operator() -> str:
    """Who runs the program, by the system's name."""
    return getpass.getuser()


def event_hash(event: Mapping[str, object]) -> str:
    """Hash of an event and, by `previous`, of all events before it."""
    body = {k: event[k] for k in ("seq", "at", "operator", "command", "mailing", "facts", "previous")}
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
