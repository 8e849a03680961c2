"""The command that cron runs: nightly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.cli.view import View
    from yibao_cli.jobs.workers.nightly import Night
    from yibao_cli.jobs.workers.steps import Ended

_SHOWN = 10  # messages of a step; all are in the report

Tell = Annotated[bool, typer.Option("--tell", help=_("say how the night went, also when all is well"))]
Check = Annotated[
    int | None,
    typer.Option(
        "--check",
        metavar="HOURS",
        min=1,
        help=_("run nothing; end with 4 when no night ended well in so many hours"),
        show_default=False,
    ),
]


def nightly_command(
    context: typer.Context, mailing: opt.Mailing = "", tell: Tell = False, check: Check = None
) -> None:
    from yibao_cli.jobs.workers.nightly import require_night, run_night

    run = session(context)
    if check is not None:
        require_night(run.workspace(), mailing, check)
        return
    manner = ["--now", f"{run.now:%Y-%m-%d}"] if run.now else []
    night = run_night(run.workspace(), mailing, manner)
    # Cron mails whatever is said: a night that went well says nothing.
    if night.exit_code or tell:
        _account(run.view, night)
    raise typer.Exit(night.exit_code)


nightly_command.__doc__ = _(
    """Run the steps of [nightly] in yibao.toml, for cron: quiet when all is well, one summary when not.

    Example: yibao nightly 2026Q3"""
)


def _account(view: View, night: Night) -> None:
    heading = _("the night of {mailing} ended with {code}").format(
        mailing=night.mailing, code=night.exit_code
    )
    (view.warn if night.exit_code else view.say)(heading)
    for step in night.steps:
        _step(view, step)
    if night.out_of_time:
        view.warn(_("the time of the nightly run is over; the next one goes on from here"))
    for folder in night.untold:
        view.warn(_("{folder}: the account of the night could not be written there").format(folder=folder))
    if night.posted:
        view.say(_("the mailing is posted; nothing was to be done"))
    if night.report is not None:
        view.say(_("report: {file}").format(file=night.report))


def _step(view: View, step: Ended) -> None:
    line = _("{seconds:8.1f} s  exit {code:3}  {command}")
    # An import's files are in the report; here its table is enough.
    command = step.command.partition(" -- ")[0]
    view.say(line.format(seconds=step.seconds, code=step.code, command=command))
    if not step.code:
        return
    told = [m for m in step.messages if m["type"] != "info"]
    for message in told[:_SHOWN]:
        view.warn(_line(message))
    if len(told) > _SHOWN:
        view.say(_("{count} more messages are in the report").format(count=len(told) - _SHOWN))


def _line(message: dict[str, object]) -> str:
    place = message.get("place") or message.get("where") or ""
    rule = message.get("rule") or ""
    words = [f"{place}:" if place else "", str(rule), str(message.get("message", message["type"]))]
    return " ".join(filter(None, words)) + (_("; ") + str(message["remedy"]) if message.get("remedy") else "")
