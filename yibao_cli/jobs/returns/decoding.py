"""Photos and scans of returned letters: decoded, recorded, the doubtful kept with a thumbnail."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibao_cli.errors import InputNotFound
from yibao_cli.i18n import _
from yibao_cli.jobs.inbox import check_input
from yibao_cli.jobs.returns.returning import blank_intake
from yibao_cli.jobs.returns.scanning import open_station
from yibao_cli.jobs.returns.stations import ACCEPTED
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress
from yibao_cli.model import Finding
from yibao_cli.returns.lines import read_code
from yibao_cli.returns.pictures import LARGEST, SUFFIXES, Page, pages_of, read_codes, thumbnail
from yibao_cli.store import audit
from yibao_cli.store import returns as store
from yibao_cli.store.files import kept_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from concurrent.futures import Future
    from pathlib import Path

    from yibao_cli.jobs.returns.scanning import Station

FOLDER = "returns"  # of a mailing, so that it goes when the mailing's data go


@dataclass
class DecodeOutcome:
    """Pictures: pictures == accepted + known + refused; known were recorded before from the same file."""

    pictures: int = 0
    accepted: int = 0
    known: int = 0
    refused: int = 0
    suppressed: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Shot:
    """A page on its way: name of its file, its reason ("": preset), the page, and its codes to come."""

    name: str
    reason: str
    page: Page
    codes: Future[tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class _Before:
    """What earlier runs wrote down: known are (source, piece), waiting (source, rule, thumbnail)."""

    known: AbstractSet[tuple[str, str]]
    waiting: AbstractSet[tuple[str, str, str]]


def decode_pictures(
    workspace: Workspace,
    mailing: str,
    files: Iterable[Path],
    preset: str = "",
    day: str = "",
    progress: Progress = no_progress,
) -> DecodeOutcome:
    """Decode every page of the files; a folder stands for the pictures in it and below.

    A folder whose name says a reason (`R05`, `拒收`) gives it to the pictures in it; `preset` counts where
    there is none. Each picture is one transaction.

    Raises InputNotFound for a file that is not there, StateError when the mailing is not posted.
    """
    station = open_station(workspace, mailing, "", day, preset)
    station.way = "picture"
    pictures = list(pictures_in(files))
    outcome = DecodeOutcome()
    with workspace.reading() as connection:
        # Cameras count from 1 each day, so a name alone does not tell one picture from another.
        known = {(row.file_name, row.piece) for row in store.recorded(connection, station.mailing)}
        waiting = {
            (row.source, row.outcome, row.picture) for row in store.waiting(connection, station.mailing)
        }
    for shot in _shots(pictures, station):
        outcome.pictures += 1
        _take(station, shot, _Before(known, waiting), outcome)
        progress(_("decoding pictures"), outcome.pictures, 0)
    with workspace.engine.begin() as connection:
        facts = {"pictures": outcome.pictures, "accepted": outcome.accepted, "refused": outcome.refused}
        stamp, command = workspace.stamp, "returns decode"
        audit.record(connection, at=stamp, command=command, mailing=station.mailing, facts=facts)
    outcome.suppressed = station.settle()
    return outcome


def pictures_in(files: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each file, with the name by which it is known: its path below the folder that was named."""
    for path in files:
        if not path.is_dir():
            check_input(path)
            yield path, path.name
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        if not inside:
            raise InputNotFound(
                _("there is no picture in this folder"),
                where=str(path),
                remedy=_("name a folder with files of these forms: {forms}").format(forms=" ".join(SUFFIXES)),
            )
        yield from ((p, p.relative_to(path).as_posix()) for p in inside)


def _shots(pictures: Sequence[tuple[Path, str]], station: Station) -> Iterator[_Shot]:
    """The pages in order, their codes being read by as many threads as there are processors.

    Files are opened by this thread alone, as PDFium wants it; a few pages are on their way at a time.
    """
    workers = os.cpu_count() or 1
    on_the_way: deque[_Shot] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for path, name in pictures:
            reason = station.wording.known(path.parent.name) or ""
            for page in pages_of(path):
                codes = pool.submit(read_codes, page.picture, _is_ours) if page.picture is not None else None
                on_the_way.append(_Shot(name, reason, page, codes))
                if len(on_the_way) > 2 * workers:
                    yield on_the_way.popleft()
        yield from on_the_way


def _take(station: Station, shot: _Shot, before: _Before, outcome: DecodeOutcome) -> None:
    source = f"{shot.name}#{shot.page.number}"
    rule, details, code = _found(shot)
    if not rule and (source, read_code(code).piece) in before.known:
        outcome.known += 1
        return
    if not rule:
        station.source = source
        scan = station.take_code(code, shot.reason)
        rule = scan.rule
        if scan.outcome == ACCEPTED:
            outcome.accepted += 1
            return
        details = dict(scan.details)
    outcome.refused += 1
    outcome.findings.append(Finding(rule, shot.name, row=shot.page.number, details=details))
    picture = _kept(station, shot)
    if (source, rule, picture) in before.waiting:
        return
    with station.workspace.engine.begin() as connection:
        line = read_code(code)
        blank = blank_intake(station.workspace, station.mailing, "picture")
        row = {"source": source, "outcome": rule, "picture": picture, "returned_on": station.day}
        store.log(connection, {**blank, **row, "piece": line.piece, "shown": line.shown})


def _found(shot: _Shot) -> tuple[str, dict[str, object], str]:
    """(rule, details, code) of a page: a rule, or the one code that is ours."""
    if shot.codes is None:
        return shot.page.rule, {"limit": LARGEST}, ""
    texts = shot.codes.result()
    ours = {read_code(text).piece: text for text in texts if _is_ours(text)}
    if len(ours) > 1:
        return "T115", {"count": len(ours)}, ""
    if ours:
        return "", {}, next(iter(ours.values()))
    # A code that is not ours may be the post's own label, beside ours that cannot be read.
    return "T114", {}, ""


def _is_ours(text: str) -> bool:
    return read_code(text).word == "code"


def _kept(station: Station, shot: _Shot) -> str:
    """Keep a thumbnail of a doubtful page; its path in the workspace."""
    if shot.page.picture is None:
        return ""
    small = thumbnail(shot.page.picture)
    workspace = station.workspace
    name = f"{hashlib.sha256(small).hexdigest()[:16]}.jpg"
    target = workspace.mailing_folder(station.mailing) / FOLDER / name
    with kept_file(target) as stream:
        stream.write(small)
    return target.relative_to(workspace.folder).as_posix()
