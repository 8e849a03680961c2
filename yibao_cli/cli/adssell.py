"""Commands for who sells panels: quote, avails."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.ads import ads_app
from yibao_cli.cli.session import session
from yibao_cli.cli.view import write_rows
from yibao_cli.errors import ExitCode, UsageError
from yibao_cli.i18n import N_, _

if TYPE_CHECKING:
    from yibao_cli.ads.quoting import Quote, Terms

__all__ = ["ads_app"]

_AMOUNT = re.compile(r"-?[0-9][0-9,]{0,14}(?:\.[0-9]{1,9})?")

_Pieces = Annotated[int, typer.Option("--pieces", min=1, help=_("pieces"), show_default=False)]
_Yuan = Annotated[str, typer.Option(help=_("yuan for each piece"))]
_Postage = Annotated[str, typer.Option(help=_("yuan a piece; default: by the tariff, distant"))]
_Local = Annotated[bool, typer.Option("--local", help=_("the tariff's local postage, not the distant one"))]
_Setup = Annotated[str, typer.Option("--setup", help=_("yuan of set-up for each version"))]
_Versions = Annotated[int, typer.Option("--versions", min=1, help=_("different sheets"))]
_Panels = Annotated[int, typer.Option("--panels", min=1, max=20, help=_("ad panels of a sheet"))]
_Sold = Annotated[int | None, typer.Option("--sold", min=0, help=_("panels that are sold; default: all"))]
_Price = Annotated[str, typer.Option("--price", help=_("yuan for one panel; default: what pays for it all"))]
_Returned = Annotated[float, typer.Option("--returned", min=0, max=90, help=_("percent that comes back"))]
_Remailed = Annotated[
    float, typer.Option("--remailed", min=0, max=100, help=_("percent of those that is sent again"))
]
_Basis = Annotated[str, typer.Option("--basis", help=_("panels are paid: flat, delivered or guarantee"))]
_Tax = Annotated[float, typer.Option("--tax", min=0, max=60, help=_("percent of taxes on the net price"))]
_AskPanels = Annotated[str, typer.Option("--panel", help=_("panels, such as A or A,B"), show_default=False)]
_Counties = Annotated[str, typer.Option("--counties", help=_("only these counties"))]
_People = Annotated[str, typer.Option("--categories", help=_("only these classes of members, such as 退休"))]
_Group = Annotated[str, typer.Option("--group", help=_("exclusivity group, such as 医院"))]
_AgeFrom = Annotated[int | None, typer.Option("--age-from", min=0, help=_("youngest age"))]
_AgeTo = Annotated[int | None, typer.Option("--age-to", min=0, help=_("oldest age"))]


@ads_app.command(
    "quote",
    help=_(
        """Reckon what a mailing costs and what its panels must earn; exit 4 where it loses money.

    Example: yibao ads quote --pieces 50000 --postage 1.20 --price 20000"""
    ),
)
def ads_quote(
    context: typer.Context,
    pieces: _Pieces,
    mailing: opt.MailingOption = "",
    postage: _Postage = "",
    local: _Local = False,
    sheet: _Yuan = "0",
    printing: _Yuan = "0",
    insert: _Yuan = "0",
    setup: _Setup = "0",
    versions: _Versions = 1,
    panels: _Panels = 3,
    sold: _Sold = None,
    price: _Price = "0",
    returned: _Returned = 0.0,
    remailed: _Remailed = 0.0,
    basis: _Basis = "flat",
    tax: _Tax = 0.0,
    output: opt.Output = "-",
    form: opt.FormatOption = opt.Format.TABLE,
) -> None:
    from yibao_cli.ads.quoting import Terms
    from yibao_cli.jobs.ads.adsquote import postage_of, quoted, with_price_that_pays

    run = session(context)
    if basis not in {"flat", "delivered", "guarantee"}:
        raise UsageError(
            _("{basis} is no way to pay").format(basis=basis), remedy=_("use flat, delivered or guarantee")
        )
    each = _fen(postage) if postage else Fraction(postage_of(run.workspace(), mailing, local=local))
    terms = Terms(
        pieces=pieces,
        postage=each,
        sheet=_fen(sheet),
        printing=_fen(printing),
        insert=_fen(insert),
        setup=_fen(setup),
        versions=versions,
        panels=panels,
        sold=panels if sold is None else min(sold, panels),
        price=_fen(price),
        returned=_percent(returned),
        remailed=_percent(remailed),
        basis=basis,  # type: ignore[arg-type] # one of the three
        tax=_percent(tax),
    )
    found = quoted(with_price_that_pays(terms))
    write_rows([_case(*one) for one in found], output, form)
    margin = found[0][2].margin
    raise typer.Exit(ExitCode.CHECK_FAILED if margin < 0 else ExitCode.OK)


def _case(name: str, _terms: Terms, found: Quote) -> dict[str, object]:
    words = {
        "as-is": _("as given"),
        "one-unsold": _("one panel less is sold"),
        "returned-5": _("5 in 100 come back, paid by delivery"),
        "returned-10": _("10 in 100 come back, paid by delivery"),
        "remailed": _("and 60 in 100 of them are sent again"),
        "guarantee": _("15 in 100 come back, 90 guaranteed"),
        "taxed": _("with taxes"),
        "all": _("all of it together"),
    }
    return {
        "case": words[name],
        "cost": _yuan(found.cost),
        "revenue": _yuan(found.revenue),
        "margin": _yuan(found.margin),
        "break_even": "-" if found.break_even is None else _yuan(found.break_even),
        "each": f"{float(found.each) / 100:.4f}",
    }


@ads_app.command(
    "avails",
    help=_(
        """Ask whether so many pieces can still be sold, and how many at most, without breaking a guarantee.

    Example: yibao ads avails --pieces 30000 --panel A --counties 长安区、桥西区 --group 医院"""
    ),
)
def ads_avails(
    context: typer.Context,
    pieces: _Pieces,
    panel: _AskPanels,
    mailing: opt.MailingOption = "",
    counties: _Counties = "",
    categories: _People = "",
    group: _Group = "",
    age_from: _AgeFrom = None,
    age_to: _AgeTo = None,
) -> None:
    from yibao_cli.jobs.ads.adswork import Enquiry, ask_avails

    run = session(context)
    panels = tuple(p for p in panel.upper().replace("、", ",").split(",") if p.strip())
    enquiry = Enquiry(pieces, panels, counties, categories, group, age_from, age_to)
    found = ask_avails(run.workspace(), mailing, enquiry)
    # Without a solver a shortfall proves nothing.
    can = _("yes") if found.can else _("no") if found.exact else _("unknown")
    row = {N_("asked"): found.asked, N_("can"): can, N_("most"): found.most, N_("reach"): found.reach}
    write_rows([row], "-", opt.Format.TABLE)
    if not found.exact:
        run.view.warn(_("without a solver this is what can be had, and not the most"))
    raise typer.Exit(ExitCode.OK if found.can else ExitCode.FINDINGS)


def _fen(text: str) -> Fraction:
    """Yuan from the command line as fen; parts of a fen are possible, for 0.035 yuan of paper."""
    if not _AMOUNT.fullmatch(text.strip()):
        raise UsageError(_("{text} is no amount of yuan").format(text=text), remedy=_("write it as 1.20"))
    amount = Fraction(text.replace(",", "").strip()) * 100
    if amount < 0:
        raise UsageError(_("{text} is below nought").format(text=text), remedy=_("write it as 1.20"))
    return amount


def _percent(share: float) -> Fraction:
    return Fraction(str(share)) / 100


def _yuan(amount: Fraction) -> str:
    from yibao_cli.ads.settling import fen_of
    from yibao_cli.money import yuan

    return yuan(fen_of(amount))
