"""The employers of a mailing put on routes: who is delivered to, by which vehicle, and whom none can take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from yibao_cli.config import FILE_NAME
from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.jobs.merge.employers import employer_rows
from yibao_cli.mailing.handover import Employer
from yibao_cli.mailing.routes import Limits, Stop, clock, minutes_of, plan_routes
from yibao_cli.model import Finding
from yibao_cli.store import handovers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

    from yibao_cli.jobs.merge.employers import Deliveries
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.mailing.routes import Plan

    Rows = Mapping[str, dict[str, Any]]  # by employer
    Appointed = Mapping[str, tuple[str, str]]  # employer to ISO day and time, "" for any time


@dataclass(frozen=True, slots=True)
class PlannedEmployers:
    """Every employer with its place on a route, in the order of the routes; those on none are last.

    left: how many these are. vehicles: of all days. places: longitude and latitude, of whom they are known.
    """

    employers: list[Employer]
    left: int
    vehicles: int
    places: dict[str, tuple[float, float]]
    findings: list[Finding]


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


def plan_employers(
    workspace: Workspace, connection: Connection, mailing: str, deliveries: Deliveries, limits: Limits
) -> PlannedEmployers:
    """Put the employers that pieces go to on routes; findings M145 to M149."""
    rows = employer_rows(workspace, connection, mailing)
    appointed = handovers.appointed(connection, mailing)
    numbers = handovers.numbers(connection, mailing)
    known = sorted(deliveries.ranges)
    facts = {n: deliveries.facts(n) for n in known}
    stops = [_stop(n, facts[n], rows.get(n, {}), appointed.get(n)) for n in known]
    plan = plan_routes(stops, limits)
    found = list(_in_order(plan, known, facts, rows, numbers))
    vehicles = {(v.day, v.vehicle) for v in plan.visits}
    places = {n: place for n, row in rows.items() if (place := _place(row)) is not None}
    doubts = list(_doubts(deliveries, rows, found, limits, appointed))
    return PlannedEmployers(found, len(plan.left), len(vehicles), places, doubts)


def _in_order(
    plan: Plan, known: list[str], facts: Rows, rows: Rows, numbers: dict[str, int]
) -> Iterator[Employer]:
    """The employers as they are delivered to; what has no number yet gets one in `numbers`."""
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


def _doubts(
    deliveries: Deliveries, rows: Rows, employers: list[Employer], limits: Limits, appointed: Appointed
) -> Iterator[Finding]:
    """Employers that nobody knows or can find, that nobody can call, and those no vehicle can take."""
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
        if reason := _why_not_in_time(e, limits, appointed.get(e.employer_no, ("", ""))[0]):
            yield Finding("M149", column="单位编号", value=e.employer_no, details={"reason": reason})


def _why_not_in_time(employer: Employer, limits: Limits, appointed: str) -> str:
    """Why an employer is not delivered to in time, "" where it is. appointed: the day, "" for none."""
    if employer.pieces > limits.pieces:
        return _("it has {pieces} pieces, more than one vehicle carries").format(pieces=employer.pieces)
    if not employer.vehicle:
        return _("all vehicles are full")
    if appointed and appointed not in limits.days:
        return _("its appointment is on {day}, when nothing is delivered").format(day=appointed)
    if minutes_of(employer.at) > limits.deadline:
        return _("it would be there at {time}").format(time=employer.at)
    return ""


def _about(row: Mapping[str, Any], rule: str, column: str, employer_no: str = "") -> Finding:
    value = str(row.get("employer_no", "")) or employer_no
    return Finding(rule, row.get("file", ""), row.get("src_sheet") or "", row.get("src_row"), column, value)
