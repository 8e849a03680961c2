"""The command by which a second person signs: approve."""

from __future__ import annotations

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.i18n import _


def approve_command(context: typer.Context, mailing: opt.Mailing = "", by: opt.By = "") -> None:
    from yibao_cli.jobs.render.approving import approve_mailing

    run = session(context)
    made = approve_mailing(run.workspace(), mailing, by)
    run.view.say(
        _("{mailing}: the proofs of package {package} are signed by {checker}").format(
            mailing=made.mailing, package=made.package_sha256[:12], checker=made.checker
        )
    )
    run.view.say(_("next: {step}").format(step=f"yibao render {made.mailing}"))


approve_command.__doc__ = _(
    """Sign the proofs of a mailing as a second person; after another merge the signature counts no more.

    Example: yibao approve 2026Q3"""
)
