"""What goes back to the client: the sheet they sent, with what is wrong in it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from yibao_cli.errors import UsageError, YibaoError
from yibao_cli.exports.marked import Mark, MarkedSheet, copy_with_marks, is_copyable, write_marked_rows
from yibao_cli.i18n import _
from yibao_cli.ingest.picking import picked_rows
from yibao_cli.reports.findings import severity_words
from yibao_cli.rules import Severity
from yibao_cli.store.files import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from yibao_cli.ingest import ReadOptions
    from yibao_cli.ingest.picking import PickedSheet
    from yibao_cli.kinds.fields import TableSpec
    from yibao_cli.model import Finding


def annotate(
    path: Path, spec: TableSpec, options: ReadOptions, findings: Sequence[Finding], folder: Path
) -> Path | None:
    """Write the client's file with its faulty cells marked into `folder`; None when nothing is wrong.

    A workbook of moderate size comes back whole; of any other file the faulty rows alone. Notes are not
    marked: they ask nothing of the client.
    """
    by_sheet: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.severity is not Severity.NOTE and finding.row is not None:
            by_sheet[finding.sheet].append(finding)
    if not by_sheet:
        return None
    target = private_folder(folder) / f"{path.stem}-findings.xlsx"
    if not _copied(path, target, _sheets(path, spec, options, by_sheet)):
        write_marked_rows(target, _sheets(path, spec, options, by_sheet))
    return target


def check_annotated_folder(folder: Path | None, files: Iterable[Path]) -> None:
    """Raise UsageError when a folder given with --annotated is a file, or that of the files to be read."""
    if folder is None:
        return
    # A marked sheet beside the client's own would be imported with it the next time.
    taken = folder.exists() and not folder.is_dir()
    if taken or any(path.parent.resolve() == folder.resolve() for path in files):
        raise UsageError(
            _("{folder}: marked sheets go into a folder of their own").format(folder=folder),
            remedy=_("name another folder with --annotated"),
        )


def _copied(path: Path, target: Path, sheets: Iterable[MarkedSheet]) -> bool:
    """Copy the workbook whole, with its marks, where that can be."""
    if not is_copyable(path):
        return False
    try:
        copy_with_marks(path, target, sheets)
    except YibaoError:
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises anything for a style or drawing that it cannot take
        return False
    return True


def _sheets(
    path: Path, spec: TableSpec, options: ReadOptions, by_sheet: Mapping[str, Sequence[Finding]]
) -> Iterator[MarkedSheet]:
    wanted = {name: {f.row for f in found if f.row is not None} for name, found in by_sheet.items()}
    words = severity_words()
    for sheet in picked_rows(path, spec, options, wanted):
        marks = [mark for f in by_sheet.get(sheet.name, ()) for mark in _marks(f, sheet, words)]
        if marks:
            yield MarkedSheet(sheet.name, sheet.titles, sheet.last_row, marks, sheet.rows)


def _marks(finding: Finding, sheet: PickedSheet, words: Mapping[str, str]) -> Iterator[Mark]:
    """The marks of a finding: on its cell, on each cell of a key of several fields, or on its row."""
    severity = finding.severity
    text = f"{words[severity.value]} {finding.rule_id}: {finding.message()}{_('; ')}{finding.remedy()}"
    names = [finding.column] if finding.column in sheet.columns else finding.column.split("/")
    columns: list[int | None] = [sheet.columns[n] for n in names if n in sheet.columns]
    for column in columns or [None]:
        yield Mark(int(finding.row or 0), column, severity, text)
