"""Render the print files of a mailing, part by part; parts that are done and whole are not done again."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import update

from yibao_cli.errors import InputNotFound
from yibao_cli.i18n import _
from yibao_cli.jobs.render.approving import require_approval
from yibao_cli.jobs.render.parts import ControlFile, PartTask, finished, render_task
from yibao_cli.jobs.render.rechecking import require_recheck
from yibao_cli.jobs.render.unaltered import whole_package
from yibao_cli.jobs.workers.cluster import chosen_crew
from yibao_cli.jobs.workers.clusterparts import Trade, run_parts
from yibao_cli.jobs.workspace import PRINT, Progress, Workspace, no_progress, require_state
from yibao_cli.store import audit
from yibao_cli.store.files import private_folder
from yibao_cli.store.schema import mailings


@dataclass
class RenderOutcome:
    """Parts rendered now, and parts that were there already."""

    rendered: list[ControlFile] = field(default_factory=list)
    kept: list[ControlFile] = field(default_factory=list)

    @property
    def parts(self) -> list[ControlFile]:
        """All parts, in order."""
        return sorted([*self.rendered, *self.kept], key=lambda c: c.part)


def render_mailing(
    workspace: Workspace,
    mailing: str,
    part: int = 0,
    workers: int = 0,
    progress: Progress = no_progress,
    cluster: str = "",
) -> RenderOutcome:
    """Render all parts, or one. cluster: as `cluster.chosen_crew` takes it; "" as the settings say.

    Raises InputNotFound for a part there is not, CheckFailed when the package was altered, StateError
    when the mailing is not merged.
    """
    mailing, crew = workspace.mailing_id(mailing), chosen_crew(workspace, workers, cluster)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("merged", "rendered", "verified", "posted"))
        folder = workspace.mailing_folder(mailing)
        package = whole_package(workspace, mailing, state.package_sha256)
        require_recheck(workspace, mailing, package.kind)
        if not state.is_closed:
            require_approval(workspace, mailing, state.package_sha256)
        numbers = [e.part for e in package.manifest.parts if part in {0, e.part}]
        if not numbers:
            raise InputNotFound(
                _("mailing {mailing} has no part {part}").format(mailing=mailing, part=part),
                remedy=_("it has parts 1 to {count}").format(count=len(package.manifest.parts)),
            )
        outcome = RenderOutcome()
        private_folder(folder / PRINT)
        tasks = []
        for number in numbers:
            task = PartTask(str(folder), mailing, number, state.package_sha256)
            done = finished(task, package)
            if done is not None:
                outcome.kept.append(done)
            else:
                tasks.append(task)
        trade = Trade(render_task, makes=_names)
        for _task, receipt in run_parts(trade, tasks, package, crew):
            outcome.rendered.append(receipt)
            progress(
                _("rendering"), sum(c.pieces for c in outcome.rendered), package.manifest.counts["pieces"]
            )
        _record(workspace, mailing, outcome, len(package.manifest.parts))
    return outcome


def _names(task: PartTask) -> tuple[str, ...]:
    return task.names


def _record(workspace: Workspace, mailing: str, outcome: RenderOutcome, parts: int) -> None:
    with workspace.reading() as connection:
        before = require_state(connection, mailing, ("merged", "rendered", "verified", "posted"))
    # Parts that a killed run has made are told by the run that finishes its work.
    resumed = before.state == "merged" and len(outcome.parts) == parts
    told = outcome.parts if resumed else outcome.rendered
    if not told:
        return
    with workspace.engine.begin() as connection:
        state = require_state(connection, mailing, ("merged", "rendered", "verified", "posted"))
        # A part made anew has not been read back yet, whatever was read before.
        if len(outcome.parts) == parts and state.state in {"merged", "verified"}:
            connection.execute(update(mailings).where(mailings.c.id == mailing).values(state="rendered"))
        audit.record(
            connection,
            at=workspace.stamp,
            command="render",
            mailing=mailing,
            facts={f"part-{c.part:04d}": c.sha256 for c in told},
        )
