"""All findings of a mailing in one place, for people and for programs."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from yibao_cli.errors import UsageError
from yibao_cli.i18n import _
from yibao_cli.reports.findings import write_findings
from yibao_cli.store.files import atomic_folder, private_folder
from yibao_cli.store.imports import active_imports, read_findings
from yibao_cli.store.imports import write_findings as keep_findings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.model import Finding
    from yibao_cli.store.imports import ImportRecord

FOLDER, MERGED_FILE = "findings", "merged.jsonl"
_ENDINGS = (".xlsx", ".csv")  # findings are written as both


def write_mailing_findings(workspace: Workspace, mailing: str, merged: Iterable[Finding]) -> Path:
    """Write the findings of all imports that count and of the merge; returns the workbook.

    `findings-MAILING.xlsx` and `.csv`, in the folder `findings` of the mailing, whose lock the caller holds.
    """
    with workspace.reading() as connection:
        records = active_imports(connection, mailing)
    imported = chain.from_iterable(r.findings(workspace.folder) for r in records)
    folder = workspace.mailing_folder(mailing) / FOLDER
    name = f"findings-{mailing}"
    with atomic_folder(folder) as target:
        merged = list(merged)
        write_findings([*imported, *merged], target / f"{name}.xlsx", target / f"{name}.csv")
        keep_findings(target / MERGED_FILE, merged)
    return folder / f"{name}.xlsx"


def merge_findings(workspace: Workspace, mailing: str, record: ImportRecord) -> list[Finding]:
    """What the last merge of a mailing found in rows of an imported file; none where no merge has read it."""
    path = workspace.mailing_folder(mailing) / FOLDER / MERGED_FILE
    rows = record.rows(workspace.folder)
    # A merge before the import was of an earlier file, perhaps of the same name, with other rows.
    if not (path.is_file() and rows.is_file()) or path.stat().st_mtime_ns < rows.stat().st_mtime_ns:
        return []
    file_name = record.file_name
    return [f for f in read_findings(path) if f.file == file_name and f.row is not None]


def check_findings_file(path: Path | None, inputs: Iterable[Path] = ()) -> None:
    """Raise UsageError when findings cannot be written under this name, before any work is done.

    inputs: files and folders that the command reads, which no list of findings may take the place of.
    """
    if path is None:
        return
    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(
            _("{file}: findings are written as .xlsx or .csv").format(file=path.name),
            remedy=_("name such a file"),
        )
    there = [p for p in map(path.with_suffix, _ENDINGS) if p.exists()]
    for read in (p for p in inputs if p.exists()):
        for target in there:
            if target.samefile(read) or target.parent.samefile(read):
                message = _("{file}: findings would take the place of a file that is read")
                raise UsageError(message.format(file=target.name), remedy=_("name another file"))


def write_findings_file(findings: Iterable[Finding], path: Path) -> None:
    """Write findings where the operator wants them; the ending says how."""
    private_folder(path.parent)
    write_findings(findings, *map(path.with_suffix, _ENDINGS))
