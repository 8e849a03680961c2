"""What follows from returns: the address book is told, and the list of those who get nothing more is written.

It can be done again at any time: a run that was killed is caught up by the next one.
"""

from __future__ import annotations

import csv
import io
import time
from contextlib import ExitStack, contextmanager
from dataclasses import astuple
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select, update

from yibao_cli.codes import day_of
from yibao_cli.errors import LockHeld
from yibao_cli.exports import write_csv
from yibao_cli.jobs.address.book import note_returns
from yibao_cli.jobs.ingest.importing import import_files
from yibao_cli.jobs.ingest.staging import ImportOrder
from yibao_cli.returns.reasons import REASONS
from yibao_cli.returns.stopping import Came, Stop, stops
from yibao_cli.sealed.files import any_content, read_bytes
from yibao_cli.sealed.keys import key_of
from yibao_cli.store import returns as store
from yibao_cli.store.files import kept_file
from yibao_cli.store.imports import active_imports
from yibao_cli.store.passing import passing_file, passing_folder
from yibao_cli.store.schema import addresses, imports, mailings, settlements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.jobs.workspace import Workspace

LIST_FILE = "停寄名单-退信.csv"
TABLE = "suppressions"
_HEADER = ("个人编号", "停寄原因", "起始日期", "备注", "来源")
_WAITS, _PAUSE = 50, 0.2


def settle_returns(workspace: Workspace, mailing: str) -> int:
    """Tell the address book of new returns, and bring the list 停寄名单 of the returns up to date.

    Gives how many members the list has. The entry of the address book that a copy went to is marked, not a
    newer one.
    """
    mark_returns(workspace, mailing)
    return suppress_members(workspace, mailing)


def mark_returns(workspace: Workspace, mailing: str) -> int:
    """Write what came back into the address book, each return once; gives how many points it stopped."""
    with workspace.engine.begin() as connection:
        rows = store.unmarked(connection, mailing)
        if not rows:
            return 0
        posted_on = str(
            connection.execute(select(mailings.c.posted_on).where(mailings.c.id == mailing)).scalar()
        )
        days = {(r.piece, r.copy): r.posted_on for r in store.remailed(connection, mailing)}
        stopped = 0
        for day in sorted({days.get((r.piece, r.copy), posted_on) for r in rows}):
            some = [r for r in rows if days.get((r.piece, r.copy), posted_on) == day]
            came = [(r.piece, r.address_id, r.reason, r.returned_on) for r in some]
            stopped += note_returns(connection, workspace.stamp, mailing, day, came)
        store.set_marked(connection, rows)
    return stopped


def suppress_members(workspace: Workspace, mailing: str) -> int:
    """Write the list of members who get nothing more, and import it where every merge reads such lists."""
    path = workspace.folder / "returns" / LIST_FILE
    found = _with_purged(workspace, stopped_members(workspace), path)
    if not found:
        _let_go(workspace)
        path.unlink(missing_ok=True)
        return 0
    frame = pd.DataFrame([(*astuple(s), "邮政") for s in found], columns=list(_HEADER), dtype="string")
    text = io.StringIO()
    write_csv(text, frame)
    with kept_file(path) as stream:
        stream.write(f"\ufeff{text.getvalue()}".encode())
    with _readable(workspace, path) as plain:
        _import_list(workspace, mailing, plain)
    return len(found)


@contextmanager
def _readable(workspace: Workspace, path: Path) -> Iterator[Path]:
    """The list as an import can read it: itself, or where the workspace has a key a copy that passes."""
    if key_of(path) is None:
        yield path
        return
    with ExitStack() as stack:
        passing = stack.enter_context(passing_folder(workspace.folder)) / path.name
        with passing_file(passing, stack) as stream:
            stream.write(read_bytes(path))
        yield passing


def _import_list(workspace: Workspace, mailing: str, path: Path) -> None:
    for attempt in range(_WAITS):
        try:
            for _outcome in import_files(workspace, TABLE, [path], mailing, ImportOrder()):
                pass
            break
        except LockHeld:
            # Another station ends its session at the same moment.
            if attempt == _WAITS - 1:
                raise
            time.sleep(_PAUSE)


def stopped_members(workspace: Workspace) -> list[Stop]:
    """Who gets nothing more, by all returns of the workspace."""
    with workspace.reading() as connection:
        query = select(mailings.c.id, mailings.c.kind).where(mailings.c.state == "posted")
        posted = list(connection.execute(query.order_by(mailings.c.posted_on, mailings.c.id)))
        came: list[Came] = []
        answered: dict[str, str] = {}
        for row in posted:
            for one, day in _came(workspace, connection, row.id):
                came.append(one)
                answered[one.member] = max(answered.get(one.member, ""), day)
    return stops(came, [row.id for row in posted], answered)


def _with_purged(workspace: Workspace, found: list[Stop], path: Path) -> list[Stop]:
    """The list with its entries of mailings whose data were purged: the dead stay dead."""
    if not path.is_file():
        return found
    with io.TextIOWrapper(any_content(path), encoding="utf-8-sig", newline="") as stream:
        before = [Stop(*cells[:4]) for cells in list(csv.reader(stream))[1:]]
    now = {stop.member for stop in found}
    kept = [
        stop
        for stop in before
        if stop.member not in now
        and not all(_has_package(workspace, m) for m in stop.remark.split()[1:] if m not in REASONS)
    ]
    return sorted([*found, *kept], key=lambda stop: stop.member)


def _has_package(workspace: Workspace, mailing: str) -> bool:
    return (workspace.mailing_folder(mailing) / "package").exists()


def members_of(workspace: Workspace, mailing: str, pieces: set[str], columns: list[str]) -> pa.Table:
    """Rows of a package's pieces that are among these: `piece`, and the columns asked for that it has."""
    package = workspace.package(mailing)
    names = ["piece", *(c for c in columns if c in package.piece_fields() and c != "piece")]
    wanted = pa.array(sorted(pieces), pa.string())
    tables = []
    for entry in package.manifest.parts:
        table = package.pieces(entry.part, names)
        tables.append(table.filter(pc.is_in(table.column("piece"), value_set=wanted)))
    return pa.concat_tables(tables)


def _came(workspace: Workspace, connection: Connection, mailing: str) -> Iterator[tuple[Came, str]]:
    """What came back of a mailing, and the day on which the address was corrected ("": it was not)."""
    rows = store.recorded(connection, mailing)
    if not rows or not _has_package(workspace, mailing):
        return
    key = workspace.package(mailing).kind.merge.key
    table = members_of(workspace, mailing, {r.piece for r in rows}, [key])
    members = dict(zip(table.column("piece").to_pylist(), table.column(key).to_pylist(), strict=True))
    corrected = _corrections(connection)
    for row in rows:
        one = Came(mailing, str(members[row.piece]), row.reason, row.returned_on)
        yield one, corrected.get(row.address_id, "")


def _corrections(connection: Connection) -> dict[int, str]:
    """Entry of the address book -> day on which a person corrected it."""
    a, s = addresses.c, settlements.c
    join = (a.read_key == s.read_key) & (a.member == s.member)
    query = select(a.id, s.at.label("corrected_at")).select_from(addresses.join(settlements, join))
    query = query.where(s.decision == "corrected")
    return {row.id: day_of(row.corrected_at) for row in connection.execute(query)}


def _let_go(workspace: Workspace) -> None:
    """Take the list out of force when nobody is on it any more."""
    with workspace.engine.begin() as connection:
        if any(r.file_name == LIST_FILE for r in active_imports(connection, "", TABLE)):
            gone = (imports.c.table_name == TABLE, imports.c.file_name == LIST_FILE)
            connection.execute(update(imports).where(*gone).values(superseded=True))
