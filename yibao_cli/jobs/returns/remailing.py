"""Print the queued letters whose address was corrected: the same pages as a new copy, to the address of now.

The package bears the address of before and stays as it is; the corrected ones are laid over its rows, for the
pages and for what reads them back alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
from sqlalchemy import select

from yibao_cli.errors import CheckFailed, StateError
from yibao_cli.i18n import _
from yibao_cli.jobs.render.copies import read_stretches, write_stretches
from yibao_cli.jobs.render.proofing import gather
from yibao_cli.jobs.render.unaltered import whole_package
from yibao_cli.jobs.signers import same_person, who
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.render.readback import Sample
from yibao_cli.store import audit, events, reprints
from yibao_cli.store import returns as store
from yibao_cli.store.events import Event, Scope
from yibao_cli.store.files import private_folder
from yibao_cli.store.reprints import Reason
from yibao_cli.store.schema import pieces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.store.packages import Package

FOLDER = "remail"


class _Letter(NamedTuple):
    """One letter: new copy, place in the print order from 1, piece, and where it goes now."""

    copy: int
    position: int
    piece: str
    address: str
    postcode: str


@dataclass(frozen=True, slots=True)
class RemailPrint:
    """The file of the corrected letters, and how many pieces and pages it has."""

    pdf: Path
    pieces: int
    pages: int


def print_remails(
    workspace: Workspace, mailing: str, by: str = "", progress: Progress = no_progress
) -> RemailPrint:
    """Print the corrected letters of the queue as the second person, and read every page back.

    Raises StateError when none waits, the person queued one of them, or letters go to employers; CheckFailed
    when a page is not what it should be: then nothing is recorded.
    """
    mailing = workspace.mailing_id(mailing)
    if workspace.mailing(mailing).deliver == "employer":
        raise StateError(
            _("the letters of this mailing go to employers, and bear their addresses"),
            remedy=_("print copies with `yibao reprint {mailing}`").format(mailing=mailing),
        )
    checker = who(by)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("posted",))
            package = whole_package(workspace, mailing, state.package_sha256)
            letters = _waiting(connection, mailing, checker)
        progress(_("printing copies"), 0, len(letters))
        folder = private_folder(workspace.mailing_folder(mailing) / FOLDER)
        pdf = folder / f"remail-{len(list(folder.glob('*.pdf'))) + 1:04d}.pdf"
        pages = _printed(package, letters, pdf)
        with workspace.engine.begin() as connection:
            _record(workspace, connection, mailing, letters, checker)
    return RemailPrint(pdf, len(letters), pages)


def _waiting(connection: Connection, mailing: str, checker: str) -> list[_Letter]:
    """The queued letters that bear another address than the package and are not printed yet."""
    p = pieces.c
    rows = connection.execute(select(p.piece, p.position, p.copy).where(p.mailing == mailing))
    now = {row.piece: (row.position, row.copy) for row in rows}
    asked = set(reprints.waiting(connection, mailing))
    queue = [
        row
        for row in store.remailed(connection, mailing)
        if not row.posted_on and row.piece not in asked and now[row.piece][1] < row.copy
    ]
    if not queue:
        raise StateError(
            _("no corrected letter waits to be printed"),
            remedy=_("queue them with `yibao returns remail {mailing}`").format(mailing=mailing),
        )
    if any(same_person(checker, row.operator) for row in queue):
        raise StateError(
            _("whoever queued letters cannot print them"),
            remedy=_("a second person prints, with --by NAME or their own account"),
        )
    return sorted(_Letter(r.copy, now[r.piece][0], r.piece, r.address, r.postcode) for r in queue)


def _printed(package: Package, letters: Sequence[_Letter], pdf: Path) -> int:
    """Print the letters and read them back; returns how many pages they have."""
    stretches = [
        (copy, _corrected(package, list(own))) for copy, own in groupby(letters, key=lambda one: one.copy)
    ]
    written = write_stretches(package, pdf, stretches)
    if found := list(read_stretches(package, pdf, stretches, Sample(len(letters), 1))):
        pdf.unlink()
        raise CheckFailed(
            _("{count} differences between the copies and the package: {detail}").format(
                count=len(found), detail=found[0].detail
            ),
            remedy=_("nothing was recorded; look at the corrected addresses, then print again"),
        )
    return written.pages


def _corrected(package: Package, letters: Sequence[_Letter]) -> tuple[pa.Table, pa.Table]:
    """The rows of letters and their lines, with the addresses of now laid over those of before."""
    rows, lines = gather(package, [one.position - 1 for one in letters])
    for name, values in (
        ("address", [one.address for one in letters]),
        ("postcode", [one.postcode for one in letters]),
    ):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(
            place, rows.schema.field(place), pa.array(values, rows.schema.field(place).type)
        )
    return rows, lines


def _record(
    workspace: Workspace, connection: Connection, mailing: str, letters: Sequence[_Letter], checker: str
) -> None:
    """As a request for copies that was made and approved: printed = posted + spoiled goes on to tie."""
    maker = ", ".join(sorted({r.operator for r in store.remailed(connection, mailing) if not r.posted_on}))
    values = {"mailing": mailing, "state": "approved", "reason": Reason.REMAIL.value, "remark": "corrected"}
    values |= {"maker": maker, "made_at": workspace.stamp, "checker": checker, "checked_at": workspace.stamp}
    copies = {one.piece: one.copy for one in letters}
    number = reprints.add(connection, values, copies)
    reprints.print_again(connection, mailing, copies)
    stamp = workspace.stamp, workspace.today, checker
    facts = {"request": number, "reason": Reason.REMAIL.value}
    about = [(Scope.PIECE, one.piece, one.copy) for one in letters]
    events.record(connection, stamp, mailing, Event.REPRINTED, about, facts)
    told = {"request": number, "pieces": len(letters), "checker": checker}
    audit.record(connection, at=workspace.stamp, command="remail print", mailing=mailing, facts=told)
