"""The library: what the commands do, for Python programs; `import yibao_cli` has these names.

Every function takes an open workspace and a mailing's name, "" for the workspace's current one, and gives
what the command would tell. `progress` is called as the work goes: what is done, so far, of how many. What is
wrong with a file or a state is raised as a YibaoError; what is wrong with records comes back as findings.
Source: docs/library.md.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from yibao_cli.address import Address, Verdict, examine
from yibao_cli.errors import ExitCode, YibaoError
from yibao_cli.ingest import ReadOptions
from yibao_cli.jobs.address.addresses import CleanOutcome
from yibao_cli.jobs.address.addresses import clean_addresses as _clean_addresses
from yibao_cli.jobs.custody.auditing import anchor_trail
from yibao_cli.jobs.enquiry.previewing import Preview
from yibao_cli.jobs.enquiry.previewing import preview_piece as _preview_piece
from yibao_cli.jobs.enquiry.tracing import Track
from yibao_cli.jobs.enquiry.tracing import track as _track
from yibao_cli.jobs.ingest.importing import import_files as _import_files
from yibao_cli.jobs.ingest.keeping import ImportOutcome
from yibao_cli.jobs.ingest.staging import ImportOrder
from yibao_cli.jobs.mailing.labelling import LabelOutcome
from yibao_cli.jobs.mailing.labelling import label_mailing as _label_mailing
from yibao_cli.jobs.mailing.listing import ListOutcome
from yibao_cli.jobs.mailing.listing import list_mailing as _list_mailing
from yibao_cli.jobs.merge.merging import MergeOrder, MergeOutcome
from yibao_cli.jobs.merge.merging import merge_mailing as _merge_mailing
from yibao_cli.jobs.render.proofing import ProofOutcome
from yibao_cli.jobs.render.proofing import proof_mailing as _proof_mailing
from yibao_cli.jobs.render.rendering import RenderOutcome
from yibao_cli.jobs.render.rendering import render_mailing as _render_mailing
from yibao_cli.jobs.render.verifying import VerifyOutcome
from yibao_cli.jobs.render.verifying import verify_mailing as _verify_mailing
from yibao_cli.jobs.reports.reporting import ReportOutcome
from yibao_cli.jobs.reports.reporting import report_mailing as _report_mailing
from yibao_cli.jobs.returns.reconciling import ReconcileOutcome
from yibao_cli.jobs.returns.reconciling import reconcile_mailing as _reconcile_mailing
from yibao_cli.jobs.returns.returning import ReturnsOutcome
from yibao_cli.jobs.returns.returning import import_returns as _import_returns
from yibao_cli.jobs.setup.starting import init_workspace as _init_workspace
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress
from yibao_cli.jobs.workspace import open_workspace as _open_workspace
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

__all__ = [
    "Address",
    "CleanOutcome",
    "ExitCode",
    "Finding",
    "ImportOrder",
    "ImportOutcome",
    "LabelOutcome",
    "ListOutcome",
    "MergeOrder",
    "MergeOutcome",
    "Preview",
    "Progress",
    "ProofOutcome",
    "ReadOptions",
    "ReconcileOutcome",
    "RenderOutcome",
    "ReportOutcome",
    "ReturnsOutcome",
    "Track",
    "Verdict",
    "VerifyOutcome",
    "Workspace",
    "YibaoError",
    "clean_addresses",
    "import_files",
    "import_returns",
    "init_workspace",
    "label_mailing",
    "list_mailing",
    "merge_mailing",
    "open_workspace",
    "parse_address",
    "preview_piece",
    "proof_mailing",
    "reconcile_mailing",
    "render_mailing",
    "report_mailing",
    "track_piece",
    "verify_mailing",
]

_Path = str | os.PathLike[str]


def parse_address(text: str) -> tuple[Address, Verdict]:
    """Read an address into its fields, and judge whether a letter arrives there; needs no workspace."""
    return examine(text)


def init_workspace(folder: _Path, kind: str = "medical", *, sample: bool = False) -> Path:
    """Make a workspace; sample: with invented files of a city in its inbox. Returns the folder."""
    _init_workspace(Path(folder), kind, sample=sample)
    return Path(folder)


@contextmanager
def open_workspace(folder: _Path, now: datetime | None = None) -> Iterator[Workspace]:
    """Open a workspace for a `with` block.

    now: the moment to take for now, with a zone; None for the clock's. While it is open, files that the
    process makes are private to their owner (umask 077). At the end how far the audit trail has come is
    written down beside the database, as every command does.
    """
    before = os.umask(0o077)
    workspace = _open_workspace(Path(folder), now)
    try:
        yield workspace
    finally:
        if workspace.has_database:
            anchor_trail(workspace)
            workspace.engine.dispose()
        os.umask(before)


def import_files(
    workspace: Workspace,
    table: str,
    files: Iterable[_Path],
    mailing: str = "",
    order: ImportOrder | None = None,
    progress: Progress = no_progress,
) -> list[ImportOutcome]:
    """Import the client's files into a table such as roster; one outcome a file, with its findings."""
    paths = [Path(f) for f in files]
    return list(_import_files(workspace, table, paths, mailing, order or ImportOrder(), progress))


def clean_addresses(
    workspace: Workspace, mailing: str = "", progress: Progress = no_progress
) -> CleanOutcome:
    """Examine every address of the roster that the address book does not have yet."""
    return _clean_addresses(workspace, mailing, progress)


def merge_mailing(
    workspace: Workspace, mailing: str = "", order: MergeOrder | None = None, progress: Progress = no_progress
) -> MergeOutcome:
    """Freeze the package of a mailing."""
    return _merge_mailing(workspace, mailing, progress, order or MergeOrder())


def proof_mailing(
    workspace: Workspace, mailing: str = "", count: int = 20, seed: int = 1, progress: Progress = no_progress
) -> ProofOutcome:
    """Make proofs of the extremes and of a random sample."""
    return _proof_mailing(workspace, mailing, count, seed, progress)


def render_mailing(
    workspace: Workspace, mailing: str = "", workers: int = 0, progress: Progress = no_progress
) -> RenderOutcome:
    """Write the print files; parts that are whole are kept. workers: processes, 0 for one a processor.

    With more than one, the calling script needs the guard `if __name__ == "__main__":`.
    """
    return _render_mailing(workspace, mailing, 0, workers, progress)


def verify_mailing(
    workspace: Workspace, mailing: str = "", workers: int = 0, progress: Progress = no_progress
) -> VerifyOutcome:
    """Read every page back and tie it to the package; what may be mailed is `clean`. workers: as render's."""
    return _verify_mailing(workspace, mailing, workers, progress)


def list_mailing(
    workspace: Workspace, mailing: str = "", posted_on: str = "", progress: Progress = no_progress
) -> ListOutcome:
    """Write the posting list and its papers. posted_on: ISO day, "" for the planned one."""
    return _list_mailing(workspace, mailing, posted_on, progress)


def label_mailing(workspace: Workspace, mailing: str = "", progress: Progress = no_progress) -> LabelOutcome:
    """Write the labels of bundles and bags."""
    return _label_mailing(workspace, mailing, "", progress)


def import_returns(
    workspace: Workspace, file: _Path, mailing: str = "", progress: Progress = no_progress
) -> ReturnsOutcome:
    """Take in a list of what came back."""
    return _import_returns(workspace, Path(file), mailing, ReadOptions(), progress)


def reconcile_mailing(
    workspace: Workspace, mailing: str = "", as_of: str = "", progress: Progress = no_progress
) -> ReconcileOutcome:
    """Draw up the account of a mailing. as_of: ISO day, "" for today."""
    return _reconcile_mailing(workspace, mailing, progress, as_of)


def report_mailing(
    workspace: Workspace, mailing: str = "", as_of: str = "", progress: Progress = no_progress
) -> ReportOutcome:
    """Write the report of a mailing as HTML, workbook, JSON and charts."""
    return _report_mailing(workspace, mailing, progress, as_of)


def track_piece(workspace: Workspace, code: str, mailing: str = "") -> Track:
    """Tell where a piece, bundle, bag or handover is and was; the member's name comes masked."""
    return _track(workspace, code, mailing)


def preview_piece(workspace: Workspace, piece: str, mailing: str = "", page: int = 0) -> Preview:
    """Show one piece as pictures, marked as copies; who looked stands in the audit trail. page: 0 for all."""
    return _preview_piece(workspace, mailing, piece, page)
