"""Commands that make the print files: merge, proof, render, verify."""

from __future__ import annotations

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import exit_code, session
from yibao_cli.cli.view import write_rows
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _


def merge_command(
    context: typer.Context,
    mailing: opt.Mailing = "",
    where: opt.Where = "",
    first: opt.First = "",
    against: opt.Against = None,
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.cli.merged import tell_changes, tell_selection, tell_tie
    from yibao_cli.jobs.merge.merging import MergeOrder, merge_mailing
    from yibao_cli.money import yuan

    run = session(context)
    workspace = run.workspace()
    with run.view.progress() as progress:
        outcome = merge_mailing(workspace, mailing, progress, MergeOrder(against, where, first))
    frozen, kind = outcome.frozen, workspace.kind(outcome.mailing)
    if outcome.tie is not None:
        tell_tie(run.view, outcome.tie)
    if frozen is None:
        rows = outcome.tie.rows(kind, for_people=form is opt.Format.TABLE) if outcome.tie else []
        write_rows(rows, output, form)
        raise typer.Exit(ExitCode.CHECK_FAILED)
    run.view.report(frozen.findings)
    run.view.say(
        _(
            "{mailing}: {roster_rows} roster rows = {pieces} pieces + {held} held + {rejected} rejected; "
            "{parts} parts"
        ).format(mailing=outcome.mailing, parts=frozen.parts, **frozen.counts)
        if not outcome.where
        else tell_selection(outcome.mailing, outcome.where, frozen)
    )
    totals = _(", ").join(f"{kind.label(name)} {yuan(amount)}" for name, amount in frozen.totals.items())
    run.view.say(_("control totals: {totals}").format(totals=totals))
    if outcome.unchanged:
        run.view.say(_("the package is the same as before"))
    if outcome.changes is not None:
        tell_changes(run.view, outcome.changes, kind)
    run.view.say(_("findings: {file}").format(file=outcome.findings_file))
    run.view.say(_("next: {step}").format(step=f"yibao proof {outcome.mailing}"))
    raise typer.Exit(exit_code(frozen.findings))


merge_command.__doc__ = _(
    """Freeze the package of a mailing: join, check every law, hold what may not be mailed, put in order.

    --where takes some of the members alone, --first puts some before the others, --against ties all sums to
    the client's own totals first: what does not tie is not frozen, and the differences go to stdout.

    Example: yibao merge 2026Q3 --against totals.xlsx"""
)


def proof_command(
    context: typer.Context, mailing: opt.Mailing = "", count: opt.Count = 20, seed: opt.Seed = 1
) -> None:
    from yibao_cli.jobs.render.proofing import proof_mailing

    run = session(context)
    with run.view.progress() as progress:
        outcome = proof_mailing(run.workspace(), mailing, count, seed, progress)
    run.view.say(_("{count} pieces: {file}").format(count=len(outcome.picked), file=outcome.pdf))
    for sheet in outcome.sheets:
        run.view.say(_("contact sheet: {file}").format(file=sheet))


proof_command.__doc__ = _(
    """Make proofs of the extremes of a mailing and of a random sample, marked 样张, as PDF and PNG.

    Example: yibao proof 2026Q3 -n 20"""
)


def render_command(
    context: typer.Context,
    mailing: opt.Mailing = "",
    part: opt.Part = 0,
    workers: opt.Workers = 0,
    cluster: opt.Cluster = "",
) -> None:
    from yibao_cli.jobs.render.rendering import render_mailing

    run = session(context)
    with run.view.progress() as progress:
        outcome = render_mailing(run.workspace(), mailing, part, workers, progress, cluster)
    made, kept = outcome.rendered, outcome.kept
    run.view.say(
        _("{parts} parts, {pieces} pieces, {pages} pages; {kept} parts were there already").format(
            parts=len(outcome.parts),
            pieces=sum(c.pieces for c in [*made, *kept]),
            pages=sum(c.pages for c in [*made, *kept]),
            kept=len(kept),
        )
    )


render_command.__doc__ = _(
    """Write the print files of a mailing, part by part; parts that are done are not done again.

    Example: yibao render 2026Q3"""
)


def verify_command(
    context: typer.Context,
    mailing: opt.Mailing = "",
    workers: opt.Workers = 0,
    cluster: opt.Cluster = "",
    full: opt.Full = False,
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.render.verifying import verify_mailing

    run = session(context)
    with run.view.progress() as progress:
        outcome = verify_mailing(run.workspace(), mailing, workers, progress, full=full, cluster=cluster)
    for name in outcome.altered:
        run.view.warn(
            _("{file}: altered since the package was frozen; print nothing, run `yibao merge` again").format(
                file=name
            )
        )
    write_rows(
        [
            {"part": d.part, "page": d.page, "piece": d.piece, "what": d.what, "detail": d.detail}
            for d in outcome.differences
        ],
        output,
        form,
        ("part", "page", "piece", "what", "detail"),
    )
    run.view.say(
        _(
            "{differences} differences over {pieces} pieces, {pages} pages, {parts} parts; "
            "all pages read by structure, {pages_twice} by PDFium and pixels too"
        ).format(
            differences=len(outcome.differences) + len(outcome.altered),
            pieces=outcome.pieces,
            pages=outcome.pages,
            pages_twice=outcome.pages_twice,
            parts=outcome.parts,
        )
    )
    if outcome.press_checks and outcome.clean:
        run.view.say(
            _("each print file passes {count} named checks for the press (PDF/X-4, PDF/VT-1)").format(
                count=outcome.press_checks
            )
        )
    raise typer.Exit(ExitCode.OK if outcome.clean else ExitCode.CHECK_FAILED)


verify_command.__doc__ = _(
    """Read every page of the print files back and tie it to the package; differences go to stdout.

    Example: yibao verify 2026Q3"""
)
