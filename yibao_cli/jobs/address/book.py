"""Look into the address book, and write down what is known of a point: suppressions, returns, enquiries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yibao_cli.address import parse
from yibao_cli.address.points import point_key
from yibao_cli.codes import day_of
from yibao_cli.errors import InputNotFound, UsageError
from yibao_cli.i18n import _, choices, people_read
from yibao_cli.jobs.address.bookwords import (
    ASKERS,
    ENQUIRY_COLUMNS,
    ENTRY_COLUMNS,
    HISTORY_COLUMNS,
    SUPPRESSIONS,
    changes_in_words,
    word,
)
from yibao_cli.returns.reasons import REASONS, reason_word
from yibao_cli.store import audit, book, returns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from yibao_cli.jobs.workspace import Workspace

_MOST = 200  # points that a search shows


@dataclass(frozen=True, slots=True)
class Found:
    """What an id or a text means: entries by id, and the points they lead to."""

    entries: tuple[Any, ...]
    point_ids: tuple[int, ...]


# ---------------------------------------------------------------- looking


def show(workspace: Workspace, what: str) -> list[dict[str, object]]:
    """The points that an entry's id or a text means, a row for each of their writings; ENTRY_COLUMNS.

    A text is taken for an address first, in whatever words; then each of its words is looked for. Raises
    InputNotFound when the book has nothing of the kind.
    """
    with workspace.reading() as connection:
        found = _find(connection, what)
        rows = [row for point_id in found.point_ids for row in book.writings_of(connection, point_id)]
    return [_entry_cells(row) for row in rows]


def history(workspace: Workspace, what: str = "") -> list[dict[str, object]]:
    """Every change of an entry and its point, or of the whole book, oldest first; HISTORY_COLUMNS."""
    with workspace.reading() as connection:
        found = _find(connection, what) if what else Found((), ())
        ids = [row.id for row in found.entries]
        changes = list(book.history(connection, ids, found.point_ids))
    births = [_birth(row) for row in found.entries]
    told = [*births, *(_change_cells(c) for c in changes)]
    return sorted(told, key=lambda cells: str(cells["when"]))


def enquiry_log(workspace: Workspace, what: str = "") -> list[dict[str, object]]:
    """The enquiries about an address, or all of them; ENQUIRY_COLUMNS."""
    with workspace.reading() as connection:
        ids = [row.id for row in _find(connection, what).entries] if what else []
        rows = book.logged_enquiries(connection, ids)
    return [
        dict(
            zip(
                ENQUIRY_COLUMNS,
                (r.at, r.operator, r.address_id, word(r.asker), r.question, r.answer),
                strict=True,
            )
        )
        for r in rows
    ]


def _find(connection: Connection, what: str) -> Found:
    if what.isascii() and what.isdigit() and len(what) < 19:  # noqa: PLR2004 - an id has 63 bits
        row = book.entry(connection, int(what))
        if row is not None:
            return Found((row,), (row.point_id,))
    point_ids = _points_meant(connection, what)
    if not point_ids:
        raise InputNotFound(
            _("the address book has no such entry"),
            remedy=_("name the entry by its number, or fewer words of the address"),
        )
    entries = tuple(row for point_id in point_ids for row in book.writings_of(connection, point_id))
    return Found(entries, tuple(point_ids))


def _points_meant(connection: Connection, what: str) -> list[int]:
    if not what.strip():
        return []
    exact = book.points_of(connection, [point_key(parse(what))])
    return [point_id for point_id, _key in exact.values()] or book.search(connection, what, _MOST)


def _one(connection: Connection, what: str) -> Row[Any]:
    """The one entry that is meant."""
    found = _find(connection, what)
    if len(found.point_ids) > 1:
        raise UsageError(
            _("{count} addresses have these words").format(count=len(found.point_ids)),
            remedy=_("choose one by its number: `yibao address show TEXT`"),
        )
    entry: Row[Any] = found.entries[0]
    return entry


def _entry_cells(row: Row[Any]) -> dict[str, object]:
    settled = word(row.settled) if row.settled else ""
    values = (row.id, row.point_id, row.standard, row.postcode, row.raw, word(row.verdict), settled)
    return dict(zip(ENTRY_COLUMNS, values, strict=True))


def _birth(row: Row[Any]) -> dict[str, object]:
    values = (row.added_at, "", word("added"), row.id, row.point_id, row.source, "", "")
    return dict(zip(HISTORY_COLUMNS, values, strict=True))


def _change_cells(change: book.Change) -> dict[str, object]:
    place = (change.address_id or "", change.point_id, change.source)
    what = changes_in_words(change.before or {}, change.after or {})
    values = (change.at, change.operator, word(change.action), *place, word(change.why), what)
    return dict(zip(HISTORY_COLUMNS, values, strict=True))


# ---------------------------------------------------------------- points that get no mail


def suppress_point(workspace: Workspace, what: str, why: str, by: str = "") -> bool:
    """Send nothing to a point from now on; False when that is so already.

    why: one of SUPPRESSIONS.
    """
    if why not in SUPPRESSIONS:
        raise UsageError(
            _("{word} is no reason").format(word=why),
            remedy=_("choose one of: {known}").format(known=choices(SUPPRESSIONS)),
        )
    return _mark(workspace, what, by, "suppressed", {"suppressed": why, "suppressed_on": workspace.today})


def release_point(workspace: Workspace, what: str, by: str = "") -> bool:
    """Take a suppression back; False when there is none."""
    return _mark(workspace, what, by, "released", {"suppressed": "", "suppressed_on": ""})


def _mark(workspace: Workspace, what: str, by: str, action: str, after: Mapping[str, str]) -> bool:
    with workspace.engine.begin() as connection:
        point = book.point(connection, _one(connection, what).point_id)
        if point is None:
            raise InputNotFound(
                _("this entry was written by an earlier version and leads to no point yet"),
                remedy=_("run `yibao address clean` first"),
            )
        if point.suppressed == after["suppressed"]:
            return False
        before = {k: getattr(point, k) for k in after}
        book.change_point(connection, point.id, after)
        who, why = by or audit.operator(), after["suppressed"]
        change = book.Change(workspace.stamp, who, action, 0, point.id, "", why, before, after)
        book.remember(connection, [change])
        facts = {"point": point.id, "why": why}
        audit.record(connection, at=workspace.stamp, command=f"address {action}", mailing="", facts=facts)
    return True


# ---------------------------------------------------------------- what came back


def note_returns(
    connection: Connection,
    at: str,
    mailing: str,
    posted_on: str,
    came_back: Iterable[tuple[str, int, str, str]],
) -> int:
    """Write what came back into the history; stop points whose address was at fault until a person looks.

    came_back: piece, address id, reason code, day. A correction made after the posting day has answered the
    return already. Returns how many points were stopped.
    """
    rows = list(came_back)
    entries = returns.entries_of(connection, {address_id for _piece, address_id, _code, _day in rows})
    settled = book.settlements_by_key(connection)
    stopped: dict[int, dict[str, str]] = {}
    changes = []
    who = audit.operator()
    for piece, address_id, code, day in rows:
        entry = entries.get(address_id)
        if entry is None or not entry.point_id:
            continue
        settlement = settled.get((entry.read_key, entry.member))
        answered = (
            settlement is not None and settlement.decision != "accepted" and day_of(settlement.at) > posted_on
        )
        mark = {"returned": code, "returned_on": day}
        if REASONS[code].group == "address" and not answered and not entry.returned:
            stopped.setdefault(entry.point_id, mark)
        place = (entry.id, entry.point_id, f"{mailing} {piece}", people_read(reason_word(code)))
        changes.append(book.Change(at, who, "returned", *place, {}, mark))
    returns.stop_points(connection, stopped)
    book.remember(connection, changes)
    return len(stopped)


# ---------------------------------------------------------------- what people ask


def log_enquiry(workspace: Workspace, what: str, asker: str, texts: Sequence[str], by: str = "") -> None:
    """Log who asked about an address and what was answered; the same of the same day is logged once.

    asker: one of ASKERS. texts: question and answer.
    """
    if asker not in ASKERS:
        raise UsageError(
            _("{word} cannot ask").format(word=asker),
            remedy=_("choose one of: {known}").format(known=choices(ASKERS)),
        )
    question, answer = texts
    with workspace.engine.begin() as connection:
        entry = _one(connection, what)
        place = {"address_id": entry.id, "point_id": entry.point_id}
        said = {"asker": asker, "question": question, "answer": answer}
        who = by or audit.operator()
        new = book.add_enquiry(connection, {"at": workspace.stamp, "operator": who, **place, **said})
        if new:
            facts = {"entry": entry.id, "asker": asker}
            audit.record(connection, at=workspace.stamp, command="address enquiry", mailing="", facts=facts)
