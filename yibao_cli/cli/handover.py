"""Commands of the delivery to employers: handover, receipts."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.intake import header_map_of, tell_intake
from yibao_cli.cli.session import exit_code, session
from yibao_cli.cli.view import write_rows
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _

receipts_app = Program(help=_("What was signed for 签收."))

_Signer = Annotated[str, typer.Option("--signer", help=_("who signed, as it stands on the sheets"))]
_SignedOn = Annotated[str, typer.Option("--on", help=_("day of the signature, YYYY-MM-DD; default: today"))]
_SignedAt = Annotated[str, typer.Option("--time", help=_("time of the signature, such as 09:30"))]


def handover_command(
    context: typer.Context,
    mailing: opt.Mailing = "",
    day: opt.FirstDay = "",
    appointments: opt.Appointments = None,
    findings: opt.FindingsFile = None,
) -> None:
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file
    from yibao_cli.jobs.handover.handing import hand_over

    run = session(context)
    check_findings_file(findings, [appointments] if appointments else [])
    with run.view.progress() as progress:
        outcome = hand_over(run.workspace(), mailing, day, appointments, progress)
    run.view.report(outcome.findings)
    run.view.say(
        _(
            "{employers} employers, {pieces} pieces, {bundles} bundles; "
            "{vehicles} vehicles, {left} on no route"
        ).format(
            employers=outcome.employers,
            pieces=outcome.pieces,
            bundles=outcome.bundles,
            vehicles=outcome.vehicles,
            left=outcome.left,
        )
    )
    for file in outcome.files:
        run.view.say(_("file: {file}").format(file=file))
    if findings is not None:
        write_findings_file(outcome.findings, findings)
    raise typer.Exit(exit_code(outcome.findings))


handover_command.__doc__ = _(
    """Write what goes with the mail to employers: notices, member lists, sign-off sheets, routes, calls.

    Example: yibao handover 2026Q3 --day 2026-10-09 --appointments appointments.xlsx"""
)


@receipts_app.command(
    "import",
    help=_(
        """Take in what was signed for: codes of sign-off sheets, employers or pieces, day, time and name.

    Example: yibao receipts import inbox/receipts.xlsx"""
    ),
)
def receipts_import(
    context: typer.Context,
    file: opt.File,
    mailing: opt.MailingOption = "",
    sheet: opt.Sheet = "",
    encoding: opt.Encoding = "",
    header_map: opt.HeaderMap = [],  # noqa: B006 - Typer reads the default, nobody changes it
    findings: opt.FindingsFile = None,
) -> None:
    from yibao_cli.ingest import ReadOptions
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file
    from yibao_cli.jobs.handover.receiving import import_receipts

    run = session(context)
    check_findings_file(findings, [file])
    options = ReadOptions(sheet, header_map_of(header_map), encoding=encoding)
    with run.view.progress() as progress:
        outcome = import_receipts(run.workspace(), file, mailing, options, progress)
    tell_intake(run.view, outcome)
    if findings is not None:
        write_findings_file(outcome.findings, findings)
    raise typer.Exit(exit_code(outcome.findings))


@receipts_app.command(
    "scan",
    help=_(
        """Take signed sheets in with a hand scanner: a code, the name of who signed or the next code.

    Lines from a pipe are taken too, and each is answered by a line of JSON.

    Example: yibao receipts scan 2026Q3 --station A --on 2026-10-12"""
    ),
)
def receipts_scan(
    context: typer.Context,
    mailing: opt.Mailing = "",
    station: opt.StationName = "",
    signer: _Signer = "",
    on: _SignedOn = "",
    time: _SignedAt = "",
) -> None:
    from yibao_cli.cli.scan_app import run_station
    from yibao_cli.jobs.handover.receiptscanning import open_receipt_station
    from yibao_cli.jobs.returns.stations import total_of

    run = session(context)
    opened = open_receipt_station(run.workspace(), mailing, station, (signer, on, time))
    with opened.held():
        try:
            refused = run_station(opened, sys.stdin, shown=sys.stdin.isatty(), out=sys.stdout)
        finally:
            opened.close()
    run.view.say(_("scanned: {counts}").format(counts=total_of(opened.counts)))
    raise typer.Exit(ExitCode.FINDINGS if refused else ExitCode.OK)


@receipts_app.command(
    "decode",
    help=_(
        """Take in photos and scans of signed sheets, all signed by one person on one day.

    Example: yibao receipts decode signed/ --signer 王芳 --on 2026-10-12"""
    ),
)
def receipts_decode(
    context: typer.Context,
    files: opt.Files,
    signer: _Signer,
    mailing: opt.MailingOption = "",
    on: _SignedOn = "",
    time: _SignedAt = "",
) -> None:
    from yibao_cli.jobs.handover.signing import Signed, decode_receipts

    run = session(context)
    with run.view.progress() as progress:
        outcome = decode_receipts(run.workspace(), mailing, files, Signed(signer, on, time), progress)
    run.view.report(outcome.findings)
    run.view.say(
        _("{pictures} pictures = {accepted} recorded + {known} known already + {refused} refused").format(
            pictures=outcome.rows_in,
            accepted=outcome.accepted,
            known=outcome.known,
            refused=outcome.refused,
        )
    )
    raise typer.Exit(exit_code(outcome.findings))


@receipts_app.command(
    "list",
    help=_(
        """List the employers that have not signed or signed late, and write the notice for a newspaper.

    Example: yibao receipts list 2026Q3 -f csv -o open.csv --notice notice.txt"""
    ),
)
def receipts_list(
    context: typer.Context,
    mailing: opt.Mailing = "",
    notice: opt.NoticeFile = None,
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.handover.receiving import COLUMNS, open_receipts

    run = session(context)
    found = open_receipts(run.workspace(), mailing, notice)
    write_rows(found.rows, output, form, COLUMNS)
    run.view.say(
        _("{employers} employers: {signed} signed, {late} of them late, {open} open").format(
            employers=found.employers, signed=found.signed, late=found.late, open=found.unsigned
        )
    )
    if notice is not None:
        run.view.say(_("notice: {file}").format(file=notice))
    raise typer.Exit(ExitCode.FINDINGS if found.rows else ExitCode.OK)
