"""Commands between the print room and the post."""

from __future__ import annotations

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import exit_code, session
from yibao_cli.i18n import _


def manifest_command(context: typer.Context, mailing: opt.Mailing = "", posted: opt.PostedOn = "") -> None:
    from yibao_cli.jobs.mailing.listing import list_mailing
    from yibao_cli.money import yuan

    run = session(context)
    with run.view.progress() as progress:
        outcome = list_mailing(run.workspace(), mailing, posted, progress)
    run.view.say(
        _("{pieces} pieces posted on {day}, postage {postage} yuan").format(
            pieces=outcome.pieces, day=outcome.posted_on, postage=yuan(outcome.postage)
        )
    )
    run.view.say(_("{bundles} bundles in {bags} bags").format(bundles=outcome.bundles, bags=outcome.bags))
    run.view.report(outcome.findings)
    for file in (outcome.xlsx, outcome.csv):
        run.view.say(_("manifest: {file}").format(file=file))
    run.view.say(_("statement, reports and job file: {folder}").format(folder=outcome.folder))
    raise typer.Exit(exit_code(outcome.findings))


manifest_command.__doc__ = _(
    """Write the papers for the post and record the day of posting: list, postage, qualification, exceptions.

    Each comes as PDF to print and as xlsx or json; a job file of csv tables lies beside them.

    Example: yibao manifest 2026Q3 --posted 2026-10-08"""
)


def labels_command(context: typer.Context, mailing: opt.Mailing = "", sheet: opt.LabelSheet = "") -> None:
    from yibao_cli.jobs.mailing.labelling import label_mailing

    run = session(context)
    with run.view.progress() as progress:
        outcome = label_mailing(run.workspace(), mailing, sheet, progress)
    run.view.report(outcome.findings)
    run.view.say(
        _("{bundles} bundle labels and {bags} bag tags on {pages} sheets").format(
            bundles=outcome.bundles, bags=outcome.bags, pages=outcome.pages
        )
    )
    for file in (outcome.bundles_pdf, outcome.bags_pdf):
        run.view.say(_("labels: {file}").format(file=file))
    raise typer.Exit(exit_code(outcome.findings))


labels_command.__doc__ = _(
    """Write the labels of bundles and the tags of bags as PDF, each with a code of its own.

    Example: yibao labels 2026Q3 --sheet single-100x150"""
)
