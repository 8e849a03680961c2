"""The post's own tables: the walk and office of every address, and which addresses they do not cover."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import select

from yibao_cli.address.walks import Spot, Stretch, WalkTable
from yibao_cli.errors import StateError
from yibao_cli.i18n import N_, _
from yibao_cli.jobs.address.imported import imported_rows
from yibao_cli.jobs.address.postcodes import POSTCODES
from yibao_cli.jobs.address.rosters import roster_batches, sources_of
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress
from yibao_cli.model import Finding
from yibao_cli.store import audit
from yibao_cli.store.schema import addresses, points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from yibao_cli.address.walks import Side
    from yibao_cli.jobs.address.booking import Writing

WALKS = "walks"
COLUMNS = (N_("point"), N_("address"), N_("postcode"), N_("walk"), N_("office"))
_SIDES: dict[str, Side] = {"单": "odd", "双": "even"}


@dataclass
class WalksOutcome:
    """Delivery points of the roster: addresses == mapped + several + unmapped; a row for each, COLUMNS."""

    addresses: int = 0
    mapped: int = 0
    several: int = 0
    unmapped: int = 0
    rows: list[dict[str, object]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Offices:
    """The post's table of postcodes: postcode to its office, and to the counties it serves."""

    names: dict[str, str]
    counties: dict[str, set[str]]


def map_walks(workspace: Workspace, mailing: str, progress: Progress = no_progress) -> WalksOutcome:
    """Look every delivery point of a mailing's roster up in the post's tables.

    Raises StateError when no table is imported, or no roster.
    """
    mailing = workspace.mailing_id(mailing)
    writings = {
        r.writing
        for record in sources_of(workspace, mailing)
        for b in roster_batches(workspace, mailing, record)
        for r in b
    }
    outcome = WalksOutcome()
    with workspace.reading() as connection:
        tables = _tables(workspace, connection, mailing)
        if not tables[WALKS] and not tables[POSTCODES]:
            raise StateError(
                _("no table of the post is imported"),
                remedy=_("import it with `yibao import {table} FILE`").format(table=WALKS),
            )
        walks, offices = WalkTable(map(_stretch, tables[WALKS])), _offices(tables[POSTCODES])
        found = _points(connection, writings)
    for done, point in enumerate(found, start=1):
        _place(point, walks, offices, outcome)
        if done % 1000 == 0 or done == len(found):
            progress(_("looking up walks"), done, len(found))
    with workspace.engine.begin() as connection:
        facts = {"addresses": outcome.addresses, "mapped": outcome.mapped, "unmapped": outcome.unmapped}
        audit.record(connection, at=workspace.stamp, command="address walks", mailing=mailing, facts=facts)
    return outcome


def walks_of_entries(workspace: Workspace, mailing: str) -> tuple[pa.Table, bool]:
    """The walk and office of every entry of the address book: id, walk, office; blank where none is known.

    A point that the table gives several walks has none: the post has to say which. Tells also whether there
    is a table of walks at all; without a table of the post there are no rows.
    """
    with workspace.reading() as connection:
        tables = _tables(workspace, connection, mailing)
        found: list[tuple[int, str, str]] = []
        if any(tables.values()):
            walks, offices = WalkTable(map(_stretch, tables[WALKS])), _offices(tables[POSTCODES])
            by_point = {
                point.id: _walk_and_office(point, walks, offices)
                for point in connection.execute(select(points).order_by(points.c.id))
            }
            a = addresses.c
            entries = connection.execute(select(a.id, a.point_id).order_by(a.id))
            found = [(entry, *by_point[point]) for entry, point in entries if point in by_point]
    columns = zip(*found, strict=True) if found else ([], [], [])
    arrays = [pa.array(c, t) for c, t in zip(columns, (pa.int64(), pa.string(), pa.string()), strict=True)]
    return pa.table(arrays, names=["id", "walk", "office"]), bool(tables[WALKS])


def _walk_and_office(point: Any, walks: WalkTable, offices: _Offices) -> tuple[str, str]:
    found = walks.find(_spot(point))
    walk = found[0].walk if len(found) == 1 else ""
    return walk, _office(point, found, offices)


def _spot(point: Any) -> Spot:
    return Spot(point.county, point.town, point.village, point.road, point.road_no, point.poi)


def _office(point: Any, found: tuple[Stretch, ...], offices: _Offices) -> str:
    return next((f.office for f in found if f.office), "") or offices.names.get(point.postcode, "")


def _tables(workspace: Workspace, connection: Connection, mailing: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of the post's tables: of walks, and of postcodes with their offices."""
    return {
        table: [row for _file, row in imported_rows(workspace, connection, mailing, table)]
        for table in (WALKS, POSTCODES)
    }


def _stretch(row: dict[str, Any]) -> Stretch:
    return Stretch(
        row["walk"],
        row["place"],
        row["county"] or "",
        row["town"] or "",
        row["office"] or "",
        row["number_from"] or 0,
        row["number_to"] or 0,
        _SIDES.get(row["side"] or "", ""),
    )


def _offices(rows: list[dict[str, Any]]) -> _Offices:
    counties: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        counties[row["postcode"]] |= {row["county"]} if row["county"] else set()
    return _Offices({row["postcode"]: row["office"] for row in rows}, dict(counties))


def _points(connection: Connection, writings: set[Writing]) -> list[Any]:
    """The points that the writings of a roster lead to, in the order they are walked."""
    a = addresses.c
    query = select(a.raw, a.postcode_given, a.county_given, a.point_id).where(a.member == "")
    wanted = {row.point_id for row in connection.execute(query) if tuple(row)[:3] in writings}
    rows = [row for row in connection.execute(select(points)) if row.id in wanted]
    return sorted(rows, key=lambda row: (row.street_key, row.id))


def _place(point: Any, walks: WalkTable, offices: _Offices, outcome: WalksOutcome) -> None:
    found = walks.find(_spot(point))
    outcome.addresses += 1
    outcome.mapped += len(found) == 1
    outcome.several += len(found) > 1
    outcome.unmapped += not found
    names = "、".join(f.walk for f in found)
    values = (point.id, point.standard, point.postcode, names, _office(point, found, offices))
    outcome.rows.append(dict(zip(COLUMNS, values, strict=True)))
    outcome.findings += _doubts(point, found, offices)


def _doubts(point: Any, found: tuple[Stretch, ...], offices: _Offices) -> Iterator[Finding]:
    column = _("point {id}").format(id=point.id)
    if not found:
        yield Finding("A151", column=column)
    elif len(found) > 1:
        yield Finding("A152", column=column, details={"walks": "、".join(f.walk for f in found)})
    counties = offices.counties.get(point.postcode, set())
    if counties and point.county and point.county not in counties:
        details = {"postcode": point.postcode, "counties": "、".join(sorted(counties))}
        yield Finding("A153", column=column, details=details)
