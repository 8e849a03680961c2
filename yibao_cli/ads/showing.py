"""Whether an approval number 广告批准文号、审查证明文号 holds good, and whether the ad shows it.

Source: 药品、医疗器械、保健食品、特殊医学用途配方食品广告审查管理暂行办法 9 (显著标明广告批准文号);
医疗广告管理办法, by which a medical ad bears the number of its certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.ads.approvals import ApprovalNumber, parse_approval, shows
from yibao_cli.ads.trades import Hit
from yibao_cli.i18n import N_, _

if TYPE_CHECKING:
    from yibao_cli.ads.trades import AdText, Trade

_FAULTS = {
    "product": N_("it is the number of a product, not of an ad"),
    "date": N_("its six digits are no day"),
    "form": N_("it has not the form of an approval number"),
    "kind": N_("it is for another kind of product"),
    "medium": N_("it is not for printed matter (文)"),
    "year": N_("the day in 审查批准日期 is of another year than the number"),
    "early": N_("it holds good only from a day after the first of delivery"),
    "undated": N_("it does not say when it ends; give the day of the certificate in 审查批准日期"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of an ad. said: as the list of contracts gives them; printed: as its artwork can be read.

    whole: nothing of the artwork is a picture, in which more words may stand; hidden: some of its letters are
    not drawn, so what can be read may not be seen. "" where nobody knows.
    """

    said: str = ""
    printed: str = ""
    whole: bool = False
    hidden: bool = False

    @property
    def known(self) -> str:
        """What is taken for the words of the ad."""
        return self.said or self.printed


def fault_of_number(trade: Trade, ad: AdText, first: str, last: str) -> Hit | None:
    """Why an ad's approval number is missing, is none, or does not hold good from one ISO day to another."""
    if not ad.approval_no:
        return Hit("C143", "", trade.article, trade.id)
    number = parse_approval(ad.approval_no, ad.approval_day)
    fault = number if isinstance(number, str) else _fault_of(number, trade, first)
    if fault or isinstance(number, str):
        return Hit("C144", _(_FAULTS[fault]), trade.article, trade.id)
    return Hit("C145", number.until, trade.article, trade.id) if number.until < last else None


def is_of(ad: AdText, trade: Trade) -> bool:
    """Whether the approval number of an ad is one of a trade."""
    number = parse_approval(ad.approval_no, ad.approval_day)
    return isinstance(number, ApprovalNumber) and number.kind == trade.approval


def _fault_of(number: ApprovalNumber, trade: Trade, first: str) -> str:
    if number.kind != trade.approval:
        return "kind"
    if number.medium not in {"", "文"}:
        return "medium"
    if not number.until:
        return "undated"
    return "early" if number.since > first else ""


def number_unseen(trade: Trade, ad: AdText, wording: Wording) -> Hit | None:
    """Say that an ad does not show its approval number, or that a person must see whether it does.

    A number that is none, or that the trade needs not, is not asked for: other rules tell that.
    """
    number = ad.approval_no
    if trade.approval is None or not isinstance(parse_approval(number, ad.approval_day), ApprovalNumber):
        return None
    said, seen = shows(wording.said, number), shows(wording.printed, number) and not wording.hidden
    readable = bool(wording.printed) and wording.whole
    if seen or (said and not readable):
        return None
    # Letters that were made lines are read by nobody but a person, and those that are not drawn by no person.
    rule = "C164" if readable and not said and not wording.hidden else "C165"
    return Hit(rule, number, trade.shown or trade.article, trade.id)
