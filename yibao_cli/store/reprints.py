"""Requests to print pieces again, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from yibao_cli.codes import day_of
from yibao_cli.i18n import N_
from yibao_cli.store.post_schema import reprint_pieces, reprints
from yibao_cli.store.schema import pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row


class Reason(StrEnum):
    """Why a piece is printed again; of `remail` the copy before was posted, and is not spoiled."""

    SPOILED = "spoiled"  # 污损: torn, stained, misprinted
    JAM = "jam"  # 卡纸: eaten by the inserter
    MISSING = "missing"  # 缺件: the inserter's count is short of it
    OTHER = "other"
    REMAIL = "remail"  # 重寄


# What is typed -> what people read.
REASONS = {
    "spoiled": N_("spoiled"),
    "jam": N_("jam"),
    "missing": N_("missing piece"),
    "other": N_("other"),
    "remail": N_("remail"),
}
STATES = {
    "requested": N_("waits for a signature"),
    "approved": N_("approved"),
    "refused": N_("turned down"),
}


@dataclass(frozen=True, slots=True)
class CopiesAccount:
    """Copies of a mailing; printed == posted + spoiled when nothing waits.

    pieces: first printings; copies: printed again, `remailed` of them to be posted once more; spoiled: void
    copies that were never posted; waiting: pieces in requests that nobody has answered.
    """

    pieces: int
    copies: int
    remailed: int
    spoiled: int
    waiting: int

    @property
    def printed(self) -> int:
        """All copies that were printed."""
        return self.pieces + self.copies

    @property
    def posted(self) -> int:
        """Copies that go, or went, to the post."""
        return self.pieces + self.remailed

    @property
    def tied(self) -> bool:
        """Whether every copy is accounted for."""
        return self.printed == self.posted + self.spoiled and not self.waiting


def account(connection: Connection, mailing: str) -> CopiesAccount:
    """The account of a mailing's copies; `spoiled` comes from the pieces, the others from the requests."""
    p, r, k = pieces.c, reprints.c, reprint_pieces.c
    first, void = connection.execute(
        select(func.count(), func.coalesce(func.sum(p.copy), 0)).where(p.mailing == mailing)
    ).one()
    joined = select(r.state, r.reason, func.count().label("n")).where(
        r.mailing == mailing, k.mailing == r.mailing, k.number == r.number
    )
    counts = {
        (row.state, row.reason): row.n for row in connection.execute(joined.group_by(r.state, r.reason))
    }
    approved = {reason: n for (state, reason), n in counts.items() if state == "approved"}
    remailed = approved.get(Reason.REMAIL.value, 0)
    waiting = sum(n for (state, _reason), n in counts.items() if state == "requested")
    return CopiesAccount(first, sum(approved.values()), remailed, int(void) - remailed, waiting)


def requests(connection: Connection, mailing: str) -> Sequence[Row[Any]]:
    """All requests of a mailing, with how many pieces each has."""
    r, k = reprints.c, reprint_pieces.c
    count = select(func.count()).where(k.mailing == r.mailing, k.number == r.number).scalar_subquery()
    return connection.execute(
        select(reprints, count.label("pieces")).where(r.mailing == mailing).order_by(r.number)
    ).all()


def add(connection: Connection, values: Mapping[str, Any], copies: Mapping[str, int]) -> int:
    """Write a request down; returns its number in the mailing. copies: piece -> copy that it asks for."""
    mailing = values["mailing"]
    last = connection.execute(
        select(func.max(reprints.c.number)).where(reprints.c.mailing == mailing)
    ).scalar()
    number = int(last or 0) + 1
    connection.execute(insert(reprints).values(**values, number=number))
    rows = [{"mailing": mailing, "number": number, "piece": p, "copy": c} for p, c in copies.items()]
    connection.execute(insert(reprint_pieces), rows)
    return number


def settle(connection: Connection, mailing: str, number: int, values: Mapping[str, Any]) -> None:
    """Write down what the second person said of a request."""
    r = reprints.c
    connection.execute(update(reprints).where(r.mailing == mailing, r.number == number).values(**values))


def copies_of(connection: Connection, mailing: str, number: int) -> list[tuple[str, int, int, int]]:
    """The pieces of a request in print order: piece, position, copy there is now, copy asked for."""
    p, k = pieces.c, reprint_pieces.c
    query = (
        select(p.piece, p.position, p.copy.label("now"), k.copy)
        .where(k.mailing == mailing, k.number == number, p.mailing == k.mailing, p.piece == k.piece)
        .order_by(p.position)
    )
    return [tuple(row) for row in connection.execute(query)]


def last_remail_print(connection: Connection, mailing: str) -> str:
    """ISO day on which letters to be mailed again were last printed; "" when none was."""
    r = reprints.c
    query = select(func.max(r.checked_at)).where(
        r.mailing == mailing, r.reason == Reason.REMAIL.value, r.state == "approved"
    )
    return day_of(str(connection.execute(query).scalar() or ""))


def waiting(connection: Connection, mailing: str) -> dict[str, int]:
    """Piece to the number of the request that it waits in."""
    r, k = reprints.c, reprint_pieces.c
    query = select(k.piece, r.number).where(
        r.mailing == mailing, r.state == "requested", k.mailing == r.mailing, k.number == r.number
    )
    return {row.piece: row.number for row in connection.execute(query)}


def print_again(connection: Connection, mailing: str, copies: Mapping[str, int]) -> None:
    """Say which copy of each piece counts from here on."""
    p = pieces.c
    for piece, copy in copies.items():
        connection.execute(update(pieces).where(p.mailing == mailing, p.piece == piece).values(copy=copy))
