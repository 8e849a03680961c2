"""Print pieces again: one person asks, another signs, and the copies before are void."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import CheckFailed, InputNotFound, StateError, UsageError
from yibao_cli.i18n import N_, Word, _, choices
from yibao_cli.jobs.custody.roles import APPROVER, require_role_of
from yibao_cli.jobs.render.copies import CopyOrder, copies_pdf, print_copies, read_copy
from yibao_cli.jobs.render.naming import current_copies, judge_names, named_pieces
from yibao_cli.jobs.render.unaltered import whole_package
from yibao_cli.jobs.signers import same_person, who
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.store import audit, events, reprints
from yibao_cli.store.events import Event, Scope
from yibao_cli.store.reprints import CopiesAccount, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from yibao_cli.model import Finding

COLUMNS = (
    N_("number"),
    N_("state"),
    N_("reason"),
    N_("pieces"),
    N_("maker"),
    N_("made_at"),
    N_("checker"),
    N_("checked_at"),
    N_("remark"),
)
_STATES = ("rendered", "verified", "posted")


@dataclass
class RequestOutcome:
    """A request: its number in the mailing and its pieces; number 0 when findings kept it from being made."""

    number: int = 0
    pieces: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReprintOutcome:
    """What was printed again: the file, its pieces and pages, and the account of all copies."""

    number: int
    pdf: Path
    pieces: int
    pages: int
    account: CopiesAccount


def reason_of(text: str) -> Reason:
    """The reason that a word names; UsageError for another word."""
    try:
        return Reason(text)
    except ValueError as error:
        raise UsageError(
            _("why are they printed again?"),
            remedy=_("give --reason, one of: {known}").format(known=choices(reprints.REASONS)),
        ) from error


def request_reprint(
    workspace: Workspace, mailing: str, given: str, reason: Reason, by: str = "", remark: str = ""
) -> RequestOutcome:
    """Ask for copies of some pieces. given: numbers with commas between, or a file of numbers or codes.

    All of them or none: with a finding M165 to M168 nothing is asked for. Raises StateError before the
    mailing is rendered.
    """
    mailing = workspace.mailing_id(mailing)
    named = named_pieces(given)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, _STATES)
            if reason is Reason.REMAIL and state.state != "posted":
                raise StateError(
                    _("mailing {mailing} is not posted: nothing of it can be mailed again").format(
                        mailing=mailing
                    ),
                    remedy=_("give the reason why the copy before is not posted, such as spoiled"),
                )
            known = current_copies(connection, mailing, named)
            waiting = reprints.waiting(connection, mailing)
        copies, findings = judge_names(named, mailing, known, waiting)
        if findings or not copies:
            return RequestOutcome(findings=findings)
        outcome = RequestOutcome(pieces=len(copies))
        with workspace.engine.begin() as connection:
            values = {"mailing": mailing, "state": "requested", "reason": reason.value, "remark": remark}
            values |= {"maker": who(by), "made_at": workspace.stamp, "checker": "", "checked_at": ""}
            outcome.number = reprints.add(connection, values, copies)
            facts = {
                "request": outcome.number,
                "pieces": len(copies),
                "reason": reason.value,
                "maker": who(by),
            }
            audit.record(
                connection, at=workspace.stamp, command="reprint request", mailing=mailing, facts=facts
            )
    return outcome


def approve_reprint(
    workspace: Workspace, mailing: str, number: int, by: str = "", progress: Progress = no_progress
) -> ReprintOutcome:
    """Sign a request as the second person, print its copies, read them back, and make the old ones void.

    Raises StateError when it was answered already or the same person asked, CheckFailed when the pages are
    not what they should be; then nothing is recorded.
    """
    mailing = workspace.mailing_id(mailing)
    checker = who(by)
    require_role_of(workspace, checker, APPROVER, "reprint --approve")
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, _STATES)
            found = _open_request(connection, mailing, number, checker)
            wanted = reprints.copies_of(connection, mailing, number)
        if not wanted or len(wanted) != found.pieces or any(c != now + 1 for _p, _at, now, c in wanted):
            raise StateError(
                _("pieces of request {number} changed since it was made").format(number=number),
                remedy=_("refuse it, and ask again"),
            )
        package = whole_package(workspace, mailing, state.package_sha256)
        orders = [CopyOrder(copy, at, piece) for piece, at, _now, copy in wanted]
        progress(_("printing copies"), 0, len(orders))
        pdf = copies_pdf(workspace.mailing_folder(mailing), number)
        made = print_copies(package, pdf, state.package_sha256, number, orders)
        if differences := read_copy(pdf, made, package):
            pdf.unlink()
            pdf.with_suffix(".json").unlink()
            raise CheckFailed(
                _("{count} differences between the copies and the package: {detail}").format(
                    count=len(differences), detail=differences[0].detail
                ),
                remedy=_("nothing was recorded; verify the mailing, then approve again"),
            )
        with workspace.engine.begin() as connection:
            _record(workspace, connection, mailing, (number, checker, found.reason), orders, made.sha256)
            account = reprints.account(connection, mailing)
    return ReprintOutcome(number, pdf, len(orders), made.pages, account)


def refuse_reprint(workspace: Workspace, mailing: str, number: int, by: str = "") -> None:
    """Refuse a request, or take one's own back; its pieces may be asked for again."""
    mailing = workspace.mailing_id(mailing)
    with workspace.locked_mailing(mailing), workspace.engine.begin() as connection:
        _open_request(connection, mailing, number, "")
        values = {"state": "refused", "checker": who(by), "checked_at": workspace.stamp}
        reprints.settle(connection, mailing, number, values)
        facts = {"request": number, "checker": who(by)}
        audit.record(connection, at=workspace.stamp, command="reprint refuse", mailing=mailing, facts=facts)


def list_reprints(workspace: Workspace, mailing: str) -> tuple[list[dict[str, object]], CopiesAccount]:
    """The requests of a mailing, COLUMNS, and the account of its copies."""
    mailing = workspace.mailing_id(mailing)
    with workspace.reading() as connection:
        require_state(connection, mailing, ("merged", *_STATES))
        rows = reprints.requests(connection, mailing)
        account = reprints.account(connection, mailing)
    return [_request_cells(row) for row in rows], account


def _request_cells(row: Row[Any]) -> dict[str, object]:
    words = {
        "state": Word(row.state, reprints.STATES[row.state]),
        "reason": Word(row.reason, reprints.REASONS[row.reason]),
        # The program's own remark on letters that go to another address.
        "remark": Word(row.remark, N_("corrected")) if row.remark == "corrected" else row.remark,
    }
    return {name: words.get(name, getattr(row, name)) for name in COLUMNS}


def require_copies_tied(connection: Connection, mailing: str) -> CopiesAccount:
    """The account of copies, when printed = posted + spoiled; else CheckFailed with the figures."""
    account = reprints.account(connection, mailing)
    if account.tied:
        return account
    words = _("printed {printed} = posted {posted} + spoiled {spoiled} does not tie; {waiting} wait")
    if account.waiting:
        words = _("{waiting} wait for copies that were asked for, and nobody has answered")
    raise CheckFailed(
        words.format(
            printed=account.printed, posted=account.posted, spoiled=account.spoiled, waiting=account.waiting
        ),
        remedy=_("answer the open requests with `yibao reprint {mailing}`").format(mailing=mailing),
    )


def _record(
    workspace: Workspace,
    connection: Connection,
    mailing: str,
    request: tuple[int, str, str],
    orders: Sequence[CopyOrder],
    sha256: str,
) -> None:
    number, checker, reason = request
    values = {"state": "approved", "checker": checker, "checked_at": workspace.stamp}
    reprints.settle(connection, mailing, number, values)
    reprints.print_again(connection, mailing, {o.piece: o.copy for o in orders})
    stamp = workspace.stamp, workspace.today, checker
    facts = {"request": number, "reason": reason}
    old = Event.VOID if reason == Reason.REMAIL.value else Event.SPOILED
    for event, back in ((old, 1), (Event.REPRINTED, 0)):
        about = [(Scope.PIECE, o.piece, o.copy - back) for o in orders]
        events.record(connection, stamp, mailing, event, about, facts)
    told = {"request": number, "pieces": len(orders), "sha256": sha256, "checker": checker}
    audit.record(connection, at=workspace.stamp, command="reprint", mailing=mailing, facts=told)


def _open_request(connection: Connection, mailing: str, number: int, checker: str) -> Any:
    rows = {r.number: r for r in reprints.requests(connection, mailing)}
    found = rows.get(number)
    if found is None:
        raise InputNotFound(
            _("mailing {mailing} has no request {number} for copies").format(mailing=mailing, number=number),
            remedy=_("see them with `yibao reprint {mailing}`").format(mailing=mailing),
        )
    if found.state != "requested":
        raise StateError(
            _("request {number} was answered already").format(number=number),
            remedy=_("see them with `yibao reprint {mailing}`").format(mailing=mailing),
        )
    if checker and same_person(found.maker, checker):
        raise StateError(
            _("whoever asked for copies cannot sign for them"),
            remedy=_("a second person approves, with --by NAME or their own account"),
        )
    return found
