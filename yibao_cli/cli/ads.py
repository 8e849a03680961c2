"""Commands of ads before they are printed: check, approve, plan."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.session import exit_code, session
from yibao_cli.cli.view import write_rows
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.cli.session import Session
    from yibao_cli.model import Finding

ads_app = Program(help=_("Ads: the law, who gets which panel, what it earns, what is proved and settled."))

# Columns of tables, which keep their English in csv and jsonl.
_COLUMNS = (
    *(N_("line"), N_("rule"), N_("law"), N_("words"), N_("contract"), N_("advertiser"), N_("panel")),
    *(N_("quota"), N_("guaranteed"), N_("reach"), N_("printed"), N_("short"), N_("revenue"), N_("case")),
    *(N_("cost"), N_("margin"), N_("break_even"), N_("each"), N_("billed"), N_("paid"), N_("open")),
    *(N_("overdue"), N_("since"), N_("class"), N_("refund"), N_("makegood"), N_("unbilled"), N_("owed")),
    *(N_("worth"), N_("payable"), N_("scanned"), N_("share"), N_("pieces"), N_("county"), N_("price")),
    *(N_("url"), N_("counted"), N_("example")),
)

_TextFile = Annotated[
    str | None,
    typer.Option("--text", help=_("check words instead: a file or - with one ad a line, no workspace")),
]
_Trade = Annotated[str, typer.Option("--trade", help=_("trade of the ads of --text, such as 医院"))]
_Contract = Annotated[str, typer.Argument(help=_("the contract's number"), show_default=False)]
_Rule = Annotated[str, typer.Option("--rule", help=_("release one finding, such as C148, not the whole ad"))]
_Why = Annotated[str, typer.Option("--why", help=_("the reason of a release"))]
_Verify = Annotated[bool, typer.Option("--verify", help=_("hold the frozen pieces against the contracts"))]
_Picture = Annotated[bool, typer.Option("--picture", help=_("draw pacing, panels by county, and versions"))]
_Json = Annotated[bool, typer.Option("--json", help=_("the frozen plan as JSON, for reports"))]


@ads_app.command(
    "check",
    help=_(
        """Hold the contracts of a mailing against the law before anything prints, article by article.

    Example: yibao ads check 2026Q3"""
    ),
)
def ads_check(
    context: typer.Context,
    mailing: opt.Mailing = "",
    text: _TextFile = None,
    trade: _Trade = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    run = session(context)
    if text is not None:
        _check_words(run, text, trade, (output, form))
    from yibao_cli.jobs.ads.adswork import check_contracts
    from yibao_cli.rules import Severity

    book = check_contracts(run.workspace(), mailing)
    _report(run, book.findings)
    rows: list[dict[str, object]] = [
        {"contract": str(f.value), "rule": f.rule_id, "what": f.message(), "remedy": f.remedy()}
        for f in book.findings
    ]
    if output != "-" or form is not opt.Format.TABLE:
        write_rows(rows, output, form, ("contract", "rule", "what", "remedy"))
    refused = {f.value for f in book.findings if f.severity is Severity.REJECT}
    run.view.say(
        _("{good} contracts may print, {bad} may not").format(good=len(book.contracts), bad=len(refused))
    )
    raise typer.Exit(exit_code(book.findings))


def _report(run: Session, findings: Sequence[Finding]) -> None:
    """A line for each rule, and the contracts it speaks of where there are several."""
    from yibao_cli.rules import Severity

    run.view.report(findings)
    told = [f for f in findings if f.severity is not Severity.NOTE and f.value]
    for rule in sorted({f.rule_id for f in told}):
        names = dict.fromkeys(str(f.value) for f in told if f.rule_id == rule)
        if len(names) > 1:
            run.view.say(_("{rule}: contracts {contracts}").format(rule=rule, contracts=_(", ").join(names)))


def _check_words(run: Session, source: str, trade: str, out: tuple[str, opt.Format]) -> None:
    from yibao_cli.jobs.ads.adslaw import check_words_of

    rows: list[dict[str, object]] = [
        {"line": c.number, "rule": c.hit.rule, "law": c.hit.article, "words": c.hit.what}
        for c in check_words_of(source, trade, run.today, run.folder)
    ]
    write_rows(rows, *out, ("line", "rule", "law", "words"))
    raise typer.Exit(ExitCode.FINDINGS if rows else ExitCode.OK)


@ads_app.command(
    "approve",
    help=_(
        """Approve the ad of a contract as a second person, or release one finding about it with a reason.

    Example: yibao ads approve YB2026-001 --rule C149 --why "来源见附件" """
    ),
)
def ads_approve(
    context: typer.Context,
    contract: _Contract,
    mailing: opt.MailingOption = "",
    rule: _Rule = "",
    why: _Why = "",
) -> None:
    from yibao_cli.jobs.ads.adsapprove import approve_contract

    run = session(context)
    approval = approve_contract(run.workspace(), mailing, contract, rule, why)
    run.view.say(
        _("{contract}: recorded for {operator}").format(contract=contract, operator=approval.operator)
    )


@ads_app.command(
    "plan",
    help=_(
        """Plan who gets which panel: guarantees first, then revenue; `merge` freezes the plan that prints.

    Example: yibao ads plan 2026Q3 --picture"""
    ),
)
def ads_plan(
    context: typer.Context,
    mailing: opt.Mailing = "",
    verify: _Verify = False,
    picture: _Picture = False,
    json_: _Json = False,
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    run = session(context)
    if verify:
        _verify(run, mailing, (output, form))
    from yibao_cli.jobs.ads.adsfigures import plan_facts, plan_rows

    found = plan_facts(run.workspace(), mailing, frozen=json_)
    if json_:
        sys.stdout.write(found.json)
        return
    _report(run, found.findings)
    write_rows(plan_rows(found.facts), output, form, ("contract", "advertiser", "printed"))
    if picture:
        from yibao_cli.ads.pictures import curve, pacing, panels_by_county

        for lines in (pacing, panels_by_county, curve):
            sys.stdout.write("\n" + "\n".join(lines(found.facts)) + "\n")
    run.view.say(found.summary())
    raise typer.Exit(exit_code(found.findings))


def _verify(run: Session, mailing: str, out: tuple[str, opt.Format]) -> None:
    from yibao_cli.jobs.ads.adswork import verify_ads

    found = verify_ads(run.workspace(), mailing)
    rows: list[dict[str, object]] = [
        {"what": b.what, "contract": b.contract, "pieces": b.pieces, "example": b.example}
        for b in found.breaches
    ]
    write_rows(rows, *out, ("what", "contract", "pieces", "example"))
    run.view.say(
        _("{breaches} breaches over {pieces} pieces, {ads} contracts, {placed} ads placed").format(
            breaches=len(rows), pieces=found.pieces, ads=found.ads, placed=found.placed
        )
    )
    raise typer.Exit(ExitCode.CHECK_FAILED if rows else ExitCode.OK)
