"""The commands of the audit trail: audit verify, list, head."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import session
from yibao_cli.cli.view import write_rows
from yibao_cli.i18n import N_, _

_WORDS = (N_("seq"), N_("at"), N_("operator"), N_("command"), N_("facts"))
_COLUMNS = ("seq", "at", "operator", "command", "mailing", "facts")

audit_app = Program(help=_("The audit trail 审计日志: who did what and when, provably whole."))

GivenHead = Annotated[
    str,
    typer.Option("--head", help=_("a head you kept, as `audit head` printed it; the trail must have it")),
]
OnlyMailing = Annotated[str, typer.Option("--mailing", "-m", help=_("only this mailing"))]


def verify_command(context: typer.Context, head: GivenHead = "") -> None:
    from yibao_cli.jobs.custody.auditing import verify_trail

    run = session(context)
    trail = verify_trail(run.workspace(), head)
    run.view.say(_("the trail is whole: {events} events").format(events=trail.events))


verify_command.__doc__ = _(
    """Read every event and its hash; ends with 4 at the first that was changed, removed or cut off.

    Example: yibao audit verify"""
)


def list_command(
    context: typer.Context,
    mailing: OnlyMailing = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.custody.auditing import trail_rows

    write_rows(list(trail_rows(session(context).workspace(), mailing)), output, form, _COLUMNS)


list_command.__doc__ = _(
    """List the events: when, who, which command, which mailing, counts and hashes.

    Example: yibao audit list -m 2026Q3"""
)


def head_command(context: typer.Context) -> None:
    from yibao_cli.jobs.custody.auditing import verify_trail

    trail = verify_trail(session(context).workspace())
    sys.stdout.write(f"{trail.head or ''}\n")


head_command.__doc__ = _(
    """Print number and hash of the last event, to be kept outside: on paper, or by the other side.

    Example: yibao audit head"""
)

audit_app.command("verify")(verify_command)
audit_app.command("list")(list_command)
audit_app.command("head")(head_command)
