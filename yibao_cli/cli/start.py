"""Commands to begin with: demo, sample, status."""

from __future__ import annotations

import sys

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.cli.view import write_rows
from yibao_cli.i18n import _


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
    lines_per_member: opt.LinesPerMember = None,
) -> None:
    from yibao_cli.jobs.setup.sampling import make_sample

    run = session(context)
    with run.view.busy(_("inventing")):
        summary = make_sample(folder, kind, members, seed, lines_per_member)
    for name, rows in summary.files.items():
        run.view.say(_("{file}: {rows} rows").format(file=folder / "inbox" / name, rows=rows))


sample_command.__doc__ = _(
    """Write a client's files of any size, invented, beside a ready yibao.toml.

    Example: yibao sample city --members 400 --seed 7"""
)


def status_command(
    context: typer.Context,
    mailing: opt.Mailing = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.cli.status_view import status_charts
    from yibao_cli.cli.terminal import show_table
    from yibao_cli.jobs.reports.status import mailing_status

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
    if people and output == "-" and sys.stdout.isatty():
        show_table([_(name) for name in rows[0]], [list(r.values()) for r in rows], sys.stdout, numbers=[1])
    else:
        write_rows(rows, output, form)
    if people:
        for line in status_charts(status):
            run.view.say(line)
    run.view.say(_("next: {step}").format(step=status.next_step))


status_command.__doc__ = _(
    """Show what is done for a mailing, and what is next.

    Example: yibao status 2026Q3"""
)
