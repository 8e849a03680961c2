"""Letters that came back: what to do with each, and the queue of those mailed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from yibao_cli.i18n import N_, _
from yibao_cli.jobs.address.booking import HELD
from yibao_cli.jobs.address.decisions import token_of
from yibao_cli.jobs.render.reprinting import request_reprint
from yibao_cli.jobs.returns.days import require_day
from yibao_cli.jobs.returns.reconciling import account_of
from yibao_cli.jobs.returns.settling import members_of, settle_returns
from yibao_cli.jobs.workspace import Workspace, require_state
from yibao_cli.returns.cures import Case, Way, cure
from yibao_cli.returns.reasons import reason_word
from yibao_cli.store import audit, book, reprints
from yibao_cli.store import returns as store
from yibao_cli.store.reprints import Reason
from yibao_cli.store.schema import pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

COLUMNS = (N_("piece"), N_("copy"), N_("reason"), N_("day"), N_("what"), N_("entry"))
_FIELDS = ("position", "employer_no", "employer_name", "address", "postcode", "phone", "address_id")


@dataclass(frozen=True, slots=True)
class Cure:
    """A letter that is back now, what to do with it, and the address that it would go to.

    raw: what the client wrote; token: what tells whether the entry changed since. Both "" without an entry.
    """

    piece: str
    copy: int
    reason: str
    returned_on: str
    way: Way
    address_id: int
    address: str
    postcode: str
    corrected: bool
    facts: Mapping[str, Any]
    raw: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class RemailOutcome:
    """Copies queued: those whose letter stays as it was are in the request for copies, 0 for none of them."""

    queued: int
    corrected: int
    request: int


def cures_of(workspace: Workspace, mailing: str) -> list[Cure]:
    """What to do with each letter that is back now, in the order of the pieces."""
    mailing = workspace.mailing_id(mailing)
    settle_returns(workspace, mailing)
    account, _restated = account_of(workspace, mailing, must_tie=False)
    states = account.states
    back = set(states.loc[states["state"] == "returned", "piece"])
    with workspace.reading() as connection:
        newest = {r.piece: r for r in store.recorded(connection, mailing) if r.piece in back}
        key = workspace.package(mailing).kind.merge.key
        rows = members_of(workspace, mailing, back, [key, *_FIELDS]).to_pylist() if back else []
        found = [_cured(connection, newest[row["piece"]], row, f"{key}={row[key]}") for row in rows]
    return [
        one for one in sorted(found, key=lambda c: (c.facts.get("position", 0), c.piece)) if one is not None
    ]


def cure_rows(workspace: Workspace, mailing: str) -> list[dict[str, object]]:
    """The same as rows for a person; COLUMNS."""
    return [
        dict(
            zip(
                COLUMNS,
                (c.piece, c.copy, reason_word(c.reason), c.returned_on, c.way, c.address_id),
                strict=True,
            )
        )
        for c in cures_of(workspace, mailing)
    ]


def _cured(connection: Connection, returned: Row[Any], row: Mapping[str, Any], member: str) -> Cure:
    entry = _entry_now(connection, int(returned.address_id), member)
    address = entry.standard if entry is not None else str(row.get("address") or "")
    postcode = entry.postcode if entry is not None else str(row.get("postcode") or "")
    bore = (str(row.get("address") or ""), str(row.get("postcode") or ""))
    corrected = entry is not None and (address, postcode) != bore
    case = Case(
        copy=returned.copy,
        reason=returned.reason,
        corrected=corrected,
        deliverable=entry is not None and entry.verdict == "good",
        employer=bool(row.get("employer_no")),
        phone=bool(row.get("phone")),
        confirmed=entry is not None and _is_confirmed(connection, entry, returned.at),
    )
    return Cure(
        piece=returned.piece,
        copy=returned.copy,
        reason=returned.reason,
        returned_on=returned.returned_on,
        way=cure(case),
        address_id=entry.id if entry is not None else 0,
        address=address,
        postcode=postcode,
        corrected=corrected,
        facts=row,
        raw=entry.raw if entry is not None else "",
        token=token_of(entry) if entry is not None else "",
    )


def _is_confirmed(connection: Connection, entry: Row[Any], returned_at: str) -> bool:
    """Whether a person said that the address is right after the return was recorded."""
    said = book.settlement(connection, entry.read_key, entry.member)
    return said is not None and said.decision != HELD and said.at >= returned_at


def _entry_now(connection: Connection, address_id: int, member: str) -> Row[Any] | None:
    """The entry that the member's next letter would go to: the member's own where there is one by now."""
    entry = book.entry(connection, address_id)
    if entry is None or entry.member:
        return entry
    writing = (entry.raw, entry.postcode_given, entry.county_given)
    return book.find_entry(connection, writing, member) or entry


# ---------------------------------------------------------------- mailed again


def queue_remails(workspace: Workspace, mailing: str, by: str = "") -> RemailOutcome:
    """Queue what can be mailed again, each letter as a new copy.

    Letters that stay as they are become a request for copies, which a second person approves with `yibao
    reprint`. A corrected letter bears another address than the package, so it waits on the list of
    `correcting` until it is printed with the next mailing.
    """
    mailing = workspace.mailing_id(mailing)
    found = [c for c in cures_of(workspace, mailing) if c.way is Way.REMAIL]
    with workspace.reading() as connection:
        queued = {r.piece: r.copy for r in store.remailed(connection, mailing) if not r.posted_on}
        asked = set(reprints.waiting(connection, mailing))
        # Of a run that was killed between the request and the queue.
        half_done = store.asked_again(connection, mailing)
        printed = _printed_copies(connection, mailing)
    ready = [c for c in found if c.piece not in queued and (c.piece not in asked or c.piece in half_done)]
    # Queued before, and a second person refused to print them.
    refused = [c for c in found if printed[c.piece] < queued.get(c.piece, 0)]
    same = [c for c in ready if not c.corrected]
    request = 0
    if given := [c.piece for c in (*same, *refused) if not c.corrected and c.piece not in asked]:
        # With commas a list of numbers is never taken for the name of a file.
        request = request_reprint(workspace, mailing, ",".join(given) + ",", Reason.REMAIL, by).number
    with workspace.engine.begin() as connection:
        current = _current_copies(connection, mailing)
        about = {"mailing": mailing, "queued_at": workspace.stamp, "operator": by or audit.operator()}
        store.queue_remails(connection, [about | _queued(c, current[c.piece] + 1) for c in ready])
        facts = {"queued": len(ready), "corrected": len(ready) - len(same), "request": request}
        audit.record(connection, at=workspace.stamp, command="returns remail", mailing=mailing, facts=facts)
    return RemailOutcome(len(ready), len(ready) - len(same), request)


def _queued(found: Cure, copy: int) -> dict[str, object]:
    """The line of the queue for a letter, beside what all lines of one run have in common."""
    return {
        "piece": found.piece,
        "copy": copy,
        "reason": found.reason,
        "address_id": found.address_id,
        "address": found.address,
        "postcode": found.postcode,
        "posted_on": "",
    }


def post_remails(workspace: Workspace, mailing: str, day: str) -> int:
    """Say that the queued copies that are printed were handed to the post on a day; gives how many.

    Raises UsageError for a day before the posting, before the last of them was printed, or in the future.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.engine.begin() as connection:
        state = require_state(connection, mailing, ("posted",))
        first = max(str(state.posted_on), reprints.last_remail_print(connection, mailing))
        require_day(day, first, workspace.today, _("copies cannot have been posted on {day}"))
        count = store.post_remails(connection, mailing, day)
        facts = {"posted_on": day, "copies": count}
        audit.record(connection, at=workspace.stamp, command="returns remail", mailing=mailing, facts=facts)
    return count


def _printed_copies(connection: Connection, mailing: str) -> dict[str, int]:
    rows = connection.execute(select(pieces.c.piece, pieces.c.copy).where(pieces.c.mailing == mailing))
    return {row.piece: row.copy for row in rows}


def _current_copies(connection: Connection, mailing: str) -> dict[str, int]:
    current = _printed_copies(connection, mailing)
    for row in store.remailed(connection, mailing):
        current[row.piece] = max(current[row.piece], row.copy)
    return current
