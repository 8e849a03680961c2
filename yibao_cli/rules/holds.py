"""Holds: why a piece is not printed."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

declare(
    "H100",
    Severity.HOLD,
    N_("the member is in the roster already, in an earlier file; this row is not mailed"),
    N_("nothing, if both rows are the same person; else correct the number and import again"),
    "two roster files that overlap",
)
declare(
    "H101",
    Severity.HOLD,
    N_("the member has died; nothing is mailed"),
    N_("nothing; tell the client if the status is wrong"),
    "参保状态 = 死亡",
)
declare(
    "H102",
    Severity.HOLD,
    N_("the member has left this region's insurance; nothing is mailed"),
    N_("nothing; tell the client if the status is wrong"),
    "参保状态 = 转出, 户口外迁",
)
declare(
    "H103",
    Severity.HOLD,
    N_("the account is closed; nothing is mailed"),
    N_("nothing; tell the client if the status is wrong"),
    "状态 = 销户",
)
declare(
    "H111",
    Severity.HOLD,
    N_("a suppression list says that the member has died ({entry}); nothing is mailed"),
    N_("nothing; correct the list and import it again if it is wrong"),
    "死亡 in 停寄名单",
)
declare(
    "H112",
    Severity.HOLD,
    N_("a suppression list says that the member has left ({entry}); nothing is mailed"),
    N_("nothing; correct the list and import it again if it is wrong"),
    "转出, 户口外迁 in 停寄名单",
)
declare(
    "H113",
    Severity.HOLD,
    N_("the member wants no statements on paper ({entry}); nothing is mailed"),
    N_("nothing; correct the list and import it again if it is wrong"),
    "拒收纸质 in 停寄名单",
)
declare(
    "H114",
    Severity.HOLD,
    N_("the member is on a suppression list ({entry}); nothing is mailed"),
    N_("nothing; correct the list and import it again if it is wrong"),
    "其他停寄 in 停寄名单, or a reason that was left out",
)
# 121 to 127: letters that ask for money, and notices of a power cut.
declare(
    "H121",
    Severity.HOLD,
    N_("a payment came in since the arrears were told; this letter would be wrong"),
    N_("nothing; the customer is in the next mailing if money is still owed"),
    "缴费金额 in the list of those who have paid 缴费名单",
)
declare(
    "H122",
    Severity.HOLD,
    N_("no reminder went out long enough before this notice"),
    N_("remind the customer first, and give the day of it"),
    "催缴日期 blank in a list of power cuts",
)
declare(
    "H123",
    Severity.HOLD,
    N_("the bill is not overdue long enough for a power cut on that day"),
    N_("wait, or give a later day of the power cut"),
    "欠费起始日 2026-09-20, 停电日期 2026-10-15",
)
declare(
    "H124",
    Severity.HOLD,
    N_("the notice would come too late before the power cut"),
    N_("give a later day of the power cut; the days of notice are settings of the kind"),
    "停电日期 two days after the posting",
)
declare(
    "H125",
    Severity.HOLD,
    N_("nobody has approved the power cut"),
    N_("have it approved, and give the day of the approval"),
    "审批日期 blank in a list of power cuts",
)
declare(
    "H126",
    Severity.HOLD,
    N_("nothing is owed; this letter would be wrong"),
    N_("nothing; tell the client if the amount is wrong"),
    "应缴合计 = 0 in a list of arrears",
)
declare(
    "H127",
    Severity.HOLD,
    N_("the time to pay would be over before the letter comes"),
    N_("post earlier, or ask the client for a later last day"),
    "缴费截止日期 two days after the posting",
)
# 130 and 131: what vouches for an account.
declare(
    "H130",
    Severity.HOLD,
    N_("the adjustment of {told} yuan stands on vouchers of {known} yuan; off by {difference} yuan"),
    N_("import the vouchers with `yibao import adjustments FILE`; never edit the balance"),
    "调整 = 12.00 and no row in 调整凭单",
)
declare(
    "H131",
    Severity.HOLD,
    N_("it opens with {told} yuan and the period before closed with {known}; off by {difference} yuan"),
    N_("ask the client for corrected figures; never edit them here"),
    "期初余额 that is not the 期末余额 of the statement before",
)
declare(
    "H201",
    Severity.HOLD,
    N_("the address cannot be delivered to ({reasons})"),
    N_("correct the address with the client and import the roster again"),
    "通讯地址 = 不详",
)
declare(
    "H202",
    Severity.HOLD,
    N_("the address has no postcode"),
    N_("ask the client for the postcode and import the roster again"),
    "邮政编码 blank",
)
declare(
    "H301",
    Severity.HOLD,
    N_("the member has no account data"),
    N_("ask the client for the member's balance and import it"),
    "a roster row whose 个人编号 has no balance",
)
declare(
    "H302",
    Severity.HOLD,
    N_("the sums do not tie: {text}; off by {difference}{unit}"),
    N_("ask the client for corrected figures; never edit them here"),
    "期末余额 that is 0.01 more than opening, credits and spending make",
)
declare(
    "H303",
    Severity.HOLD,
    N_("{count} of the member's lines do not tie: {text}"),
    N_("ask the client for corrected lines; never edit them here"),
    "总价 that is not 统筹支付 + 个人账户支付 + 自费金额",
)
declare(
    "H304",
    Severity.HOLD,
    N_("the account's data end on a day outside this mailing's period"),
    N_("import the balances of this period, or correct the period in yibao.toml"),
    "数据截止日期 = 2019-01-01 in a mailing of 2026Q3",
)
declare(
    "H401",
    Severity.HOLD,
    N_("no font has the character {characters}"),
    N_("ask the client how it may be written in print, and import the roster again"),
    "a name with 𫝑 (U+2B751)",
)
declare(
    "H402",
    Severity.HOLD,
    N_("the text does not fit its place even at the smallest size: {place}"),
    N_("shorten it with the client, or give it more room in kind.toml"),
    "an employer's name of 200 characters",
)
