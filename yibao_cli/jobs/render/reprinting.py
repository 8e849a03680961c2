"""Print pieces again: one person asks, another signs, and the copies before are void."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from yibao_cli.codes import mask_id, parse_copy, parse_sheet_code
from yibao_cli.errors import CheckFailed, InputNotFound, InputRefused, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.custody.roles import APPROVER, require_role_of
from yibao_cli.jobs.inbox import check_input
from yibao_cli.jobs.render.copies import CopyOrder, copies_pdf, print_copies, read_copy
from yibao_cli.jobs.render.rendering import whole_package
from yibao_cli.jobs.signers import same_person, who
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.model import Finding
from yibao_cli.store import audit, events, reprints
from yibao_cli.store.events import Event, Scope
from yibao_cli.store.reprints import CopiesAccount, Reason
from yibao_cli.store.schema import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

_STATES = ("rendered", "verified", "posted")
_MOST_BYTES = 64 << 20


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
            remedy=_("give --reason, one of: {known}").format(known=", ".join(Reason)),
        ) from error


def request_reprint(
    workspace: Workspace, mailing: str, given: str, reason: Reason, by: str = "", remark: str = ""
) -> RequestOutcome:
    """Ask for copies of some pieces. given: numbers with commas between, or a file of numbers or codes.

    All of them or none: with a finding M165 to M168 nothing is asked for. Raises StateError before the
    mailing is rendered.
    """
    mailing = workspace.mailing_id(mailing)
    tokens, name = _tokens(given)
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
            known = _current(connection, mailing, [t for t, _n in tokens])
            waiting = reprints.waiting(connection, mailing)
        outcome = RequestOutcome()
        copies = _judged(tokens, known, waiting, (mailing, name), outcome)
        if outcome.findings or not copies:
            return outcome
        outcome.pieces = len(copies)
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
    """The requests of a mailing, and the account of its copies."""
    mailing = workspace.mailing_id(mailing)
    names = ("number", "state", "reason", "pieces", "maker", "made_at", "checker", "checked_at", "remark")
    with workspace.reading() as connection:
        require_state(connection, mailing, ("merged", *_STATES))
        rows = reprints.requests(connection, mailing)
        account = reprints.account(connection, mailing)
    return [{n: getattr(r, n) for n in names} for r in rows], account


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


def void_finding(copy: int | None, current: int, rule: str, **where: object) -> Finding | None:
    """A finding when a code is of a copy before the one that counts; None where the code says no copy."""
    if copy is None or copy >= current:
        return None
    return Finding(rule, **where, details={"copy": current})  # type: ignore[arg-type]


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


def _tokens(given: str) -> tuple[list[tuple[str, int]], str]:
    """What was given, with the line it stands in, and the file's name."""
    path = Path(given)
    # A list of numbers may be longer than a file's name can be.
    if "," in given or parse_copy(given.strip().upper()) is not None:
        return [(t.strip(), 1) for t in given.split(",") if t.strip()], ""
    if given.strip().isalnum() and not path.is_file():
        raise UsageError(
            _("this is no piece number: its form or its check character is wrong"),
            remedy=_("read the number beside the code again, or scan the code"),
        )
    check_input(path)
    if path.stat().st_size > _MOST_BYTES:
        raise InputRefused(_("the file is too large"), where=path.name, remedy=_("give one number a line"))
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputRefused(
            _("it is not UTF-8 text"), where=path.name, remedy=_("give one number a line, as plain text")
        ) from error
    found = [
        (t.strip(' "'), n) for n, line in enumerate(lines, 1) for t in line.replace("\t", ",").split(",")
    ]
    if not found:
        raise UsageError(_("no piece is named"), remedy=_("name pieces, or a file of them, with --pieces"))
    # The first line may be a header.
    return [(t, n) for t, n in found if t and (n > 1 or any(c.isdigit() for c in t))], path.name


def _current(connection: Connection, mailing: str, tokens: Iterable[str]) -> dict[str, int]:
    """The copy that counts of each piece that is named."""
    known: dict[str, int] = {}
    query = select(pieces.c.copy).where(pieces.c.mailing == mailing)
    for token in tokens:
        parsed = parse_copy(_folded(token))
        if parsed is not None:
            copy = connection.execute(query.where(pieces.c.piece == parsed[0])).scalar()
            if copy is not None:
                known[parsed[0]] = copy
    return known


def _judged(
    tokens: list[tuple[str, int]],
    known: dict[str, int],
    waiting: dict[str, int],
    place: tuple[str, str],
    outcome: RequestOutcome,
) -> dict[str, int]:
    mailing, name = place
    copies: dict[str, int] = {}
    for token, line in tokens:
        parsed = parse_copy(_folded(token))
        where = {"file": name or "--pieces", "row": line if name else None}
        fault: Finding | None = None
        if parsed is None:
            fault = Finding("M165", **where, value=mask_id(token[:40]))  # type: ignore[arg-type]
        elif parsed[0] not in known or not _of_mailing(token, mailing):
            fault = Finding("M166", **where, value=parsed[0], details={"mailing": mailing})  # type: ignore[arg-type]
        elif parsed[0] in waiting:
            details = {"number": waiting[parsed[0]]}
            fault = Finding("M167", **where, value=parsed[0], details=details)  # type: ignore[arg-type]
        else:
            fault = void_finding(parsed[1], known[parsed[0]], "M168", **where, value=parsed[0])
        if fault is not None:
            outcome.findings.append(fault)
        elif parsed is not None:
            copies[parsed[0]] = known[parsed[0]] + 1
    return copies


def _of_mailing(token: str, mailing: str) -> bool:
    """A sheet code names its mailing; the same piece number is in others too."""
    code = parse_sheet_code(_folded(token))
    return code is None or code.mailing == mailing


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()
