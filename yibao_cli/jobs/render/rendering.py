"""Render the print files of a mailing, part by part; parts that are done and whole are not done again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.compute as pc
from sqlalchemy import update

from yibao_cli.compose import Printing, compose_layout, part_values
from yibao_cli.errors import CheckFailed, InputNotFound, StateError
from yibao_cli.i18n import _
from yibao_cli.jobs.render.approving import require_approval
from yibao_cli.jobs.render.rechecking import require_recheck
from yibao_cli.jobs.workers.cluster import chosen_crew
from yibao_cli.jobs.workers.clusterparts import Trade, run_parts
from yibao_cli.jobs.workspace import (
    PRINT,
    Progress,
    Workspace,
    mailing_state,
    no_progress,
    require_state,
)
from yibao_cli.render.faces import font_digests
from yibao_cli.render.part import render_part
from yibao_cli.render.static import StaticLayer, draw_static
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_file, private_folder, sha256_of
from yibao_cli.store.imports import active_imports
from yibao_cli.store.packages import Package, open_package
from yibao_cli.store.schema import mailings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.kinds.page import Layout
    from yibao_cli.kinds.values import PartValues


@dataclass(frozen=True, slots=True)
class PartTask:
    """One part to render: small, so that it can go to any worker that sees the folder.

    into: the folder that takes the print file in the place of the mailing's own; "" for that one.
    """

    folder: str
    mailing: str
    part: int
    package_sha256: str
    into: str = ""

    def __str__(self) -> str:
        return _("part {part} of mailing {mailing}").format(part=self.part, mailing=self.mailing)

    @property
    def number(self) -> int:
        """The part."""
        return self.part

    @property
    def names(self) -> tuple[str, ...]:
        """The files that rendering makes, the control file last."""
        pdf = pdf_path(Path(), self.part)
        return pdf.as_posix(), pdf.with_suffix(".json").as_posix()

    def moved(self, folder: str, into: str) -> PartTask:
        """The same part, read from a folder, and written into another one."""
        return replace(self, folder=folder, into=into)


@dataclass(frozen=True, slots=True)
class ControlFile:
    """What a part's control file says beside its PDF: the inserter's and our own check."""

    mailing: str
    part: int
    package_sha256: str
    pieces: int
    pages: int
    size: int
    sha256: str


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
            done = _already(task, package)
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


def whole_package(workspace: Workspace, mailing: str, sha256: str) -> Package:
    """The package of a mailing, after every file's hash was checked; CheckFailed names what was altered."""
    package = workspace.package(mailing)
    if altered := package.altered_files(sha256):
        raise CheckFailed(
            _("the package was altered since it was frozen: {files}").format(files=", ".join(altered)),
            where=str(package.folder),
            remedy=_("print nothing from it; merge it again with `yibao merge MAILING`"),
        )
    _require_current(workspace, mailing, package)
    _require_fonts(package)
    return package


def _require_fonts(package: Package) -> None:
    """What is printed must look as what was looked at: the same font files."""
    plan, known = package.fonts
    now = font_digests(plan)
    if changed := sorted(name for name, digest in known.items() if now.get(name) != digest):
        raise CheckFailed(
            _("fonts are not those that the package was frozen with: {fonts}").format(
                fonts=", ".join(changed)
            ),
            remedy=_("put the old fonts back, or merge it again with `yibao merge MAILING`"),
        )


def _require_current(workspace: Workspace, mailing: str, package: Package) -> None:
    """What is printed must be what was imported last; what is posted stays as it was."""
    with workspace.reading() as connection:
        state = mailing_state(connection, mailing)
        if state is not None and state.is_closed:
            return
        now = [(r.table, r.sha256) for r in active_imports(connection, mailing)]
    if now != [(i["table"], i["sha256"]) for i in package.manifest.inputs]:
        raise StateError(
            _("files were imported into mailing {mailing} since it was merged").format(mailing=mailing),
            remedy=_("merge it again with `yibao merge {mailing}`").format(mailing=mailing),
        )


def package_layout(package: Package) -> Layout:
    """The layout of a package, composed from nothing but the package."""
    return compose_layout(
        package.kind,
        package.product,
        package.piece_fields(),
        package.constants,
        package.manifest.ads,
        package.fonts[0],
        package.press,
    )


# Pieces whose texts are in memory at once, however large the part.
_STRETCH = 1000


def values_of_part(package: Package, layout: Layout, part: int) -> Iterator[PartValues]:
    """All texts of a part's pieces, some pieces at a time."""
    pieces, lines = package.pieces(part), package.lines(part)
    mailing, sheets, line = package.manifest.mailing, 0, 0
    for start in range(0, pieces.num_rows, _STRETCH):
        own = pieces.slice(start, _STRETCH)
        stop = own.column("line_stop")[-1].as_py()
        for name in ("line_start", "line_stop"):
            moved = pc.subtract(own.column(name), line)
            own = own.set_column(own.column_names.index(name), name, moved)
        yield part_values(layout, own, lines.slice(line, stop - line), Printing(mailing, sheet=sheets))
        sheets += pc.sum(pc.divide(pc.add(own.column("pages"), 1), 2)).as_py()
        line = stop


@lru_cache(maxsize=1)
def _prepared(folder: str, mailing: str, _sha256: str) -> tuple[Package, Layout, StaticLayer]:
    """What all parts of a package share; made once in each worker."""
    package = open_package(Path(folder), mailing)
    _require_fonts(package)  # of this worker's machine, which may be another
    layout = package_layout(package)
    return package, layout, draw_static(layout, package.art)


def _names(task: PartTask) -> tuple[str, ...]:
    return task.names


def render_task(task: PartTask) -> ControlFile:
    """Render one part: PDF first, then its control file; doing it twice is harmless."""
    package, layout, static = _prepared(task.folder, task.mailing, task.package_sha256)
    values = values_of_part(package, layout, task.part)
    target = pdf_path(Path(task.into or task.folder), task.part)
    with atomic_file(target) as stream:
        written = render_part(layout, static, values, stream)
    control = ControlFile(
        mailing=task.mailing,
        part=task.part,
        package_sha256=task.package_sha256,
        pieces=written.pieces,
        pages=written.pages,
        size=written.size,
        sha256=written.sha256,
    )
    with atomic_file(target.with_suffix(".json"), "w") as stream:
        json.dump(asdict(control), stream, indent=1)
    return control


def pdf_path(mailing_folder: Path, part: int) -> Path:
    """Where a part's PDF lies."""
    return mailing_folder / PRINT / f"part-{part:04d}.pdf"


def read_control(pdf: Path) -> ControlFile | None:
    """The control file of a part; None when it is missing or unreadable."""
    try:
        return ControlFile(**json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _already(task: PartTask, package: Package) -> ControlFile | None:
    """The control file of a part that is rendered and whole, when it says what it should."""
    pdf = pdf_path(Path(task.folder), task.part)
    control = read_control(pdf)
    if control is None or not pdf.is_file():
        return None
    entry = package.manifest.parts[task.part - 1]
    whole = ControlFile(
        mailing=task.mailing,
        part=task.part,
        package_sha256=task.package_sha256,
        pieces=entry.pieces,
        pages=entry.pages,
        size=pdf.stat().st_size,
        sha256=sha256_of(pdf),
    )
    return control if control == whole else None


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
