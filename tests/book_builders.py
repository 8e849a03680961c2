"""Builders for tests of the address book: a workspace with a roster of a few members, written as a client's csv.

book = make_book(tmp_path, [("17", "石家庄市长安区中山东路12号阳光小区3号楼2单元501室")])
"""

from __future__ import annotations

import contextlib
import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from yibao_cli.__main__ import run
from yibao_cli.jobs.address import addresses as cleaning
from yibao_cli.jobs.setup.starting import init_workspace
from yibao_cli.jobs.workspace import Workspace, open_workspace
from yibao_cli.store import book as store
from yibao_cli.store.schema import addresses, points

if TYPE_CHECKING:
    from pathlib import Path

MAILING = "2026Q3"
HEADER = ("个人编号", "姓名", "险种", "人员类别", "参保状态", "通讯地址", "邮政编码", "县区", "单位编号")
GOOD = "河北省石家庄市长安区中山东路12号阳光小区3号楼2单元501室"
SAME = "石家庄长安区中山东路12号阳光小区3-2-501"
ALSO = "石家庄市长安区中山东路12号阳光小区三号楼二单元501室"
DOUBTFUL = "石家庄市长安区中山东路"
NOWHERE = "不详"
NEW = "石家庄市长安区建设北大街12号4-1-302"
NOW = datetime(2026, 9, 1, 4, tzinfo=UTC)


def member(number: str, address: str, postcode: str = "050011", county: str = "", employer: str = "") -> dict:
    """A row of the roster."""
    values = (number, "张某", "职工", "在职", "正常", address, postcode, county, employer)
    return dict(zip(HEADER, values, strict=True))


def make_book(folder: Path, people: list[tuple], *, now: datetime = NOW) -> Workspace:
    """A workspace whose roster has these people, cleaned: (number, address[, postcode, county, employer])."""
    init_workspace(folder / "ws", "medical", sample=True)
    workspace = open_workspace(folder / "ws", now)
    enrol(workspace, people)
    return workspace


def enrol(workspace: Workspace, people: list[tuple], name: str = "roster.csv", *, clean: bool = True):
    """Import another roster under a name, and clean its addresses."""
    write_csv(workspace.folder / name, HEADER, [tuple(member(*p).values()) for p in people])
    bring(workspace, "roster", name)
    return cleaning.clean_addresses(workspace, MAILING) if clean else None


def bring(workspace: Workspace, table: str, name: str) -> None:
    """Import a file of the workspace's folder."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = run(["-w", str(workspace.folder), "import", table, str(workspace.folder / name)])
    assert code in {0, 3}, said.getvalue()


def write_csv(path: Path, header: tuple, rows: list[tuple]) -> Path:
    """A csv as a client writes it."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def entries(workspace: Workspace) -> list:
    """Every entry with the verdict that counts, in the order they came."""
    with workspace.reading() as connection:
        return list(connection.execute(store.entries().order_by(addresses.c.id)))


def entry_of(workspace: Workspace, raw: str, member: str = ""):
    """The entry of a writing."""
    return next((e for e in entries(workspace) if e.raw == raw and e.member == member), None)


def all_points(workspace: Workspace) -> list:
    """Every point."""
    with workspace.reading() as connection:
        return list(connection.execute(select(points).order_by(points.c.id)))


def history(workspace: Workspace) -> list:
    """The whole history."""
    with workspace.reading() as connection:
        return list(store.history(connection, [], []))
