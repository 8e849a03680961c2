"""The catalogue of rules: each thing that can be wrong with a record, once, with its words.

A finding names a rule by its id; the texts here are what people read, and docs/rules.md is made
from them. Ids are a stable interface: never reused, never renumbered.

Letters: I import, A address, L ledger, H hold, C contract and ad, P print, T returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding does to its row."""

    REJECT = "reject"  # the row is not used
    HOLD = "hold"  # the piece is not printed
    WARN = "warn"  # used, and a person should look
    NOTE = "note"  # used; something was read or restored by rule, and this is the record of it


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what is wrong, what to do, and an example of what sets it off.

    message and remedy are English message ids; `_()` gives the Chinese. The fields in braces are
    filled from the finding's `details`.
    """

    id: str
    severity: Severity
    message: str
    remedy: str
    example: str


RULES: dict[str, Rule] = {}


def rule(rule_id: str) -> Rule:
    """Look a rule up; an id that is not in the catalogue is a bug."""
    return RULES[rule_id]


def _rule(rule_id: str, severity: Severity, message: str, remedy: str, example: str) -> None:
    if rule_id in RULES:
        raise ValueError(f"rule {rule_id} is declared twice")
    RULES[rule_id] = Rule(rule_id, severity, message, remedy, example)


# In the texts below, braces are filled from `Finding.details`; the Chinese stands in the catalogue.

# ------------------------------------------------------------------------------ I: import

# 101 to 109: sheets and rows passed over, and what was read by rule.
_rule(
    "I101",
    Severity.NOTE,
    "this sheet has no header of {table} and was not read",
    "nothing, unless it holds data: then look at its header row",
    "a cover sheet 填表说明",
)
_rule(
    "I102",
    Severity.NOTE,
    "this sheet is hidden and was not read",
    "name it with --sheet if it holds data",
    "a hidden sheet 旧数据",
)
_rule(
    "I103",
    Severity.NOTE,
    "there is no data row below the header",
    "ask the client whether the list is meant to be empty",
    "a template sent back unfilled",
)
_rule(
    "I104",
    Severity.NOTE,
    "these columns are not used: {columns}",
    "nothing, unless one of them is meant: then name it with --map",
    "备注, 序号",
)
_rule(
    "I105",
    Severity.NOTE,
    "blank rows up to row {last} were passed over",
    "nothing, unless rows were deleted by mistake",
    "an empty row between two people",
)
_rule("I106", Severity.NOTE, "a row of totals was passed over", "nothing", "合计 at the foot of the sheet")
_rule(
    "I107",
    Severity.NOTE,
    "the header is repeated here and was passed over",
    "nothing",
    "the header again at the top of each printed page",
)
_rule(
    "I108",
    Severity.NOTE,
    "cells are merged down to row {last}; each of these rows was given the value",
    "nothing, if the merged cell was meant for all of them",
    "单位名称 merged over the unit's members",
)
_rule(
    "I109",
    Severity.NOTE,
    "the header stands in two rows, which were joined",
    "check the columns with --dry-run",
    "本期 above 支出 and 余额",
)

# 110 to 129: cells. A number raised by 20 is the same fault in a required column.
_rule("I110", Severity.REJECT, "a required value is missing", "ask the client for it", "no 个人编号")
_rule(
    "I111",
    Severity.REJECT,
    "the cell holds an error of the spreadsheet",
    "correct the formula or type the value, and import again",
    "#N/A, #REF!, #####",
)
_rule(
    "I112",
    Severity.REJECT,
    "a number of more than 15 digits, whose last digits Excel has already cut off",
    "get the column as text from the client's system; the digits cannot be restored here",
    "130102196001011232 stored as a number",
)
_rule("I113", Severity.REJECT, "this is no identifier", "type it as text on one line", "12.5, a date, TRUE")
_rule(
    "I115",
    Severity.WARN,
    "the ID number is wrong: {fault}",
    "correct it with the client; the statement does not depend on it",
    "a last digit that does not fit the others",
)
_rule(
    "I116",
    Severity.WARN,
    "the unified social credit code is wrong",
    "correct it with the client",
    "a code with the letter O",
)
_rule(
    "I117",
    Severity.WARN,
    "this is no mobile number",
    "correct it, or leave it if it is a landline: no message can be sent there",
    "0311-87654321",
)
_rule(
    "I118",
    Severity.NOTE,
    "the postcode had five digits; its first zero was restored",
    "format the column as text",
    "50000 for 050000",
)
_rule(
    "I119",
    Severity.WARN,
    "this is no postcode; it was left out",
    "correct it; the address gives one meanwhile",
    "0500000, 无",
)
_rule(
    "I120",
    Severity.REJECT,
    "this is no amount in yuan with at most two decimals",
    "correct the cell",
    "1.005, 12元整, 1e3",
)
_rule(
    "I121",
    Severity.REJECT,
    "this is no number of the kind the column holds",
    "correct the cell",
    "三人, 12.5 people",
)
_rule(
    "I122",
    Severity.WARN,
    "this is no date; it was left out",
    "write it as 2026-01-05",
    "2026-02-30, 46027, 去年",
)
_rule("I124", Severity.WARN, "this is neither yes nor no; it was left out", "write 是 or 否", "随便")
_rule(
    "I125",
    Severity.WARN,
    "the word is not in the vocabulary of this column; it was left out",
    "use one of its words, or add the spelling to the kind's choices",
    "其他 under 性别",
)
_rule("I127", Severity.NOTE, "the blanks inside a name of two characters were closed", "nothing", "王　芳")
_rule(
    "I128",
    Severity.WARN,
    "characters that cannot be seen were removed",
    "check the value; copy it from another source",
    "a zero-width blank, a direction mark, an escape",
)
_rule(
    "I129", Severity.NOTE, "line breaks in the cell became blanks", "nothing", "an address typed on two lines"
)
_rule(
    "I135",
    Severity.REJECT,
    "the ID number is wrong: {fault}",
    "correct it with the client",
    "a last digit that does not fit the others",
)
_rule(
    "I136",
    Severity.REJECT,
    "the unified social credit code is wrong",
    "correct it with the client",
    "a code with the letter O",
)
_rule("I139", Severity.REJECT, "this is no postcode", "correct it", "0500000, 无")
_rule("I142", Severity.REJECT, "this is no date", "write it as 2026-01-05", "2026-02-30, 46027, 去年")
_rule("I144", Severity.REJECT, "this is neither yes nor no", "write 是 or 否", "随便")
_rule(
    "I145",
    Severity.REJECT,
    "the word is not in the vocabulary of this column",
    "use one of its words, or add the spelling to the kind's choices",
    "其他 under 险种",
)

# 150 to 159: rows.
_rule(
    "I150",
    Severity.REJECT,
    "the row has {cells} cells and the header {width}",
    "look for a separator inside a value, or a line that was cut",
    "a comma typed inside an address of a csv file",
)
_rule(
    "I151",
    Severity.REJECT,
    "the record runs on to line {last}",
    "look for a stray quote, or a line break inside a value",
    'a " in an address of a csv file',
)
_rule(
    "I152",
    Severity.REJECT,
    "the row repeats row {first}, every value equal",
    "nothing, if one of them is enough",
    "a person listed twice",
)
_rule(
    "I153",
    Severity.REJECT,
    "the row has the key of row {first} and other values",
    "ask the client which of the two is right",
    "one 个人编号 with two balances",
)

# ------------------------------------------------------------------------------ A: address
_rule(
    "A101",
    Severity.HOLD,
    "the address is empty, or a word that stands for nothing",
    "ask the employer or the member for the address",
    "不详",
)
_rule(
    "A102",
    Severity.HOLD,
    "this is not an address: no Chinese character in it",
    "look at the column; another field may have been put there",
    "13800000000",
)
_rule(
    "A103",
    Severity.HOLD,
    "no province, city or county in the address",
    "complete the address, or give the county in its own column",
    "人民南路97号",
)
_rule(
    "A104",
    Severity.HOLD,
    "{name} does not lie in {parent}",
    "find out which of the two is meant and correct the address",
    "浙江省杭州市昆山市人民路3号",
)
_rule(
    "A105",
    Severity.HOLD,
    "the text is damaged: characters were lost in a conversion",
    "export the file again, in UTF-8 or as xlsx",
    "石家庄市锟斤拷路",
)
_rule(
    "A106",
    Severity.HOLD,
    "the address is longer than 300 characters",
    "look at the cell; several addresses may stand in it",
    "a cell with ten addresses",
)
_rule(
    "A111",
    Severity.WARN,
    "the address names no county in {city}",
    "add the county, or the town if the county is not known",
    "石家庄市槐中路113号",
)
_rule(
    "A112",
    Severity.WARN,
    "no such county in {city}: {county}",
    "correct the county; it may have been renamed or merged",
    "安徽省芜湖市三山区时代广场1号",
)
_rule(
    "A113",
    Severity.WARN,
    "several counties are called {county}, and nothing tells which is meant",
    "add the city, or the postcode",
    "鼓楼区中山北路10号",
)
_rule(
    "A114",
    Severity.WARN,
    "nothing stands after {county}",
    "add village, road and number, or building",
    "河北省石家庄市长安区",
)
_rule(
    "A115",
    Severity.WARN,
    "no number, village or building: a postman finds no door",
    "add the number or the name of the building",
    "河北省石家庄市长安区中山路",
)
_rule(
    "A116",
    Severity.WARN,
    "the postcode belongs to another province: {prefix} is {place}, the address lies in {province}",
    "correct the postcode, or the address",
    "100080 for 河北省石家庄市长安区中山路1号",
)
_rule(
    "A117",
    Severity.WARN,
    "the postcode is not six digits",
    "correct the postcode; zeros at the front may have been lost",
    "50000",
)
_rule(
    "A118",
    Severity.WARN,
    "the county column names another place than the address, which lies in {county}",
    "find out which of the two is meant",
    "桥西区 beside 石家庄市长安区中山路1号",
)
_rule(
    "A119",
    Severity.WARN,
    "text stands before the province or city, and was left out",
    "look whether it is a name, and move it to its own column",
    "张三收浙江省杭州市西湖区灵隐路1号",
)
_rule(
    "A120",
    Severity.WARN,
    "an old name was read as {county}",
    "confirm the present name; parts of it may lie in another county now",
    "杭州市余杭市人民路1号",
)
_rule(
    "A121",
    Severity.WARN,
    "{county} is a zone; the county in {city} that it belongs to is not named",
    "accept it if letters arrive there, or add the county",
    "成都高新区天府大道12号",
)

# ------------------------------------------------------------------------------ L: ledger

_rule(
    "L201",
    Severity.WARN,
    "this row of {table} belongs to nobody in the roster",
    "ask the client whether the member is missing from the roster or the number is wrong",
    "a balance whose 个人编号 no roster row has",
)
_rule(
    "L202",
    Severity.WARN,
    "this line of {table} belongs to nobody in the roster; it is on no statement",
    "ask the client whether the member is missing from the roster or the number is wrong",
    "a transaction whose 个人编号 no roster row has",
)
_rule(
    "L203",
    Severity.WARN,
    "the member has a second row in {table}, from another file; the first one counts",
    "import only the file that is right, or ask the client which one counts",
    "two balance files that overlap",
)

# ------------------------------------------------------------------------------ H: hold

_rule(
    "H100",
    Severity.HOLD,
    "the member is in the roster already, in an earlier file; this row is not mailed",
    "nothing, if both rows are the same person; else correct the number and import again",
    "two roster files that overlap",
)
_rule(
    "H101",
    Severity.HOLD,
    "the member has died; nothing is mailed",
    "nothing; tell the client if the status is wrong",
    "参保状态 = 死亡",
)
_rule(
    "H102",
    Severity.HOLD,
    "the member has left this region's insurance; nothing is mailed",
    "nothing; tell the client if the status is wrong",
    "参保状态 = 转出, 户口外迁",
)
_rule(
    "H201",
    Severity.HOLD,
    "the address cannot be delivered to ({reasons})",
    "correct the address with the client and import the roster again",
    "通讯地址 = 不详",
)
_rule(
    "H202",
    Severity.HOLD,
    "the address has no postcode",
    "ask the client for the postcode and import the roster again",
    "邮政编码 blank",
)
_rule(
    "H301",
    Severity.HOLD,
    "the member has no account data",
    "ask the client for the member's balance and import it",
    "a roster row whose 个人编号 has no balance",
)
_rule(
    "H302",
    Severity.HOLD,
    "the sums do not tie: {text}; off by {difference} yuan",
    "ask the client for corrected figures; never edit them here",
    "期末余额 that is 0.01 more than opening, credits and spending make",
)
_rule(
    "H303",
    Severity.HOLD,
    "{count} of the member's lines do not tie: {text}",
    "ask the client for corrected lines; never edit them here",
    "总价 that is not 统筹支付 + 个人账户支付 + 自费金额",
)
_rule(
    "H401",
    Severity.HOLD,
    "no font has the character {characters}",
    "install a font that has it and name it in yibao.toml, or ask how the name may be written",
    "a name with 𫝑 (U+2B751)",
)
_rule(
    "H402",
    Severity.HOLD,
    "the text does not fit its place even at the smallest size: {place}",
    "shorten it with the client, or give it more room in kind.toml",
    "an employer's name of 200 characters",
)

# ------------------------------------------------------------------------------ C: contract and ad

_rule(
    "C101",
    Severity.REJECT,
    "contract {contract} is not approved ({review}); its ad does not print",
    "have the ad approved, then import the contracts again",
    "审核状态 = 待审",
)
_rule(
    "C102",
    Severity.REJECT,
    "contract {contract} runs {starts} to {ends} and is not in force on {posting}; its ad does not print",
    "agree on new dates with the advertiser, then import the contracts again",
    "结束日期 before the day of posting",
)
_rule(
    "C201",
    Severity.REJECT,
    "the artwork {artwork} of contract {contract} is missing; its ad does not print",
    "put the file beside the contracts, or into the folder art there, and import again",
    "素材文件 that is not there",
)
_rule(
    "C202",
    Severity.REJECT,
    "the artwork {artwork} of contract {contract} cannot be used",
    "ask for it as PDF, PNG or JPEG",
    "a damaged PNG, a .docx",
)
_rule(
    "C203",
    Severity.REJECT,
    "the artwork {artwork} of contract {contract} has not the size of the panel",
    "ask for it at the panel's size (230 x 120 mm)",
    "art of 210 x 297 mm",
)
_rule(
    "C204",
    Severity.REJECT,
    "the artwork {artwork} of contract {contract} has less than 100 dpi",
    "ask for it at 300 dpi",
    "a picture of 800 x 417 pixels for 230 x 120 mm",
)
_rule(
    "C205",
    Severity.WARN,
    "the artwork {artwork} of contract {contract} has less than 200 dpi and will look soft",
    "ask for it at 300 dpi",
    "a picture of 1,358 x 709 pixels for 230 x 120 mm",
)

# ------------------------------------------------------------------------------ P: print

# ------------------------------------------------------------------------------ T: returns
_rule(
    "T101",
    Severity.REJECT,
    "this is no piece number: its form or its check character is wrong",
    "read the number beside the code again, or scan the code",
    "00012340, where 00012342 was printed",
)
_rule(
    "T102",
    Severity.REJECT,
    "the row names mailing {named}, and these are the returns of {mailing}",
    "import it with the returns of mailing {named}",
    "批次号 2026Q2 among the returns of 2026Q3",
)
_rule(
    "T103",
    Severity.REJECT,
    "mailing {mailing} has no piece with this number",
    "see on the letter which mailing it belongs to",
    "a well-formed piece number that was never merged",
)
_rule(
    "T104",
    Severity.REJECT,
    "this piece was never posted",
    "find out how it came among the returns; it was held or not handed over",
    "a piece that was held for its address",
)
_rule(
    "T105",
    Severity.REJECT,
    "returned on {day}, before the posting on {posted_on}",
    "correct the date of return",
    "退回日期 2026-09-01 for a mailing posted on 2026-10-08",
)
_rule(
    "T106",
    Severity.REJECT,
    "returned on {day}, which is in the future",
    "correct the date of return",
    "退回日期 2027-01-01, imported on 2026-11-10",
)
_rule(
    "T107",
    Severity.REJECT,
    "this piece stands in the file already, in row {first}",
    "leave one of the two rows in the file",
    "the same 账单编号 in rows 12 and 340",
)
_rule(
    "T108",
    Severity.REJECT,
    "the return of this piece is recorded already",
    "nothing; the earlier record stands",
    "the file of last week imported once more",
)
_rule(
    "T109",
    Severity.REJECT,
    "the date of return is missing or is no date",
    "fill in the day on which the letter came back",
    "退回日期 left empty",
)
