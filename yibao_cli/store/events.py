"""What happened to pieces, stored once where it happened: to a mailing, a handover, a bundle or a piece.

Merging, rendering, verifying and posting stand in the audit trail, which every job keeps; only what differs
from them is an event here. So 700,000 pieces write no millions of rows.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from yibao_cli.i18n import N_
from yibao_cli.store.post_schema import events
from yibao_cli.store.schema import audit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row


class Scope(StrEnum):
    """What an event is about."""

    MAILING = "mailing"
    HANDOVER = "handover"
    BAG = "bag"
    BUNDLE = "bundle"
    PIECE = "piece"


class Event(StrEnum):
    """What can happen; the words people read."""

    MERGED = N_("merged")
    PRINTED = N_("printed")
    VERIFIED = N_("verified")
    POSTED = N_("posted")
    HANDED = N_("handed over")
    SIGNED = N_("signed for")
    RETURNED = N_("returned")
    REMAILED = N_("mailed again")
    SPOILED = N_("spoiled")
    REPRINTED = N_("printed again")
    VOID = N_("void")


def record(
    connection: Connection,
    stamp: tuple[str, str, str],
    mailing: str,
    event: Event,
    about: Iterable[tuple[Scope, str, int]],
    facts: Mapping[str, object],
) -> None:
    """Append an event about several subjects: (scope, subject, copy).

    stamp: ISO moment, ISO day it happened on, operator. facts: no personal data.
    """
    at, day, operator = stamp
    told = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)
    rows = [
        {
            "mailing": mailing,
            "scope": str(scope),
            "subject": subject,
            "copy": copy,
            "event": str(event),
            "day": day,
            "at": at,
            "operator": operator,
            "facts": told,
        }
        for scope, subject, copy in about
    ]
    if rows:
        connection.execute(insert(events), rows)


def of_subject(connection: Connection, mailing: str, scope: Scope, subject: str) -> Sequence[Row[Any]]:
    """The events of one subject, oldest first."""
    e = events.c
    where = (e.mailing == mailing) & (e.scope == str(scope)) & (e.subject == subject)
    return connection.execute(select(events).where(where).order_by(e.id)).all()


def of_scope(connection: Connection, mailing: str, scope: Scope, event: Event) -> Sequence[Row[Any]]:
    """Every event of one sort about one sort of subject."""
    e = events.c
    where = (e.mailing == mailing) & (e.scope == str(scope)) & (e.event == str(event))
    return connection.execute(select(events).where(where).order_by(e.id)).all()


def trail(connection: Connection, mailing: str) -> Sequence[Any]:
    """What the audit trail says of a mailing, oldest first."""
    query = select(audit.c.at, audit.c.operator, audit.c.command, audit.c.facts)
    return connection.execute(query.where(audit.c.mailing == mailing).order_by(audit.c.seq)).all()
