"""Commands about what came back."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.intake import header_map_of, tell_intake
from yibao_cli.cli.session import exit_code, session
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _

returns_app = Program(help=_("Returned mail."))

ReturnedOn = Annotated[str, typer.Option("--on", help=_("day of return, YYYY-MM-DD; default: today"))]
Numbers = Annotated[list[int], typer.Argument(help=_("numbers on the list"), show_default=False)]
PrintThem = Annotated[
    bool, typer.Option("--print", help=_("print the corrected letters of the queue, as the second person"))
]
RemailedOn = Annotated[str, typer.Option("--posted", help=_("day on which the queued copies were mailed"))]
By = Annotated[str, typer.Option("--by", help=_("who decided; default: you"))]
Preset = Annotated[str, typer.Option("--reason", help=_("reason where none is keyed, such as R05"))]


@returns_app.command(
    "import",
    help=_(
        """Take in a list of returned mail; what cannot be right is told and never counted.

    Example: yibao returns import inbox/returns.xlsx"""
    ),
)
def returns_import(
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
    from yibao_cli.jobs.returns.returning import import_returns

    run = session(context)
    check_findings_file(findings, [file])
    options = ReadOptions(sheet, header_map_of(header_map), encoding=encoding)
    with run.view.progress() as progress:
        outcome = import_returns(run.workspace(), file, mailing, options, progress)
    tell_intake(run.view, outcome)
    if outcome.reworded:
        run.view.say(_("{count} of those known have another reason now").format(count=outcome.reworded))
    _say_stopped(context, outcome.suppressed)
    if findings is not None:
        write_findings_file(outcome.findings, findings)
    raise typer.Exit(exit_code(outcome.findings))


@returns_app.command(
    "scan",
    help=_(
        """Take returned letters in with a hand scanner: a code, the key of its reason, the next.

    Lines from a pipe are taken too, and each is answered by a line of JSON.

    Example: yibao returns scan 2026Q3 --station A"""
    ),
)
def returns_scan(
    context: typer.Context,
    mailing: opt.Mailing = "",
    station: opt.StationName = "",
    on: ReturnedOn = "",
    reason: Preset = "",
) -> None:
    from yibao_cli.cli.scan_app import run_station
    from yibao_cli.jobs.returns.scanning import open_station
    from yibao_cli.jobs.returns.stations import total_of

    run = session(context)
    opened = open_station(run.workspace(), mailing, station, on, reason)
    stopped = 0
    with opened.held():
        try:
            refused = run_station(opened, sys.stdin, shown=sys.stdin.isatty(), out=sys.stdout)
        finally:
            stopped = opened.close()
    run.view.say(_("scanned: {counts}").format(counts=total_of(opened.counts)))
    _say_stopped(context, stopped)
    raise typer.Exit(ExitCode.FINDINGS if refused else ExitCode.OK)


@returns_app.command(
    "decode",
    help=_(
        """Read the codes in photos and scans of returned letters: JPEG, PNG, TIFF, PDF, or folders of them.

    A folder that is named for a reason, such as R05, gives it to the pictures in it.

    Example: yibao returns decode photos/ --mailing 2026Q3 --reason R03"""
    ),
)
def returns_decode(
    context: typer.Context,
    files: opt.Files,
    mailing: opt.MailingOption = "",
    reason: Preset = "",
    on: ReturnedOn = "",
    findings: opt.FindingsFile = None,
) -> None:
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file
    from yibao_cli.jobs.returns.decoding import decode_pictures

    run = session(context)
    check_findings_file(findings, files)
    with run.view.progress() as progress:
        outcome = decode_pictures(run.workspace(), mailing, files, reason, on, progress)
    run.view.report(outcome.findings)
    run.view.say(
        _("{pictures} pictures = {accepted} recorded + {known} known already + {refused} refused").format(
            pictures=outcome.pictures,
            accepted=outcome.accepted,
            known=outcome.known,
            refused=outcome.refused,
        )
    )
    _say_stopped(context, outcome.suppressed)
    if findings is not None:
        write_findings_file(outcome.findings, findings)
    raise typer.Exit(exit_code(outcome.findings))


@returns_app.command(
    "waiting",
    help=_(
        """List what was refused and waits for a person: rows of lists, scans, pictures.

    Example: yibao returns waiting 2026Q3"""
    ),
)
def returns_waiting(
    context: typer.Context,
    mailing: opt.Mailing = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.cli.view import write_list
    from yibao_cli.jobs.returns.waiting import COLUMNS, waiting_rows

    run = session(context)
    rows = waiting_rows(run.workspace(), mailing)
    write_list(rows, (output, form), COLUMNS, run.view, _("nothing waits for a person"))
    raise typer.Exit(ExitCode.FINDINGS if rows else ExitCode.OK)


@returns_app.command(
    "settle",
    help=_(
        """Say that a person has settled what waits: the letter was found, typed in, or put aside for good.

    Example: yibao returns settle 1"""
    ),
)
def returns_settle(context: typer.Context, numbers: Numbers) -> None:
    from yibao_cli.jobs.returns.waiting import settle_waiting

    run = session(context)
    count = settle_waiting(run.workspace(), numbers)
    run.view.say(_("settled: {count}").format(count=count))


@returns_app.command(
    "cures",
    help=_(
        """List the letters that are back, and what to do with each: mail again, ask, mail nothing more.

    Example: yibao returns cures 2026Q3"""
    ),
)
def returns_cures(
    context: typer.Context,
    mailing: opt.Mailing = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.cli.view import write_list
    from yibao_cli.jobs.returns.curing import COLUMNS, cure_rows

    run = session(context)
    rows = cure_rows(run.workspace(), mailing)
    write_list(rows, (output, form), COLUMNS, run.view, _("no letter is back"))


@returns_app.command(
    "corrections",
    help=_(
        """Write the list of addresses that the client is asked for, with the columns this needs alone.

    Example: yibao returns corrections 2026Q3"""
    ),
)
def returns_corrections(context: typer.Context, mailing: opt.Mailing = "") -> None:
    from yibao_cli.jobs.returns.correcting import write_corrections

    run = session(context)
    made = write_corrections(run.workspace(), mailing)
    for way, count in sorted(made.ways.items()):
        run.view.say(_("{key}: {reason}").format(key=_(way.value), reason=count))
    run.view.say(_("list: {file}").format(file=made.path))
    run.view.say(_("when it comes back filled in: `yibao address apply {file}`").format(file=made.path.name))


@returns_app.command(
    "remail",
    help=_(
        """Queue the letters that can be mailed again as new copies; with --posted, say that they were mailed.

    Example: yibao returns remail 2026Q3"""
    ),
)
def returns_remail(
    context: typer.Context,
    mailing: opt.Mailing = "",
    print_: PrintThem = False,
    posted: RemailedOn = "",
    by: By = "",
) -> None:
    from yibao_cli.jobs.returns.curing import post_remails, queue_remails

    run = session(context)
    if print_:
        from yibao_cli.jobs.returns.remailing import print_remails

        with run.view.progress() as progress:
            made = print_remails(run.workspace(), mailing, by, progress)
        run.view.say(
            _("{pieces} copies, {pages} pages: {file}").format(
                pieces=made.pieces, pages=made.pages, file=made.pdf
            )
        )
        return
    if posted:
        count = post_remails(run.workspace(), mailing, posted)
        run.view.say(_("{count} copies were mailed again on {day}").format(count=count, day=posted))
        return
    outcome = queue_remails(run.workspace(), mailing, by)
    run.view.say(
        _("{queued} queued to be mailed again, {corrected} of them to another address").format(
            queued=outcome.queued, corrected=outcome.corrected
        )
    )
    if outcome.request:
        run.view.say(
            _("a second person prints them: `yibao reprint {mailing} --approve {number}`").format(
                mailing=run.workspace().mailing_id(mailing), number=outcome.request
            )
        )


def _say_stopped(context: typer.Context, stopped: int) -> None:
    if stopped:
        session(context).view.say(
            _("{count} members get nothing more from the next mailing on: returns/{file}").format(
                count=stopped, file="停寄名单-退信.csv"
            )
        )
