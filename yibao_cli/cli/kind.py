"""Commands about statement kinds: new, check, preview."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import session
from yibao_cli.cli.view import write_rows
from yibao_cli.errors import ExitCode, InputNotFound
from yibao_cli.i18n import N_, _

if TYPE_CHECKING:
    from yibao_cli.cli.session import Session
    from yibao_cli.jobs.workspace import Workspace

# Columns, which keep their English in csv and jsonl.
_WORDS = (N_("kind"), N_("place"), N_("words"))

kind_app = Program(help=_("Statement kinds: make one of your own, check its texts, look at its pages."))


@kind_app.command(
    "new",
    help=_(
        """Copy a statement kind into the workspace under a new name, ready to be changed.

    Example: yibao kind new water-bill --from electricity"""
    ),
)
def kind_new(
    context: typer.Context,
    kind: opt.KindName,
    source: opt.FromKind = "medical",
    override: opt.Override = False,
) -> None:
    from yibao_cli.jobs.setup.kinds import new_kind

    run = session(context)
    made = new_kind(run.workspace(), kind, source, override=override)
    for path in made.files:
        run.view.say(str(path))
    if made.in_place:
        run.view.warn(_("in this workspace it takes the place of the shipped kind {name}").format(name=kind))
    run.view.say(_("next: {step}").format(step=f"yibao kind check {kind}"))


@kind_app.command(
    "check",
    help=_(
        """Check a statement kind: every key, law, text and place, and what its texts must not say.

    Example: yibao kind check water-bill"""
    ),
)
def kind_check(
    context: typer.Context,
    kind: opt.AnyKind = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.setup.kinds import check_kinds

    run = session(context)
    names, faults = check_kinds(_workspace(run), kind)
    rows = [{"kind": f.kind, "place": f.place, "what": f.what, "words": f.words} for f in faults]
    write_rows(rows, output, form, ("kind", "place", "what", "words"))
    run.view.say(_("{kinds} kinds: {faults} faults").format(kinds=len(names), faults=len(faults)))
    broken = any(f.broken for f in faults)
    raise typer.Exit(ExitCode.SETTINGS if broken else ExitCode.CHECK_FAILED if faults else ExitCode.OK)


@kind_app.command(
    "preview",
    help=_(
        """Draw a page of a statement kind with invented figures, each variant of it, as PNG.

    Example: yibao kind preview medical"""
    ),
)
def kind_preview(context: typer.Context, kind: opt.KindName, picture: opt.PictureFile = None) -> None:
    from yibao_cli.jobs.setup.kinds import preview_kind

    run = session(context)
    for path in preview_kind(_workspace(run), kind, picture or Path(f"{kind}.png")):
        run.view.say(str(path))


def _workspace(run: Session) -> Workspace | None:
    """The workspace that is meant; None where none is named and none is near: shipped kinds need none."""
    try:
        return run.workspace()
    except InputNotFound:
        if run.folder is not None:
            raise
        return None
