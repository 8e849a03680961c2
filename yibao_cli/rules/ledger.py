"""Ledger: doubts of the joined mailing, and lists of people who are not to be mailed."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

declare(
    "L201",
    Severity.WARN,
    N_("this row of {table} belongs to nobody in the roster"),
    N_("ask the client whether the member is missing from the roster or the number is wrong"),
    "a balance whose 个人编号 no roster row has",
)
declare(
    "L202",
    Severity.WARN,
    N_("this line of {table} belongs to nobody in the roster; it is on no statement"),
    N_("ask the client whether the member is missing from the roster or the number is wrong"),
    "a transaction whose 个人编号 no roster row has",
)
declare(
    "L203",
    Severity.WARN,
    N_("the member has a second row in {table}, from another file; the first one counts"),
    N_("import only the file that is right, or ask the client which one counts"),
    "two balance files that overlap",
)

declare(
    "L204",
    Severity.WARN,
    N_("this line of {table} stands in an earlier file too; it counts once"),
    N_("nothing, if the files overlap; else ask the client which one is right"),
    "one 流水号 in two transaction files",
)
declare(
    "L205",
    Severity.WARN,
    N_("the employer is not among the employers imported"),
    N_("ask the client for the employer's row; compare the numbers for lost zeros"),
    "a 单位编号 that employers.xlsx does not have",
)
declare(
    "L206",
    Severity.WARN,
    N_("{count} lines are dated outside {first} to {last}, this one first"),
    N_("check that this is the file of this period"),
    "a transaction of 2019 in a mailing of 2026Q3",
)

# 220 to 222: adjustment rows 调整凭单.
declare(
    "L220",
    Severity.REJECT,
    N_("the voucher number stands in an earlier row too; this row is not counted"),
    N_("ask the client which row is right; a voucher is booked once"),
    "one 凭证号 in two files of 调整凭单",
)
declare(
    "L221",
    Severity.REJECT,
    N_("operator and approver are the same person; this adjustment is not counted"),
    N_("have a second person sign it"),
    "经办人 = 复核人",
)
declare(
    "L222",
    Severity.WARN,
    N_("this adjustment belongs to nobody in the roster"),
    N_("ask the client whether the member is missing from the roster or the number is wrong"),
    "an adjustment whose 个人编号 no roster row has",
)
# 211 to 215: suppression lists 停寄名单.
declare(
    "L211",
    Severity.NOTE,
    N_("{count} entries of this list match nobody in this mailing, this one first"),
    N_("nothing, if they are not insured here; else compare the numbers for lost zeros"),
    "a 停寄名单 of the whole city, a roster of one county",
)
declare(
    "L212",
    Severity.WARN,
    N_("this entry of the list fits {count} members; it was applied to each of them"),
    N_("find out who is meant and give the member's number"),
    "姓名 and 出生日期 that two members share; a 个人编号 and a 身份证号 of different members",
)
declare(
    "L213",
    Severity.NOTE,
    N_("{count} members have reported their card lost, this one first; this statement does not show it"),
    N_("nothing; their pieces print as all others do"),
    "挂失 for a kind without 卡状态",
)
declare(
    "L214",
    Severity.NOTE,
    N_("{count} members take no third party's ads by this list, this one first; house panels print"),
    N_("nothing"),
    "拒收广告",
)
declare(
    "L215",
    Severity.WARN,
    N_("the entry ends before it begins; it counts from {starts}, without an end"),
    N_("correct the dates with whoever keeps the list, and import it again"),
    "起始日期 2026-09-01, 截止日期 2026-01-31",
)
