"""How much room on the disk a mailing may take, told before it is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.config import shipped
from yibao_cli.jobs.workspace import TEMPLATES
from yibao_cli.kinds import load_kind

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.config import Settings
    from yibao_cli.store.health import DatabaseHealth

# Measured with 12 lines a member (docs/performance.md). Half of it stays: imports, address book, package,
# print files, papers. The other half is made beside what was there before, or spilled by the merge.
BYTES_A_ROW = 10_000
TIMES_THE_INBOX = 12


def wanted_bytes(folder: Path, settings: Settings | None, health: DatabaseHealth | None) -> int:
    """Bytes that the current mailing may take: by its roster, or by the inbox while no roster is imported.

    folder: the workspace. 0 where nothing tells, and for a mailing that is posted.
    """
    mailing = settings.mailings.get(settings.mailing) if settings else None
    if settings is None or mailing is None or (health and settings.mailing in health.posted):
        return 0
    base = load_kind(shipped("templates"), mailing.kind, folder / TEMPLATES).merge.base
    if rows := health.rows.get((settings.mailing, base), 0) if health else 0:
        return rows * BYTES_A_ROW
    inbox = folder / settings.nightly.inbox
    return sum(p.lstat().st_size for p in inbox.rglob("*") if p.is_file()) * TIMES_THE_INBOX
