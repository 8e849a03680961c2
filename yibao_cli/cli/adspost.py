"""Commands of ads after they are printed: proof, settle, payment, accounts, codes, scans, lift."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.adssell import ads_app
from yibao_cli.cli.session import session
from yibao_cli.cli.view import write_list, write_rows
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import N_, _

__all__ = ["ads_app"]

_Contract = Annotated[str, typer.Argument(help=_("the contract's number"), show_default=False)]
_Customer = Annotated[
    str, typer.Argument(help=_("the customer, as the contracts name it"), show_default=False)
]
_Amount = Annotated[str, typer.Argument(help=_("yuan that were paid"), show_default=False)]
_Slip = Annotated[str, typer.Option("--slip", help=_("number of the bank's slip"), show_default=False)]
_PaidOn = Annotated[str, typer.Option("--paid", help=_("day of payment, YYYY-MM-DD; default: today"))]
_Responders = Annotated[
    Path, typer.Option("--responders", help=_("members who responded: a number a line"), show_default=False)
]


@ads_app.command(
    "proof",
    help=_(
        """Write a pack for each advertiser: a certificate as PDF and xlsx, the artwork, and hashes.

    Example: yibao ads proof 2026Q3"""
    ),
)
def ads_proof(context: typer.Context, mailing: opt.Mailing = "") -> None:
    from yibao_cli.jobs.ads.adsdone import prove_ads

    run = session(context)
    done = prove_ads(run.workspace(), mailing)
    run.view.say(_("{count} files in {folder}").format(count=len(done.files), folder=done.folder))


@ads_app.command(
    "settle",
    help=_(
        """Settle the contracts of a posted mailing to the fen; book invoices and what is to be made good.

    Example: yibao ads settle 2026Q3"""
    ),
)
def ads_settle(
    context: typer.Context,
    mailing: opt.Mailing = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.ads.adsdone import settle_ads
    from yibao_cli.money import yuan

    run = session(context)
    done = settle_ads(run.workspace(), mailing)
    names = ("worth", "payable", "refund", "makegood", "unbilled")
    rows: list[dict[str, object]] = [
        {"contract": s.contract, "guaranteed": s.floor, "counted": s.counted, "owed": s.owed}
        | {name: yuan(getattr(s, name)) for name in names}
        for s in done.settled
    ]
    write_rows(rows, output, form, ("contract", *names))
    run.view.say(
        _("worth {worth} = payable {payable} + refund {refund} + unbilled {unbilled} yuan; {folder}").format(
            folder=done.folder, **{n: yuan(done.totals[n]) for n in names}
        )
    )


@ads_app.command(
    "payment",
    help=_(
        """Book what a customer paid; the same slip is booked once.

    Example: yibao ads payment 石家庄柳荫医院 3600.00 --slip 20261108-17"""
    ),
)
def ads_payment(
    context: typer.Context, customer: _Customer, amount: _Amount, slip: _Slip, paid: _PaidOn = ""
) -> None:
    from yibao_cli.jobs.ads.adspaid import book_payment

    run = session(context)
    fresh = book_payment(run.workspace(), customer, amount, slip, paid)
    run.view.say(_("booked") if fresh else _("this slip is booked already"))


@ads_app.command(
    "accounts",
    help=_(
        """List what customers were billed, paid and owe; class C is overdue and its ads do not print.

    Example: yibao ads accounts"""
    ),
)
def ads_accounts(
    context: typer.Context, output: opt.Output = "-", form: opt.FormatOption = opt.Format.TABLE
) -> None:
    from yibao_cli.jobs.ads.adspaid import customers
    from yibao_cli.money import yuan

    run = session(context)
    found = customers(run.workspace())
    rows: list[dict[str, object]] = [
        {
            "advertiser": a.advertiser,
            "class": a.grade,
            "billed": yuan(a.billed),
            "paid": yuan(a.paid),
            "open": yuan(a.open),
            "overdue": yuan(a.overdue),
            "since": a.since,
        }
        for a in found
    ]
    columns = ("advertiser", "class", "billed", "paid", "open", "overdue", "since")
    write_list(rows, (output, form), columns, run.view, _("nothing was billed"))
    raise typer.Exit(ExitCode.FINDINGS if any(a.overdue for a in found) else ExitCode.OK)


@ads_app.command(
    "codes",
    help=_(
        """Write the response codes of a mailing: those that ads bear as QR, else one for each paid panel.

    Example: yibao ads codes 2026Q3"""
    ),
)
def ads_codes(
    context: typer.Context,
    mailing: opt.Mailing = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.CSV,
) -> None:
    from yibao_cli.jobs.ads.adscodes import codes_of

    rows: list[dict[str, object]] = [dict(c) for c in codes_of(session(context).workspace(), mailing)]
    write_rows(rows, output, form, ("piece", "panel", "code", "url"))


@ads_app.command(
    "scans",
    help=_(
        """Import a log of scanned response codes; show the share of each contract's pieces that responded.

    Example: yibao ads scans scans.csv"""
    ),
)
def ads_scans(
    context: typer.Context,
    file: opt.File,
    mailing: opt.MailingOption = "",
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.jobs.ads.adscodes import import_scans, responses

    run = session(context)
    workspace = run.workspace()
    scans = import_scans(workspace, mailing, file)
    write_rows(responses(workspace, mailing), output, form, ("contract", "pieces", "scanned", "share"))
    run.view.say(
        _("{lines} lines: {known} codes of this mailing, {fresh} new, {strange} that are none").format(
            lines=scans.lines, known=scans.known, fresh=scans.fresh, strange=scans.strange
        )
    )
    raise typer.Exit(ExitCode.FINDINGS if scans.strange else ExitCode.OK)


@ads_app.command(
    "lift",
    help=_(
        """Tell what an ad did over those held out; a lift smaller than the numbers can show is not told.

    Example: yibao ads lift YB2026-001 --responders matched.txt"""
    ),
)
def ads_lift(
    context: typer.Context, contract: _Contract, responders: _Responders, mailing: opt.MailingOption = ""
) -> None:
    from yibao_cli.jobs.ads.adslift import measure_lift

    run = session(context)
    found = measure_lift(run.workspace(), mailing, contract, responders)
    run.view.say(
        _("{exposed} had the ad, {held_out} were held out; so many show a lift of {least} and more").format(
            exposed=found.exposed,
            held_out=found.held_out,
            least="-" if found.detectable == float("inf") else f"{found.detectable:+.0%}",
        )
    )
    if not found.told:
        run.view.say(_("what was found is smaller than that, so no lift is told"))
        return
    row = {"share": f"{found.share:.3%}", N_("base"): f"{found.base:.3%}"}
    row |= {N_("lift"): f"{found.relative:+.1%}", "difference": f"{found.low:+.3%} … {found.high:+.3%}"}
    write_rows([dict(row)], "-", opt.Format.TABLE)
