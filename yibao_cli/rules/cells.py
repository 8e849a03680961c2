"""Import: what was found on sheets and in cells."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

# 101 to 109: sheets and rows passed over, and what was read by rule.
declare(
    "I101",
    Severity.NOTE,
    N_("this sheet has no header of {table} and was not read"),
    N_("nothing, unless it holds data: then look at its header row"),
    "a cover sheet 填表说明",
)
declare(
    "I102",
    Severity.NOTE,
    N_("this sheet is hidden and was not read"),
    N_("name it with --sheet if it holds data"),
    "a hidden sheet 旧数据",
)
declare(
    "I103",
    Severity.NOTE,
    N_("there is no data row below the header"),
    N_("ask the client whether the list is meant to be empty"),
    "a template sent back unfilled",
)
declare(
    "I104",
    Severity.NOTE,
    N_("these columns are not used: {columns}"),
    N_("nothing, unless one of them is meant: then name it with --map"),
    "备注, 序号",
)
declare(
    "I105",
    Severity.NOTE,
    N_("blank rows up to row {last} were passed over"),
    N_("nothing, unless rows were deleted by mistake"),
    "an empty row between two people",
)
declare(
    "I106",
    Severity.NOTE,
    N_("a row of totals was passed over"),
    N_("nothing"),
    "合计 at the foot of the sheet",
)
declare(
    "I107",
    Severity.NOTE,
    N_("the header is repeated here and was passed over"),
    N_("nothing"),
    "the header again at the top of each printed page",
)
declare(
    "I108",
    Severity.NOTE,
    N_("cells are merged down to row {last}; each of these rows was given the value"),
    N_("nothing, if the merged cell was meant for all of them"),
    "单位名称 merged over the unit's members",
)
declare(
    "I109",
    Severity.NOTE,
    N_("the header stands in two rows, which were joined"),
    N_("check the columns with --dry-run"),
    "本期 above 支出 and 余额",
)

# 110 to 129: cells. A number raised by 20 is the same fault in a required column.
declare(
    "I110", Severity.REJECT, N_("a required value is missing"), N_("ask the client for it"), "no 个人编号"
)
declare(
    "I111",
    Severity.REJECT,
    N_("the cell holds an error of the spreadsheet, or a formula that was never calculated"),
    N_("correct the formula or type the value, and import again"),
    "#N/A, #REF!, #####",
)
declare(
    "I112",
    Severity.REJECT,
    N_("a number of more than 15 digits, whose last digits Excel has already cut off"),
    N_("get the column as text from the client's system; the digits cannot be restored here"),
    "130102196001011232 stored as a number",
)
declare(
    "I113",
    Severity.REJECT,
    N_("this is no identifier"),
    N_("type it as text on one line"),
    "12.5, a date, TRUE",
)
declare(
    "I115",
    Severity.WARN,
    N_("the ID number is wrong: {fault}"),
    N_("correct it with the client; the statement does not depend on it"),
    "a last digit that does not fit the others",
)
declare(
    "I116",
    Severity.WARN,
    N_("the unified social credit code is wrong"),
    N_("correct it with the client"),
    "a code with the letter O",
)
declare(
    "I117",
    Severity.WARN,
    N_("this is no mobile number"),
    N_("correct it, or leave it if it is a landline: no message can be sent there"),
    "0311-87654321",
)
declare(
    "I118",
    Severity.NOTE,
    N_("the postcode had five digits; its first zero was restored"),
    N_("format the column as text"),
    "50000 for 050000",
)
declare(
    "I119",
    Severity.WARN,
    N_("this is no postcode; it was left out"),
    N_("correct it; a piece without a postcode is held"),
    "0500000, 无",
)
declare(
    "I120",
    Severity.REJECT,
    N_("this is no amount in yuan with at most two decimals"),
    N_("correct the cell"),
    "1.005, 12元整, 1e3",
)
declare(
    "I121",
    Severity.REJECT,
    N_("this is no number of the kind the column holds"),
    N_("correct the cell"),
    "三人, 12.5 people",
)
declare(
    "I122",
    Severity.WARN,
    N_("this is no date; it was left out"),
    N_("write it as 2026-01-05"),
    "2026-02-30, 46027, 去年",
)
declare(
    "I124", Severity.WARN, N_("this is neither yes nor no; it was left out"), N_("write 是 or 否"), "随便"
)
declare(
    "I125",
    Severity.WARN,
    N_("the word is not in the vocabulary of this column; it was left out"),
    N_("use one of its words, or add the spelling to the kind's choices"),
    "其他 under 性别",
)
declare(
    "I127",
    Severity.NOTE,
    N_("the blanks inside a name of two characters were closed"),
    N_("nothing"),
    "王　芳",
)
declare(
    "I128",
    Severity.WARN,
    N_("characters that cannot be seen were removed"),
    N_("check the value; copy it from another source"),
    "a zero-width blank, a direction mark, an escape",
)
declare(
    "I129",
    Severity.NOTE,
    N_("line breaks in the cell became blanks"),
    N_("nothing"),
    "an address typed on two lines",
)
declare(
    "I135",
    Severity.REJECT,
    N_("the ID number is wrong: {fault}"),
    N_("correct it with the client"),
    "a last digit that does not fit the others",
)
declare(
    "I136",
    Severity.REJECT,
    N_("the unified social credit code is wrong"),
    N_("correct it with the client"),
    "a code with the letter O",
)
declare("I139", Severity.REJECT, N_("this is no postcode"), N_("correct it"), "0500000, 无")
declare(
    "I142", Severity.REJECT, N_("this is no date"), N_("write it as 2026-01-05"), "2026-02-30, 46027, 去年"
)
declare("I144", Severity.REJECT, N_("this is neither yes nor no"), N_("write 是 or 否"), "随便")
declare(
    "I145",
    Severity.REJECT,
    N_("the word is not in the vocabulary of this column"),
    N_("use one of its words, or add the spelling to the kind's choices"),
    "其他 under 险种",
)
