"""The command that takes data in: import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.intake import header_map_of
from yibao_cli.cli.session import exit_code, session
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.cli.view import View
    from yibao_cli.jobs.ingest.keeping import ImportOutcome


def import_command(
    context: typer.Context,
    table: opt.Table,
    files: opt.Files,
    mailing: opt.MailingOption = "",
    sheet: opt.Sheet = "",
    encoding: opt.Encoding = "",
    header_map: opt.HeaderMap = [],  # noqa: B006 - Typer reads the default, nobody changes it
    dry_run: opt.DryRun = False,
    findings: opt.FindingsFile = None,
    forget_map: opt.ForgetMap = False,
    replaces: opt.Replaces = "",
    expect: opt.Expect = [],  # noqa: B006 - as above
    control: opt.ControlFile = None,
    annotated: opt.AnnotatedFolder = None,
    password_file: opt.PasswordFile = None,
) -> None:
    from yibao_cli.ingest import ReadOptions
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file
    from yibao_cli.jobs.ingest.importing import import_files
    from yibao_cli.jobs.ingest.staging import ImportOrder

    run = session(context)
    check_findings_file(findings, files)
    order = ImportOrder(
        ReadOptions(sheet, header_map_of(header_map), encoding=encoding),
        dry_run=dry_run,
        replaces=replaces,
        forget_map=forget_map,
        expect=expect,
        control=control,
        annotated=annotated,
        password_file=password_file,
    )
    found = []
    with run.view.progress() as progress:
        for outcome in import_files(run.workspace(), table, files, mailing, order, progress):
            _tell(run.view, outcome, dry_run=dry_run)
            found += outcome.findings
    if findings is not None:
        write_findings_file(found, findings)
    raise typer.Exit(exit_code(found))


import_command.__doc__ = _(
    """Import roster, employers, balances, transactions, contracts ... from what the client sends.

    Example: yibao import roster inbox/roster.xlsx"""
)


def _tell(view: View, outcome: ImportOutcome, *, dry_run: bool) -> None:
    """Say what came of one file."""
    from yibao_cli.jobs.ingest.preview import preview_lines, totals_lines

    if outcome.forgotten:
        view.say(_("{count} remembered headers were forgotten").format(count=outcome.forgotten))
    view.say(_import_line(outcome, dry_run=dry_run))
    for line in totals_lines(outcome):
        view.say(line)
    if outcome.remembered:
        pairs = ", ".join(f"{header} = {field}" for header, field in outcome.remembered.items())
        view.say(_("  headers remembered from an earlier --map: {pairs}").format(pairs=pairs))
    if outcome.difference is not None:
        _tell_difference(view, outcome)
    for line in preview_lines(outcome) if dry_run else ():
        view.say(line)
    view.report(outcome.findings)
    if outcome.annotated is not None:
        view.say(_("  to send back to the client: {file}").format(file=outcome.annotated))
    if outcome.stale_package:
        view.warn(_("the package of this mailing was frozen before this import; run `yibao merge` again"))


def _tell_difference(view: View, outcome: ImportOutcome) -> None:
    difference = outcome.difference
    line = _("  against the earlier file: {new} new, {changed} changed, {gone} gone, {same} the same")
    view.say(line.format(**{n: getattr(difference, n) for n in ("new", "changed", "gone", "same")}))
    if outcome.changes is not None:
        view.say(_("  each change is listed in {file}").format(file=outcome.changes))


def _import_line(outcome: ImportOutcome, *, dry_run: bool) -> str:
    line = _("{file_name}: {rows_in} rows in = {rows_kept} kept + {rows_rejected} rejected").format(
        file_name=outcome.file_name,
        rows_in=outcome.rows_in,
        rows_kept=outcome.rows_kept,
        rows_rejected=outcome.rows_rejected,
    )
    if outcome.known:
        return line + _("; imported before, nothing to do")
    if outcome.superseded:
        return line + _("; takes the place of the earlier file")
    return line + _("; dry run, nothing kept") if dry_run else line
