"""The list of addresses that the client is asked for: a workbook with the columns this needs alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.exports import Column
from yibao_cli.exports.book import PAGE_OF_PAGES
from yibao_cli.jobs.address.review import OWN
from yibao_cli.jobs.answers import require_no_answers
from yibao_cli.jobs.returns.curing import cures_of
from yibao_cli.returns.cures import Way
from yibao_cli.returns.reasons import REASONS
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_folder, sha256_of
from yibao_cli.store.lists import kept_book

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from yibao_cli.jobs.returns.curing import Cure
    from yibao_cli.jobs.workspace import Workspace

FOLDER = "corrections"
_COMMAND = "returns corrections"
_WAYS = {
    Way.REMAIL: "可重寄",
    Way.EMPLOYER: "请单位核实",
    Way.PHONE: "电话核实",
    Way.CENTRE: "请中心核实",
    Way.POST: "与邮政核对资费",
    Way.LOOK: "查看批条",
    Way.STOP: "停寄",
}


class Corrections(NamedTuple):
    """The list: its file, how many letters of each way, rows to be asked for and rows to be mailed again."""

    path: Path
    ways: Counter[Way]
    asked: int
    ready: int


def write_corrections(workspace: Workspace, mailing: str) -> Corrections:
    """Write the list of addresses that the client is asked for: a workbook with the columns this needs alone.

    A member is named by number, never by name or ID number. What the client fills in comes back by `yibao
    address apply`. Raises StateError where somebody has filled in the list of before and not handed it in.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.locked_mailing(mailing):
        folder = workspace.mailing_folder(mailing) / FOLDER
        with atomic_folder(folder) as target:
            made = corrections_into(workspace, mailing, target)
            require_no_answers(workspace, folder / made.path.name, made.path, _COMMAND)
            digest = sha256_of(made.path)
    with workspace.engine.begin() as connection:
        facts = {"asked": made.asked, "ready": made.ready, "sha256": digest}
        audit.record_done(connection, at=workspace.stamp, command=_COMMAND, mailing=mailing, facts=facts)
    return made._replace(path=folder / made.path.name)


def corrections_into(workspace: Workspace, mailing: str, folder: Path) -> Corrections:
    """The same list in another folder, such as a month's pack; nothing is recorded."""
    found = cures_of(workspace, mailing)
    key = workspace.package(mailing).kind.merge.key
    path = folder / f"corrections-{mailing}.xlsx"
    with kept_book(path, PAGE_OF_PAGES, f"批次 {mailing}") as out:
        asked = [c for c in found if c.way in {Way.EMPLOYER, Way.PHONE, Way.CENTRE, Way.STOP}]
        asked.sort(key=lambda c: (str(c.facts.get("employer_no") or ""), c.piece))
        title = f"退信名址核实表 (批次 {mailing}, {len(asked)} 件)"
        out.long_table("名址核实", title, _ASKED_COLUMNS, _asked_rows(asked, key))
        ready = [c for c in found if c.way is Way.REMAIL]
        title = f"可重寄 (批次 {mailing}, {len(ready)} 件)"
        out.long_table("可重寄", title, _REMAIL_COLUMNS, _remail_rows(ready))
    return Corrections(path, Counter(c.way for c in found), len(asked), len(ready))


_ASKED_COLUMNS = (
    Column("个人编号"),
    Column("单位编号"),
    Column("单位名称", "wrap"),
    Column("原地址", "wrap"),
    Column("原邮编"),
    Column("退信原因"),
    Column("退回日期"),
    Column("核实方式"),
    Column("核实后地址", "input", narrowest=30),
    Column("核实后邮编", "input", narrowest=10),
    Column("核实人", "input", narrowest=10),
    Column("核实日期", "input", narrowest=12),
    # By these the list finds its way back.
    Column("编号"),
    Column("校验"),
    Column("范围"),
)
_REMAIL_COLUMNS = (
    Column("账单编号"),
    Column("副本号", "count"),
    Column("重寄地址", "wrap"),
    Column("邮编"),
    Column("退信原因"),
    Column("地址"),
)


def _asked_rows(asked: Sequence[Cure], key: str) -> Iterator[tuple[str, ...]]:
    for c in asked:
        f = {k: str(v or "") for k, v in c.facts.items()}
        where = (c.raw or f["address"], f["postcode"])
        said = (f[key], f.get("employer_no", ""), f.get("employer_name", ""), *where)
        back = (str(c.address_id), c.token, OWN) if c.address_id else ("", "", "")
        yield (*said, REASONS[c.reason].label, c.returned_on, _WAYS[c.way], "", "", "", "", *back)


def _remail_rows(ready: Sequence[Cure]) -> Iterator[tuple[str | int, ...]]:
    for c in ready:
        changed = "已更正" if c.corrected else "同前"
        yield (c.piece, c.copy + 1, c.address, c.postcode, REASONS[c.reason].label, changed)
