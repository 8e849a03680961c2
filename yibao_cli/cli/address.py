"""Commands of the address book: parse, clean, review, apply, show, history, suppress, enquiry, walks."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import exit_code, session
from yibao_cli.cli.view import write_rows
from yibao_cli.errors import DependencyError, ExitCode, UsageError
from yibao_cli.i18n import _

address_app = Program(help=_("Addresses: parse, clean into the address book, settle with people."))

_What = Annotated[
    str, typer.Argument(help=_("number of an entry, or words of an address"), show_default=False)
]
_WhatOrAll = Annotated[
    str, typer.Argument(help=_("number of an entry, or words of an address; default: all"))
]
_By = Annotated[str, typer.Option("--by", help=_("who decided; default: you"))]
_Workbook = Annotated[
    Path | None, typer.Option("-o", "--output", help=_("write a workbook to be filled in, .xlsx"))
]
_Held = Annotated[bool, typer.Option("--held", help=_("also what a person holds already"))]
_Again = Annotated[
    bool, typer.Option("--again", help=_("read known addresses again too, except what a person settled"))
]
_Why = Annotated[
    str,
    typer.Option("--why", help=_("demolished, vacant, no-delivery, refused or other"), show_default=False),
]
_Asker = Annotated[
    str, typer.Option("--asker", help=_("who asked: member, family, employer, community, post or other"))
]
_Stream = Annotated[
    bool, typer.Option("--stream", help=_("write each answer as soon as its line has come, for pipelines"))
]
_Postcodes = Annotated[
    Path | None,
    typer.Option(
        "--postcodes", help=_("csv with postcode, province, city, county, to check postcodes against")
    ),
]
_Question = Annotated[str, typer.Option("--question", help=_("what was asked, without names"))]
_Answer = Annotated[str, typer.Option("--answer", help=_("what was answered, without names"))]


@address_app.command(
    "parse",
    help=_(
        """Parse addresses, one a line, into JSON lines; needs no workspace.

    Example: echo 石家庄市长安区中山东路1号 | yibao address parse"""
    ),
)
def address_parse(
    file: opt.InputFile = "-",
    workers: opt.Workers = 1,
    stream: _Stream = False,
    postcodes: _Postcodes = None,
) -> None:
    from yibao_cli.jobs.filtering import parse_lines

    parse_lines(file, workers, stream=stream, postcodes=postcodes)


@address_app.command(
    "clean",
    help=_(
        """Clean the addresses of the roster into the address book, with a verdict for each.

    Example: yibao address clean"""
    ),
)
def address_clean(context: typer.Context, mailing: opt.MailingOption = "", again: _Again = False) -> None:
    from yibao_cli.jobs.addresses import clean_addresses

    run = session(context)
    with run.view.progress() as progress:
        outcome = clean_addresses(run.workspace(), mailing, progress, again=again)
    run.view.say(
        _("{rows} rows, {writings} different addresses, {added} new in the address book").format(
            rows=outcome.rows, writings=outcome.writings, added=outcome.added
        )
    )
    run.view.say(
        _("{points} delivery points; {carried} entries take over what a person settled").format(
            points=outcome.points, carried=outcome.carried
        )
    )
    if outcome.changed:
        run.view.say(_("{count} entries are read otherwise than before").format(count=outcome.changed))
    run.view.say(
        _("good {good}, doubtful {doubtful}, bad {bad}").format(
            **{v: outcome.verdicts.get(v, 0) for v in ("good", "doubtful", "bad")}
        )
    )
    needs_person = outcome.verdicts.get("doubtful", 0) + outcome.verdicts.get("bad", 0)
    raise typer.Exit(ExitCode.FINDINGS if needs_person else ExitCode.OK)


@address_app.command(
    "review",
    help=_(
        """Settle doubtful addresses: in a workbook with drop-downs, or on the terminal without -o.

    Example: yibao address review -o review.xlsx"""
    ),
)
def address_review(
    context: typer.Context,
    mailing: opt.MailingOption = "",
    output: _Workbook = None,
    held: _Held = False,
    by: _By = "",
) -> None:
    from yibao_cli.jobs.review import write_review

    run = session(context)
    if output is None:
        _review_on_terminal(context, mailing, by, held=held)
        return
    outcome = write_review(run.workspace(), mailing, output, held=held)
    run.view.say(
        _(
            "{file}: {addresses} addresses to settle; {members} members of addresses that several wrote"
        ).format(file=outcome.path, addresses=outcome.addresses, members=outcome.members)
    )
    run.view.say(_("next: {step}").format(step=f"yibao address apply {outcome.path}"))


def _review_on_terminal(context: typer.Context, mailing: str, by: str, *, held: bool) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            _("there is no terminal to review on"),
            remedy=_("write a workbook: `yibao address review -o review.xlsx`"),
        )
    from yibao_cli.jobs.session import open_review

    run = session(context)
    review = open_review(run.workspace(), mailing, by, held=held)
    if not review.items:
        run.view.say(_("no address waits for a person"))
        return
    _app().ReviewApp(review).run()
    run.view.say(_("{count} addresses settled").format(count=review.count))


def _app() -> ModuleType:
    try:
        from yibao_cli.cli import review_app
    except ImportError as error:
        raise DependencyError(
            _("the review on the terminal needs Textual"),
            remedy=_("`pip install yibao-cli[review]`, or write a workbook with -o"),
        ) from error
    return review_app


@address_app.command(
    "apply",
    help=_(
        """Take a review workbook back: decisions are applied once, conflicts are told.

    Example: yibao address apply review.xlsx --by 王审核"""
    ),
)
def address_apply(
    context: typer.Context,
    file: opt.File,
    mailing: opt.MailingOption = "",
    by: _By = "",
    findings: opt.FindingsFile = None,
) -> None:
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file
    from yibao_cli.jobs.reviewing import apply_review

    run = session(context)
    check_findings_file(findings)
    with run.view.progress() as progress:
        outcome = apply_review(run.workspace(), mailing, file, by, progress)
    run.view.report(outcome.findings)
    run.view.say(
        _(
            "{rows} rows = {applied} applied + {known} known already "
            "+ {undecided} undecided + {refused} refused"
        ).format(
            rows=outcome.rows,
            applied=outcome.applied,
            known=outcome.known,
            undecided=outcome.undecided,
            refused=outcome.refused,
        )
    )
    if outcome.also:
        run.view.say(_("{count} other writings of the same points follow").format(count=outcome.also))
    if findings is not None:
        write_findings_file(outcome.findings, findings)
    raise typer.Exit(exit_code(outcome.findings))


@address_app.command(
    "show",
    help=_(
        """Show a delivery point with all its writings, by number or by words of the address.

    Example: yibao address show 中山东路12号 3-2-501"""
    ),
)
def address_show(
    context: typer.Context,
    what: Annotated[
        list[str], typer.Argument(help=_("number of an entry, or words of an address"), show_default=False)
    ],
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.book import ENTRY_COLUMNS, show

    write_rows(show(session(context).workspace(), " ".join(what)), output, form, ENTRY_COLUMNS)


@address_app.command(
    "history",
    help=_(
        """Show every change of an address: who, when, why, and from which file or return.

    Example: yibao address history 17"""
    ),
)
def address_history(
    context: typer.Context,
    what: _WhatOrAll = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.book import HISTORY_COLUMNS, history

    write_rows(history(session(context).workspace(), what), output, form, HISTORY_COLUMNS)


@address_app.command(
    "suppress",
    help=_(
        """Send nothing to a delivery point from now on.

    Example: yibao address suppress 17 --why demolished"""
    ),
)
def address_suppress(context: typer.Context, what: _What, why: _Why, by: _By = "") -> None:
    from yibao_cli.jobs.book import suppress_point

    run = session(context)
    done = suppress_point(run.workspace(), what, why, by)
    run.view.say(_("nothing is sent there from now on") if done else _("nothing to do: so it is already"))


@address_app.command(
    "release",
    help=_(
        """Send mail to a delivery point again.

    Example: yibao address release 17"""
    ),
)
def address_release(context: typer.Context, what: _What, by: _By = "") -> None:
    from yibao_cli.jobs.book import release_point

    run = session(context)
    done = release_point(run.workspace(), what, by)
    run.view.say(_("mail is sent there again") if done else _("nothing to do: so it is already"))


@address_app.command(
    "enquiry",
    help=_(
        """Log who asked about an address and what was answered; without a question, show the log.

    Example: yibao address enquiry 17 --asker family --question 没收到账单 --answer 已更正门牌"""
    ),
)
def address_enquiry(
    context: typer.Context,
    what: _WhatOrAll = "",
    asker: _Asker = "member",
    question: _Question = "",
    answer: _Answer = "",
    by: _By = "",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.book import ENQUIRY_COLUMNS, enquiry_log, log_enquiry

    run = session(context)
    if not question:
        write_rows(enquiry_log(run.workspace(), what), "-", form, ENQUIRY_COLUMNS)
        return
    if not what:
        raise UsageError(_("which address was asked about?"), remedy=_("name the entry by its number"))
    log_enquiry(run.workspace(), what, asker, (question, answer), by)
    run.view.say(_("enquiry logged"))


@address_app.command(
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
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file
    from yibao_cli.jobs.walks import COLUMNS, map_walks

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
