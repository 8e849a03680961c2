"""Hand a mailing over to employers: routes, papers, calls and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from yibao_cli.config import FILE_NAME, shipped
from yibao_cli.errors import SettingsError, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.handover.appointing import import_appointments
from yibao_cli.jobs.handover.handfiles import HandFiles, write_handover
from yibao_cli.jobs.merge.employers import Deliveries, deliveries_of, employer_rows
from yibao_cli.jobs.render.rendering import whole_package
from yibao_cli.jobs.render.reprinting import require_copies_tied
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.kinds.loading import read_toml
from yibao_cli.mailing.contacts import call_days, unknown_names
from yibao_cli.mailing.handover import Employer, HandoverTexts
from yibao_cli.mailing.routes import Limits, Stop, clock, minutes_of, plan_routes
from yibao_cli.model import Finding
from yibao_cli.store import audit, events, handovers
from yibao_cli.store.events import Event, Scope
from yibao_cli.store.files import atomic_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.jobs.workspace import MailingState
    from yibao_cli.mailing.routes import Plan
    from yibao_cli.store.packages import Package

FOLDER = "handover"
_TEXTS = "handover.toml"
_WORDS = ("client", "phone", "kind", "mailing", "period", "today", "list", "count")
_OWN_WORDS = ("unit", "pieces", "bundles", "day", "time", "mode", "place")


@dataclass
class HandoverOutcome:
    """Employers and their pieces, the vehicles of a day, and the files; left: employers on no route."""

    folder: Path
    employers: int = 0
    pieces: int = 0
    bundles: int = 0
    vehicles: int = 0
    left: int = 0
    files: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def hand_over(
    workspace: Workspace,
    mailing: str,
    day: str = "",
    appointments: Path | None = None,
    progress: Progress = no_progress,
) -> HandoverOutcome:
    """Plan the delivery to employers and write its papers.

    day: ISO, the first of the delivery; "" for the day of posting. appointments: a file of them, or None.

    Raises StateError when the mailing is not verified or goes to members, CheckFailed when copies do not tie.
    """
    mailing = workspace.mailing_id(mailing)
    settings = workspace.mailing(mailing)
    if settings.deliver != "employer":
        raise StateError(
            _("mailing {mailing} is delivered to its members").format(mailing=mailing),
            remedy=_('to deliver to employers, set deliver = "employer" for it and merge it again'),
        )
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("verified", "posted"))
            if state.state != "posted":
                require_copies_tied(connection, mailing)
        package = whole_package(workspace, mailing, state.package_sha256)
        limits = limits_of(workspace, _first_day(day, state.posted_on or settings.posting))
        texts = handover_texts(workspace, mailing, package)
        progress(_("grouping by employer"), 0, 0)
        deliveries = deliveries_of(package)
        outcome = HandoverOutcome(workspace.mailing_folder(mailing) / FOLDER)
        if appointments is not None:
            known = set(deliveries.ranges)
            outcome.findings += import_appointments(workspace, mailing, appointments, known, limits)
        with workspace.reading() as connection:
            employers = _employers(workspace, connection, mailing, deliveries, limits, outcome)
            copies = handovers.copies(connection, mailing)
        told = call_days(
            [e.day or limits.days[0] for e in employers], workspace.settings.handover.calls, workspace.today
        )
        outcome.findings += _untold(employers, told)
        with atomic_folder(outcome.folder) as target:
            made = HandFiles(mailing, target, package.fonts[0], texts, clock(limits.deadline))
            members = ((e, deliveries.members(e.employer_no, copies)) for e in employers)
            written = write_handover(made, employers, members, told, _places(workspace, mailing), progress)
        outcome.files = [outcome.folder / name for name in written]
        _record(workspace, mailing, state, employers, outcome)
    return outcome


def limits_of(workspace: Workspace, first: str) -> Limits:
    """What may be planned with, by the settings, from a day on."""
    own = workspace.settings.handover
    begin = date.fromisoformat(first)
    days = tuple((begin + timedelta(days=n)).isoformat() for n in range(own.days))
    starts, deadline = minutes_of(own.starts), minutes_of(own.deadline)
    if starts >= deadline:
        raise SettingsError(
            _("[handover] the deadline {deadline} is not after {starts}").format(
                deadline=own.deadline, starts=own.starts
            ),
            where=FILE_NAME,
            remedy=_("correct `starts` or `deadline`"),
        )
    return Limits(days, own.vehicles, own.stops, own.pieces, own.minutes, starts, deadline)


def handover_texts(workspace: Workspace, mailing: str, package: Package) -> HandoverTexts:
    """The texts of papers and messages: the workspace's own go before the shipped ones, key by key."""
    texts: dict[str, Any] = read_toml(shipped("templates") / "handover" / "texts.toml")
    own = workspace.own_templates / "common" / _TEXTS
    if own.is_file():
        changed = read_toml(own)
        strange = sorted(k for k, v in changed.items() if k not in texts or not isinstance(v, str))
        names = sorted(
            {
                n
                for v in changed.values()
                if isinstance(v, str)
                for n in unknown_names(v, (*_WORDS, *_OWN_WORDS))
            }
        )
        if strange or names:
            raise SettingsError(
                _("nothing is known by the name {names}").format(names=", ".join([*strange, *names])),
                where=f"common/{_TEXTS}",
                remedy=_("it has: {known}").format(known=", ".join([*texts, *_WORDS, *_OWN_WORDS])),
            )
        texts |= changed
    client = workspace.settings.client
    words = {
        "client": client.name,
        "phone": client.phone,
        "kind": package.kind.name,
        "mailing": mailing,
        "period": workspace.mailing(mailing).period,
        "today": workspace.today,
    }
    return HandoverTexts(texts, words)


def _employers(
    workspace: Workspace,
    connection: Connection,
    mailing: str,
    deliveries: Deliveries,
    limits: Limits,
    outcome: HandoverOutcome,
) -> list[Employer]:
    """Every employer with its place on a route, in the order of the routes; those on none are last."""
    rows = employer_rows(workspace, connection, mailing)
    appointed = handovers.appointed(connection, mailing)
    numbers = handovers.numbers(connection, mailing)
    known = sorted(deliveries.ranges)
    facts = {n: deliveries.facts(n) for n in known}
    stops = [_stop(n, facts[n], rows.get(n, {}), appointed.get(n)) for n in known]
    plan = plan_routes(stops, limits)
    found = list(_in_order(plan, known, facts, rows, numbers))
    outcome.employers, outcome.left = len(found), len(plan.left)
    outcome.pieces = sum(e.pieces for e in found)
    outcome.bundles = sum(e.bundles for e in found)
    outcome.vehicles = len({(v.day, v.vehicle) for v in plan.visits})
    outcome.findings += _doubts(deliveries, rows, found, (limits, appointed))
    return found


def _in_order(
    plan: Plan,
    known: list[str],
    facts: Mapping[str, dict[str, Any]],
    rows: Mapping[str, dict[str, Any]],
    numbers: dict[str, int],
) -> Iterator[Employer]:
    # A number that stands on a sheet stays the employer's, however often the routes are planned.
    last = max(numbers.values(), default=0)
    visits = [(v.stop, (v.day, clock(v.at), v.vehicle, v.place)) for v in plan.visits]
    for stop, route in [*visits, *((i, ("", "", 0, 0)) for i in plan.left)]:
        employer_no = known[stop]
        if employer_no not in numbers:
            last += 1
            numbers[employer_no] = last
        own, row = facts[employer_no], rows.get(employer_no, {})
        yield Employer(
            numbers[employer_no],
            employer_no,
            own["employer_name"],
            own["employer_address"],
            own["employer_postcode"],
            row.get("contact") or "",
            row.get("contact_phone") or "",
            own["delivery_mode"],
            own["pieces"],
            own["bundles"],
            *route,
        )


def _stop(
    employer_no: str, facts: dict[str, Any], row: dict[str, Any], appointed: tuple[str, str] | None
) -> Stop:
    key = " ".join(
        (facts["employer_postcode"], facts["county"], facts["street_key"], facts["employer_address"])
    )
    when = (appointed[0], minutes_of(appointed[1]) if appointed[1] else -1) if appointed else None
    return Stop(employer_no, facts["employer_postcode"], key, facts["pieces"], _place(row), when)


def _place(row: dict[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude of an employer; None where they are missing or on no map."""
    try:
        x, y = float(row["longitude"]), float(row["latitude"])
    except (KeyError, TypeError, ValueError):
        return None
    return (x, y) if 0 < abs(x) <= 180 and 0 < abs(y) <= 90 else None  # noqa: PLR2004 - degrees


def _places(workspace: Workspace, mailing: str) -> dict[str, tuple[float, float]]:
    with workspace.reading() as connection:
        rows = employer_rows(workspace, connection, mailing)
    return {n: place for n, row in rows.items() if (place := _place(row)) is not None}


def _doubts(
    deliveries: Deliveries,
    rows: Mapping[str, dict[str, Any]],
    employers: list[Employer],
    planned: tuple[Limits, Mapping[str, tuple[str, str]]],
) -> Iterator[Finding]:
    """Employers that nobody knows or can find, that nobody can call, and those no vehicle can take."""
    limits, appointed = planned
    for employer_no, count in sorted(deliveries.elsewhere.items()):
        row = rows.get(employer_no)
        if row is None:
            yield Finding("M145", column="单位编号", value=employer_no, details={"count": count})
        else:
            yield _about(row, "M147", "投递地址")
    for e in employers:
        row = rows.get(e.employer_no, {})
        if not e.postcode:
            yield _about(row, "M146", "邮编", e.employer_no)
        if not e.phone:
            yield _about(row, "M148", "联系电话", e.employer_no)
        if e.pieces > limits.pieces:
            yield _late(e, _("it has {pieces} pieces, more than one vehicle carries").format(pieces=e.pieces))
        elif not e.vehicle:
            yield _late(e, _("all vehicles are full"))
        elif (day := appointed.get(e.employer_no, ("", ""))[0]) and day not in limits.days:
            yield _late(e, _("its appointment is on {day}, when nothing is delivered").format(day=day))
        elif minutes_of(e.at) > limits.deadline:
            yield _late(e, _("it would be there at {time}").format(time=e.at))


def _about(row: Mapping[str, Any], rule: str, column: str, employer_no: str = "") -> Finding:
    value = str(row.get("employer_no", "")) or employer_no
    return Finding(rule, row.get("file", ""), row.get("src_sheet") or "", row.get("src_row"), column, value)


def _late(employer: Employer, reason: str) -> Finding:
    return Finding("M149", column="单位编号", value=employer.employer_no, details={"reason": reason})


def _untold(employers: list[Employer], told: list[str]) -> Iterator[Finding]:
    for e, day in zip(employers, told, strict=True):
        if e.phone and not day:
            yield Finding("M164", column="单位编号", value=e.employer_no)


def _first_day(given: str, posting: str) -> str:
    try:
        return date.fromisoformat(given or posting).isoformat()
    except ValueError as error:
        raise UsageError(
            _("{day} is no day").format(day=given or posting), remedy=_("write it as 2026-10-08")
        ) from error


def _record(
    workspace: Workspace,
    mailing: str,
    state: MailingState,
    employers: list[Employer],
    outcome: HandoverOutcome,
) -> None:
    with workspace.engine.begin() as connection:
        names = ("number", "employer_no", "pieces", "bundles", "mode", "day", "vehicle")
        rows = [{n: getattr(e, n) for n in names} | {"stop": e.place} for e in employers]
        handovers.replace(connection, mailing, rows)
        if state.state == "posted":
            done = {r.subject for r in events.of_scope(connection, mailing, Scope.HANDOVER, Event.HANDED)}
            for e in (e for e in employers if str(e.number) not in done and e.day):
                stamp = workspace.stamp, e.day, audit.operator()
                about = [(Scope.HANDOVER, str(e.number), 0)]
                events.record(connection, stamp, mailing, Event.HANDED, about, {"vehicle": e.vehicle})
        facts = {"employers": outcome.employers, "pieces": outcome.pieces, "left": outcome.left}
        audit.record_done(connection, at=workspace.stamp, command="handover", mailing=mailing, facts=facts)
