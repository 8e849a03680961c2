"""Commands of addresses: parse, clean; with them those that settle and those that look."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yibao_cli.cli import address_book, address_review
from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import session
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _

address_app = Program(help=_("Addresses: parse, clean into the address book, settle with people."))

_Again = Annotated[
    bool, typer.Option("--again", help=_("read known addresses again too, except what a person settled"))
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
    from yibao_cli.jobs.address.filtering import parse_lines

    parse_lines(file, workers, stream=stream, postcodes=postcodes)


@address_app.command(
    "clean",
    help=_(
        """Clean the addresses of the roster into the address book, with a verdict for each.

    Example: yibao address clean"""
    ),
)
def address_clean(
    context: typer.Context,
    mailing: opt.MailingOption = "",
    again: _Again = False,
    cluster: opt.Cluster = "",
) -> None:
    from yibao_cli.jobs.address.addresses import clean_addresses

    run = session(context)
    with run.view.progress() as progress:
        outcome = clean_addresses(run.workspace(), mailing, progress, again=again, cluster=cluster)
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


for _part in (address_review.commands, address_book.commands):
    address_app.registered_commands.extend(_part.registered_commands)
