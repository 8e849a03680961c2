"""Commands of the survey by telephone."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import exit_code, session
from yibao_cli.i18n import N_, _

survey_app = Program(help=_("A survey by telephone: a second rate beside the post's."))

Precision = Annotated[
    float, typer.Option("--precision", min=0.005, max=0.5, help=_("half of the interval (95%), such as 0.03"))
]
Again = Annotated[
    bool, typer.Option("--again", help=_("draw another, though there is one; that stays on record"))
]


@survey_app.command(
    "draw",
    help=_(
        """Draw a sample of the posted pieces by county, and write the call list.

    Example: yibao survey draw 2026Q3 --precision 0.03 --seed 7"""
    ),
)
def survey_draw(
    context: typer.Context,
    mailing: opt.Mailing = "",
    precision: Precision = 0.05,
    seed: opt.Seed = 1,
    again: Again = False,
) -> None:
    from yibao_cli.jobs.reports.surveying import draw_survey

    run = session(context)
    drawn = draw_survey(run.workspace(), mailing, precision, seed, again=again)
    run.view.say(
        _("survey {number}: {size} of {population} pieces, for ±{precision:.1%}").format(
            number=drawn.survey, size=drawn.size, population=drawn.population, precision=precision
        )
    )
    run.view.say(_("call list: {file}").format(file=drawn.xlsx))


@survey_app.command(
    "import",
    help=_(
        """Take the filled-in call list back; rows without a result stay open.

    Example: yibao survey import survey-2026Q3.xlsx"""
    ),
)
def survey_import(
    context: typer.Context,
    file: opt.File,
    mailing: opt.MailingOption = "",
    findings: opt.FindingsFile = None,
) -> None:
    from yibao_cli.jobs.findings import check_findings_file, write_findings_file
    from yibao_cli.jobs.reports.surveying import import_answers

    run = session(context)
    check_findings_file(findings, [file])
    outcome = import_answers(run.workspace(), mailing, file)
    run.view.report(outcome.findings)
    run.view.say(
        _("{rows} rows = {taken} results + {blank} still open + {refused} refused").format(
            rows=outcome.rows_in, taken=outcome.taken, blank=outcome.blank, refused=outcome.refused
        )
    )
    if findings is not None:
        write_findings_file(outcome.findings, findings)
    raise typer.Exit(exit_code(outcome.findings))


@survey_app.command(
    "result",
    help=_(
        """Say what the survey says by now, with its intervals.

    Example: yibao survey result 2026Q3"""
    ),
)
def survey_result(
    context: typer.Context, mailing: opt.Mailing = "", form: opt.FormatOption = opt.Format.TABLE
) -> None:
    from yibao_cli.cli.view import write_rows
    from yibao_cli.jobs.reports import surveying

    found = surveying.survey_result(session(context).workspace(), mailing)
    rates = {
        N_("received"): found.received,
        N_("accurate"): found.accurate,
        N_("address right"): found.address_right,
    }
    figures = [(name, r.count, r.of, r.value, r.low, r.high) for name, r in rates.items()]
    weighted = (found.weighted, found.weighted_low, found.weighted_high)
    figures.append((N_("received, weighted"), found.received.count, found.reached, *weighted))
    columns = (N_("figure"), N_("count"), N_("of"), N_("rate"), N_("low"), N_("high"))
    rows = [dict(zip(columns, figure, strict=True)) for figure in figures]
    if form is opt.Format.TABLE:
        rows = [_for_people(row) for row in rows]
    write_rows(rows, "-", form)
    session(context).view.say(
        _(
            "{drawn} drawn = {reached} reached + {silent} silent + {refused} refused + {dead} dead "
            "+ {open} open"
        ).format(
            drawn=found.drawn,
            reached=found.reached,
            silent=found.silent,
            refused=found.refused,
            dead=found.dead,
            open=found.open_,
        )
    )


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    """A figure as a person reads it; a rate of nobody is no rate."""
    rates = {k: f"{row[k]:.2%}" if row["of"] else "-" for k in ("rate", "low", "high")}
    return {**row, "figure": _(row["figure"]), **rates}
