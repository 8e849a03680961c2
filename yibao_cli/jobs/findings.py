"""All findings of a mailing in one place, for people and for programs."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from yibao_cli.errors import UsageError
from yibao_cli.i18n import _
from yibao_cli.reports.findings import write_findings
from yibao_cli.store.files import atomic_folder, private_folder
from yibao_cli.store.imports import active_imports

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.model import Finding

FOLDER = "findings"


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
        write_findings([*imported, *merged], target / f"{name}.xlsx", target / f"{name}.csv")
    return folder / f"{name}.xlsx"


def check_findings_file(path: Path | None) -> None:
    """Raise UsageError when findings cannot be written under this name, before any work is done."""
    if path is not None and path.suffix.lower() not in {".xlsx", ".csv"}:
        raise UsageError(
            _("{file}: findings are written as .xlsx or .csv").format(file=path.name),
            remedy=_("name such a file"),
        )


def write_findings_file(findings: Iterable[Finding], path: Path) -> None:
    """Write findings where the operator wants them; the ending says how."""
    private_folder(path.parent)
    write_findings(findings, path.with_suffix(".xlsx"), path.with_suffix(".csv"))
