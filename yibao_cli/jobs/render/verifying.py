"""Verify a mailing: the package against its hashes, every page of every print file against the package."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import update

from yibao_cli.i18n import _
from yibao_cli.jobs.render.copies import read_copies
from yibao_cli.jobs.render.parts import (
    ControlFile,
    PartTask,
    package_layout,
    pdf_path,
    read_control,
    values_of_part,
)
from yibao_cli.jobs.render.piecefacts import fact_columns, piece_facts
from yibao_cli.jobs.workers.cluster import chosen_crew
from yibao_cli.jobs.workers.clusterparts import Trade, run_parts
from yibao_cli.jobs.workspace import PRINT, Progress, Workspace, no_progress, require_state
from yibao_cli.render.forms import form_digests
from yibao_cli.render.press.checks import CHECKS
from yibao_cli.render.readback import SAMPLE, Difference, Sample, What, expected_pages, read_back
from yibao_cli.render.static import draw_static
from yibao_cli.render.tying import Tie
from yibao_cli.store import audit
from yibao_cli.store.files import sha256_of
from yibao_cli.store.packages import Package, open_package
from yibao_cli.store.schema import mailings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yibao_cli.kinds.page import Layout


@dataclass(frozen=True, slots=True)
class VerifyTask:
    """One part to read back; full: PDFium reads every page, not those of a sample alone."""

    part: PartTask
    full: bool = False

    def __str__(self) -> str:
        return str(self.part)

    @property
    def folder(self) -> str:
        """The mailing's folder."""
        return self.part.folder

    @property
    def mailing(self) -> str:
        """The mailing."""
        return self.part.mailing

    @property
    def number(self) -> int:
        """The part."""
        return self.part.part

    @property
    def package_sha256(self) -> str:
        """Hash of the package."""
        return self.part.package_sha256

    def moved(self, folder: str, into: str) -> VerifyTask:
        """The same part, read from another folder."""
        return VerifyTask(self.part.moved(folder, into), self.full)


@dataclass(frozen=True, slots=True)
class PartReading:
    """What came of reading a part; pages_twice: those that PDFium and pixels read as well."""

    pieces: int
    pages: int
    pages_twice: int
    differences: list[Difference]


@dataclass
class VerifyOutcome:
    """Pieces and pages read, and every difference found.

    pages: all are read by their structure; pages_twice: those that PDFium and pixels read as well.
    press_checks: how many named checks each file for a press was put to, 0 for plain files.
    """

    pieces: int = 0
    pages: int = 0
    pages_twice: int = 0
    parts: int = 0
    press_checks: int = 0
    altered: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether this may be mailed."""
        return not (self.altered or self.differences)


def verify_mailing(
    workspace: Workspace,
    mailing: str,
    workers: int = 0,
    progress: Progress = no_progress,
    *,
    full: bool = False,
    cluster: str = "",
) -> VerifyOutcome:
    """Read everything back; full: every page by PDFium and pixels too, not those of a sample alone.

    cluster: as `cluster.chosen_crew` takes it; "" as the settings say.

    Raises StateError when the mailing is not rendered.
    """
    mailing, crew = workspace.mailing_id(mailing), chosen_crew(workspace, workers, cluster)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("rendered", "verified", "posted"))
        package = workspace.package(mailing)
        outcome = VerifyOutcome(altered=package.altered_files(state.package_sha256))
        folder = str(workspace.mailing_folder(mailing))
        parts = [PartTask(folder, mailing, e.part, state.package_sha256) for e in package.manifest.parts]
        tasks = [VerifyTask(part, full) for part in parts]
        total = sum(e.pieces for e in package.manifest.parts)
        outcome.press_checks = len(CHECKS) if package.press is not None else 0
        outcome.differences += _strays(workspace.mailing_folder(mailing), parts)
        # A package that cannot be read gives nothing to compare with.
        trade = Trade(verify_task, reads=_names)
        for _task, found in run_parts(trade, [] if outcome.altered else tasks, package, crew):
            outcome.pieces += found.pieces
            outcome.pages += found.pages
            outcome.pages_twice += found.pages_twice
            outcome.parts += 1
            outcome.differences += found.differences
            progress(_("reading back"), outcome.pieces, total)
        if not outcome.altered:
            outcome.differences += read_copies(
                workspace.mailing_folder(mailing), package, state.package_sha256
            )
        outcome.differences.sort(key=lambda d: (d.part, d.page))
        _record(workspace, mailing, outcome)
    return outcome


def verify_task(task: VerifyTask) -> PartReading:
    """Read one part back."""
    part = task.part
    package, layout, digests = _prepared(part.folder, part.mailing, part.package_sha256)
    pdf = pdf_path(Path(part.folder), part.part)
    entry = package.manifest.parts[part.part - 1]
    sample = Sample(entry.pieces if task.full else SAMPLE, part.part)
    found = _against_control(pdf, part, entry.pieces, entry.pages)
    stretches = values_of_part(package, layout, part.part)
    expected = chain.from_iterable(expected_pages(layout, values, digests) for values in stretches)
    press = layout.press is not None
    rows = package.pieces(part.part, fact_columns(package.kind)), package.lines(part.part)
    tie = Tie(package.manifest.mailing, piece_facts(package.kind, layout, rows))
    found += read_back(pdf, part.part, expected, sample=sample, tie=tie, press=press)
    return PartReading(entry.pieces, entry.pages, len(sample.pages()), found)


def _names(task: VerifyTask) -> tuple[str, ...]:
    return task.part.names


@lru_cache(maxsize=1)
def _prepared(folder: str, mailing: str, _sha256: str) -> tuple[Package, Layout, Mapping[str, str]]:
    """What all parts of a package share, the forms of its layout by their content among it."""
    package = open_package(Path(folder), mailing)
    layout = package_layout(package)
    return package, layout, form_digests(draw_static(layout, package.art))


def _strays(folder: Path, parts: list[PartTask]) -> list[Difference]:
    """PDFs among the print files that are no part of the package: somebody may print them."""
    ours = {pdf_path(folder, task.part) for task in parts}
    found = (p for p in (folder / PRINT).rglob("*") if p.suffix.lower() == ".pdf" and p not in ours)
    detail = _("a PDF that is no part of the package lies among the print files: {name}")
    return [
        Difference(0, 0, "", What.FILE, detail.format(name=p.relative_to(folder / PRINT).as_posix()))
        for p in sorted(found)
    ]


def _against_control(pdf: Path, task: PartTask, pieces: int, pages: int) -> list[Difference]:
    """The control file against the file and the package: all it says must be so."""
    control = read_control(pdf)
    if control is None or not pdf.is_file():
        return [_file_difference(task, _("the part or its control file is missing"))]
    right = ControlFile(
        mailing=task.mailing,
        part=task.part,
        package_sha256=task.package_sha256,
        pieces=pieces,
        pages=pages,
        size=pdf.stat().st_size,
        sha256=sha256_of(pdf),
    )
    wrong = _wrong_fields(control, right)
    if not wrong:
        return []
    detail = _("{reason}; wrong in the control file: {fields}")
    return [_file_difference(task, detail.format(reason=_reason(wrong), fields=" ".join(wrong)))]


def _wrong_fields(control: ControlFile, right: ControlFile) -> list[str]:
    # JSON's true and 1.0 equal 1 in Python, and are no count of pieces.
    said = asdict(control)
    return [k for k, v in asdict(right).items() if type(said[k]) is not type(v) or said[k] != v]


def _reason(wrong: list[str]) -> str:
    if "package_sha256" in wrong:
        return _("the part was rendered from another package")
    if "sha256" in wrong:
        return _("the file is not the one that was rendered")
    return _("the control file does not fit the file and the package")


def _file_difference(task: PartTask, detail: str) -> Difference:
    return Difference(task.part, 0, "", What.FILE, detail)


def _record(workspace: Workspace, mailing: str, outcome: VerifyOutcome) -> None:
    with workspace.engine.begin() as connection:
        state = require_state(connection, mailing, ("rendered", "verified", "posted"))
        if state.state != "posted":
            verdict = "verified" if outcome.clean else "rendered"
            connection.execute(update(mailings).where(mailings.c.id == mailing).values(state=verdict))
        audit.record_done(
            connection,
            at=workspace.stamp,
            command="verify",
            mailing=mailing,
            facts={
                "pieces": outcome.pieces,
                "pages": outcome.pages,
                "pages_twice": outcome.pages_twice,
                "differences": len(outcome.differences),
                "altered": len(outcome.altered),
            },
        )
