"""Commands that look into the address book and write into it: show, history, suppress, enquiry, walks."""

from __future__ import annotations

from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import exit_code, session
from yibao_cli.cli.view import write_list, write_rows
from yibao_cli.errors import UsageError
from yibao_cli.i18n import _

commands = Program()

_What = Annotated[
    str, typer.Argument(help=_("number of an entry, or words of an address"), show_default=False)
]
_WhatOrAll = Annotated[
    str, typer.Argument(help=_("number of an entry, or words of an address; default: all"))
]
_By = Annotated[str, typer.Option("--by", help=_("who decided; default: you"))]
_Why = Annotated[
    str,
    typer.Option("--why", help=_("demolished, vacant, no-delivery, refused or other"), show_default=False),
]
_Asker = Annotated[
    str, typer.Option("--asker", help=_("who asked: member, family, employer, community, post or other"))
]
_Question = Annotated[str, typer.Option("--question", help=_("what was asked, without names"))]
_Answer = Annotated[str, typer.Option("--answer", help=_("what was answered, without names"))]


@commands.command(
    "show",
    help=_(
        """Show a delivery point with all its writings, by number or by words of the address.

    Example: yibao address show 长安区 丰禾家园"""
    ),
)
def address_show(
    context: typer.Context,
    entry: Annotated[
        list[str], typer.Argument(help=_("number of an entry, or words of an address"), show_default=False)
    ],
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.address.book import show
    from yibao_cli.jobs.address.bookwords import ENTRY_COLUMNS

    write_rows(show(session(context).workspace(), " ".join(entry)), output, form, ENTRY_COLUMNS)


@commands.command(
    "history",
    help=_(
        """Show every change of an address: who, when, why, and from which file or return.

    Example: yibao address history 17"""
    ),
)
def address_history(
    context: typer.Context,
    entry: _WhatOrAll = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.address.book import history
    from yibao_cli.jobs.address.bookwords import HISTORY_COLUMNS

    run = session(context)
    rows = history(run.workspace(), entry)
    write_list(rows, (output, form), HISTORY_COLUMNS, run.view, _("nothing was changed"))


@commands.command(
    "suppress",
    help=_(
        """Send nothing to a delivery point from now on.

    Example: yibao address suppress 17 --why demolished"""
    ),
)
def address_suppress(context: typer.Context, entry: _What, why: _Why, by: _By = "") -> None:
    from yibao_cli.jobs.address.book import suppress_point

    run = session(context)
    done = suppress_point(run.workspace(), entry, why, by)
    run.view.say(_("nothing is sent there from now on") if done else _("nothing to do: so it is already"))


@commands.command(
    "release",
    help=_(
        """Send mail to a delivery point again.

    Example: yibao address release 17"""
    ),
)
def address_release(context: typer.Context, entry: _What, by: _By = "") -> None:
    from yibao_cli.jobs.address.book import release_point

    run = session(context)
    done = release_point(run.workspace(), entry, by)
    run.view.say(_("mail is sent there again") if done else _("nothing to do: so it is already"))


@commands.command(
    "enquiry",
    help=_(
        """Log who asked about an address and what was answered; without a question, show the log.

    Example: yibao address enquiry 17 --asker family --question 没收到账单 --answer 已更正门牌"""
    ),
)
def address_enquiry(
    context: typer.Context,
    entry: _WhatOrAll = "",
    asker: _Asker = "member",
    question: _Question = "",
    answer: _Answer = "",
    by: _By = "",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.address.book import enquiry_log, log_enquiry
    from yibao_cli.jobs.address.bookwords import ENQUIRY_COLUMNS

    run = session(context)
    if not question:
        rows = enquiry_log(run.workspace(), entry)
        write_list(rows, ("-", form), ENQUIRY_COLUMNS, run.view, _("nobody has asked"))
        return
    if not entry:
        raise UsageError(_("which address was asked about?"), remedy=_("name the entry by its number"))
    log_enquiry(run.workspace(), entry, asker, (question, answer), by)
    run.view.say(_("enquiry logged"))


@commands.command(
    "walks",
    help=_(
        """Find the walk and office of every address in the post's tables; list what they do not cover.

    Example: yibao address walks --findings unmapped.xlsx"""
    ),
)
def address_walks(
    context: typer.Context,
    mailing: opt.MailingOption = "",
    output: Annotated[
        str, typer.Option("-o", "--output", help=_("file for the walk of every address, or -"))
    ] = "",
    form: opt.FormatOption = opt.Format.CSV,
    findings: opt.FindingsFile = None,
) -> None:
    from yibao_cli.jobs.address.walks import COLUMNS, map_walks
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file

    run = session(context)
    check_findings_file(findings)
    with run.view.progress() as progress:
        outcome = map_walks(run.workspace(), mailing, progress)
    if output:
        write_rows(outcome.rows, output, form, COLUMNS)
    run.view.report(outcome.findings)
    run.view.say(
        _("{addresses} addresses = {mapped} on a walk + {several} on several + {unmapped} on none").format(
            addresses=outcome.addresses,
            mapped=outcome.mapped,
            several=outcome.several,
            unmapped=outcome.unmapped,
        )
    )
    if findings is not None:
        write_findings_file(outcome.findings, findings)
    raise typer.Exit(exit_code(outcome.findings))
