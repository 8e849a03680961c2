"""Complaints about a mailing: logged, answered by a day, and compensated with a second person's word."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from yibao_cli.codes import parse_copy
from yibao_cli.errors import InputNotFound, StateError, UsageError
from yibao_cli.i18n import N_, Word, _, choices
from yibao_cli.jobs.signers import same_person, who
from yibao_cli.jobs.workspace import Workspace, require_state
from yibao_cli.money import fen, yuan
from yibao_cli.store import audit
from yibao_cli.store import returns as pieces_store
from yibao_cli.store import surveys as store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

# What is typed -> what people read; the Chinese are the post's own words.
KINDS = {
    "misdelivered": N_("misdelivered"),
    "late": N_("late delivery"),
    "missing": N_("not received"),
    "content": N_("wrong content"),
    "leak": N_("leak of data"),
    "way": N_("way of delivery"),
    "enquiry": N_("enquiry"),
}
CHANNELS = {
    "11185": "11185",
    "web": N_("web page"),
    "sms": N_("text message"),
    "counter": N_("counter"),
    "letter": N_("letter"),
    "other": N_("other"),
}
STAGES = {
    "data": N_("data"),
    "print": N_("printing"),
    "sorting": N_("the sorting"),
    "delivery": N_("delivery"),
    "other": N_("other"),
}
# Classes that the settings have unless they say otherwise; another is shown as it is written there.
CLASSES = {"leak": N_("leak of data"), "urgent": N_("urgent"), "usual": N_("usual"), "enquiry": N_("enquiry")}
# The class of a complaint where nobody names one; the others are `usual`.
_CLASSES = {"leak": "leak", "enquiry": "enquiry"}
_USUAL = "usual"
COLUMNS = (
    N_("number"),
    N_("mailing"),
    N_("piece"),
    Word("kind", N_("complaint")),
    N_("class"),
    N_("opened"),
    N_("due"),
    N_("state"),
    N_("compensation"),
    N_("approved by"),
)


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """What is told: words of KINDS, CHANNELS, STAGES; class ("": by kind) and piece ("": none)."""

    kind: str
    channel: str = "other"
    class_: str = ""
    stage: str = "other"
    piece: str = ""


def open_complaint(workspace: Workspace, mailing: str, new: NewComplaint, by: str = "") -> tuple[int, str]:
    """Log a complaint; gives its number and the ISO day by which it is to be answered.

    Raises UsageError for a word that is not known, InputNotFound for a piece that the mailing does not have.
    """
    mailing = workspace.mailing_id(mailing)
    days = workspace.settings.complaints.days
    class_ = new.class_ or _CLASSES.get(new.kind, _USUAL)
    classes = {name: CLASSES.get(name, name) for name in days}
    for word, known in ((new.kind, KINDS), (new.channel, CHANNELS), (class_, classes), (new.stage, STAGES)):
        _require_known(word, known)
    due = (date.fromisoformat(workspace.today) + timedelta(days=days[class_])).isoformat()
    with workspace.engine.begin() as connection:
        require_state(connection, mailing, ("rendered", "verified", "posted"))
        values = {
            "mailing": mailing,
            "piece": _known_piece(connection, mailing, new.piece),
            "opened_on": workspace.today,
            "channel": new.channel,
            "kind": new.kind,
            "class": class_,
            "due_on": due,
            "stage": new.stage,
            "operator": who(by),
            "closed_on": "",
            "answer": "",
            "closed_by": "",
        }
        number = store.open_complaint(connection, values)
        facts = {"complaint": number, "kind": new.kind, "class": class_}
        command = "complaints add"
        audit.record(connection, at=workspace.stamp, command=command, mailing=mailing, facts=facts)
    return number, due


def close_complaint(workspace: Workspace, number: int, answer: str, by: str = "") -> bool:
    """Say what was answered; gives whether that was in time. Raises StateError when it is closed already."""
    with workspace.engine.begin() as connection:
        found = _complaint(connection, number)
        if found.closed_on:
            raise StateError(
                _("complaint {number} was answered on {day}").format(number=number, day=found.closed_on),
                remedy=_("log a new one when it is raised again"),
            )
        values = {"closed_on": workspace.today, "answer": answer, "closed_by": who(by)}
        store.change_complaint(connection, number, values)
        facts = {"complaint": number}
        command, mailing = "complaints close", found.mailing
        audit.record(connection, at=workspace.stamp, command=command, mailing=mailing, facts=facts)
    return bool(workspace.today <= found.due_on)


def ask_compensation(workspace: Workspace, number: int, base: str = "", by: str = "") -> int:
    """Ask for a compensation: the configured times of a base in yuan; gives the amount in fen.

    It is paid when a second person has approved it.
    """
    settings = workspace.settings.complaints
    try:
        amount = fen(base or settings.base)
    except ValueError as error:
        raise UsageError(_("{word} is no amount").format(word=base), remedy=_("write it as 0.80")) from error
    if amount <= 0:
        raise UsageError(_("{word} is no amount").format(word=base), remedy=_("write it as 0.80"))
    with workspace.engine.begin() as connection:
        found = _complaint(connection, number)
        if store.compensation(connection, number) is not None:
            raise StateError(
                _("complaint {number} has a compensation already").format(number=number),
                remedy=_("see it with `yibao complaints list`"),
            )
        values = {
            "complaint": number,
            "base": amount,
            "times": settings.times,
            "amount": amount * settings.times,
            "asked_by": who(by),
            "asked_on": workspace.today,
            "approved_by": "",
            "approved_on": "",
        }
        store.ask_compensation(connection, values)
        facts = {"complaint": number, "amount_fen": amount * settings.times}
        command, mailing = "complaints compensate", found.mailing
        audit.record(connection, at=workspace.stamp, command=command, mailing=mailing, facts=facts)
    return amount * settings.times


def approve_compensation(workspace: Workspace, number: int, by: str = "") -> int:
    """A second person approves; gives the amount in fen. Raises StateError for the person who asked."""
    with workspace.engine.begin() as connection:
        found = _complaint(connection, number)
        asked = store.compensation(connection, number)
        if asked is None or asked.approved_by:
            raise StateError(
                _("complaint {number} has no compensation that waits").format(number=number),
                remedy=_("see it with `yibao complaints list`"),
            )
        if same_person(asked.asked_by, who(by)):
            raise StateError(
                _("whoever asked for a compensation cannot approve it"),
                remedy=_("a second person approves, with --by NAME or their own account"),
            )
        values = {"approved_by": who(by), "approved_on": workspace.today}
        store.approve_compensation(connection, number, values)
        facts = {"complaint": number, "amount_fen": asked.amount, "asked_by": asked.asked_by}
        command, mailing = "complaints approve", found.mailing
        audit.record(connection, at=workspace.stamp, command=command, mailing=mailing, facts=facts)
    return int(asked.amount)


def complaint_rows(workspace: Workspace, mailing: str) -> list[dict[str, object]]:
    """The log with the compensations; mailing: "" for all. COLUMNS.

    Raises InputNotFound for a mailing that there is not.
    """
    with workspace.reading() as connection:
        found = store.complaints_of(connection, mailing)
        paid = store.compensations_of(connection)
    if mailing and not found:
        workspace.mailing(workspace.mailing_id(mailing))
    return [dict(zip(COLUMNS, _cells(row, paid.get(row.id), workspace.today), strict=True)) for row in found]


def counts_of(workspace: Workspace, mailing: str) -> dict[str, int]:
    """Counts of a mailing's complaints: by kind, and all, open, late, and the approved fen."""
    with workspace.reading() as connection:
        found = store.complaints_of(connection, mailing)
        paid = store.compensations_of(connection)
    counts = {kind: sum(row.kind == kind for row in found) for kind in KINDS}
    approved = sum(paid[r.id].amount for r in found if r.id in paid and paid[r.id].approved_by)
    late = sum((row.closed_on or workspace.today) > row.due_on for row in found)
    open_ = sum(not row.closed_on for row in found)
    return {**counts, "all": len(found), "open": open_, "late": late, "compensated_fen": approved}


class State(StrEnum):
    """Where a complaint stands."""

    OPEN = N_("open")
    OVERDUE = N_("overdue")
    ANSWERED = N_("answered")
    LATE = N_("answered late")


def state_of(closed_on: str, due_on: str, today: str) -> State:
    """Where a complaint stands on a day. All ISO days; closed_on: "" while it is open."""
    if closed_on:
        return State.ANSWERED if closed_on <= due_on else State.LATE
    return State.OPEN if today <= due_on else State.OVERDUE


def _cells(row: Row[Any], paid: Row[Any] | None, today: str) -> tuple[object, ...]:
    facts = dict(row._mapping)  # noqa: SLF001 - `class` is no name that Python lets one write
    class_ = facts["class"]
    words = (Word(row.kind, KINDS[row.kind]), Word(class_, CLASSES.get(class_, class_)))
    amount, approved = (yuan(paid.amount), paid.approved_by) if paid is not None else ("", "")
    state = state_of(row.closed_on, row.due_on, today)
    return (row.id, row.mailing, row.piece, *words, row.opened_on, row.due_on, state, amount, approved)


def _complaint(connection: Connection, number: int) -> Row[Any]:
    found = store.complaint(connection, number)
    if found is None:
        raise InputNotFound(
            _("there is no complaint {number}").format(number=number),
            remedy=_("see the numbers with `yibao complaints list`"),
        )
    return found


def _known_piece(connection: Connection, mailing: str, given: str) -> str:
    """The piece that is meant by its number or code."""
    if not given:
        return ""
    parsed = parse_copy(unicodedata.normalize("NFKC", given).strip().upper())
    if parsed is None or pieces_store.piece(connection, mailing, parsed[0]) is None:
        raise InputNotFound(
            _("mailing {mailing} has no such piece").format(mailing=mailing),
            remedy=_("read the number beside the code again"),
        )
    return parsed[0]


def _require_known(word: str, known: Mapping[str, str]) -> None:
    """Raise UsageError unless the word is one of those to be typed. known: word -> what people read."""
    if word not in known:
        raise UsageError(
            _("{word} is no value that fits here").format(word=word),
            remedy=_("choose one of: {known}").format(known=choices(known)),
        )
