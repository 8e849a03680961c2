"""One part of a mailing: what is printed in it, its print file, and the control file beside that."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from yibao_cli.compose import Printing, compose_layout, part_values
from yibao_cli.i18n import _
from yibao_cli.jobs.render.unaltered import require_fonts
from yibao_cli.jobs.workspace import PRINT
from yibao_cli.render.part import render_part
from yibao_cli.render.static import StaticLayer, draw_static
from yibao_cli.store.files import atomic_file, sha256_of
from yibao_cli.store.packages import Package, open_package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.kinds.page import Layout
    from yibao_cli.kinds.values import PartValues

# Pieces whose texts are in memory at once, however large the part.
_STRETCH = 1000


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


def package_layout(package: Package) -> Layout:
    """The layout of a package, composed from nothing but the package."""
    layout = compose_layout(
        package.kind,
        package.product,
        package.piece_fields(),
        package.constants,
        package.manifest.ads,
        package.fonts[0],
    )
    return replace(layout, press=package.press)


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
    require_fonts(package)  # of this worker's machine, which may be another
    layout = package_layout(package)
    return package, layout, draw_static(layout, package.art)


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


def finished(task: PartTask, package: Package) -> ControlFile | None:
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
