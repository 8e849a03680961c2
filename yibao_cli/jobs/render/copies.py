"""Print files of copies: the same pages once more, with the number of the copy in code and text."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.compose import Printing, part_values
from yibao_cli.i18n import _
from yibao_cli.jobs.render.parts import package_layout
from yibao_cli.jobs.render.piecefacts import piece_facts
from yibao_cli.jobs.render.proofing import gather
from yibao_cli.render.forms import form_digests
from yibao_cli.render.part import render_part
from yibao_cli.render.readback import Difference, Sample, What, expected_pages, read_back
from yibao_cli.render.static import draw_static
from yibao_cli.render.tying import Tie
from yibao_cli.store.files import atomic_file, private_folder, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from yibao_cli.render.part import PartFile
    from yibao_cli.store.packages import Package

    # Pieces with their lines, and the number of the copy that all of them bear.
    Stretch = tuple[int, tuple[pa.Table, pa.Table]]

FOLDER = "reprints"


class CopyOrder(NamedTuple):
    """One piece to print again: its place in the print order, from 1, and the number of the copy."""

    copy: int
    position: int
    piece: str


@dataclass(frozen=True, slots=True)
class CopyFile:
    """What stands in the control file beside the copies, by which they are read back; pieces as CopyOrder."""

    mailing: str
    number: int
    package_sha256: str
    pages: int
    size: int
    sha256: str
    pieces: tuple[tuple[int, int, str], ...]


def copies_pdf(mailing_folder: Path, number: int) -> Path:
    """Where the copies of a reprint lie."""
    return mailing_folder / FOLDER / f"reprint-{number:04d}.pdf"


def print_copies(
    package: Package, pdf: Path, sha256: str, number: int, orders: Iterable[CopyOrder]
) -> CopyFile:
    """Write the copies as one PDF with its control file; equal arguments give equal bytes.

    sha256: of the package. Pieces lie in the order of copy and place.
    """
    wanted = sorted(orders)
    private_folder(pdf.parent)
    written = write_stretches(package, pdf, _stretches(package, wanted))
    pieces = tuple((o.copy, o.position, o.piece) for o in wanted)
    made = CopyFile(
        package.manifest.mailing, number, sha256, written.pages, written.size, written.sha256, pieces
    )
    with atomic_file(pdf.with_suffix(".json"), "w") as stream:
        json.dump(asdict(made), stream, indent=1)
    return made


def read_copies(mailing_folder: Path, package: Package, sha256: str) -> list[Difference]:
    """Read every file of copies of this package back; a PDF without a control file of it is a difference."""
    found: list[Difference] = []
    for pdf in sorted((mailing_folder / FOLDER).glob("*.pdf")):
        control = _control(pdf)
        if control is None:
            detail = _("{name}: its control file is missing, or is none").format(name=pdf.name)
            found.append(Difference(0, 0, "", What.FILE, detail))
        elif control.package_sha256 == sha256:
            found += read_copy(pdf, control, package)
    return found


def read_copy(pdf: Path, control: CopyFile, package: Package) -> list[Difference]:
    """Compare one file of copies with what it must show, every page by both readers."""
    if not pdf.is_file() or sha256_of(pdf) != control.sha256:
        detail = _("{name}: the file is not the one that was printed").format(name=pdf.name)
        return [Difference(0, 0, "", What.FILE, detail)]
    stretches = list(_stretches(package, [CopyOrder(*p) for p in control.pieces]))
    differences = read_stretches(package, pdf, stretches, Sample(len(control.pieces), control.number))
    return [replace(d, detail=f"{pdf.name}: {d.detail}") for d in differences]


def write_stretches(package: Package, pdf: Path, stretches: Iterable[Stretch]) -> PartFile:
    """Print some pieces of a package as one PDF; equal arguments give equal bytes."""
    layout, mailing = package_layout(package), package.manifest.mailing
    values = (part_values(layout, *rows, Printing(mailing, copy)) for copy, rows in stretches)
    with atomic_file(pdf) as stream:
        return render_part(layout, draw_static(layout, package.art), values, stream)


def read_stretches(
    package: Package, pdf: Path, stretches: Sequence[Stretch], sample: Sample
) -> Iterator[Difference]:
    """Compare what `write_stretches` wrote with the pieces, every page by both readers."""
    layout, mailing = package_layout(package), package.manifest.mailing
    digests = form_digests(draw_static(layout, package.art))
    values = (part_values(layout, *rows, Printing(mailing, copy)) for copy, rows in stretches)
    expected = chain.from_iterable(expected_pages(layout, v, digests) for v in values)
    facts = chain.from_iterable(piece_facts(package.kind, layout, rows, copy) for copy, rows in stretches)
    press = layout.press is not None
    return read_back(pdf, 0, expected, sample=sample, tie=Tie(mailing, facts), press=press)


def _stretches(package: Package, orders: list[CopyOrder]) -> Iterator[Stretch]:
    """The pieces of each copy number with their lines: a printing has one number for all its pieces."""
    for copy, own in groupby(orders, key=itemgetter(0)):
        yield copy, gather(package, [order.position - 1 for order in own])


def _control(pdf: Path) -> CopyFile | None:
    try:
        data = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
        pieces = tuple((int(c), int(p), str(n)) for c, p, n in data.pop("pieces"))
        return CopyFile(**data, pieces=pieces)
    except (OSError, ValueError, TypeError, KeyError):
        return None
