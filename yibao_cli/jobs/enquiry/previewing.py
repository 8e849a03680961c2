"""One piece as a picture, for whoever asks: out of the print file where it stands, else composed anew.

Whoever looks stands in the audit trail, and on every page of the picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
from sqlalchemy import select

from yibao_cli.compose import Printing, part_values
from yibao_cli.errors import CheckFailed, InputNotFound, UsageError
from yibao_cli.i18n import N_, _
from yibao_cli.jobs.enquiry.tracing import named_piece
from yibao_cli.jobs.render.parts import package_layout, pdf_path, read_control
from yibao_cli.jobs.render.proofing import gather
from yibao_cli.jobs.workspace import require_state
from yibao_cli.render.copies import marked_copy, pages_of_pdf, side_by_side
from yibao_cli.render.part import render_part
from yibao_cli.render.static import draw_static
from yibao_cli.sealed.keys import key_of
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_file, sha256_of
from yibao_cli.store.packages import MANIFEST, lines_file, pieces_file
from yibao_cli.store.schema import pieces

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from PIL.Image import Image
    from sqlalchemy import Connection, Row

    from yibao_cli.jobs.workspace import MailingState, Workspace
    from yibao_cli.store.packages import Package

FOLDER = "preview"
DPI = 110
_STATES = ("merged", "rendered", "verified", "posted")
_MARK = "查询副本 {operator} {day}"  # it may leave on paper, and papers are Chinese
_PDFIUM = Lock()  # PDFium does one thing at a time; a desk of several may ask at once


class Origin(StrEnum):
    """Where the pages of a picture come from."""

    PRINT = N_("print file")
    PACKAGE = N_("package")


@dataclass(frozen=True, slots=True)
class Preview:
    """The pages of one piece as they were asked for, each marked as a copy. pages: how many the piece has."""

    mailing: str
    piece: str
    copy: int
    origin: Origin
    pages: int
    pictures: tuple[Image, ...]

    def png(self) -> bytes:
        """All of them in one PNG, side by side."""
        return png_of(side_by_side(self.pictures))


def preview_piece(
    workspace: Workspace, mailing: str, code: str, page: int = 0, *, dpi: int = DPI, command: str = "preview"
) -> Preview:
    """Look at one piece: all its pages, or one, from 1. Who looked at which piece goes into the audit trail.

    code: a piece number, sheet code or tracking number. command: by which the audit trail knows it.
    Raises InputNotFound for a piece or page there is not, UsageError for what is no code, StateError when the
    mailing is not merged, CheckFailed when the package was altered.
    """
    with workspace.reading() as connection:
        mailing, piece = named_piece(workspace, connection, code.strip().upper(), mailing)
        state = require_state(connection, mailing, _STATES)
        row = row_of(connection, mailing, piece)
    package = _whole(workspace, mailing, state.package_sha256, row.part)
    found = _place_in_part(package, row)
    if not 0 <= page <= found.pages:
        raise InputNotFound(
            _("the piece has no page {page}").format(page=page),
            remedy=_("it has pages 1 to {count}").format(count=found.pages),
        )
    wanted = [page - 1] if page else list(range(found.pages))
    pictures, origin = _pictures(workspace, package, state, (row, found), (wanted, dpi))
    record_look(workspace, mailing, command, {"piece": piece, "page": page, "origin": origin.name.lower()})
    words = _MARK.format(operator=audit.operator(), day=workspace.today)
    return Preview(
        mailing, piece, row.copy, origin, found.pages, tuple(marked_copy(p, words) for p in pictures)
    )


def picture_file(workspace: Workspace, shown: Preview) -> Path:
    """Where the picture of a piece lies when nobody says another place: `yibao purge` takes it away.

    Raises UsageError where the workspace is encrypted: a picture would lie in it in plain.
    """
    path = workspace.mailing_folder(shown.mailing) / FOLDER / f"{shown.piece}.png"
    if key_of(path) is not None:
        raise UsageError(
            _("this workspace is encrypted, and the picture would lie in it in plain"),
            remedy=_("say where it may lie with -o FILE, and delete it afterwards"),
        )
    return path


def write_picture(path: Path, png: bytes) -> None:
    """Write a picture of a person's piece, for its owner's eyes alone."""
    with atomic_file(path) as stream:
        stream.write(png)


def png_of(picture: Image) -> bytes:
    """A picture as PNG; the same picture has the same bytes."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def row_of(connection: Connection, mailing: str, piece: str) -> Row[Any]:
    """What the database has of a piece: part and copy among it."""
    p = pieces.c
    row = connection.execute(select(pieces).where(p.mailing == mailing, p.piece == piece)).first()
    if row is None:
        raise InputNotFound(
            _("mailing {mailing} has no piece with this number").format(mailing=mailing),
            remedy=_("it may be held: see the findings of the merge; or name another mailing with -m"),
        )
    return row


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a piece stands: rows of its part and of the mailing, its first page in the part, all from 0."""

    row: int
    first_page: int
    pages: int


def _place_in_part(package: Package, row: Row[Any]) -> _Place:
    table = package.pieces(row.part, ["piece", "pages"])
    at = pc.index(table.column("piece"), row.piece).as_py()
    if at < 0:
        raise CheckFailed(
            _("piece {piece} is not in the package that was frozen").format(piece=row.piece),
            remedy=_("merge it again with `yibao merge MAILING`"),
        )
    counts = table.column("pages").to_pylist()
    before = sum(e.pieces for e in package.manifest.parts if e.part < row.part)
    return _Place(before + at, sum(counts[:at]), counts[at])


def _whole(workspace: Workspace, mailing: str, sha256: str, part: int) -> Package:
    """The package, after the hashes of all that one part shows were checked: the other parts may be many."""
    package = workspace.package(mailing)
    others = {
        name(e.part) for e in package.manifest.parts if e.part != part for name in (pieces_file, lines_file)
    }
    altered = [] if sha256_of(package.folder / MANIFEST) == sha256 else [MANIFEST]
    for name, known in package.manifest.files.items():
        path = package.folder / name
        if name not in others and not (path.is_file() and sha256_of(path) == known):
            altered.append(name)
    if altered:
        raise CheckFailed(
            _("the package was altered since it was frozen: {files}").format(files=", ".join(altered)),
            where=str(package.folder),
            remedy=_("print nothing from it; merge it again with `yibao merge MAILING`"),
        )
    return package


def _pictures(
    workspace: Workspace,
    package: Package,
    state: MailingState,
    where: tuple[Row[Any], _Place],
    wanted: tuple[list[int], int],
) -> tuple[list[Image], Origin]:
    """The pages wanted, counted from 0 within the piece, and where they come from."""
    row, place = where
    pages, dpi = wanted
    pdf = pdf_path(workspace.mailing_folder(package.manifest.mailing), row.part)
    # A copy is printed in a file of its own, and what counts is the newest one.
    if row.copy == 0 and _stands(pdf, state.package_sha256):
        with _PDFIUM:
            pictures, texts = pages_of_pdf(pdf, [place.first_page + n for n in pages], dpi)
        # Not every page has the number in clear; where none has, the hashes have to do.
        if not any(row.piece in text for text in texts) and len(pages) == place.pages:
            raise CheckFailed(
                _("{name}: the pages of this piece do not show its number").format(name=pdf.name),
                remedy=_(
                    "check it with `yibao verify MAILING`; if it differs, "
                    "make it again with `yibao render MAILING`"
                ),
            )
        return pictures, Origin.PRINT
    return _composed(package, place.row, row.copy, wanted), Origin.PACKAGE


def _stands(pdf: Path, package_sha256: str) -> bool:
    """Whether a part's print file is there, of this package, and as it was written."""
    control = read_control(pdf)
    return (
        control is not None
        and control.package_sha256 == package_sha256
        and pdf.is_file()
        and sha256_of(pdf) == control.sha256
    )


def _composed(package: Package, row: int, copy: int, wanted: tuple[list[int], int]) -> list[Image]:
    layout = package_layout(package)
    values = part_values(layout, *gather(package, [row]), Printing(package.manifest.mailing, copy))
    pdf = io.BytesIO()  # a statement in plain, which a killed run would leave on the disk
    render_part(layout, draw_static(layout, package.art), [values], pdf)
    with _PDFIUM:
        return pages_of_pdf(pdf.getvalue(), *wanted)[0]


def record_look(workspace: Workspace, mailing: str, command: str, facts: Mapping[str, object]) -> None:
    """Note in the trail that somebody looked at persons, and by what command."""
    with workspace.engine.begin() as connection:
        audit.record(connection, at=workspace.stamp, command=command, mailing=mailing, facts=facts)


def chosen(mailing: str, piece: str, current: str) -> tuple[str, str]:
    """Mailing and code out of `preview M PIECE` or `preview PIECE`, which means the current mailing."""
    if not piece:
        mailing, piece = current, mailing
    if not piece:
        raise UsageError(_("which piece?"), remedy=_("name it by its number, or scan the code on its sheet"))
    return mailing, piece
