"""The command that pictures a mailing."""

from __future__ import annotations

from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _

Month = Annotated[str, typer.Argument(help=_("the month, such as 2026-11; default: this one"))]


def report_command(context: typer.Context, mailing: opt.Mailing = "", as_of: opt.AsOf = "") -> None:
    from yibao_cli.cli.reconcile import account_lines
    from yibao_cli.cli.status_view import account_charts, show_counties
    from yibao_cli.jobs.reports.reporting import report_mailing

    run = session(context)
    with run.view.progress() as progress:
        outcome = report_mailing(run.workspace(), mailing, progress, as_of)
    for line in account_lines(outcome.account):
        run.view.say(line)
    for line in account_charts(outcome.account):
        run.view.say(line)
    if not (run.view.quiet or run.view.log_json):
        show_counties(outcome.account)
    run.view.say(_("report: {file}").format(file=outcome.html))
    raise typer.Exit(ExitCode.OK if outcome.account.kept else ExitCode.CHECK_FAILED)


report_command.__doc__ = _(
    """Picture a mailing for the centre, the post, advertisers and the auditor: HTML, xlsx, JSON, PNG.

    Example: yibao report 2026Q3"""
)


def month_end_command(context: typer.Context, month: Month = "") -> None:
    from yibao_cli.jobs.reports.monthend import month_end

    run = session(context)
    with run.view.progress() as progress:
        made = month_end(run.workspace(), month, progress)
    run.view.say(_("mailings: {names}").format(names=", ".join(made.mailings)))
    run.view.say(_("pack: {file}").format(file=made.path))
    for mailing in made.broken:
        run.view.warn(_("the delivery promise of {mailing} is broken").format(mailing=mailing))
    raise typer.Exit(ExitCode.CHECK_FAILED if made.broken else ExitCode.OK)


month_end_command.__doc__ = _(
    """Make the month-end pack for the centre: accounts, reports, lists, complaints, public figures.

    Example: yibao month-end 2026-11"""
)
