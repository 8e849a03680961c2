"""Handovers to employers, appointments and receipts in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from yibao_cli.store.post_schema import appointments, handovers, receipts
from yibao_cli.store.schema import pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row


def numbers(connection: Connection, mailing: str) -> dict[str, int]:
    """Employer to the number of its handover."""
    h = handovers.c
    query = select(h.employer_no, h.number).where(h.mailing == mailing)
    return {row.employer_no: row.number for row in connection.execute(query)}


def replace(connection: Connection, mailing: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put these handovers in the place of those there were."""
    connection.execute(delete(handovers).where(handovers.c.mailing == mailing))
    if rows:
        connection.execute(insert(handovers), [dict(r, mailing=mailing) for r in rows])


def all_of(connection: Connection, mailing: str) -> Sequence[Row[Any]]:
    """The handovers of a mailing, by number."""
    query = select(handovers).where(handovers.c.mailing == mailing)
    return connection.execute(query.order_by(handovers.c.number)).all()


def appointed(connection: Connection, mailing: str) -> dict[str, tuple[str, str]]:
    """Employer to the day and the time of its appointment."""
    a = appointments.c
    query = select(a.employer_no, a.day, a.time).where(a.mailing == mailing)
    return {row.employer_no: (row.day, row.time) for row in connection.execute(query)}


def appoint(connection: Connection, mailing: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write appointments down; one of before gives way to a new one of the same employer."""
    for row in rows:
        a = appointments.c
        connection.execute(
            delete(appointments).where(a.mailing == mailing, a.employer_no == row["employer_no"])
        )
    if rows:
        connection.execute(insert(appointments), [dict(r, mailing=mailing) for r in rows])


def signed(connection: Connection, mailing: str) -> dict[tuple[str, str], Row[Any]]:
    """Receipts by what they are of: (scope, subject)."""
    rows = connection.execute(select(receipts).where(receipts.c.mailing == mailing))
    return {(row.scope, row.subject): row for row in rows}


def sign(connection: Connection, mailing: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write receipts down."""
    if rows:
        connection.execute(insert(receipts), [dict(r, mailing=mailing) for r in rows])


def receipt(connection: Connection, mailing: str, scope: str, subject: str) -> Row[Any] | None:
    """The receipt of one handover or piece."""
    r = receipts.c
    query = select(receipts).where(r.mailing == mailing, r.scope == scope, r.subject == subject)
    return connection.execute(query).first()


def sign_by(connection: Connection, mailing: str, key: tuple[str, str], signer: str) -> None:
    """Put down who signed a receipt (scope, subject). signer: masked."""
    connection.execute(update(receipts).where(*_is(mailing, key)).values(signer=signer))


def unsign(connection: Connection, mailing: str, key: tuple[str, str]) -> None:
    """Take a receipt (scope, subject) out again."""
    connection.execute(delete(receipts).where(*_is(mailing, key)))


def _is(mailing: str, key: tuple[str, str]) -> tuple[Any, ...]:
    r = receipts.c
    return r.mailing == mailing, r.scope == key[0], r.subject == key[1]


def copies(connection: Connection, mailing: str) -> dict[str, int]:
    """The pieces of which a copy counts, and which."""
    p = pieces.c
    query = select(p.piece, p.copy).where(p.mailing == mailing, p.copy > 0)
    return {row.piece: row.copy for row in connection.execute(query)}


def piece_copy(connection: Connection, mailing: str, piece: str) -> int | None:
    """The copy of a piece that counts; None when there is no such piece."""
    p = pieces.c
    return connection.execute(select(p.copy).where(p.mailing == mailing, p.piece == piece)).scalar()
