"""One file of an import: read and laid into its folder, then recorded; or discarded, and nothing is left."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest import ReadOptions, mapping_of
from yibao_cli.jobs.findings import merge_findings
from yibao_cli.jobs.inbox import check_input, fingerprint, keep_art
from yibao_cli.jobs.ingest.annotating import annotate
from yibao_cli.jobs.ingest.differing import CHANGES_FILE, write_changes
from yibao_cli.jobs.ingest.foreseeing import twice_told, untimely
from yibao_cli.jobs.ingest.keeping import ImportOutcome, keep
from yibao_cli.jobs.ingest.mapping import forget, remember, remembered_headers, with_remembered
from yibao_cli.store import audit
from yibao_cli.store.files import TEMPORARY, atomic_folder, private_folder
from yibao_cli.store.imports import (
    ROWS_FILE,
    ImportRecord,
    active_imports,
    add_import,
    earlier_imports,
    owner_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from yibao_cli.jobs.workspace import Progress, Workspace
    from yibao_cli.kinds.fields import TableSpec
    from yibao_cli.kinds.kind import Kind


@dataclass(frozen=True)
class ImportOrder:
    """What is asked of an import, beside the files.

    replaces: name of an earlier file that this one corrects, "" for the one of the same name.
    forget_map: forget first what earlier imports said about headers of this table.
    expect, control: figures that the client states, `NAME=VALUE` and a control file.
    annotated: folder for the client's own sheets with the faulty cells marked.
    password_file: file whose first line opens the workbooks that have a password.
    """

    options: ReadOptions = field(default_factory=ReadOptions)
    dry_run: bool = False
    replaces: str = ""
    forget_map: bool = False
    expect: Sequence[str] = ()
    control: Path | None = None
    annotated: Path | None = None
    password_file: Path | None = None


@dataclass(frozen=True)
class Staged:
    """A file that was read and lies in its folder, not recorded yet; no record for one that is known.

    is_twin: its content came in another file of the same command.
    """

    outcome: ImportOutcome
    record: ImportRecord | None = None
    is_new_folder: bool = False
    is_twin: bool = False


@dataclass(frozen=True)
class FileImport:
    """One command's import; `stale`: a package was frozen before it."""

    workspace: Workspace
    kind: Kind
    table: str
    mailing: str
    order: ImportOrder
    progress: Progress
    stale: bool

    @property
    def spec(self) -> TableSpec:
        """What is imported."""
        return self.kind.inputs[self.table]

    @property
    def owner(self) -> str:
        """The mailing that the import counts for; "" for every one."""
        return owner_of(self.table, self.mailing)

    def memory(self) -> tuple[dict[str, str], int]:
        """The headers remembered for this table, and how many were forgotten just now."""
        if not self.order.forget_map:
            return remembered_headers(self.workspace, self.kind.id, self.table, self.spec), 0
        return {}, 0 if self.order.dry_run else forget(self.workspace, self.kind.id, self.table)

    def stage(self, path: Path, memory: Mapping[str, str], waiting: Sequence[Staged] = ()) -> Staged:
        """Read one file, and lay what it gave into its folder; one that is in already is left as it is.

        waiting: files of the command that were read before it and are not recorded yet.
        """
        check_input(path)
        spellings = self.workspace.settings.spellings(self.kind.id)
        given = replace(self.order.options, spellings=spellings, today=self.workspace.today)
        options = with_remembered(path, self.spec, given, memory)
        digest = fingerprint(path, with_art=self.table == "contracts")
        outcome = ImportOutcome(path.name, self.spec, remembered=options.remembered)
        text = _options_text(options)
        before = [s.record for s in waiting if s.record is not None]
        twin = next((r for r in before if (r.sha256, r.options) == (digest, text)), None)
        known = twin or self._known(digest, text)
        if known is not None:
            staged = self._as_known(known, outcome, is_twin=twin is not None)
        else:
            staged = self._read(path, options, digest, outcome, before)
        if self.order.annotated is not None:
            # The rows of a file that is in already may have been judged by a merge since.
            merged = merge_findings(self.workspace, self.mailing, known) if known is not None else []
            found = [*outcome.findings, *merged]
            outcome.annotated = annotate(path, self.spec, options, found, self.order.annotated)
        return staged

    def finish(self, staged: Staged, tied: int = 0) -> ImportOutcome:
        """Record a file that was read; tied: how many stated figures are those of the files."""
        outcome, record = staged.outcome, staged.record
        if self.order.dry_run:
            return outcome
        if self.order.options.header_map:
            remember(self.workspace, self.kind.id, self.table, self.order.options.header_map)
        if record is None:
            return outcome
        with self.workspace.engine.begin() as connection:
            outcome.superseded = add_import(connection, record, self.workspace.stamp, self._replaced)
            audit.record(
                connection,
                at=self.workspace.stamp,
                command=f"import {self.table}",
                mailing=record.mailing,
                facts={
                    "sha256": record.sha256,
                    "rows_in": record.rows_in,
                    "rows_kept": record.rows_kept,
                    **({"figures_tied": tied} if tied else {}),
                    **record.totals,
                },
            )
        outcome.stale_package = self.stale
        return outcome

    def discard(self, staged: Iterable[Staged]) -> None:
        """Remove what was read and is not to be kept."""
        for one in staged:
            if one.record is not None and one.is_new_folder:
                shutil.rmtree(self.workspace.folder / one.record.path, ignore_errors=True)

    def _read(
        self,
        path: Path,
        options: ReadOptions,
        digest: str,
        outcome: ImportOutcome,
        waiting: Sequence[ImportRecord],
    ) -> Staged:
        text = _options_text(options)
        # What is kept depends on how the file was read, too.
        name = hashlib.sha256(f"{digest}\n{text}".encode()).hexdigest()[:16]
        relative = Path("imports") / self.owner / self.table / name
        target = self.workspace.folder / relative
        is_new = not target.exists()
        with _passing_folder(target) if self.order.dry_run else atomic_folder(target) as folder:
            keep(path, options, folder, outcome, self.progress)
            if not outcome.rows_in and self.spec.per != "line":
                # A period may pass without a line; but a roster without a row is an accident.
                raise InputRefused(
                    _("there is no data row below the header"),
                    where=path.name,
                    remedy=_("check that this is the right file and sheet"),
                )
            if self.table == "contracts":
                keep_art(path.parent, folder)
            record = ImportRecord(
                mailing=self.owner,
                table=self.table,
                file_name=path.name,
                sha256=digest,
                options=text,
                path=relative.as_posix(),
                rows_in=outcome.rows_in,
                rows_kept=outcome.rows_kept,
                rows_rejected=outcome.rows_rejected,
                totals=outcome.totals,
                sheets=outcome.sheets,
            )
            self._compare(record, folder, outcome, waiting)
        if self.order.dry_run:
            outcome.mapping = mapping_of(path, self.spec, options)
            return Staged(outcome)
        changes = target / CHANGES_FILE
        outcome.changes = changes if changes.exists() else None
        return Staged(outcome, record, is_new)

    def _compare(
        self, record: ImportRecord, folder: Path, outcome: ImportOutcome, waiting: Sequence[ImportRecord]
    ) -> None:
        """Look at the file beside the others of the table: what it corrects, and what will not fit."""
        with self.workspace.reading() as connection:
            earlier = earlier_imports(connection, record, self._replaced)
            active = active_imports(connection, record.mailing, self.table)
        kept = [(r, r.rows(self.workspace.folder)) for r in (*active, *waiting)]
        kept = [(r, rows) for r, rows in kept if rows.is_file()]
        rows = folder / ROWS_FILE
        itself = (record.sha256, record.options)
        kept = [(r, path) for r, path in kept if self.order.dry_run or (r.sha256, r.options) != itself]
        if old := [path for r, path in kept if r in earlier]:
            outcome.difference = write_changes(old, rows, self.spec, folder)
        others = [(r, path) for r, path in kept if r not in earlier]
        outcome.findings += twice_told(rows, outcome.file_name, self.spec, others)
        settings = self.workspace.mailing(self.mailing)
        period = settings.starts, max(settings.posting, settings.ends)
        outcome.findings += untimely(rows, outcome.file_name, self.kind, self.table, period)

    def _as_known(self, known: ImportRecord, outcome: ImportOutcome, *, is_twin: bool) -> Staged:
        outcome.known = True
        outcome.rows_in, outcome.rows_kept = known.rows_in, known.rows_kept
        outcome.rows_rejected = known.rows_rejected
        outcome.sheets = known.sheets
        outcome.findings += known.findings(self.workspace.folder)
        return Staged(outcome, is_twin=is_twin)

    def _known(self, digest: str, text: str) -> ImportRecord | None:
        """The import of this very content, read the same way, under whatever name it came.

        None for a dry run, and where it is still to take the place of another: then it is read once more.
        """
        if self.order.dry_run:
            return None
        with self.workspace.reading() as connection:
            records = active_imports(connection, self.owner, self.table)
        found = next((r for r in records if (r.sha256, r.options) == (digest, text)), None)
        is_owed = any(r.file_name in self._replaced and r != found for r in records)
        return None if is_owed else found

    @property
    def _replaced(self) -> tuple[str, ...]:
        return (self.order.replaces,) if self.order.replaces else ()


def _options_text(options: ReadOptions) -> str:
    """How a file is read, as what makes an import the same: sheet, headers, then whatever else was given."""
    headers = {**options.remembered, **options.header_map}
    # The day is not of the file: read again tomorrow, it is the same import.
    plain = {"sheet", "header_map", "remembered", "today"}
    others = {
        f.name: value for f in fields(options) if f.name not in plain and (value := getattr(options, f.name))
    }
    return json.dumps(
        [options.sheet, headers, *([others] if others else [])],
        ensure_ascii=False,
        sort_keys=True,
        default=dict,
    )


@contextmanager
def _passing_folder(target: Path) -> Iterator[Path]:
    """A private folder for as long as a dry run looks at it."""
    folder = target.with_name(f"{target.name}.dry{TEMPORARY}")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield private_folder(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
