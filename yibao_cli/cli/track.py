"""Commands that follow single pieces: track, reprint, numbers."""

from __future__ import annotations

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.intake import header_map_of
from yibao_cli.cli.session import exit_code, session
from yibao_cli.cli.view import write_list, write_rows
from yibao_cli.errors import ExitCode, InputRefused, UsageError
from yibao_cli.i18n import N_, _

numbers_app = Program(help=_("Tracking numbers from the post, for registered mailings."))


@numbers_app.command(
    "add",
    help=_(
        """Add blocks of numbers that the post gave out: from-to rows, or one number a row.

    Example: yibao numbers add blocks.xlsx --form cn13"""
    ),
)
def numbers_add(
    context: typer.Context,
    file: opt.File,
    form: opt.Form = "",
    sheet: opt.Sheet = "",
    encoding: opt.Encoding = "",
    header_map: opt.HeaderMap = [],  # noqa: B006 - Typer reads the default, nobody changes it
    findings: opt.FindingsFile = None,
) -> None:
    from yibao_cli.ingest import ReadOptions
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file
    from yibao_cli.jobs.mailing.tracking import import_numbers

    run = session(context)
    check_findings_file(findings, [file])
    options = ReadOptions(sheet, header_map_of(header_map), encoding=encoding)
    outcome = import_numbers(run.workspace(), file, form, options)
    run.view.report(outcome.findings)
    run.view.say(
        _("{numbers} numbers in {blocks} blocks").format(numbers=outcome.numbers, blocks=len(outcome.blocks))
    )
    if findings is not None:
        write_findings_file(outcome.findings, findings)
    raise typer.Exit(exit_code(outcome.findings))


@numbers_app.command(
    "list",
    help=_(
        """Show each block: its ends, how many numbers are free, and when it was last used.

    Example: yibao numbers list -f csv"""
    ),
)
def numbers_list(
    context: typer.Context, output: opt.Output = "-", form: opt.FormatOption = opt.Format.TABLE
) -> None:
    from yibao_cli.jobs.mailing.tracking import number_pool

    run = session(context)
    rows = number_pool(run.workspace())
    columns = (N_("form"), N_("first"), N_("last"), N_("count"), N_("free"), N_("used_on"))
    nothing = _("there are no numbers; add those of the post with `yibao numbers add FILE`")
    write_list(rows, (output, form), columns, run.view, nothing)


def reprint_command(
    context: typer.Context,
    mailing: opt.Mailing = "",
    pieces: opt.Pieces = "",
    reason: opt.ReprintReason = "",
    remark: opt.Remark = "",
    approve: opt.Approve = 0,
    refuse: opt.Refuse = 0,
    by: opt.By = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    if sum(map(bool, (pieces, approve, refuse))) > 1:
        raise UsageError(
            _("--pieces, --approve and --refuse do not go together"), remedy=_("do one after the other")
        )
    if pieces:
        _ask(context, mailing, pieces, (reason, remark, by))
    elif approve:
        _approve(context, mailing, approve, by)
    elif refuse:
        from yibao_cli.jobs.render.reprinting import refuse_reprint

        run = session(context)
        refuse_reprint(run.workspace(), mailing, refuse, by)
        run.view.say(_("request {number} is refused").format(number=refuse))
    else:
        from yibao_cli.jobs.render.reprinting import COLUMNS, list_reprints

        run = session(context)
        rows, account = list_reprints(run.workspace(), mailing)
        write_rows(rows, output, form, COLUMNS)
        run.view.say(_copies(account))
        raise typer.Exit(ExitCode.OK if account.tied else ExitCode.FINDINGS)


def _ask(context: typer.Context, mailing: str, pieces: str, words: tuple[str, str, str]) -> None:
    from yibao_cli.jobs.render.reprinting import reason_of, request_reprint

    run = session(context)
    reason, remark, by = words
    outcome = request_reprint(run.workspace(), mailing, pieces, reason_of(reason), by, remark)
    run.view.report(outcome.findings)
    if not outcome.number:
        raise InputRefused(
            _("{count} of the numbers cannot be printed again; nothing was asked for").format(
                count=len(outcome.findings)
            ),
            remedy=_("correct them and ask again"),
        )
    run.view.say(
        _("request {number}: {pieces} pieces; a second person signs with --approve {number}").format(
            number=outcome.number, pieces=outcome.pieces
        )
    )


def _approve(context: typer.Context, mailing: str, number: int, by: str) -> None:
    from yibao_cli.jobs.render.reprinting import approve_reprint

    run = session(context)
    with run.view.progress() as progress:
        outcome = approve_reprint(run.workspace(), mailing, number, by, progress)
    run.view.say(
        _("{pieces} pieces, {pages} pages: {file}").format(
            pieces=outcome.pieces, pages=outcome.pages, file=outcome.pdf
        )
    )
    run.view.say(_copies(outcome.account))


def _copies(account: object) -> str:
    text = _(
        "copies: printed {printed} = posted {posted} + spoiled {spoiled}; {waiting} wait for a signature"
    )
    names = ("printed", "posted", "spoiled", "waiting")
    return text.format(**{n: getattr(account, n) for n in names})


reprint_command.__doc__ = _(
    """Print pieces again with a copy number: one person asks, another signs. Alone, it lists the requests.

    Example: yibao reprint 2026Q3 --pieces 00000161 --reason spoiled
    Example: yibao reprint 2026Q3 --approve 1 --by 李"""
)


def track_command(
    context: typer.Context,
    code: opt.Code,
    mailing: opt.MailingOption = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.enquiry.tracing import track

    run = session(context)
    found = track(run.workspace(), code, mailing)
    for line in found.about:
        run.view.say(line)
    write_rows(found.rows, output, form, found.columns)


track_command.__doc__ = _(
    """Tell where a piece is and was: by piece number, sheet code, tracking number, bundle or bag.

    Example: yibao track 00000161 -m 2026Q3"""
)
