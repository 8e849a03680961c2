"""Commands of the log of complaints."""

from __future__ import annotations

from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import session
from yibao_cli.i18n import _

complaints_app = Program(help=_("Enquiries and complaints 投诉, and what is paid for them."))

ComplaintKind = Annotated[
    str,
    typer.Option("--kind", help=_("misdelivered, late, missing, content, leak, way or enquiry")),
]
Channel = Annotated[str, typer.Option("--channel", help=_("11185, web, sms, counter, letter or other"))]
Class = Annotated[
    str, typer.Option("--class", help=_("class, by which it is to be answered; default: by kind"))
]
Stage = Annotated[
    str, typer.Option("--stage", help=_("where the fault lay: data, print, sorting, delivery or other"))
]
Piece = Annotated[str, typer.Option("--piece", help=_("number or code of the piece"))]
Number = Annotated[int, typer.Argument(help=_("number of the complaint"), show_default=False)]
AnswerText = Annotated[str, typer.Option("--answer", help=_("what was answered, without names"))]
Base = Annotated[
    str, typer.Option("--base", help=_("yuan, the base of the compensation; default: the setting"))
]
By = Annotated[str, typer.Option("--by", help=_("who decided; default: you"))]


@complaints_app.command(
    "add",
    help=_(
        """Log a complaint, and say by when it is to be answered.

    Example: yibao complaints add 2026Q3 --kind missing --channel 11185 --piece 00000161"""
    ),
)
def complaints_add(
    context: typer.Context,
    mailing: opt.Mailing = "",
    kind: ComplaintKind = "enquiry",
    channel: Channel = "other",
    class_: Class = "",
    stage: Stage = "other",
    piece: Piece = "",
    by: By = "",
) -> None:
    from yibao_cli.jobs.reports.complaining import NewComplaint, open_complaint

    run = session(context)
    new = NewComplaint(kind, channel, class_, stage, piece)
    number, due = open_complaint(run.workspace(), mailing, new, by)
    run.view.say(_("complaint {number}, to be answered by {day}").format(number=number, day=due))


@complaints_app.command(
    "list",
    help=_(
        """List the complaints, their state and what is paid for them.

    Example: yibao complaints list 2026Q3"""
    ),
)
def complaints_list(
    context: typer.Context,
    mailing: opt.Mailing = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.cli.view import write_list
    from yibao_cli.jobs.reports.complaining import COLUMNS, complaint_rows

    run = session(context)
    rows = complaint_rows(run.workspace(), mailing)
    write_list(rows, (output, form), COLUMNS, run.view, _("there are no complaints"))


@complaints_app.command(
    "close",
    help=_(
        """Say what was answered.

    Example: yibao complaints close 1 --answer 已补寄"""
    ),
)
def complaints_close(context: typer.Context, number: Number, answer: AnswerText = "", by: By = "") -> None:
    from yibao_cli.jobs.reports.complaining import close_complaint

    run = session(context)
    in_time = close_complaint(run.workspace(), number, answer, by)
    run.view.say(_("answered in time") if in_time else _("answered late"))


@complaints_app.command(
    "compensate",
    help=_(
        """Ask for a compensation: a base, ten times; a second person approves it.

    Example: yibao complaints compensate 1"""
    ),
)
def complaints_compensate(context: typer.Context, number: Number, base: Base = "", by: By = "") -> None:
    from yibao_cli.jobs.reports.complaining import ask_compensation
    from yibao_cli.money import yuan

    run = session(context)
    amount = ask_compensation(run.workspace(), number, base, by)
    run.view.say(
        _("{amount} yuan, when a second person approves: `yibao complaints approve {number}`").format(
            amount=yuan(amount), number=number
        )
    )


@complaints_app.command(
    "approve",
    help=_(
        """Approve a compensation as the second person.

    Example: yibao complaints approve 1 --by 王主任"""
    ),
)
def complaints_approve(context: typer.Context, number: Number, by: By = "") -> None:
    from yibao_cli.jobs.reports.complaining import approve_compensation
    from yibao_cli.money import yuan

    run = session(context)
    amount = approve_compensation(run.workspace(), number, by)
    run.view.say(_("{amount} yuan approved").format(amount=yuan(amount)))
