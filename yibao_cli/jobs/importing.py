"""Import a client's file: read, type, check, keep as Parquet, record. All of a file or nothing of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from yibao_cli.artwork.facts import PICTURE_SUFFIXES
from yibao_cli.errors import InputNotFound, InputRefused, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.ingest import ReadOptions, mapping_of, read_batches
from yibao_cli.jobs.workspace import Progress, Workspace, mailing_state, no_progress
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_file, atomic_folder, private_folder, sha256_of
from yibao_cli.store.imports import (
    FINDINGS_FILE,
    ROWS_FILE,
    ImportRecord,
    active_imports,
    add_import,
    write_findings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa

    from yibao_cli.ingest import Batch
    from yibao_cli.kinds.fields import TableSpec
    from yibao_cli.model import Finding

ART = "art"


@dataclass
class ImportOutcome:
    """What one file gave: rows_in == rows_kept + rows_rejected; `known` when it had been imported already."""

    file_name: str
    rows_in: int = 0
    rows_kept: int = 0
    rows_rejected: int = 0
    known: bool = False
    superseded: int = 0
    stale_package: bool = False  # a package was frozen before this import
    findings: list[Finding] = field(default_factory=list)
    mapping: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    preview: pa.Table | None = None

    def add(self, batch: Batch) -> None:
        """Count one batch."""
        self.rows_in += batch.rows_in
        self.rows_kept += batch.rows_kept
        self.rows_rejected += batch.rows_rejected
        self.findings += batch.findings
        if self.preview is None:
            self.preview = batch.table.slice(0, 10)


def import_files(
    workspace: Workspace,
    table: str,
    files: Iterable[Path],
    mailing: str,
    options: ReadOptions,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Iterator[ImportOutcome]:
    """Import files into a table of the mailing's kind; yields what came of each as it is done.

    A file `-` is stdin. Raises UsageError for a table the kind does not have, StateError when the mailing
    is posted already, and whatever is wrong with a file; a file that is refused leaves nothing behind, and
    those before it stay.
    """
    mailing = workspace.mailing_id(mailing)
    spec = _table(workspace, table, mailing)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = mailing_state(connection, mailing)
        if state is not None and state.state == "posted":
            raise StateError(
                _("mailing {mailing} is posted; nothing can be imported into it").format(mailing=mailing),
                remedy=_("import into the next mailing"),
            )
        job = _Import(workspace, table, spec, mailing, options, progress)
        for path in _files(files):
            with _readable(path, workspace) as file:
                outcome = job.dry_run(file) if dry_run else job.run(file)
            outcome.stale_package = state is not None and not (dry_run or outcome.known)
            yield outcome


@dataclass(frozen=True)
class _Import:
    workspace: Workspace
    table: str
    spec: TableSpec
    mailing: str
    options: ReadOptions
    progress: Progress

    def dry_run(self, path: Path) -> ImportOutcome:
        """Read everything, keep nothing."""
        outcome = ImportOutcome(path.name)
        for batch in read_batches(path, self.spec, self.options):
            outcome.add(batch)
            self.progress(_("reading {file}").format(file=path.name), outcome.rows_in, 0)
        outcome.mapping = mapping_of(path, self.spec, self.options)
        return outcome

    def run(self, path: Path) -> ImportOutcome:
        """Read, keep and record one file; one that is in already is left as it is."""
        check_input(path)
        digest = _fingerprint(path, with_art=self.table == "contracts")
        known = self._known(digest)
        if known is not None:
            return ImportOutcome(
                path.name, known.rows_in, known.rows_kept, known.rows_rejected, known=True,
                findings=list(known.findings(self.workspace.folder)),
            )  # fmt: skip
        # What is kept depends on how the file was read, too.
        name = hashlib.sha256(f"{digest}\n{self._options_text()}".encode()).hexdigest()[:16]
        relative = Path("imports") / self.mailing / self.table / name
        with atomic_folder(self.workspace.folder / relative) as folder:
            outcome, totals = self._keep(path, folder)
            if not outcome.rows_in and self.spec.per != "line":
                # A period may pass without a line; but a roster without a row is an accident.
                raise InputRefused(
                    _("there is no data row below the header"),
                    where=path.name,
                    remedy=_("check that this is the right file and sheet"),
                )
            if self.table == "contracts":
                _keep_art(path.parent, folder)
        record = ImportRecord(
            mailing=self.mailing,
            table=self.table,
            file_name=path.name,
            sha256=digest,
            options=self._options_text(),
            path=relative.as_posix(),
            rows_in=outcome.rows_in,
            rows_kept=outcome.rows_kept,
            rows_rejected=outcome.rows_rejected,
            totals=totals,
        )
        with self.workspace.engine.begin() as connection:
            outcome.superseded = add_import(connection, record, self.workspace.stamp)
            audit.record(
                connection,
                at=self.workspace.stamp,
                command=f"import {self.table}",
                mailing=self.mailing,
                facts={
                    "sha256": digest,
                    "rows_in": outcome.rows_in,
                    "rows_kept": outcome.rows_kept,
                    **totals,
                },
            )
        return outcome

    def _known(self, digest: str) -> ImportRecord | None:
        """The import of this very content, read the same way, under whatever name it came."""
        with self.workspace.reading() as connection:
            records = active_imports(connection, self.mailing, self.table)
        same = (digest, self._options_text())
        return next((r for r in records if (r.sha256, r.options) == same), None)

    def _options_text(self) -> str:
        return json.dumps(
            [self.options.sheet, dict(self.options.header_map)], ensure_ascii=False, sort_keys=True
        )

    def _keep(self, path: Path, folder: Path) -> tuple[ImportOutcome, dict[str, int]]:
        """Write the typed rows and the findings of a file into a folder; sums of its money fields."""
        outcome = ImportOutcome(path.name)
        money = [f.name for f in self.spec.fields if f.type == "money"]
        totals: Counter[str] = Counter(dict.fromkeys(money, 0))
        writer: pq.ParquetWriter | None = None
        for batch in read_batches(path, self.spec, self.options):
            if writer is None:
                writer = pq.ParquetWriter(folder / ROWS_FILE, batch.table.schema, compression="zstd")
            writer.write_table(batch.table)
            outcome.add(batch)
            for name in money:
                totals[name] += sum(filter(None, batch.table.column(name).to_pylist()))
            self.progress(_("reading {file}").format(file=path.name), outcome.rows_in, 0)
        if writer is not None:
            writer.close()
            (folder / ROWS_FILE).chmod(0o600)
        write_findings(folder / FINDINGS_FILE, outcome.findings)
        return outcome, dict(totals)


def _table(workspace: Workspace, table: str, mailing: str) -> TableSpec:
    kind = workspace.kind(mailing)
    # Returns go into the account of the mailing, by a command of their own; here nothing would read them.
    known = [name for name in kind.inputs if name != "returns"]
    if table not in known:
        raise UsageError(
            _("the kind {kind} has no table {table}").format(kind=kind.id, table=table),
            remedy=_("choose one of: {known}").format(known=", ".join(known)),
        )
    return kind.inputs[table]


def _files(given: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for the workbooks and csv files in it."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in {".xlsx", ".xlsm", ".csv"})
            if not inside:
                raise InputNotFound(
                    _("there is no .xlsx, .xlsm or .csv file in this folder"),
                    where=str(path),
                    remedy=_("name the folder that holds the client's files"),
                )
            found += inside
        else:
            found.append(path)
    names = Counter(path.name for path in found)
    if twice := [name for name, count in names.items() if count > 1]:
        raise UsageError(
            _("two files are called {name}; one would take the place of the other").format(name=twice[0]),
            remedy=_("give each file a name of its own"),
        )
    return found


@contextmanager
def _readable(path: Path, workspace: Workspace) -> Iterator[Path]:
    """The file itself; stdin as a private file of the workspace, for as long as it is read."""
    if str(path) != "-":
        yield path
        return
    waiting = private_folder(workspace.folder / "imports") / "stdin"
    try:
        with atomic_file(waiting) as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        yield waiting
    finally:
        waiting.unlink(missing_ok=True)


def _fingerprint(path: Path, *, with_art: bool) -> str:
    """SHA-256 of a file, and of the artwork beside it where that belongs to the import."""
    digest = sha256_of(path)
    if not with_art:
        return digest
    art = "".join(f"{p.relative_to(path.parent)} {sha256_of(p)}\n" for p in _art_beside(path.parent))
    return hashlib.sha256(f"{digest}\n{art}".encode()).hexdigest()


def check_input(path: Path) -> None:
    """Raise InputNotFound unless this is a file that can be read."""
    if not path.is_file():
        raise InputNotFound(
            _("there is no such file"), where=str(path), remedy=_("check the name and the folder")
        )
    if not os.access(path, os.R_OK):
        raise InputNotFound(
            _("the file cannot be opened: {reason}").format(reason=_("permission denied")),
            where=str(path),
            remedy=_("check its permissions, and whether another program holds it"),
        )


def _keep_art(source: Path, folder: Path) -> None:
    """Keep the artwork that lies beside the contracts, so that the import stands by itself."""
    for path in _art_beside(source):
        target = folder / path.relative_to(source)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(0o600)


def _art_beside(folder: Path) -> list[Path]:
    return sorted(p for p in [*folder.glob("*"), *folder.glob(f"{ART}/*")] if _is_art(p))


def _is_art(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES and path.is_file() and not path.is_symlink()
