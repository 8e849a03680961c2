"""The month-end pack for the centre: accounts, reports, lists and public figures, in one zip."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import select

from yibao_cli.errors import StateError, UsageError
from yibao_cli.exports import Book, Column
from yibao_cli.exports.book import PAGE_OF_PAGES
from yibao_cli.i18n import _, people_read, speaking
from yibao_cli.jobs.reports.complaining import complaint_rows, counts_of
from yibao_cli.jobs.reports.reporting import figures_of, write_report
from yibao_cli.jobs.reports.surveying import survey_result
from yibao_cli.jobs.returns.correcting import corrections_into
from yibao_cli.jobs.returns.reconciling import account_of
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress
from yibao_cli.render.faces import font_set
from yibao_cli.render.paper import write_paper
from yibao_cli.returns.account import account_json, account_paper, write_account
from yibao_cli.returns.public import COUNTS, publishable
from yibao_cli.sealed.files import read_bytes
from yibao_cli.store import audit
from yibao_cli.store import returns as store
from yibao_cli.store.files import atomic_file, atomic_folder, kept_file, sha256_of
from yibao_cli.store.schema import mailings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from yibao_cli.returns.standing import Account

FOLDER = "monthend"
_PUBLIC = (Column("县区"), Column("交寄"), Column("妥投"), Column("退信"), Column("投达率"))
# One day for every member of a zip: the clock would make each run's bytes differ.
_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The zip, the mailings in it, and those whose promise is broken."""

    path: Path
    mailings: tuple[str, ...]
    broken: tuple[str, ...]


def month_end(workspace: Workspace, month: str = "", progress: Progress = no_progress) -> MonthEnd:
    """Make the pack of a month, `2026-11`, "" for this one: of every mailing that was posted by its end.

    Account and report stand in the pack alone: those of the mailing may be of a later day, and stay.

    Raises StateError when nothing was posted, UsageError for a month that cannot be.
    """
    month = month or workspace.today[:7]
    last = _last_day(month, workspace.today)
    with workspace.reading() as connection:
        m = mailings.c
        posted = select(m.id).where(m.state == "posted", m.posted_on <= last).order_by(m.posted_on, m.id)
        ids = list(connection.execute(posted).scalars())
    if not ids:
        raise StateError(
            _("no mailing was posted by {day}").format(day=last), remedy=_("post one, then make the pack")
        )
    broken = []
    target = workspace.folder / FOLDER / month
    path = target.with_suffix(".zip")
    with workspace.locked_folder(target.parent):
        with atomic_folder(target) as folder:
            for number, mailing in enumerate(ids, 1):
                progress(_("month-end"), number, len(ids))
                if not _mailing(workspace, mailing, last, folder / mailing):
                    broken.append(mailing)
            _contents(folder, month, last, ids)
        _pack(target, path)
        with workspace.engine.begin() as connection:
            facts = {"month": month, "mailings": len(ids), "sha256": sha256_of(path)}
            audit.record_done(connection, at=workspace.stamp, command="month-end", mailing="", facts=facts)
    return MonthEnd(path, tuple(ids), tuple(broken))


def _mailing(workspace: Workspace, mailing: str, last: str, folder: Path) -> bool:
    """Everything of one mailing; whether its promise stands."""
    folder.mkdir(mode=0o700)
    with workspace.locked_mailing(mailing):
        account = _account(workspace, mailing, last, folder)
        write_report(figures_of(workspace, mailing, last)[1], folder)
    # The list in the mailing's own folder may be filled in by now.
    corrections_into(workspace, mailing, folder)
    _complaints(workspace, mailing, folder / f"complaints-{mailing}.xlsx")
    _public(workspace, account, mailing, folder)
    _write_json(folder / f"complaints-{mailing}.json", counts_of(workspace, mailing))
    if (said := _survey(workspace, mailing)) is not None:
        _write_json(folder / f"survey-{mailing}.json", said)
    return account.kept


def _account(workspace: Workspace, mailing: str, last: str, folder: Path) -> Account:
    """The account as of the last day. It is handed out, so later ones must tell what has changed since."""
    account, restated = account_of(workspace, mailing, last)
    name = folder / f"account-{mailing}"
    write_account(account, name.with_suffix(".xlsx"), restated)
    fonts = font_set(workspace.settings.fonts.plan(workspace.folder))
    paper = account_paper(account, workspace.settings.client.name, mailing, restated)
    write_paper(name.with_suffix(".pdf"), paper, fonts)
    _write_json(name.with_suffix(".json"), account_json(account, restated))
    with workspace.engine.begin() as connection:
        row = {"mailing": mailing, "as_of": last, "at": workspace.stamp, "operator": audit.operator()}
        store.add_account(connection, row, account.counts)
    return account


def _complaints(workspace: Workspace, mailing: str, path: Path) -> None:
    heads = ("编号", "批次", "账单编号", "类型", "等级", "受理日期", "时限", "状态", "赔偿(元)", "签批人")
    columns = [Column(head, "count" if head == "编号" else "text") for head in heads]
    with Book.to(path, PAGE_OF_PAGES, f"批次 {mailing}") as book:
        with speaking("zh"):
            rows = [tuple(map(_plain, row.values())) for row in complaint_rows(workspace, mailing)]
        book.long_table("投诉", f"投诉与赔偿 (批次 {mailing})", columns, rows)


def _plain(value: Any) -> Any:
    return people_read(value) if isinstance(value, str) else value


def _public(workspace: Workspace, account: Account, mailing: str, folder: Path) -> None:
    """What may be put up in public: counts by county, small ones withheld."""
    smallest = workspace.settings.report.smallest_cell
    table = account.by_county
    rows = [(str(row["county"]) or "其他", _counts(row)) for row in table.to_dict("records")]
    found = publishable(rows, smallest)
    whole = _counts(account.counts)
    total = None if any(0 < c < smallest for c in whole) else whole
    cells = [(row.place, *_told(row.counts)) for row in found if row.counts is None or row.counts[0]]
    day = account.terms.today if account.is_final else f"{account.terms.today}，待定按妥投计入投达率"
    title = f"妥投情况公示 (批次 {mailing}, 截至 {day}; * 为少于 {smallest} 件等不公开的)"
    with Book.to(folder / f"public-{mailing}.xlsx", PAGE_OF_PAGES, f"批次 {mailing}") as book:
        book.long_table("公示", title, _PUBLIC, [*cells, ("合计", *_told(total))])
    plain = {
        "mailing": mailing,
        "as_of": account.terms.today,
        "smallest_cell": smallest,
        "total": _named(total),
        "by_county": [{"county": row.place} | _named(row.counts) for row in found],
    }
    _write_json(folder / f"public-{mailing}.json", plain)


def _counts(row: Mapping[Any, Any]) -> tuple[int, ...]:
    """COUNTS, and what is left of the posted: it follows from them, so it must be no smaller than they."""
    posted, delivered, returned = (int(row[c]) for c in COUNTS)
    return posted, delivered, returned, posted - delivered - returned


def _told(counts: tuple[int, ...] | None) -> tuple[str, ...]:
    if counts is None:
        return ("*",) * 4
    share = 1 - counts[2] / counts[0] if counts[0] else 0
    return (*(f"{c:,}" for c in counts[: len(COUNTS)]), f"{share:.1%}")


def _named(counts: tuple[int, ...] | None) -> dict[str, int]:
    return {} if counts is None else dict(zip(COUNTS, counts, strict=False))


def _survey(workspace: Workspace, mailing: str) -> dict[str, Any] | None:
    try:
        found = survey_result(workspace, mailing)
    except StateError:  # nobody was asked
        return None
    return {
        "drawn": found.drawn,
        "reached": found.reached,
        "received": found.received.value,
        "interval_95": [found.received.low, found.received.high],
        "weighted": found.weighted,
        "weighted_interval_95": [found.weighted_low, found.weighted_high],
        "satisfaction": found.satisfaction,
    }


def _contents(folder: Path, month: str, last: str, ids: Sequence[str]) -> None:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    listed = [{"file": p.relative_to(folder).as_posix(), "sha256": sha256_of(p)} for p in files]
    plain = {"month": month, "as_of": last, "mailings": list(ids), "files": listed}
    _write_json(folder / "contents.json", plain)


def _pack(folder: Path, path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        for source in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(source.relative_to(folder.parent).as_posix(), _DAY)
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            pack.writestr(entry, read_bytes(source))
    with kept_file(path) as stream:
        stream.write(packed.getbuffer())


def _last_day(month: str, today: str) -> str:
    """The last day of a month, or today in the month that runs."""
    try:
        last = pd.Period(month, freq="M").end_time.date().isoformat()
    except ValueError as error:
        raise _no_month(month) from error
    if len(month) != len("2026-11") or month > today[:7]:
        raise _no_month(month)
    return min(last, today)


def _no_month(month: str) -> UsageError:
    return UsageError(
        _("{month} is no month that has begun").format(month=month), remedy=_("write it as 2026-11")
    )


def _write_json(path: Path, plain: object) -> None:
    with atomic_file(path, "w") as stream:
        json.dump(plain, stream, ensure_ascii=False, indent=1)
