"""Commands to begin with: init, demo, status."""

from __future__ import annotations

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.cli.view import write_rows
from yibao_cli.i18n import _


def init_command(
    context: typer.Context, folder: opt.Folder, kind: opt.Kind = "medical", sample: opt.Sample = False
) -> None:
    from yibao_cli.jobs.starting import init_workspace

    run = session(context)
    written = init_workspace(folder, kind, sample=sample)
    run.view.say(_("workspace {folder}: {count} files").format(folder=folder, count=len(written)))
    if sample:
        table = "roster"
        run.view.say(
            _("next: {step}").format(step=f"yibao -w {folder} import {table} {folder}/inbox/{table}.xlsx")
        )
    else:
        run.view.say(_("next: name the client and the mailing in {file}").format(file=folder / "yibao.toml"))


init_command.__doc__ = _(
    """Make a workspace: a folder with yibao.toml, the database, imports and mailings of one client.

    Example: yibao init demo --sample"""
)


def demo_command(context: typer.Context, folder: opt.Folder) -> None:
    from yibao_cli.cli.demo import walk_through

    walk_through(session(context), folder)


demo_command.__doc__ = _(
    """Make a city of 3,000 members and walk one mailing from Excel to reconciliation.

    Example: yibao demo demo"""
)


def sample_command(
    context: typer.Context,
    folder: opt.Folder,
    kind: opt.Kind = "medical",
    members: opt.Members = 3000,
    seed: opt.Seed = 1,
) -> None:
    from yibao_cli.jobs.sampling import make_sample

    run = session(context)
    summary = make_sample(folder, kind, members, seed)
    for name, rows in summary.files.items():
        run.view.say(_("{file}: {rows} rows").format(file=folder / "inbox" / name, rows=rows))


sample_command.__doc__ = _(
    """Write a client's files of any size, invented, beside a ready yibao.toml.

    Example: yibao sample big --members 20000 --seed 7"""
)


def status_command(
    context: typer.Context,
    mailing: opt.Mailing = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.status import mailing_status

    run = session(context)
    status = mailing_status(run.workspace(), mailing)
    people = form is opt.Format.TABLE
    rows = [
        {
            "step": r.label if people else r.step,
            "count": "" if r.count is None else r.count,
            "remark": r.remark,
        }
        for r in status.rows
    ]
    write_rows(rows, output, form)
    run.view.say(_("next: {step}").format(step=status.next_step))


status_command.__doc__ = _(
    """Show what is done for a mailing, and what is next.

    Example: yibao status 2026Q3"""
)
