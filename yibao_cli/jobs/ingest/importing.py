"""Import a client's files: read, type, check, keep as Parquet, record. All of a file or nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.inbox import files_meant, password_in, unpacked
from yibao_cli.jobs.ingest.annotating import check_annotated_folder
from yibao_cli.jobs.ingest.controls import Statement, stated_figures
from yibao_cli.jobs.ingest.staging import FileImport, ImportOrder, Staged
from yibao_cli.jobs.workspace import Progress, Workspace, mailing_state, no_progress
from yibao_cli.store.imports import imported_names, owner_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from yibao_cli.jobs.ingest.keeping import ImportOutcome
    from yibao_cli.kinds.kind import Kind

_RETURNS = "returns"


def import_files(
    workspace: Workspace,
    table: str,
    files: Iterable[Path],
    mailing: str,
    order: ImportOrder,
    progress: Progress = no_progress,
) -> Iterator[ImportOutcome]:
    """Import files into a table of the mailing's kind; yields what came of each as it is done.

    A file `-` is stdin. Raises UsageError for a table the kind does not have, StateError when the mailing
    is posted already, CheckFailed when stated figures do not tie, and whatever is wrong with a file. A file
    that is refused leaves nothing behind, and those before it stay; where figures are stated, all files
    come in or none.
    """
    mailing = workspace.mailing_id(mailing)
    kind = workspace.kind(mailing)
    table = _table_meant(kind, table)
    spec = kind.inputs[table]
    password = password_in(order.password_file)
    with unpacked(files_meant(files), workspace, password) as (paths, passed_over):
        check_annotated_folder(order.annotated, paths)
        statement = stated_figures(order.expect, order.control, spec)
        owner = owner_of(table, mailing)
        with workspace.locked_mailing(mailing) if owner else workspace.locked_standing(table):
            with workspace.reading() as connection:
                state = mailing_state(connection, mailing)
            posted = state is not None and state.is_closed
            if posted and owner:
                raise StateError(
                    _("mailing {mailing} is posted; nothing can be imported into it").format(mailing=mailing),
                    remedy=_("import into the next mailing"),
                )
            _check_replaced(workspace, owner, table, order.replaces, len(paths))
            job = FileImport(
                workspace, kind, table, mailing, order, progress, stale=state is not None and not posted
            )
            for outcome in _outcomes(job, paths, statement):
                outcome.findings[:0] = passed_over
                passed_over.clear()
                yield outcome


def _outcomes(job: FileImport, paths: Iterable[Path], statement: Statement) -> Iterator[ImportOutcome]:
    """File by file; where figures are stated, all are read before the first one is recorded."""
    memory, forgotten = job.memory()
    staged: list[Staged] = []
    try:
        for path in paths:
            staged.append(job.stage(path, memory, staged))
            staged[-1].outcome.forgotten, forgotten = forgotten, 0
            if not statement:
                yield job.finish(staged.pop())
        if job.order.dry_run:
            yield from (s.outcome for s in staged)
        read = [(s.outcome.file_name, s.outcome.sheets, s.is_twin) for s in staged]
        tied = statement.check(read, job.spec)
        while staged and not job.order.dry_run:
            yield job.finish(staged.pop(0), tied)
    finally:
        job.discard(staged)


def _table_meant(kind: Kind, given: str) -> str:
    """The table that a person means by its name or by its label, as `yibao status` shows it."""
    labels = {name: spec.label for name, spec in kind.inputs.items()}
    found = next((name for name, label in labels.items() if given in {name, label}), "")
    # Returns go into the account of the mailing, by a command of their own; here nothing would read them.
    if found and found != _RETURNS:
        return found
    listed = ", ".join(f"{name} {label}" for name, label in labels.items() if name != _RETURNS)
    remedy = _("import it with `yibao returns import FILE`") if found else _("choose one of: {known}")
    raise UsageError(
        _("the kind {kind} has no table {table}").format(kind=kind.id, table=given),
        remedy=remedy.format(known=listed),
    )


def _check_replaced(workspace: Workspace, owner: str, table: str, replaces: str, files: int) -> None:
    if not replaces:
        return
    with workspace.reading() as connection:
        names = imported_names(connection, owner, table)
    if files > 1 or replaces not in names:
        raise UsageError(
            _("--replaces names one file imported before, which one file corrects"),
            remedy=_("imported are: {names}").format(names=", ".join(names) or _("none")),
        )
