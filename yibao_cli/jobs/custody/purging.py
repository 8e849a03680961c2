"""Purge 销毁: the personal data of a mailing goes, its counts and hashes stay, and a certificate says so."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from yibao_cli.errors import InputNotFound, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.workspace import mailing_state
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_file, sha256_of
from yibao_cli.store.purging import purge_addresses, purge_rows, wipe_free_pages
from yibao_cli.store.schema import imports, mailings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace

CERTIFICATES, MONTHEND = "certificates", "monthend"


@dataclass(frozen=True, slots=True)
class Purge:
    """What a purge takes away, or took: files by folder, bytes, rows by table; where the certificate lies."""

    mailing: str
    files: dict[str, int]
    size: int
    rows: dict[str, int]
    certificate: Path | None = None


def purge_mailing(
    workspace: Workspace, mailing: str, *, sure: bool, early: bool = False, addresses: bool = False
) -> Purge:
    """Delete what names a person in a mailing: imports, package, print files, lists, rows of the database.

    sure: without it nothing is deleted, and what would be is returned. early: also while returns may still
    come. addresses: the entries of the address book too that no other mailing uses.

    Raises InputNotFound for a mailing that is not there, StateError before its window is over.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = mailing_state(connection, mailing)
            known = connection.execute(select(imports.c.id).where(imports.c.mailing == mailing)).first()
        if state is None and known is None:
            raise InputNotFound(
                _("nothing of mailing {mailing} is here: no import, no package").format(mailing=mailing),
                remedy=_("there is nothing to purge"),
            )
        if not early:
            _require_over(workspace, state.posted_on if state else "")
        found = list(_personal_files(workspace, mailing))
        if not sure:
            return Purge(mailing, _by_folder(workspace, found), sum(p.stat().st_size for p in found), {})
        certificate = _certify(workspace, mailing, found)
        for pack in _packs(workspace, mailing):
            pack.unlink(missing_ok=True)
        for folder in _folders(workspace, mailing):
            shutil.rmtree(folder, ignore_errors=True)
        rows = _forget(workspace, mailing, certificate, addresses=addresses)
        wipe_free_pages(workspace.engine)
    words = json.loads(certificate.read_text(encoding="utf-8"))
    return Purge(mailing, words["files"], words["bytes"], rows, certificate)


def _require_over(workspace: Workspace, posted_on: str) -> None:
    days = workspace.settings.promise.window_days
    over = date.fromisoformat(posted_on) + timedelta(days=days) if posted_on else None
    if over is None or workspace.today <= over.isoformat():
        raise StateError(
            _("returns may come until {day}").format(day=over)
            if over
            else _("the mailing was never posted, so its data may still be wanted"),
            remedy=_("purge it later, or now with --early"),
        )


def _folders(workspace: Workspace, mailing: str) -> tuple[Path, ...]:
    months = sorted((workspace.folder / MONTHEND).glob(f"*/{mailing}"))
    return workspace.mailing_folder(mailing), workspace.folder / "imports" / mailing, *months


def _packs(workspace: Workspace, mailing: str) -> list[Path]:
    """The packs of the months that the mailing is in: `month-end` makes them again, without it."""
    months = sorted((workspace.folder / MONTHEND).glob(f"*/{mailing}"))
    return [p for p in (month.parent.with_suffix(".zip") for month in months) if p.is_file()]


def _personal_files(workspace: Workspace, mailing: str) -> Iterator[Path]:
    yield from _packs(workspace, mailing)
    for folder in _folders(workspace, mailing):
        yield from sorted(p for p in folder.rglob("*") if p.is_file())


def _by_folder(workspace: Workspace, files: list[Path]) -> dict[str, int]:
    """Files by the folder in which they lie, two steps deep: `mailings/2026Q3/print`."""
    names = (p.relative_to(workspace.folder).parts for p in files)
    return dict(Counter("/".join(n[: min(3, len(n) - 1)]) for n in names))


def _certify(workspace: Workspace, mailing: str, files: list[Path]) -> Path:
    """Write the certificate before anything goes; that of a purge that was killed stands."""
    path = workspace.folder / CERTIFICATES / f"purge-{mailing}.json"
    if path.is_file() and _certifies(workspace, path, files):
        return path
    with workspace.reading() as connection:
        state = mailing_state(connection, mailing)
        query = select(imports).where(imports.c.mailing == mailing).order_by(imports.c.id)
        records = connection.execute(query).mappings().all()
    words: dict[str, Any] = {
        "mailing": mailing,
        "client": workspace.settings.client.name,
        "purged_at": workspace.stamp,
        "operator": audit.operator(),
        "package_sha256": state.package_sha256 if state else "",
        "posted_on": state.posted_on if state else "",
        "imports": [{n: r[n] for n in ("table_name", "sha256", "rows_in", "rows_kept")} for r in records],
        "files": _by_folder(workspace, files),
        "bytes": sum(p.stat().st_size for p in files),
        "print_files": {
            p.name: sha256_of(p) for p in files if p.suffix == ".pdf" and p.parent.name == "print"
        },
    }
    if path.is_file():  # a purge before was killed half-way: what it counted is gone and must not be lost
        words["before"] = json.loads(path.read_text(encoding="utf-8"))
    with atomic_file(path, "w") as stream:
        json.dump(words, stream, ensure_ascii=False, indent=2)
    return path


def _certifies(workspace: Workspace, path: Path, files: list[Path]) -> bool:
    """Whether a certificate speaks of these files: what a purge that was killed had not yet taken away."""
    known, left = json.loads(path.read_text(encoding="utf-8")), _by_folder(workspace, files)
    counted = all(count <= known["files"].get(folder, 0) for folder, count in left.items())
    facts = [p.stat() for p in files]
    older = all(f.st_mtime_ns <= path.stat().st_mtime_ns for f in facts)
    return counted and older and sum(f.st_size for f in facts) <= known["bytes"]


def _forget(workspace: Workspace, mailing: str, certificate: Path, *, addresses: bool) -> dict[str, int]:
    with workspace.engine.begin() as connection:
        rows = purge_rows(connection, mailing)
        if addresses:
            rows |= purge_addresses(connection)
        connection.execute(update(mailings).where(mailings.c.id == mailing).values(state="purged"))
        facts = {"certificate": sha256_of(certificate), "rows": rows}
        by = () if any(rows.values()) else ("certificate",)
        audit.record_done(
            connection, at=workspace.stamp, command="purge", mailing=mailing, facts=facts, by=by
        )
    return rows


def require_sure(*, sure: bool, dry_run: bool) -> None:
    """A purge is asked for in so many words, also by a program: one of the two flags, not both."""
    if sure == dry_run:
        raise UsageError(_("a purge cannot be undone"), remedy=_("look with --dry-run first, then say --yes"))
