"""The audit trail 审计日志: verified against the heads that are known, and shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import CheckFailed, InputNotFound, UsageError
from yibao_cli.i18n import _
from yibao_cli.store import audit
from yibao_cli.store.anchor import FILE_NAME, read_anchor, write_anchor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.audit import Head, Trail

_HEAD = re.compile(r"([1-9]\d{0,17}):([0-9a-f]{64})")


def anchor_trail(workspace: Workspace) -> None:
    """Write down how far the trail has come; done after each command that opened the database.

    A trail that has lost the event written down before keeps that mark: it is the evidence.
    """
    known = read_anchor(workspace.folder)
    with workspace.reading() as connection:
        head = audit.head(connection)
        lost = known is not None and not audit.has(connection, known)
    if head is not None and not lost:
        write_anchor(workspace.folder, head)


def verify_trail(workspace: Workspace, given: str = "") -> Trail:
    """Read the whole trail and hold it against the head in the workspace, and against a given one.

    given: `SEQ:HASH` as `audit head` prints it, kept on paper or elsewhere; "" for none.

    Raises CheckFailed at the first event that is not as it was written, UsageError for a head that is none.
    """
    anchor = read_anchor(workspace.folder)
    known = [head for head in (anchor, _head_of(given)) if head is not None]
    with workspace.reading() as connection:
        trail = audit.check(connection, known)
    if trail.broken is not None:
        raise CheckFailed(
            trail.broken.reason,
            where=_("event {seq}").format(seq=trail.broken.seq),
            remedy=_("stop working here, keep the folder as it is, and compare it with a backup"),
        )
    if anchor is None and trail.events:
        raise CheckFailed(
            _("nothing tells how long the trail was: the file is missing"),
            where=FILE_NAME,
            remedy=_("restore it from a backup, or name a head you know with --head"),
        )
    return trail


def trail_rows(workspace: Workspace, mailing: str = "") -> Iterator[dict[str, Any]]:
    """Each event as it is shown: seq, at, operator, command, mailing, facts (as `name=value` pairs).

    mailing: only the events of one; "" for all. Raises UsageError for what cannot name one, InputNotFound for
    one that neither the settings nor the trail know.
    """
    if mailing:
        mailing = workspace.mailing_meant(mailing)
    with workspace.reading() as connection:
        if mailing not in {"", *workspace.settings.mailings}:
            _require_told(workspace, connection, mailing)
        for event in audit.events(connection, mailing):
            facts = json.loads(event["facts"])
            shown = {name: event[name] for name in ("seq", "at", "operator", "command", "mailing")}
            yield {**shown, "facts": " ".join(f"{k}={_short(v)}" for k, v in facts.items())}


def _require_told(workspace: Workspace, connection: Connection, mailing: str) -> None:
    """That the trail speaks of a mailing that the settings do not name, or not any more."""
    if next(audit.events(connection, mailing), None) is None:
        raise InputNotFound(
            _("there is no mailing {mailing}").format(mailing=mailing),
            remedy=_("use one of: {known}").format(known=", ".join(workspace.settings.mailings)),
        )


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:12] + "…" if re.fullmatch(r"[0-9a-f]{64}", text) else text


def _head_of(given: str) -> Head | None:
    if not given:
        return None
    found = _HEAD.fullmatch(given.strip())
    if found is None:
        raise UsageError(
            _("this is no head of a trail: {given}").format(given=given),
            remedy=_("write it as `yibao audit head` printed it: number, colon, 64 digits a-f"),
        )
    return audit.Head(int(found[1]), found[2])
