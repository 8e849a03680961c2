"""Commands that settle addresses with people: review, apply."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import exit_code, session
from yibao_cli.errors import DependencyError, UsageError
from yibao_cli.i18n import _

commands = Program()

_By = Annotated[str, typer.Option("--by", help=_("who decided; default: you"))]
_Workbook = Annotated[
    Path | None, typer.Option("-o", "--output", help=_("write a workbook to be filled in, .xlsx"))
]
_Held = Annotated[bool, typer.Option("--held", help=_("also what a person holds already"))]


@commands.command(
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
    from yibao_cli.jobs.address.review import write_review

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
    from yibao_cli.jobs.address.session import open_review

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
            remedy=_("`pip install 'yibao-cli[review]'`, or write a workbook with -o"),
        ) from error
    return review_app


@commands.command(
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
    from yibao_cli.jobs.address.reviewing import apply_review
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file

    run = session(context)
    check_findings_file(findings, [file])
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
