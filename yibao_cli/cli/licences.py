"""What the program stands on, and under which licences."""

from __future__ import annotations

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.cli.view import write_rows
from yibao_cli.i18n import N_, _

_WORDS = (N_("name"), N_("version"), N_("licence"), N_("home"))  # columns; csv and jsonl keep their English


def licences_command(
    context: typer.Context, output: opt.Output = "-", form: opt.FormatOption = opt.Format.TABLE
) -> None:
    from yibao_cli.jobs.program.licensing import COLUMNS, installed_licences

    run = session(context)
    rows = installed_licences()
    unknown = [str(row["name"]) for row in rows if not row["licence"]]
    shown = rows
    if form is opt.Format.TABLE:  # four columns would not fit a terminal
        names = {"packages": "name", "version": "version", "licence": "licence"}
        shown = [{k: row[name] or _("unknown") for k, name in names.items()} for row in rows]
    write_rows(shown, output, form, COLUMNS)
    run.view.say(_("{count} packages").format(count=len(rows)))
    if unknown:
        run.view.warn(_("without a licence in their description: {names}").format(names=", ".join(unknown)))


licences_command.__doc__ = _(
    """List every installed package that yibao stands on, with its version and licence.

    Example: yibao licences"""
)
