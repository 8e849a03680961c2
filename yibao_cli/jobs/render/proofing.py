"""Proofs 样张: the extremes of a mailing and a random sample, marked on every page, as PDF and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from yibao_cli.compose import part_values
from yibao_cli.i18n import _
from yibao_cli.jobs.render.approving import write_control
from yibao_cli.jobs.render.parts import package_layout
from yibao_cli.jobs.render.unaltered import whole_package
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.render.part import render_part
from yibao_cli.render.proofs import bind_pictures, contact_sheet, page_images, pick_extremes
from yibao_cli.render.static import draw_static
from yibao_cli.store.files import atomic_file, atomic_folder

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.store.packages import Package

FOLDER = "proof"
_DPI = 100


@dataclass
class ProofOutcome:
    """The proof's files, and (piece, reason) of each piece in it."""

    pdf: Path
    sheets: list[Path]
    pages: list[Path]
    picked: list[tuple[str, str]] = field(default_factory=list)


def proof_mailing(
    workspace: Workspace, mailing: str, count: int = 20, seed: int = 1, progress: Progress = no_progress
) -> ProofOutcome:
    """Make the proofs of a mailing: at least `count` pieces, more when there are more extremes.

    Raises StateError when the mailing is not merged, CheckFailed when the package was altered.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("merged", "rendered", "verified", "posted"))
        package = whole_package(workspace, mailing, state.package_sha256)
        progress(_("choosing"), 0, 0)
        picks = _picks(package, count, seed)
        pieces, lines = gather(package, [row for row, _reason in picks])
        layout = package_layout(package)
        values = part_values(layout, pieces, lines, mailing)
        folder = workspace.mailing_folder(mailing) / FOLDER
        with atomic_folder(folder) as target:
            pdf = target / f"proof-{mailing}.pdf"
            with atomic_file(pdf) as stream:
                render_part(layout, draw_static(layout, package.art), [values], stream, proof=True)
            progress(_("drawing pictures"), 0, 0)
            reasons = [reason for _row, reason in picks]
            captions = [(len(plans), reason) for plans, reason in zip(values.plans, reasons, strict=True)]
            sheets = contact_sheet(pdf, captions, target / f"proof-{mailing}.png")
            bind_pictures(sheets, target / f"contact-{mailing}.pdf")
            pages = page_images(pdf, target, _DPI)
            write_control(target, pdf, state.package_sha256)
    return ProofOutcome(
        pdf=folder / pdf.name,
        sheets=[folder / s.name for s in sheets],
        pages=[folder / p.name for p in pages],
        picked=list(zip(values.pieces, reasons, strict=True)),
    )


def _picks(package: Package, count: int, seed: int) -> list[tuple[int, str]]:
    verify = package.kind.verify
    wanted = {verify.name, verify.amount, "address", "variant", "part", "slot_a", "slot_b", "slot_c"}
    present = sorted(wanted & set(package.piece_fields()))
    parts = [package.pieces(e.part, [*present, "line_start", "line_stop"]) for e in package.manifest.parts]
    pieces = pa.concat_tables(parts)
    starts, stops = (pieces.column(c).to_pylist() for c in ("line_start", "line_stop"))
    lines = [stop - start for start, stop in zip(starts, stops, strict=True)]
    return pick_extremes(pieces, lines, (verify.name, verify.amount), count, seed)


def gather(package: Package, rows: list[int]) -> tuple[pa.Table, pa.Table]:
    """Some pieces of a package, by their row number over all parts, with their lines, as one part."""
    pieces: list[pa.Table] = []
    lines: list[pa.Table] = []
    first = 0
    for entry in package.manifest.parts:
        own = [r - first for r in rows if first <= r < first + entry.pieces]
        first += entry.pieces
        if own:
            part = package.pieces(entry.part).take(own)
            pieces.append(part)
            part_lines = package.lines(entry.part)
            lines += [
                part_lines.slice(r["line_start"], r["line_stop"] - r["line_start"]) for r in _ranges(part)
            ]
    together = pa.concat_tables(pieces)
    stops, total = [], 0
    for r in _ranges(together):
        total += r["line_stop"] - r["line_start"]
        stops.append(total)
    ranges = {"line_start": [0, *stops[:-1]], "line_stop": stops}
    for name, values in ranges.items():
        index = together.column_names.index(name)
        together = together.set_column(index, name, pa.array(values, pa.int64()))
    return together, pa.concat_tables(lines)


def _ranges(pieces: pa.Table) -> list[dict[str, int]]:
    found: list[dict[str, int]] = pieces.select(["line_start", "line_stop"]).to_pylist()
    return found
