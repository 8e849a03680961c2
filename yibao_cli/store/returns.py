"""What came back, in the database: returns, every scan and every refusal, copies, re-mails, accounts.

Every function works in the caller's transaction.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, insert, select, update

from yibao_cli.codes import day_of
from yibao_cli.store import book
from yibao_cli.store.post_schema import reprint_pieces, reprints
from yibao_cli.store.schema import accounts, addresses, intake, mailings, pieces, points, remails, returns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

_AT_ONCE = 5_000  # values of one IN list; SQLite admits 32,766
ACCEPTED, UNDONE, SETTLED = "accepted", "undone", "settled"

r, n, m, p = returns.c, intake.c, remails.c, pieces.c


# ---------------------------------------------------------------- pieces and copies


def known_pieces(connection: Connection, mailing: str) -> list[str]:
    """Numbers of the pieces of a mailing."""
    return list(connection.execute(select(p.piece).where(p.mailing == mailing)).scalars())


def piece(connection: Connection, mailing: str, number: str) -> Row[Any] | None:
    """One piece."""
    return connection.execute(select(pieces).where(p.mailing == mailing, p.piece == number)).first()


def is_mailing(connection: Connection, mailing: str) -> bool:
    """Whether this workspace has such a mailing."""
    return connection.execute(select(mailings.c.id).where(mailings.c.id == mailing)).first() is not None


def remailed(connection: Connection, mailing: str, number: str = "") -> list[Row[Any]]:
    """The re-mails of a mailing or of one piece, by piece and copy."""
    query = select(remails).where(m.mailing == mailing).order_by(m.piece, m.copy)
    return list(connection.execute(query.where(m.piece == number) if number else query))


class Reprinted(NamedTuple):
    """A copy that was printed again, why, and the ISO day."""

    piece: str
    copy: int
    reason: str
    day: str


def reprinted(connection: Connection, mailing: str, number: str = "") -> list[Reprinted]:
    """Copies that were printed again and approved, by piece and copy."""
    c = reprint_pieces.c
    same = and_(reprints.c.mailing == c.mailing, reprints.c.number == c.number)
    query = select(c.piece, c.copy, reprints.c.reason, reprints.c.checked_at).select_from(
        reprint_pieces.join(reprints, same)
    )
    query = query.where(c.mailing == mailing, reprints.c.state == "approved").order_by(c.piece, c.copy)
    found = connection.execute(query.where(c.piece == number) if number else query)
    return [Reprinted(piece, copy, reason, day_of(at)) for piece, copy, reason, at in found]


# ---------------------------------------------------------------- what came back


def recorded(connection: Connection, mailing: str, number: str = "") -> list[Row[Any]]:
    """The returns of a mailing or of one piece."""
    query = select(returns).where(r.mailing == mailing).order_by(r.piece, r.copy)
    return list(connection.execute(query.where(r.piece == number) if number else query))


def add_returns(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Record returns; columns as in the table, marked is False."""
    if rows:
        connection.execute(insert(returns), [{**row, "marked": False} for row in rows])


def change_reason(connection: Connection, key: tuple[str, str, int], reason: str) -> None:
    """Give a return (mailing, piece, copy) another reason; the address book is to learn of it."""
    connection.execute(update(returns).where(_is(key)).values(reason=reason, marked=False))


def take_back(connection: Connection, key: tuple[str, str, int]) -> bool:
    """Take a return out; False when the address book has been told of it already."""
    gone = connection.execute(returns.delete().where(_is(key), ~r.marked))
    return bool(gone.rowcount)


def unmarked(connection: Connection, mailing: str) -> list[Row[Any]]:
    """Returns that the address book has not been told of."""
    query = select(returns).where(r.mailing == mailing, ~r.marked).order_by(r.returned_on, r.piece, r.copy)
    return list(connection.execute(query))


def set_marked(connection: Connection, rows: Iterable[Row[Any]]) -> None:
    """The address book has been told of these."""
    keys = [{"k_mailing": row.mailing, "k_piece": row.piece, "k_copy": row.copy} for row in rows]
    if keys:
        same = (r.mailing == bindparam("k_mailing"), r.piece == bindparam("k_piece"))
        statement = update(returns).where(*same, r.copy == bindparam("k_copy")).values(marked=True)
        connection.execute(statement, keys)


def sent_to(connection: Connection, mailing: str, numbers: Iterable[str]) -> dict[tuple[str, int], int]:
    """(piece, copy) of some pieces -> entry of the address book that the copy went to."""
    wanted = sorted(set(numbers))
    found: dict[tuple[str, int], int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = p.piece.in_(wanted[start : start + _AT_ONCE])
        rows = connection.execute(select(p.piece, p.address_id).where(p.mailing == mailing, some))
        found |= {(row.piece, 0): row.address_id for row in rows}
    return found | {(row.piece, row.copy): row.address_id for row in remailed(connection, mailing)}


def _is(key: tuple[str, str, int]) -> Any:
    mailing, number, copy = key
    return and_(r.mailing == mailing, r.piece == number, r.copy == copy)


def entries_of(connection: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Entries of the address book by id, with the verdict that counts."""
    wanted = sorted(ids)
    found: dict[int, Row[Any]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = addresses.c.id.in_(wanted[start : start + _AT_ONCE])
        found |= {row.id: row for row in connection.execute(book.entries().where(some))}
    return found


def stop_points(connection: Connection, marks: Mapping[int, Mapping[str, str]]) -> None:
    """Mark points by what came back from them. marks: point -> returned, returned_on."""
    rows = [{"k_id": point, **mark} for point, mark in marks.items()]
    if rows:
        columns: dict[str, Any] = {name: bindparam(name) for name in ("returned", "returned_on")}
        connection.execute(update(points).where(points.c.id == bindparam("k_id")).values(**columns), rows)


# ---------------------------------------------------------------- intake: every scan, every refusal


def log(connection: Connection, row: Mapping[str, object]) -> int:
    """Write one line of the intake; gives its number."""
    result = connection.execute(insert(intake).values(**row))
    return int(result.inserted_primary_key[0]) if result.inserted_primary_key else 0


def log_all(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Write many lines."""
    if rows:
        connection.execute(insert(intake), list(rows))


def last_accepted(connection: Connection, mailing: str, station: str, way: str = "scan") -> Row[Any] | None:
    """The newest scan of a station that counts."""
    mine = (n.mailing == mailing, n.station == station, n.way == way, n.outcome == ACCEPTED)
    return connection.execute(select(intake).where(*mine).order_by(n.id.desc()).limit(1)).first()


def change_intake(connection: Connection, number: int, values: Mapping[str, object]) -> bool:
    """Change one line; False when there is none."""
    return bool(connection.execute(update(intake).where(n.id == number).values(**values)).rowcount)


def waiting(connection: Connection, mailing: str) -> list[Row[Any]]:
    """What was refused and waits for a person, oldest first."""
    open_ = n.outcome.not_in((ACCEPTED, UNDONE, SETTLED))
    return list(connection.execute(select(intake).where(n.mailing == mailing, open_).order_by(n.id)))


def settle_waiting(connection: Connection, number: int) -> bool:
    """A person has settled one line; False when it does not wait."""
    open_ = n.outcome.not_in((ACCEPTED, UNDONE, SETTLED))
    return bool(
        connection.execute(update(intake).where(n.id == number, open_).values(outcome=SETTLED)).rowcount
    )


# ---------------------------------------------------------------- re-mails and accounts


def queue_remails(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Queue copies to be mailed again."""
    if rows:
        connection.execute(insert(remails), list(rows))


def post_remails(connection: Connection, mailing: str, day: str) -> int:
    """The queued copies that are printed were handed to the post on a day; gives how many."""
    printed = select(p.piece).where(p.mailing == m.mailing, p.piece == m.piece, p.copy >= m.copy).exists()
    waiting_ = update(remails).where(m.mailing == mailing, m.posted_on == "", printed)
    return connection.execute(waiting_.values(posted_on=day)).rowcount


def asked_again(connection: Connection, mailing: str) -> set[str]:
    """Pieces that wait in an open request for copies to be mailed again."""
    c, q = reprint_pieces.c, reprints.c
    same = and_(q.mailing == c.mailing, q.number == c.number)
    query = select(c.piece).select_from(reprint_pieces.join(reprints, same))
    open_ = (c.mailing == mailing, q.state == "requested", q.reason == "remail")
    return set(connection.execute(query.where(*open_)).scalars())


def add_account(connection: Connection, row: Mapping[str, object], figures: Mapping[str, object]) -> None:
    """Remember the figures of an account that was drawn; the same ones drawn again are one account."""
    values = {**row, "figures": json.dumps(figures, sort_keys=True)}
    query = select(accounts).where(accounts.c.mailing == row["mailing"]).order_by(accounts.c.id.desc())
    last = connection.execute(query.limit(1)).mappings().first()
    if last is None or any(last[name] != values[name] for name in ("as_of", "operator", "figures")):
        connection.execute(insert(accounts).values(**values))


def drawn_accounts(connection: Connection, mailing: str) -> Iterator[tuple[Row[Any], dict[str, Any]]]:
    """The accounts that were drawn of a mailing, oldest first, with their figures."""
    query = select(accounts).where(accounts.c.mailing == mailing).order_by(accounts.c.id)
    for row in connection.execute(query):
        yield row, json.loads(row.figures)
