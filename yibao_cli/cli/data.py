"""Commands that take data in: import, address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import exit_code, session
from yibao_cli.errors import ExitCode, UsageError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.cli.view import View
    from yibao_cli.jobs.importing import ImportOutcome

address_app = Program(help=_("Addresses: parse, and clean into the address book."))


def import_command(
    context: typer.Context,
    table: opt.Table,
    files: opt.Files,
    mailing: opt.MailingOption = "",
    sheet: opt.Sheet = "",
    header_map: opt.HeaderMap = [],  # noqa: B006 - Typer reads the default, nobody changes it
    dry_run: opt.DryRun = False,
    findings: opt.FindingsFile = None,
) -> None:
    from yibao_cli.ingest import ReadOptions
    from yibao_cli.jobs import importing
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file

    run = session(context)
    check_findings_file(findings)
    read = ReadOptions(sheet, _header_map(header_map))
    found = []
    with run.view.progress() as progress:
        for outcome in importing.import_files(
            run.workspace(), table, files, mailing, read, dry_run=dry_run, progress=progress
        ):
            _tell(run.view, outcome, dry_run=dry_run)
            found += outcome.findings
    if findings is not None:
        write_findings_file(found, findings)
    raise typer.Exit(exit_code(found))


import_command.__doc__ = _(
    """Import roster, employers, balances, transactions, contracts ... from Excel or csv.

    Example: yibao import roster inbox/roster.xlsx"""
)


def _header_map(given: list[str]) -> dict[str, str]:
    pairs = [g.rpartition("=") for g in given]
    for header, _equals, field in pairs:
        if not header or not field:
            raise UsageError(
                _("--map wants 'Excel header=field'"), remedy=_("for example --map '社保号=person_no'")
            )
    return {header: field for header, _equals, field in pairs}


def _tell(view: View, outcome: ImportOutcome, *, dry_run: bool) -> None:
    """Say what came of one file."""
    from yibao_cli.jobs.preview import preview_lines

    view.say(_import_line(outcome, dry_run=dry_run))
    for line in preview_lines(outcome) if dry_run else ():
        view.say(line)
    view.report(outcome.findings)
    if outcome.stale_package:
        view.warn(_("the package of this mailing was frozen before this import; merge again"))


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


@address_app.command(
    "parse",
    help=_(
        """Parse addresses, one a line, into JSON lines; needs no workspace.

    Example: echo 石家庄市长安区中山东路1号 | yibao address parse"""
    ),
)
def address_parse(file: opt.InputFile = "-") -> None:
    from yibao_cli.jobs.filtering import parse_lines

    parse_lines(file)


@address_app.command(
    "clean",
    help=_(
        """Clean the addresses of the roster into the address book, with a verdict for each.

    Example: yibao address clean"""
    ),
)
def address_clean(context: typer.Context, mailing: opt.MailingOption = "") -> None:
    from yibao_cli.jobs.addresses import clean_addresses

    run = session(context)
    with run.view.progress() as progress:
        outcome = clean_addresses(run.workspace(), mailing, progress)
    run.view.say(
        _("{rows} rows, {writings} different addresses, {added} new in the address book").format(
            rows=outcome.rows, writings=outcome.writings, added=outcome.added
        )
    )
    run.view.say(
        _("good {good}, doubtful {doubtful}, bad {bad}").format(
            **{v: outcome.verdicts.get(v, 0) for v in ("good", "doubtful", "bad")}
        )
    )
    needs_person = outcome.verdicts.get("doubtful", 0) + outcome.verdicts.get("bad", 0)
    raise typer.Exit(ExitCode.FINDINGS if needs_person else ExitCode.OK)
