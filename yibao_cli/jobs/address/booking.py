"""Writings as entries of the address book: how they are read, where they lead, what was settled of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from yibao_cli.address import Address, Judging, Verdict, examine, sort_key
from yibao_cli.address.points import point_key, precision
from yibao_cli.model import Finding
from yibao_cli.store import book

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from yibao_cli.address import PostcodeTable
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.book import Settlement

ACCEPTED, CORRECTED, HELD = "accepted", "corrected", "held"
Writing = tuple[str, str, str]  # address, postcode and county as the client writes them
Points = dict[str, tuple[int, str]]  # key of a point -> its id and its place in the walk
# What a decision changes of an entry.
EFFECT = (
    *("standard", "province", "city", "county", "postcode", "division_code", "street_key", "level", "score"),
    *("verdict", "reasons", "point_id", "settled"),
)


class Reading(NamedTuple):
    """An address as it is read, the judgement, and its delivery point.

    All that the book keeps of it, so that whoever reads addresses beside the database leaves the database
    nothing but to be written; a tuple, for what comes from another process is unpacked one by one.
    verdict: good, doubtful or bad. reasons: as the book has them, JSON of [[rule id, details], ...]. key,
    street_key, precision: of the point.
    """

    address: Address
    verdict: str
    reasons: str
    postcode: str
    key: str
    street_key: str
    precision: str

    @property
    def doubts(self) -> list[tuple[str, dict[str, Any]]]:
        """The doubts about it: rule ids and details."""
        return [(rule_id, details) for rule_id, details in json.loads(self.reasons)]


def judging_of(workspace: Workspace) -> Judging:
    """How strictly [address] of yibao.toml wants addresses judged."""
    settings = workspace.settings.address
    return Judging(settings.good, settings.bad, frozenset(settings.accept))


def read_writing(
    writing: Writing, judging: Judging | None = None, table: PostcodeTable | None = None
) -> Reading:
    """Read and judge one writing, as strictly as [address] of yibao.toml says.

    table: the post's postcodes; one that no writing gives is completed where the county has one alone.
    """
    raw, postcode, county = writing
    address, verdict = examine(raw, postcode, county, judging or Judging(), table)
    code = (postcode or address.postcode)[:6]
    sole = table.sole.get(address.division_code[:6], "") if table is not None else ""
    if sole and not code and verdict.verdict == "good":
        code = sole
        note = Finding("A158", details={"postcode": sole, "county": address.county or address.city})
        verdict = Verdict("good", (*verdict.reasons, note))
    reasons = [[r.rule_id, dict(r.details)] for r in verdict.reasons]
    return Reading(
        address, verdict.verdict, json.dumps(reasons, ensure_ascii=False) if reasons else "[]", code,
        point_key(address), sort_key(address), precision(address),
    )  # fmt: skip


def ensure_points(connection: Connection, readings: Iterable[Reading]) -> Points:
    """The points of readings; those that the book does not have yet are added, in order."""
    wanted = {r.key: r for r in reversed(list(readings))}
    found = book.points_of(connection, wanted)
    missing = [key for key in reversed(list(wanted)) if key not in found]
    return found | book.add_points(connection, [_point(wanted[key]) for key in missing])


def read_effect(reading: Reading, points: Points) -> dict[str, object]:
    """What an entry says when nobody has settled it; EFFECT."""
    address, (point_id, street_key) = reading.address, points[reading.key]
    return {
        "standard": address.standard,
        "province": address.province,
        "city": address.city,
        "county": address.county,
        "postcode": reading.postcode,
        "division_code": address.division_code,
        # The point's, so that writings of one door lie side by side.
        "street_key": street_key,
        "level": address.level,
        "score": address.score,
        "verdict": reading.verdict,
        "reasons": reading.reasons,
        "point_id": point_id,
        "settled": "",
    }


def new_entry(
    writing: Writing, effect: Mapping[str, object], read_key: str, birth: tuple[str, str]
) -> dict[str, object]:
    """A row of the table of addresses, for everybody. birth: file it came from, and when."""
    raw, postcode, county = writing
    source, at = birth
    return {
        "raw": raw,
        "postcode_given": postcode,
        "county_given": county,
        "member": "",
        "read_key": read_key,
        "source": source,
        "added_at": at,
        **effect,
    }


def settled_effect(
    connection: Connection, settlement: Settlement, unsettled: Mapping[str, object]
) -> dict[str, object] | None:
    """What an entry says after a settlement; None where the settlement does not speak of its doubts.

    unsettled: EFFECT as it is read.
    """
    if settlement.decision == HELD:
        return {**unsettled, "verdict": "bad", "reasons": json.dumps([[book.HELD, {}]]), "settled": HELD}
    if settlement.decision == ACCEPTED:
        doubts = {rule_id for rule_id, _details in json.loads(str(unsettled["reasons"]))}
        if not doubts <= set(settlement.rules):
            return None
        return {**unsettled, "verdict": "good", "reasons": "[]", "settled": ACCEPTED}
    reading = read_writing((settlement.text, settlement.postcode, ""))
    effect = read_effect(reading, ensure_points(connection, [reading]))
    postcode = reading.postcode or unsettled["postcode"]
    # The person who gave it has the last word, whatever doubt is left.
    return {**effect, "postcode": postcode, "verdict": "good", "reasons": "[]", "settled": CORRECTED}


def _point(reading: Reading) -> dict[str, object]:
    address = reading.address
    return {
        "key": reading.key,
        "standard": address.standard,
        "county": address.county,
        "town": address.town,
        "village": address.village,
        "road": address.road,
        "road_no": address.road_no,
        "poi": address.poi,
        "building": address.building,
        "division_code": address.division_code,
        "postcode": reading.postcode,
        "street_key": reading.street_key,
        "precision": reading.precision,
    }
