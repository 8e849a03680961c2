"""Where a piece is and was: its history out of the audit trail, the events and the records of the post."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow.parquet as pq
from sqlalchemy import select

from yibao_cli.codes import (
    day_of,
    is_piece_number,
    mask_name,
    parse_copy,
    parse_handover_code,
    parse_sheet_code,
)
from yibao_cli.errors import InputNotFound, UsageError
from yibao_cli.i18n import Word, _, people_read
from yibao_cli.jobs.workspace import MailingState, Workspace, require_state
from yibao_cli.mailing.tracking import folded, is_tracking_number
from yibao_cli.returns.reasons import reason_word
from yibao_cli.sealed.files import source
from yibao_cli.store import events, reprints, tracking
from yibao_cli.store.events import Event, Scope
from yibao_cli.store.packages import FOLDER, MANIFEST, pieces_file
from yibao_cli.store.post_schema import handovers, receipts
from yibao_cli.store.schema import pieces, remails, returns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from yibao_cli.store.packages import Package

COLUMNS = ("day", "at", "event", "copy", "detail", "operator")
_GROUP = re.compile(r"(?P<scope>BUNDLE|BAG|把|袋)[-: ]?(?P<number>[1-9]\d{0,8})")
_STATES = ("merged", "rendered", "verified", "posted")


class Step(NamedTuple):
    """One line of a history. day: ISO; at: ISO moment, "" where only the day is known."""

    day: str
    at: str
    event: Event
    copy: str
    detail: str
    operator: str


@dataclass
class Track:
    """What was found: lines about it, and the rows of its history, oldest first."""

    about: list[str] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)
    columns: tuple[str, ...] = COLUMNS


def track(workspace: Workspace, code: str, mailing: str = "") -> Track:
    """Look a code up: piece number, sheet code, sign-off code, tracking number, `bundle-12` or `bag-3`.

    A sheet code and a tracking number name their mailing; the others mean the one given, or the current one.
    Raises UsageError for what is no code, InputNotFound for one that nothing bears.
    """
    text = code.strip().upper()
    with workspace.reading() as connection:
        if group := _GROUP.fullmatch(text):
            scope = Scope.BUNDLE if group["scope"] in {"BUNDLE", "把"} else Scope.BAG
            return _of_group(
                workspace, connection, workspace.mailing_id(mailing), scope, int(group["number"])
            )
        if handover := parse_handover_code(text):
            return _of_handover(connection, handover.mailing, handover.number)
        where, piece = named_piece(workspace, connection, text, mailing)
        return _of_piece(workspace, connection, where, piece)


def named_piece(workspace: Workspace, connection: Connection, text: str, mailing: str) -> tuple[str, str]:
    """The mailing and the piece that a code names: piece number, sheet code or tracking number.

    text: in capitals. Raises UsageError for what is no code, InputNotFound for a tracking number nobody has.
    """
    if sheet := parse_sheet_code(text):
        return sheet.mailing, sheet.piece
    parsed = parse_copy(text)
    if parsed is not None and is_piece_number(parsed[0]):
        return workspace.mailing_id(mailing), parsed[0]
    number = folded(text)
    if not is_tracking_number(number):
        raise UsageError(
            _("this is no code of a piece, a bundle or a bag"),
            remedy=_("scan it again, or type the number below it"),
        )
    found = tracking.find(connection, number)
    if found is None:
        raise InputNotFound(
            _("no piece has this tracking number"), remedy=_("see `yibao numbers list` for those there are")
        )
    return found


def _of_piece(workspace: Workspace, connection: Connection, mailing: str, piece: str) -> Track:
    state = require_state(connection, mailing, _STATES)
    p = pieces.c
    row = connection.execute(select(pieces).where(p.mailing == mailing, p.piece == piece)).first()
    if row is None:
        raise InputNotFound(
            _("mailing {mailing} has no piece with this number").format(mailing=mailing),
            remedy=_("it may be held: see the findings of the merge; or name another mailing with -m"),
        )
    folder = workspace.mailing_folder(mailing) / FOLDER
    if not (folder / MANIFEST).is_file():
        workspace.package(mailing)  # says that it is gone, and what to do
    facts = _facts(folder, row)
    bundle, bag = facts.get("bundle"), facts.get("bag")
    number = tracking.number_of(connection, mailing, piece)
    about = [
        _("{mailing} {piece}, copy {copy}: {name}, part {part}, place {position}").format(
            mailing=mailing,
            piece=piece,
            copy=row.copy,
            name=mask_name(str(facts.get("name") or "")),
            part=row.part,
            position=row.position,
        )
    ]
    if bundle and bag:
        about.append(_("bundle {bundle}, bag {bag}").format(bundle=bundle, bag=bag))
    if number:
        about.append(_("tracking number {number}").format(number=number))
    steps = [*_of_mailing(connection, mailing, state, row.part), *_own(connection, mailing, row)]
    groups = ((Scope.BUNDLE, bundle), (Scope.BAG, bag), (Scope.HANDOVER, _handover(connection, mailing, row)))
    for scope, subject in groups:
        if subject:
            steps += _events(connection, mailing, scope, str(subject))
            steps += _signed(connection, mailing, scope, str(subject))
    return Track(about, [_shown(s) for s in _in_time(steps)])


def _own(connection: Connection, mailing: str, row: Row[Any]) -> Iterator[Step]:
    """What differs for this piece."""
    yield from _events(connection, mailing, Scope.PIECE, row.piece)
    yield from _signed(connection, mailing, Scope.PIECE, row.piece)
    r = returns.c
    for back in connection.execute(select(returns).where(r.mailing == mailing, r.piece == row.piece)):
        copy = str(getattr(back, "copy", ""))
        yield Step(back.returned_on, "", Event.RETURNED, copy, reason_word(back.reason), "")
    m = remails.c
    where = (m.mailing == mailing) & (m.piece == row.piece) & (m.posted_on != "")
    for again in connection.execute(select(remails).where(where)):
        copy, why = str(again.copy), reason_word(again.reason)
        yield Step(again.posted_on, "", Event.REMAILED, copy, why, again.operator)


def _of_mailing(connection: Connection, mailing: str, state: MailingState, part: int) -> Iterator[Step]:
    """What happened to the whole mailing, or to the part, since this very package was frozen."""
    found: list[Step] = []
    key = f"part-{part:04d}"
    for row in events.trail(connection, mailing):
        facts = json.loads(row.facts)
        day = facts.get("posted_on") or day_of(row.at)
        if row.command == "merge" and facts.get("package") == state.package_sha256:
            found = [Step(day, row.at, Event.MERGED, "", "", row.operator)]
        elif row.command == "render" and key in facts:
            found.append(Step(day, row.at, Event.PRINTED, "0", key, row.operator))
        elif row.command == "verify":
            if not facts.get("differences") and not facts.get("altered"):
                found.append(Step(day, row.at, Event.VERIFIED, "", "", row.operator))
        elif row.command == "manifest" and "posted_on" in facts:
            found.append(Step(day, row.at, Event.POSTED, "", "", row.operator))
    yield from found


def _events(connection: Connection, mailing: str, scope: Scope, subject: str) -> Iterator[Step]:
    for row in events.of_subject(connection, mailing, scope, subject):
        copy = str(row.copy) if scope is Scope.PIECE else ""
        yield Step(row.day, row.at, Event(row.event), copy, _detail(json.loads(row.facts)), row.operator)


def _detail(facts: Mapping[str, object]) -> Word:
    """What an event says of itself: `request=1 reason=jam` to programs, the same in words to people."""
    words = []
    for name, value in facts.items():
        if name == "vehicle":
            words.append(_("vehicle {number}").format(number=value))
        elif name == "request":
            words.append(_("request {number}").format(number=value))
        elif name == "reason":
            words.append(people_read(Word(str(value), reprints.REASONS.get(str(value), str(value)))))
        else:
            words.append(f"{name}={value}")
    return Word(" ".join(f"{name}={value}" for name, value in facts.items()), _(", ").join(words))


def _signed(connection: Connection, mailing: str, scope: Scope, subject: str) -> Iterator[Step]:
    r = receipts.c
    where = (r.mailing == mailing) & (r.scope == str(scope)) & (r.subject == subject)
    for row in connection.execute(select(receipts).where(where)):
        detail = " ".join(filter(None, (row.time, row.signer)))
        yield Step(row.day, "", Event.SIGNED, "", detail, "")


def _handover(connection: Connection, mailing: str, row: Row[Any]) -> int | None:
    h = handovers.c
    query = select(h.number).where(h.mailing == mailing, h.employer_no == row.employer_no)
    return connection.execute(query).scalar() if row.employer_no else None


def _of_handover(connection: Connection, mailing: str, number: int) -> Track:
    h = handovers.c
    row = connection.execute(select(handovers).where(h.mailing == mailing, h.number == number)).first()
    if row is None:
        raise InputNotFound(
            _("mailing {mailing} has no sign-off sheet {number}").format(mailing=mailing, number=number),
            remedy=_("make them with `yibao handover {mailing}`").format(mailing=mailing),
        )
    about = _(
        "{mailing}, handover {number}: {pieces} pieces, {bundles} bundles, vehicle {vehicle}, stop {stop}"
    )
    names = ("number", "pieces", "bundles", "vehicle", "stop")
    steps = [
        *_events(connection, mailing, Scope.HANDOVER, str(number)),
        *_signed(connection, mailing, Scope.HANDOVER, str(number)),
    ]
    line = about.format(mailing=mailing, **{n: getattr(row, n) for n in names})
    return Track([line], [_shown(s) for s in _in_time(steps)])


def _of_group(workspace: Workspace, connection: Connection, mailing: str, scope: Scope, number: int) -> Track:
    """A bundle or a bag: what its pieces have in common, then the pieces themselves by number."""
    state = require_state(connection, mailing, _STATES)
    package = workspace.package(mailing)
    found = list(_pieces_of(package, str(scope), number))
    if not found:
        raise InputNotFound(
            _("mailing {mailing} has no such bundle or bag").format(mailing=mailing),
            remedy=_("see the labels of the mailing"),
        )
    steps = list(_of_mailing(connection, mailing, state, found[0][0]))
    steps += _events(connection, mailing, scope, str(number))
    about = _("{mailing}, {what} {number}: {count} pieces, {first} to {last}").format(
        mailing=mailing,
        what=_("bundle") if scope is Scope.BUNDLE else _("bag"),
        number=number,
        count=len(found),
        first=found[0][1],
        last=found[-1][1],
    )
    return Track([about], [_shown(s) for s in _in_time(steps)])


def _pieces_of(package: Package, column: str, number: int) -> Iterator[tuple[int, str]]:
    """Part and number of the pieces of a bundle or bag, which rise with the print order: found by halving."""
    if column not in package.piece_fields():
        return
    parts = package.manifest.parts
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high) // 2
        if _ends(package, parts[middle].part, column)[1] < number:
            low = middle + 1
        else:
            high = middle
    for entry in parts[low:]:
        if _ends(package, entry.part, column)[0] > number:
            return
        table = package.pieces(entry.part, ["piece", column])
        for piece, value in zip(*(table.column(c).to_pylist() for c in ("piece", column)), strict=True):
            if value == number:
                yield entry.part, piece


def _ends(package: Package, part: int, column: str) -> tuple[int, int]:
    """The smallest and the largest value of a column in a part, as the head of its file says."""
    with pq.ParquetFile(source(package.folder / pieces_file(part))) as file:
        index = file.schema_arrow.names.index(column)
        groups = [
            file.metadata.row_group(i).column(index).statistics for i in range(file.metadata.num_row_groups)
        ]
    return min(g.min for g in groups), max(g.max for g in groups)


def _facts(folder: Path, row: Row[Any]) -> dict[str, Any]:
    """Name, bundle and bag of a piece, as the package has them; only its part is read."""
    # The whole manifest and kind take longer to read than a scan should take to answer.
    kind = json.loads((folder / "kind.json").read_text(encoding="utf-8"))
    name = kind["verify"]["name"]
    with pq.ParquetFile(source(folder / pieces_file(row.part))) as file:
        there = set(file.schema_arrow.names)
        table = file.read([n for n in ("piece", name, "bundle", "bag") if n in there], use_threads=False)
    at = table.column("piece").index(row.piece).as_py()
    found: dict[str, Any] = table.slice(at, 1).to_pylist()[0] if at >= 0 else {}
    return found | {"name": found.get(name)}


def _in_time(steps: list[Step]) -> list[Step]:
    """Oldest first; what has a day alone comes after what has an hour."""
    return sorted(steps, key=lambda s: (s.day, s.at or "~"))


def _shown(step: Step) -> dict[str, object]:
    return dict(zip(COLUMNS, step, strict=True))
