"""Clean the addresses of a mailing's roster into the address book."""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from yibao_cli.i18n import _
from yibao_cli.jobs.address.booking import (
    EFFECT,
    Writing,
    ensure_points,
    judging_of,
    new_entry,
    read_effect,
    settled_effect,
)
from yibao_cli.jobs.address.postcodes import posts_table
from yibao_cli.jobs.address.readingcrew import Reader, read_batches
from yibao_cli.jobs.address.rosters import roster_batches, sources_of
from yibao_cli.jobs.workers.cluster import chosen_crew
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress
from yibao_cli.store import audit, book
from yibao_cli.store.schema import addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Row

    from yibao_cli.jobs.address.booking import Reading
    from yibao_cli.jobs.address.rosters import RosterRow
    from yibao_cli.store.book import Settlement

    Readings = dict[Writing, Reading]

_COMMAND = "address clean"


@dataclass
class CleanOutcome:
    """Counts over the writings of the roster: new in the book, and all by verdict.

    points: different delivery points they lead to. carried: entries that take over what a person had
    settled about the same point. changed: entries that are read otherwise than before.
    """

    rows: int = 0
    writings: int = 0
    added: int = 0
    points: int = 0
    carried: int = 0
    changed: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


def clean_addresses(
    workspace: Workspace,
    mailing: str,
    progress: Progress = no_progress,
    *,
    again: bool = False,
    cluster: str = "",
) -> CleanOutcome:
    """Examine every address of the roster that the book does not have yet.

    again: read the others again too, except what a person has settled; for a newer version of the parser.
    cluster: as `cluster.chosen_crew` takes it; "" as the settings say.
    Raises StateError when no roster is imported.
    """
    mailing, crew = workspace.mailing_id(mailing), chosen_crew(workspace, cluster=cluster)
    with workspace.locked("addresses"):
        rosters = sources_of(workspace, mailing)
        job = _Cleaning(workspace, again=again)
        reader = Reader(judging_of(workspace), posts_table(workspace, mailing))
        total = sum(r.rows_kept for r in rosters)
        asked: deque[_Asked] = deque()  # handed out, and not yet come back
        batches = (
            (batch, record.file_name)
            for record in rosters
            for batch in roster_batches(workspace, mailing, record)
        )
        for readings in read_batches(reader, job.to_read(batches, asked), crew, total):
            job.take(asked.popleft(), readings)
            progress(_("cleaning addresses"), job.outcome.rows, total)
        job.finish(mailing)
    return job.outcome


class _Asked(NamedTuple):
    """A batch that is being read: its rows and file, the new writings, those to be read again, settled rows.

    theirs: rows of members for whom a person settled something.
    """

    rows: int
    source: str
    fresh: list[Writing]
    stale: list[Writing]
    theirs: list[RosterRow]


class _Cleaning:
    """One run over the rosters; every batch in a transaction of its own, so that others write between."""

    def __init__(self, workspace: Workspace, *, again: bool) -> None:
        self.outcome = CleanOutcome()
        self._workspace = workspace
        self._seen: set[Writing] = set()
        self._again = again
        with workspace.reading() as connection:
            self._known, self._stale = _known(connection)
            self._settled = book.settlements_by_key(connection)
        self._members: dict[str, list[Settlement]] = defaultdict(list)
        for (_key, member), settlement in self._settled.items():
            self._members[member].append(settlement)

    def to_read(
        self, batches: Iterable[tuple[list[RosterRow], str]], asked: deque[_Asked]
    ) -> Iterator[list[Writing]]:
        """What has to be read of each batch, given with its file; `asked` remembers what for."""
        for batch, file_name in batches:
            writings = list(dict.fromkeys(row.writing for row in batch))
            fresh = [w for w in writings if w not in self._known]
            stale = [w for w in writings if w in self._known and w not in self._seen and self._is_stale(w)]
            theirs = [row for row in batch if row.member in self._members]
            self._known.update(fresh)
            self._seen.update(writings)
            asked.append(_Asked(len(batch), file_name, fresh, stale, theirs))
            yield fresh + stale

    def take(self, asked: _Asked, readings: Readings) -> None:
        """Bring the writings of one batch into the book."""
        fresh, stale, theirs = asked.fresh, asked.stale, asked.theirs
        self.outcome.rows += asked.rows
        if fresh or stale or theirs:
            with self._workspace.engine.begin() as connection:
                self._add(connection, fresh, readings, asked.source)
                self._read_again(connection, stale, readings)
                self._own_doors(connection, theirs, asked.source)
        self.outcome.added += len(fresh)

    def _is_stale(self, writing: Writing) -> bool:
        return self._again or writing in self._stale

    def _add(self, connection: Connection, fresh: list[Writing], known: Readings, source: str) -> None:
        points = ensure_points(connection, [known[w] for w in fresh])
        rows, changes = [], []
        birth = source, self._workspace.stamp
        for writing in fresh:
            reading = known[writing]
            effect = read_effect(reading, points)
            carried = self._carried(connection, reading.key, effect)
            rows.append(new_entry(writing, carried or effect, reading.key, birth))
            if carried:
                changes.append((writing, effect, carried))
        book.add_entries(connection, rows)
        for writing, effect, carried in changes:
            row = _entry_of(connection, writing)
            book.remember(connection, [self._change("carried", row, effect, carried, source)])
        self.outcome.carried += len(changes)

    def _carried(
        self, connection: Connection, key: str, effect: dict[str, object]
    ) -> dict[str, object] | None:
        settlement = self._settled.get((key, ""))
        return settled_effect(connection, settlement, effect) if settlement else None

    def _read_again(self, connection: Connection, writings: list[Writing], known: Readings) -> None:
        """Take known writings as they are read today; what a person settled stays, under its new key."""
        readings = {w: known[w] for w in writings}
        points = ensure_points(connection, readings.values())
        for row in book.stored_entries(connection, [raw for raw, _postcode, _county in writings]):
            reading = readings.get((row.raw, row.postcode_given, row.county_given))
            if reading is None:
                continue
            if row.settled:
                self._rekey(connection, row, reading.key)
                continue
            effect = read_effect(reading, points)
            before = {k: getattr(row, k) for k in EFFECT}
            if before == effect and row.read_key == reading.key:
                continue
            book.change_entry(connection, row.id, {**effect, "read_key": reading.key})
            if row.point_id:
                self.outcome.changed += 1
                book.remember(connection, [self._change("read again", row, before, effect, "")])

    def _rekey(self, connection: Connection, row: Row[Any], key: str) -> None:
        if row.read_key == key:
            return
        book.change_entry(connection, row.id, {"read_key": key})
        settlement = book.settlement(connection, row.read_key, row.member)
        if settlement is not None:
            book.unsettle(connection, row.read_key, row.member)
            book.settle(connection, replace(settlement, read_key=key))

    def _own_doors(self, connection: Connection, rows: list[RosterRow], source: str) -> None:
        """Give members whose door a person corrected their own entry, if they still write the same point."""
        for writing, member in rows:
            general = _entry_of(connection, writing)
            settlement = next((s for s in self._members[member] if s.read_key == general.read_key), None)
            if settlement is None or book.find_entry(connection, writing, member) is not None:
                continue
            before = stored(connection, general.id)
            effect = settled_effect(connection, settlement, {k: before[k] for k in EFFECT})
            if effect is not None:
                birth = source, self._workspace.stamp
                row = {**new_entry(writing, effect, general.read_key, birth), "member": member}
                book.add_entries(connection, [row])
                added = book.find_entry(connection, writing, member)
                book.remember(connection, [self._change("carried", added, before, effect, source)])
                self.outcome.carried += 1

    def _change(
        self, action: str, row: Any, before: dict[str, object], after: dict[str, object], source: str
    ) -> book.Change:
        was, now = differences(before, after)
        who = audit.operator()
        return book.Change(self._workspace.stamp, who, action, row.id, row.point_id, source, "", was, now)

    def finish(self, mailing: str) -> None:
        """Count the verdicts of this roster's writings, and record the job."""
        outcome = self.outcome
        outcome.writings = len(self._seen)
        led_to = set()
        with self._workspace.engine.begin() as connection:
            for *writing, point_id, verdict, reasons in connection.execute(book.verdicts()):
                if tuple(writing) not in self._seen:
                    continue
                led_to.add(point_id)
                outcome.verdicts[verdict] += 1
                if reasons != "[]":  # as of most, and reading JSON takes longer than all else here
                    outcome.reasons.update(rule_id for rule_id, _details in json.loads(reasons))
            outcome.points = len(led_to)
            newest, added = _added_since(connection)
            facts = {"rows": outcome.rows, "added": max(added, outcome.added), **outcome.verdicts}
            audit.record_done(
                connection,
                at=self._workspace.stamp,
                command=_COMMAND,
                mailing=mailing,
                facts={**facts, "newest": newest},
                by=() if facts["added"] else (*(facts.keys() - {"added"}), "newest"),
            )


def _added_since(connection: Connection) -> tuple[int, int]:
    """The newest entry, and how many came since a cleaning was recorded, also by runs that were killed."""
    newest = connection.execute(select(func.coalesce(func.max(addresses.c.id), 0))).scalar_one()
    known = audit.last_facts(connection, _COMMAND)
    if known is not None and "newest" not in known:  # written before this was counted
        return newest, 0
    since = addresses.c.id > (known["newest"] if known else 0)
    count = select(func.count()).select_from(addresses).where(since, addresses.c.member == "")
    return newest, connection.execute(count).scalar_one()


def differences(
    before: dict[str, object], after: dict[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """What two states of an entry say differently: as it was, and as it is."""
    keys = [k for k in EFFECT if before.get(k) != after.get(k) and k != "street_key"]
    return {k: before.get(k) for k in keys}, {k: after.get(k) for k in keys}


def stored(connection: Connection, address_id: int) -> dict[str, object]:
    """An entry as it is stored, its own verdict and not that of its point."""
    row = connection.execute(select(addresses).where(addresses.c.id == address_id)).mappings().one()
    return dict(row)


def _known(connection: Connection) -> tuple[set[Writing], set[Writing]]:
    """The writings of the book, and those among them that were written before there were points."""
    a = addresses.c
    known, stale = set(), set()
    query = select(a.raw, a.postcode_given, a.county_given, a.point_id).where(a.member == "")
    for raw, postcode, county, point_id in connection.execute(query):
        known.add((raw, postcode, county))
        if not point_id:
            stale.add((raw, postcode, county))
    return known, stale


def _entry_of(connection: Connection, writing: Writing) -> Row[Any]:
    found = book.find_entry(connection, writing)
    assert found is not None
    return found
