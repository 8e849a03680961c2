"""The command that looks whether all is well: doctor."""

from __future__ import annotations

from pathlib import Path

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.cli.view import write_rows
from yibao_cli.i18n import N_, _

# Columns, which keep their English in csv and jsonl.
_WORDS = (
    *(N_("check"), N_("state"), N_("remedy")),
    *(N_("font"), N_("characters"), N_("total"), N_("covered"), N_("missing")),
)


def doctor_command(
    context: typer.Context,
    fonts: opt.FontsOnly = False,
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.program.checkup import State
    from yibao_cli.jobs.program.doctor import examine

    run = session(context)
    people = form is opt.Format.TABLE
    if fonts:
        write_rows(_coverage_rows(run.folder, people=people), output, form)
        return
    found = examine(run.folder, run.moment)
    if people:
        # A remedy stands behind what it mends: most rows have none.
        rows = [
            {"state": c.state, "check": c.label, "detail": _("; ").join(filter(None, (c.detail, c.remedy)))}
            for c in found.checks
        ]
    else:
        rows = [
            {"check": c.name, "state": c.state.value, "detail": c.detail, "remedy": c.remedy}
            for c in found.checks
        ]
    write_rows(rows, output, form)
    run.view.say(
        _("{checks} checks: {warnings} warnings, {faults} faults").format(
            checks=len(found.checks), warnings=found.count(State.WARNING), faults=found.count(State.FAULT)
        )
    )
    raise typer.Exit(found.exit_code)


doctor_command.__doc__ = _(
    """Look whether fonts, database, space, permissions, clock and packages are well; changes nothing.

    Example: yibao doctor"""
)


def _coverage_rows(folder: Path | None, *, people: bool) -> list[dict[str, object]]:
    from yibao_cli.jobs.program.doctor import coverage_of

    return [
        {
            "font": f.name,
            "characters": c.characters.label if people else c.characters.id,
            "total": c.total,
            "covered": c.covered,
            "missing": c.shown_missing,
        }
        for f in coverage_of(folder)
        for c in f.sets
    ]
