"""Verify a mailing: the package against its hashes, every page of every print file against the package."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import update

from yibao_cli.i18n import _
from yibao_cli.jobs.pool import run_tasks
from yibao_cli.jobs.rendering import (
    PartTask,
    package_layout,
    pdf_path,
    read_control,
    values_of_part,
)
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.render.readback import Difference, What, expected_pages, read_back
from yibao_cli.store import audit
from yibao_cli.store.files import sha256_of
from yibao_cli.store.packages import Package, open_package
from yibao_cli.store.schema import mailings

if TYPE_CHECKING:
    from yibao_cli.kinds.page import Layout


@dataclass
class VerifyOutcome:
    """Pieces and pages read, and every difference found."""

    pieces: int = 0
    pages: int = 0
    parts: int = 0
    altered: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether this may be mailed."""
        return not (self.altered or self.differences)


def verify_mailing(
    workspace: Workspace, mailing: str, workers: int = 0, progress: Progress = no_progress
) -> VerifyOutcome:
    """Read everything back.

    Raises StateError when the mailing is not rendered.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.locked_mailing(mailing):
        with workspace.engine.connect() as connection:
            state = require_state(connection, mailing, ("rendered", "verified", "posted"))
        package = workspace.package(mailing)
        outcome = VerifyOutcome(altered=package.altered_files(state.package_sha256))
        folder = str(workspace.mailing_folder(mailing))
        tasks = [PartTask(folder, mailing, e.part, state.package_sha256) for e in package.manifest.parts]
        total = sum(e.pieces for e in package.manifest.parts)
        # A package that cannot be read gives nothing to compare with.
        for _task, (pieces, pages, found) in run_tasks(
            verify_task, [] if outcome.altered else tasks, workers or workspace.settings.render.workers
        ):
            outcome.pieces += pieces
            outcome.pages += pages
            outcome.parts += 1
            outcome.differences += found
            progress(_("reading back"), outcome.pieces, total)
        outcome.differences.sort(key=lambda d: (d.part, d.page))
        _record(workspace, mailing, outcome)
    return outcome


def verify_task(task: PartTask) -> tuple[int, int, list[Difference]]:
    """Read one part back: (pieces, pages, differences)."""
    package, layout = _prepared(task.folder, task.mailing, task.package_sha256)
    pdf = pdf_path(Path(task.folder), task.part)
    values = values_of_part(package, layout, task.part)
    found = _against_control(pdf, task)
    found += read_back(pdf, task.part, expected_pages(layout, values))
    return len(values.pieces), len(values.pieces) * layout.pages, found


@lru_cache(maxsize=1)
def _prepared(folder: str, mailing: str, _sha256: str) -> tuple[Package, Layout]:
    package = open_package(Path(folder), mailing)
    return package, package_layout(package)


def _against_control(pdf: Path, task: PartTask) -> list[Difference]:
    """The file against its control file: written for this package, and unchanged since."""
    control = read_control(pdf)
    if control is None or not pdf.is_file():
        return [_file_difference(task, _("the part or its control file is missing"))]
    if control.package_sha256 != task.package_sha256:
        return [_file_difference(task, _("the part was rendered from another package"))]
    if sha256_of(pdf) != control.sha256:
        return [_file_difference(task, _("the file is not the one that was rendered"))]
    return []


def _file_difference(task: PartTask, detail: str) -> Difference:
    return Difference(task.part, 0, "", What.FILE, detail)


def _record(workspace: Workspace, mailing: str, outcome: VerifyOutcome) -> None:
    with workspace.engine.begin() as connection:
        state = require_state(connection, mailing, ("rendered", "verified", "posted"))
        if state.state != "posted":
            verdict = "verified" if outcome.clean else "rendered"
            connection.execute(update(mailings).where(mailings.c.id == mailing).values(state=verdict))
        audit.record(
            connection,
            at=workspace.stamp,
            command="verify",
            mailing=mailing,
            facts={
                "pieces": outcome.pieces,
                "pages": outcome.pages,
                "differences": len(outcome.differences),
                "altered": len(outcome.altered),
            },
        )
