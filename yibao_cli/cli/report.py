"""The command that pictures a mailing."""

from __future__ import annotations

from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _

AsOf = Annotated[str, typer.Option("--as-of", help=_("day of the account, YYYY-MM-DD; default: today"))]
Month = Annotated[str, typer.Argument(help=_("the month, such as 2026-11; default: this one"))]
_BLOCKS = 24


def report_command(context: typer.Context, mailing: opt.Mailing = "", as_of: AsOf = "") -> None:
    from yibao_cli.cli.returns import account_lines
    from yibao_cli.jobs.reporting import report_mailing

    run = session(context)
    with run.view.progress() as progress:
        outcome = report_mailing(run.workspace(), mailing, progress, as_of)
    for line in account_lines(outcome.account):
        run.view.say(line)
    reasons = [
        (r["reason"], int(r["pieces"]), r["label"]) for r in outcome.account.by_reason.to_dict("records")
    ]
    for code, count, label in reasons:
        bar = "█" * max(round(_BLOCKS * count / reasons[0][1]), 1)
        run.view.say(f"  {code} {bar} {count:,} {label}")
    run.view.say(_("report: {file}").format(file=outcome.html))
    raise typer.Exit(ExitCode.OK if outcome.account.kept else ExitCode.CHECK_FAILED)


report_command.__doc__ = _(
    """Picture a mailing for the centre, the post, advertisers and the auditor: HTML, xlsx, JSON, PNG.

    Example: yibao report 2026Q3"""
)


def month_end_command(context: typer.Context, month: Month = "") -> None:
    from yibao_cli.jobs.monthend import month_end

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
