"""Tracking numbers in the database: the post's blocks, and who has which number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from yibao_cli.store.post_schema import number_blocks, tracking_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row

_AT_ONCE = 10_000


def blocks(connection: Connection) -> Sequence[Row[Any]]:
    """All blocks, in the order they came."""
    return connection.execute(select(number_blocks).order_by(number_blocks.c.id)).all()


def add_blocks(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add blocks; each row has every column but the id."""
    if rows:
        connection.execute(insert(number_blocks), [dict(r) for r in rows])


def advance(connection: Connection, block: int, following: int, day: str = "") -> None:
    """Say that the numbers of a block before `following` are given out. day: ISO; "" leaves its last day."""
    values: dict[str, Any] = {"next": following} | ({"used_on": day} if day else {})
    connection.execute(update(number_blocks).where(number_blocks.c.id == block).values(**values))


def assigned(connection: Connection, mailing: str) -> dict[str, tuple[str, str]]:
    """Member to number and piece, of one mailing."""
    t = tracking_numbers.c
    query = select(t.member, t.number, t.piece).where(t.mailing == mailing)
    return {row.member: (row.number, row.piece) for row in connection.execute(query)}


def assign(connection: Connection, mailing: str, rows: Iterable[tuple[str, str, str]], day: str) -> None:
    """Write down numbers given to members: (member, piece, number)."""
    found = list(rows)
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        values = [
            {"mailing": mailing, "member": m, "piece": p, "number": n, "assigned_on": day} for m, p, n in some
        ]
        connection.execute(insert(tracking_numbers), values)


def renumber_pieces(connection: Connection, mailing: str, rows: Iterable[tuple[str, str]]) -> None:
    """Say which piece a member has now: (member, piece)."""
    t = tracking_numbers.c
    for member, piece in rows:
        where = (t.mailing == mailing) & (t.member == member)
        connection.execute(update(tracking_numbers).where(where).values(piece=piece))


def number_of(connection: Connection, mailing: str, piece: str) -> str:
    """The tracking number of a piece, "" when it has none."""
    t = tracking_numbers.c
    query = select(t.number).where((t.mailing == mailing) & (t.piece == piece))
    return connection.execute(query).scalar() or ""


def find(connection: Connection, number: str) -> tuple[str, str] | None:
    """Mailing and piece that a number was last given to."""
    t = tracking_numbers.c
    query = select(t.mailing, t.piece).where(t.number == number).order_by(t.assigned_on.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.mailing, row.piece) if row else None
