"""Several programs that write into one database at once, as operators at their desks do."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update

from yibao_cli.store import audit, book
from yibao_cli.store.database import open_database, reading
from yibao_cli.store.schema import addresses
from yibao_cli.store.schema import audit as trail

_BATCH = 5  # entries of a transaction
_MAILING, _AT = "2026Q3", "2026-10-01T00:00:00+00:00"


@dataclass(frozen=True)
class Written:
    """What came of it: transactions each writer says it made, and what the database says.

    failed: writers that did not end well. entries, changed: rows there and rows changed as they should be.
    """

    said: tuple[int, ...]
    failed: int
    events: int
    whole: bool
    entries: int
    changed: int
    lost: int

    @property
    def well(self) -> bool:
        """Nothing failed, and every row that was written is there."""
        told = sum(self.said)
        rows = told * _BATCH
        return (self.failed, self.whole, self.lost) == (0, True, 0) and (
            (self.events, self.entries, self.changed) == (told, rows, rows - told)
        )


def write_at_once(folder: Path, url: str, writers: int, seconds: float) -> Written:
    """Let several programs write for a while; url: "" for SQLite in the folder."""
    open_database(folder, url).dispose()
    command = [sys.executable, __file__, str(folder), url, str(seconds)]
    programs = [
        subprocess.Popen([*command, f"w{n}"], stdout=subprocess.PIPE, text=True) for n in range(writers)
    ]
    said = [program.communicate()[0].split() for program in programs]
    failed = sum(program.returncode != 0 for program in programs)
    return _looked_up(folder, url, tuple(int(s[0]) if s else 0 for s in said), failed)


def _looked_up(folder: Path, url: str, said: tuple[int, ...], failed: int) -> Written:
    engine = open_database(folder, url)
    with reading(engine) as connection:
        found = audit.check(connection, ())
        names = select(trail.c.command, func.count()).group_by(trail.c.command)
        by_writer = dict(connection.execute(names).all())
        entries = connection.execute(select(func.count()).select_from(addresses)).scalar_one()
        wanted = (addresses.c.verdict == "bad") & (addresses.c.standard == addresses.c.raw)
        changed = connection.execute(select(func.count()).where(wanted)).scalar_one()
    engine.dispose()
    lost = sum(abs(count - by_writer.get(f"w{n}", 0)) for n, count in enumerate(said))
    return Written(said, failed, found.events, found.broken is None, entries, changed, lost)


def _entry(raw: str) -> dict[str, object]:
    texts = ("standard", "province", "city", "county", "postcode", "division_code", "street_key", "level")
    blank = dict.fromkeys(("postcode_given", "county_given", *texts), "")
    return {**blank, "raw": raw, "score": 0.5, "verdict": "good", "reasons": "[]"}


def write(folder: Path, url: str, seconds: float, name: str) -> int:
    """One writer: entries added, all but one of them changed, an event, in one transaction after the other."""
    engine = open_database(folder, url)
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        raws = [f"{name}-{count}-{i}" for i in range(_BATCH)]
        with engine.begin() as connection:
            book.add_entries(connection, [_entry(raw) for raw in raws])
            a = addresses.c
            changed = update(addresses).where(a.raw.in_(raws[1:])).values(verdict="bad", standard=a.raw)
            connection.execute(changed)
            audit.record(connection, at=_AT, command=name, mailing=_MAILING, facts={"n": count})
        count += 1
    engine.dispose()
    return count


if __name__ == "__main__":
    where, address, how_long, who = sys.argv[1:]
    sys.stdout.write(f"{write(Path(where), address, float(how_long), who)}\n")
