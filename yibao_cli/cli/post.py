"""Commands between the print room and the members: manifest, returns, reconcile."""

from __future__ import annotations

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import exit_code, session
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _

returns_app = Program(help=_("Returned mail."))


def manifest_command(context: typer.Context, mailing: opt.Mailing = "", posted: opt.PostedOn = "") -> None:
    from yibao_cli.jobs.listing import list_mailing
    from yibao_cli.money import yuan

    run = session(context)
    with run.view.progress() as progress:
        outcome = list_mailing(run.workspace(), mailing, posted, progress)
    run.view.say(
        _("{pieces} pieces posted on {day}, postage {postage} yuan").format(
            pieces=outcome.pieces, day=outcome.posted_on, postage=yuan(outcome.postage)
        )
    )
    for file in (outcome.xlsx, outcome.csv):
        run.view.say(_("manifest: {file}").format(file=file))


manifest_command.__doc__ = _(
    """Write the posting list (xlsx ready to print, csv) and record the day of posting.

    Example: yibao manifest 2026Q3 --posted 2026-10-08"""
)


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
    findings: opt.FindingsFile = None,
) -> None:
    from yibao_cli.ingest import ReadOptions
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file
    from yibao_cli.jobs.returning import import_returns

    run = session(context)
    check_findings_file(findings)
    with run.view.progress() as progress:
        outcome = import_returns(run.workspace(), file, mailing, ReadOptions(sheet), progress)
    run.view.report(outcome.findings)
    run.view.say(
        _("{rows} rows = {accepted} recorded + {known} known already + {refused} refused").format(
            rows=outcome.rows_in, accepted=outcome.accepted, known=outcome.known, refused=outcome.refused
        )
    )
    if findings is not None:
        write_findings_file(outcome.findings, findings)
    raise typer.Exit(exit_code(outcome.findings))


def reconcile_command(context: typer.Context, mailing: opt.Mailing = "") -> None:
    from yibao_cli.jobs.reconciling import reconcile_mailing

    run = session(context)
    with run.view.progress() as progress:
        outcome = reconcile_mailing(run.workspace(), mailing, progress)
    account = outcome.account
    run.view.say(
        _("posted {posted} = delivered {delivered} + returned {returned} + pending {pending}").format(
            posted=account.posted,
            delivered=account.delivered,
            returned=account.returned,
            pending=account.pending,
        )
    )
    rate = account.best
    words = _(
        "delivery rate {rate:.2%} of {of} (interval of 95%: {low:.2%} to {high:.2%}), promised {promise:.0%}"
    )
    if not account.is_final:
        words = _(
            "at best {rate:.2%} of {of} (interval of 95%: {low:.2%} to {high:.2%}), promised {promise:.0%}"
        )
    run.view.say(
        words.format(rate=rate.value, of=rate.of, low=rate.low, high=rate.high, promise=account.terms.promise)
    )
    run.view.say(_("account: {file}").format(file=outcome.xlsx))
    if not account.kept:
        run.view.warn(
            _("the delivery promise is broken; tell the client, and see the reasons in the account")
        )
    raise typer.Exit(ExitCode.OK if account.kept else ExitCode.CHECK_FAILED)


reconcile_command.__doc__ = _(
    """Account for every posted piece: delivered, returned or pending, against the promise.

    Example: yibao reconcile 2026Q3"""
)
