"""Terms of contracts, the law of advertising, and the allocation of panels: C130 to C179."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

# ---------------------------------------------------------------- terms
declare(
    "C130",
    Severity.REJECT,
    N_("contract {contract} asks for panel {what}, which the mailing does not have"),
    N_("choose one of its panels, then import the contracts again"),
    "版位 = D",
)
declare(
    "C131",
    Severity.REJECT,
    N_("contract {contract} guarantees {what} pieces, which is not between 0 and its quota"),
    N_("correct 保底印数 or 印数, then import the contracts again"),
    "保底印数 = 30000; 印数 = 20000",
)
declare(
    "C132",
    Severity.REJECT,
    N_("contract {contract} is in several exclusivity groups ({what}), which cannot be planned exactly"),
    N_("give it one group; put trades that exclude each other into one group of one name"),
    "互斥组 = 医院、药店",
)
declare(
    "C133",
    Severity.REJECT,
    N_("contract {contract} is aimed at ages {what}, which nobody has"),
    N_("correct 年龄起 and 年龄止, then import the contracts again"),
    "年龄起 = 60; 年龄止 = 18",
)
declare(
    "C134",
    Severity.WARN,
    N_("contract {contract} guarantees {floor} pieces, and only {reach} people may get its ad"),
    N_("widen its aim or lower the guarantee; what is missing will be refunded or made good"),
    "保底印数 = 5000, aimed at a county with 1,200 members who consented",
)
declare(
    "C135",
    Severity.REJECT,
    N_("the frequency cap of contract {contract} cannot be ({what})"),
    N_("give 每人最多次数 and 频次批次数 as numbers from 1 up, or neither"),
    "每人最多次数 = 0",
)
declare(
    "C136",
    Severity.REJECT,
    N_("contract {contract} is aimed by health or spending ({what}) and no legal basis is recorded"),
    N_("drop the aim, or have the client's lawyer name the basis in 法律依据 (个人信息保护法 28, 29)"),
    "敏感定向 = 支出≥5000, 法律依据 empty",
)
declare(
    "C137",
    Severity.REJECT,
    N_("contract {contract} has a sensitive aim that cannot be used ({what})"),
    N_("the only form there is: 支出≥5000, in yuan of the period; health is never an aim"),
    "敏感定向 = 糖尿病",
)
declare(
    "C138",
    Severity.NOTE,
    N_("contract {contract} is aimed by spending; recorded legal basis: {basis}"),
    N_("nothing to do; it stands in the audit trail and in the package"),
    "敏感定向 = 支出≥5000, 法律依据 = 单独同意书 2026-03",
)
declare(
    "C139",
    Severity.REJECT,
    N_("contract {contract} is the {what}th of the mailing; a mailing takes 64 ads"),
    N_("move some to the next mailing, or split the mailing"),
    "65 contracts in force on the day of posting",
)
declare(
    "C156",
    Severity.REJECT,
    N_("the priority {what} of contract {contract} is not one of 1 to 9"),
    N_("give 1 to who is to be served first, 2 to the others"),
    "优先级 = 0",
)
declare(
    "C157",
    Severity.REJECT,
    N_("the tolerance {what} of contract {contract} is not a share in percent"),
    N_("give 均衡容差 as a number from 0 to 100, such as 10"),
    "均衡容差 = 150",
)
declare(
    "C158",
    Severity.REJECT,
    N_("advertiser of contract {contract} owes {amount} yuan since {since}; its ads do not print"),
    N_("collect the debt and book it with `yibao ads payment`"),
    "an invoice 40 days past its day",
)

declare(
    "C159",
    Severity.WARN,
    N_("the response code will cover part of the artwork of contract {contract} ({what})"),
    N_("ask for artwork that leaves this place free, or move `code` of the panel in the kind"),
    "响应码 = 是, and a telephone number in the lower right corner of the artwork",
)
declare(
    "C160",
    Severity.WARN,
    N_("contract {contract} asks for a response code, and panel {what} has no place for one"),
    N_("give the panel a `code` in the kind, or print the codes of `yibao ads codes` elsewhere"),
    "响应码 = 是 in a kind of one's own without `code`",
)

declare(
    "C161",
    Severity.REJECT,
    N_("the contract number {what} cannot be used"),
    N_("give it a number of at most 40 letters, digits, dots, hyphens and brackets; it names files"),
    "合同号 = ../A, HT/2026/001, or of 300 characters",
)

# ---------------------------------------------------------------- the plan
declare(
    "C140",
    Severity.WARN,
    N_("contract {contract} gets {printed} of {floor} guaranteed pieces"),
    N_("agree on fewer pieces, another panel or another mailing with the advertiser"),
    "guarantees of 45,000 pieces of panel A in a county of 40,000",
)
declare(
    "C141",
    Severity.WARN,
    N_("contracts {contracts} guarantee together {missing} pieces more than panels {panels} have for them"),
    N_("change one of them: fewer pieces, wider aim, another panel, or the next mailing"),
    "two hospitals with all of one county's panel A each",
)
declare(
    "C142",
    Severity.WARN,
    N_("planned without a solver: every limit is kept, and how far the plan is from the best is not known"),
    N_("install the solver with `pip install yibao-cli[ads]` and merge again"),
    "highspy is not installed",
)

declare(
    "C155",
    Severity.WARN,
    N_("the package of mailing {mailing} is gone; the frequency cap of contract {contract} cannot count it"),
    N_("keep the packages of the mailings that caps look back on"),
    "每人最多次数 = 1 in 2 mailings, and the mailing before is purged",
)

# ---------------------------------------------------------------- the law
declare(
    "C143",
    Severity.REJECT,
    N_("contract {contract} ({trade}) has no approval number; {article}"),
    N_("get the approval, give its number in 审查证明文号, then import the contracts again"),
    "a hospital's ad without 医疗广告审查证明文号",
)
declare(
    "C144",
    Severity.REJECT,
    N_("the approval number of contract {contract} cannot be right: {what}; {article}"),
    N_("copy it from the certificate, for printed matter (文)"),
    "粤药广审（视）第280917-05538号 on paper",
)
declare(
    "C145",
    Severity.REJECT,
    N_("the approval of contract {contract} ends {until}, before the last day of delivery {last}; {article}"),
    N_("have it renewed, or post earlier"),
    "an approval valid to 2026-10-20 for a mailing delivered until 2026-11-07",
)
declare(
    "C146",
    Severity.REJECT,
    N_("contract {contract}: {what} may not be advertised to the public; {article}"),
    N_("take the ad out"),
    "处方药, 医疗机构制剂, 烟草",
)
declare(
    "C147",
    Severity.REJECT,
    N_("the ad of contract {contract} lacks the sentence “{what}”; {article}"),
    N_("have the sentence added, legibly"),
    "an OTC ad without 请按药品说明书或者在药师指导下购买和使用",
)
declare(
    "C148",
    Severity.REJECT,
    N_("the ad of contract {contract} says “{what}”; {article}"),
    N_("have it changed; where it is right as it stands, a second person releases it with a reason"),
    "国家级, 治愈率98%, 稳赚不赔, 医保局推荐",
)
declare(
    "C149",
    Severity.WARN,
    N_("the ad of contract {contract} says “{what}”, which a person must judge; {article}"),
    N_("ask for the proof or the source, or have it changed"),
    "销量第一, 90%的用户, 扫码领红包",
)
declare(
    "C150",
    Severity.WARN,
    N_("the words of the ad of contract {contract} are not known, so nobody has checked them"),
    N_("give them in the column 广告文案, word by word"),
    "art as a picture, 广告文案 empty",
)
declare(
    "C151",
    Severity.WARN,
    N_("nobody has approved the ad of contract {contract} as a second person"),
    N_("let somebody other than who imported it run `yibao ads approve {contract}`"),
    "review = 通过 in the list, and no approval in the workspace",
)
declare(
    "C152",
    Severity.REJECT,
    N_("the ad of contract {contract} is not the one that was approved"),
    N_("have the changed ad approved again"),
    "the artwork was replaced after the approval",
)
declare(
    "C153",
    Severity.NOTE,
    N_("finding {rule} about contract {contract} was released by {who}: {why}"),
    N_("nothing to do; it stands in the audit trail"),
    "yibao ads release C-01 C148 --why ...",
)
declare(
    "C154",
    Severity.WARN,
    N_("consent is known of none of {people} people; no ad will print"),
    N_("ask the client for the column 是否接收广告 (广告法 43)"),
    "a roster without 是否接收广告",
)
declare(
    "C162",
    Severity.WARN,
    N_("contracts {contracts} guarantee together {missing} pieces too many, one ad of {group} a sheet"),
    N_("change one of them: fewer pieces, wider aim, or the next mailing; or another exclusivity group"),
    "two supermarkets of one 互斥组 with all of one county each",
)
declare(
    "C163",
    Severity.WARN,
    N_("contract {contract} is aimed at {what}, which nobody in this mailing has"),
    N_("write counties, classes and employers as the roster has them"),
    "投放县区 = 桥西去",
)
declare(
    "C164",
    Severity.REJECT,
    N_("the ad of contract {contract} does not show its approval number {number}; {article}"),
    N_("have the number added, legibly; a second person releases it where it is drawn as lines"),
    "a hospital's PDF that can be read word by word, without 冀医广[2026]第0301-001号",
)
declare(
    "C165",
    Severity.WARN,
    N_("a person must see that the ad of contract {contract} shows its approval number {number}; {article}"),
    N_("look at it; a second person confirms with `yibao ads approve {contract} --rule C165 --why ...`"),
    "art as a picture, and 广告文案 without the number",
)
