"""The catalogue of rules: each thing that can be wrong with a record, once, with its words.

A finding names a rule by its id; the texts here are what people read, and docs/rules.md is made
from them. Ids are a stable interface: never reused, never renumbered.

Letters: I import, A address, L ledger, H hold, C contract and ad, P print, T returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yibao_cli.i18n import N_


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
    N_("this sheet has no header of {table} and was not read"),
    N_("nothing, unless it holds data: then look at its header row"),
    "a cover sheet 填表说明",
)
_rule(
    "I102",
    Severity.NOTE,
    N_("this sheet is hidden and was not read"),
    N_("name it with --sheet if it holds data"),
    "a hidden sheet 旧数据",
)
_rule(
    "I103",
    Severity.NOTE,
    N_("there is no data row below the header"),
    N_("ask the client whether the list is meant to be empty"),
    "a template sent back unfilled",
)
_rule(
    "I104",
    Severity.NOTE,
    N_("these columns are not used: {columns}"),
    N_("nothing, unless one of them is meant: then name it with --map"),
    "备注, 序号",
)
_rule(
    "I105",
    Severity.NOTE,
    N_("blank rows up to row {last} were passed over"),
    N_("nothing, unless rows were deleted by mistake"),
    "an empty row between two people",
)
_rule(
    "I106",
    Severity.NOTE,
    N_("a row of totals was passed over"),
    N_("nothing"),
    "合计 at the foot of the sheet",
)
_rule(
    "I107",
    Severity.NOTE,
    N_("the header is repeated here and was passed over"),
    N_("nothing"),
    "the header again at the top of each printed page",
)
_rule(
    "I108",
    Severity.NOTE,
    N_("cells are merged down to row {last}; each of these rows was given the value"),
    N_("nothing, if the merged cell was meant for all of them"),
    "单位名称 merged over the unit's members",
)
_rule(
    "I109",
    Severity.NOTE,
    N_("the header stands in two rows, which were joined"),
    N_("check the columns with --dry-run"),
    "本期 above 支出 and 余额",
)

# 110 to 129: cells. A number raised by 20 is the same fault in a required column.
_rule("I110", Severity.REJECT, N_("a required value is missing"), N_("ask the client for it"), "no 个人编号")
_rule(
    "I111",
    Severity.REJECT,
    N_("the cell holds an error of the spreadsheet, or a formula that was never calculated"),
    N_("correct the formula or type the value, and import again"),
    "#N/A, #REF!, #####",
)
_rule(
    "I112",
    Severity.REJECT,
    N_("a number of more than 15 digits, whose last digits Excel has already cut off"),
    N_("get the column as text from the client's system; the digits cannot be restored here"),
    "130102196001011232 stored as a number",
)
_rule(
    "I113",
    Severity.REJECT,
    N_("this is no identifier"),
    N_("type it as text on one line"),
    "12.5, a date, TRUE",
)
_rule(
    "I115",
    Severity.WARN,
    N_("the ID number is wrong: {fault}"),
    N_("correct it with the client; the statement does not depend on it"),
    "a last digit that does not fit the others",
)
_rule(
    "I116",
    Severity.WARN,
    N_("the unified social credit code is wrong"),
    N_("correct it with the client"),
    "a code with the letter O",
)
_rule(
    "I117",
    Severity.WARN,
    N_("this is no mobile number"),
    N_("correct it, or leave it if it is a landline: no message can be sent there"),
    "0311-87654321",
)
_rule(
    "I118",
    Severity.NOTE,
    N_("the postcode had five digits; its first zero was restored"),
    N_("format the column as text"),
    "50000 for 050000",
)
_rule(
    "I119",
    Severity.WARN,
    N_("this is no postcode; it was left out"),
    N_("correct it; a piece without a postcode is held"),
    "0500000, 无",
)
_rule(
    "I120",
    Severity.REJECT,
    N_("this is no amount in yuan with at most two decimals"),
    N_("correct the cell"),
    "1.005, 12元整, 1e3",
)
_rule(
    "I121",
    Severity.REJECT,
    N_("this is no number of the kind the column holds"),
    N_("correct the cell"),
    "三人, 12.5 people",
)
_rule(
    "I122",
    Severity.WARN,
    N_("this is no date; it was left out"),
    N_("write it as 2026-01-05"),
    "2026-02-30, 46027, 去年",
)
_rule("I124", Severity.WARN, N_("this is neither yes nor no; it was left out"), N_("write 是 or 否"), "随便")
_rule(
    "I125",
    Severity.WARN,
    N_("the word is not in the vocabulary of this column; it was left out"),
    N_("use one of its words, or add the spelling to the kind's choices"),
    "其他 under 性别",
)
_rule(
    "I127",
    Severity.NOTE,
    N_("the blanks inside a name of two characters were closed"),
    N_("nothing"),
    "王　芳",
)
_rule(
    "I128",
    Severity.WARN,
    N_("characters that cannot be seen were removed"),
    N_("check the value; copy it from another source"),
    "a zero-width blank, a direction mark, an escape",
)
_rule(
    "I129",
    Severity.NOTE,
    N_("line breaks in the cell became blanks"),
    N_("nothing"),
    "an address typed on two lines",
)
_rule(
    "I135",
    Severity.REJECT,
    N_("the ID number is wrong: {fault}"),
    N_("correct it with the client"),
    "a last digit that does not fit the others",
)
_rule(
    "I136",
    Severity.REJECT,
    N_("the unified social credit code is wrong"),
    N_("correct it with the client"),
    "a code with the letter O",
)
_rule("I139", Severity.REJECT, N_("this is no postcode"), N_("correct it"), "0500000, 无")
_rule("I142", Severity.REJECT, N_("this is no date"), N_("write it as 2026-01-05"), "2026-02-30, 46027, 去年")
_rule("I144", Severity.REJECT, N_("this is neither yes nor no"), N_("write 是 or 否"), "随便")
_rule(
    "I145",
    Severity.REJECT,
    N_("the word is not in the vocabulary of this column"),
    N_("use one of its words, or add the spelling to the kind's choices"),
    "其他 under 险种",
)

# 150 to 159: rows.
_rule(
    "I150",
    Severity.REJECT,
    N_("the row has {cells} cells and the header {width}"),
    N_("look for a separator inside a value, or a line that was cut"),
    "a comma typed inside an address of a csv file",
)
_rule(
    "I151",
    Severity.REJECT,
    N_("the record runs on to line {last}"),
    N_("look for a stray quote, or a line break inside a value"),
    'a " in an address of a csv file',
)
_rule(
    "I152",
    Severity.REJECT,
    N_("the row repeats row {first}, every value equal"),
    N_("nothing, if one of them is enough"),
    "a person listed twice",
)
_rule(
    "I153",
    Severity.REJECT,
    N_("the row has the key of row {first} and other values"),
    N_("ask the client which of the two is right"),
    "one 个人编号 with two balances",
)

# 160 to 169: the file as a whole, and lines that are no rows.
_rule(
    "I160",
    Severity.NOTE,
    N_("the text was read as {encoding}; {share} percent of its characters are common ones there"),
    N_("nothing; --encoding says otherwise"),
    "a csv file saved by Excel in Chinese Windows",
)
_rule(
    "I161",
    Severity.WARN,
    N_(
        "the text was read as {encoding}, which is not certain: {share} percent of its characters are"
        " common ones there, and {other_share} percent in {other}"
    ),
    N_("look at names with --dry-run; if they are wrong, name the encoding with --encoding"),
    "a short csv file from Taiwan or Hong Kong",
)
_rule(
    "I162",
    Severity.REJECT,
    N_("the line is no JSON object of plain values, each under a key of its own"),
    N_("ask the client for one object a line"),
    "a line that was cut, or an object inside an object",
)
_rule(
    "I163",
    Severity.NOTE,
    N_("{count} records are marked as deleted in the table and were passed over"),
    N_("nothing, unless the client deleted them by mistake"),
    "a dbf that was never packed",
)
_rule(
    "I164",
    Severity.WARN,
    N_("these columns hold memos, which stand in another file, and were not read: {columns}"),
    N_("if one of them is needed, ask for the column as text"),
    "an address kept as a memo of FoxPro",
)
_rule(
    "I165",
    Severity.NOTE,
    N_("the workbook holds macros; none was run"),
    N_("nothing; what the cells held when it was saved was read"),
    "an .xlsm with a button",
)
_rule(
    "I166",
    Severity.NOTE,
    N_("the workbook links to other files; none was opened"),
    N_("nothing, if its values were up to date when it was saved"),
    "a VLOOKUP into another workbook",
)
_rule(
    "I167",
    Severity.NOTE,
    N_("this is text with the name of a workbook, and was read as text"),
    N_("nothing"),
    "roster.xls written by an old system, with tabs between the columns",
)
_rule(
    "I168",
    Severity.NOTE,
    N_("these files of the zip are of no form that holds a table and were not read: {names}"),
    N_("nothing, unless one of them holds data: then ask for it as .xlsx or .csv"),
    "说明.docx beside the roster",
)

# 170 to 184: what the sheet hides, how amounts and days were read, what is well formed and unlikely.
_rule(
    "I170",
    Severity.WARN,
    N_("rows are hidden in the client's sheet ({rows}); they were read"),
    N_("ask the client whether they belong to the list; else delete them and import again"),
    "a filter left on when the file was saved",
)
_rule(
    "I171",
    Severity.WARN,
    N_("the column is hidden in the client's sheet; it was read"),
    N_("ask the client whether it is still kept up to date"),
    "an old 通讯地址 hidden beside a new one",
)
_rule(
    "I172",
    Severity.NOTE,
    N_("the amounts of this column are in {unit}; they were turned into yuan exactly"),
    N_("compare one amount with the client's figure"),
    "期末余额（万元）; 单位：万元 above the header",
)
_rule(
    "I173",
    Severity.WARN,
    N_("the header names the unit {unit}, which is unknown; the amounts were read as yuan"),
    N_("ask the client for yuan, and import again"),
    "金额（美元）",
)
_rule(
    "I174",
    Severity.NOTE,
    N_("most cells of this column are bare numbers; they were read as days counted from {first}"),
    N_("compare one date with the client's, or format the column as a date"),
    "46027 for 2026-01-05",
)
_rule(
    "I175",
    Severity.WARN,
    N_("the date of birth differs from the one in the ID number"),
    N_("ask the client which is right; the statement does not depend on it"),
    "1980-01-02 beside an ID number of 1980-01-01",
)
_rule(
    "I176",
    Severity.WARN,
    N_("the sex differs from the one in the ID number"),
    N_("ask the client which is right; the statement does not depend on it"),
    "女 beside an ID number whose last digit but one is odd",
)
_rule("I177", Severity.WARN, N_("the date lies in the future"), N_("correct it"), "2062-01-05 for 2026-01-05")
_rule(
    "I178",
    Severity.WARN,
    N_("the amount is above ten million yuan"),
    N_("check it: the column may have moved, or the amounts may be in fen"),
    "a card number under 期末余额",
)
_rule(
    "I179",
    Severity.WARN,
    N_("the ID number stands in row {first} too, under another number of the member"),
    N_("ask the client whether one person has two accounts; both get a statement"),
    "one person with two 个人编号",
)
_rule(
    "I180",
    Severity.WARN,
    N_("this mobile number is of a range for machines; no person reads messages there"),
    N_("ask the member for a number"),
    "14000138000",
)
_rule(
    "I181",
    Severity.WARN,
    N_("the ID number stands in row {first} too, with another name"),
    N_("ask the client which of the two it belongs to"),
    "two names with one 身份证号",
)
_rule(
    "I182",
    Severity.NOTE,
    N_("a row from above the header is repeated here and was passed over"),
    N_("nothing"),
    "the title again at the top of each printed page",
)
_rule(
    "I183",
    Severity.NOTE,
    N_("a line for signatures or remarks was passed over"),
    N_("nothing"),
    "制表人： 审核人： at the foot of the sheet",
)
_rule(
    "I184",
    Severity.WARN,
    N_("the ID number is wrong and ends in 000, as Excel leaves one that was a number once: {fault}"),
    N_("get the column as text from the client's system; the digits cannot be restored here"),
    "130102196001011000",
)

# 195: lists of people, whatever names them.
_rule(
    "I195",
    Severity.REJECT,
    N_("the row names nobody; it must have one of: {columns}"),
    N_("fill in a number, or name and date of birth, or the address, and import the list again"),
    "停寄名单 with a name alone",
)

# 185 to 189: a file beside the mailing and its other files.
_rule(
    "I185",
    Severity.WARN,
    N_("the data of {count} rows end on a day outside {first} to {last}, this one first"),
    N_("check that this is the file of this period: these statements are held at merge"),
    "数据截止日期 = 2026-06-30 in a mailing of 2026Q3",
)
_rule(
    "I186",
    Severity.WARN,
    N_("{count} rows have a key that stands in {other} too, this one first; the earlier file counts"),
    N_("if this file corrects that one, import it again with --replaces"),
    "roster-new.xlsx imported beside roster.xlsx",
)

# ------------------------------------------------------------------------------ A: address
_rule(
    "A101",
    Severity.HOLD,
    N_("the address is empty, or a word that stands for nothing"),
    N_("ask the employer or the member for the address"),
    "不详",
)
_rule(
    "A102",
    Severity.HOLD,
    N_("this is not an address: no Chinese character in it"),
    N_("look at the column; another field may have been put there"),
    "13800000000",
)
_rule(
    "A103",
    Severity.HOLD,
    N_("no province, city or county in the address"),
    N_("complete the address, or give the county in its own column"),
    "人民南路97号",
)
_rule(
    "A104",
    Severity.HOLD,
    N_("{name} does not lie in {parent}"),
    N_("find out which of the two is meant and correct the address"),
    "浙江省杭州市昆山市人民路3号",
)
_rule(
    "A105",
    Severity.HOLD,
    N_("the text is damaged: characters were lost in a conversion"),
    N_("export the file again, in UTF-8 or as xlsx"),
    "石家庄市锟斤拷路",
)
_rule(
    "A106",
    Severity.HOLD,
    N_("the address is longer than 300 characters"),
    N_("look at the cell; several addresses may stand in it"),
    "a cell with ten addresses",
)
_rule(
    "A107",
    Severity.HOLD,
    N_("too little of an address is certain: score {score}, at least {limit} is asked"),
    N_("complete the address, or lower `bad` in [address] of yibao.toml"),
    "浙江省, with `bad = 0.3`",
)
_rule(
    "A111",
    Severity.WARN,
    N_("the address names no county in {city}"),
    N_("add the county, or the town if the county is not known"),
    "石家庄市槐中路113号",
)
_rule(
    "A112",
    Severity.WARN,
    N_("no such county in {city}: {county}"),
    N_("correct the county; it may have been renamed or merged"),
    "安徽省芜湖市三山区时代广场1号",
)
_rule(
    "A113",
    Severity.WARN,
    N_("several counties are called {county}, and nothing tells which is meant"),
    N_("add the city, or the postcode"),
    "鼓楼区中山北路10号",
)
_rule(
    "A114",
    Severity.WARN,
    N_("nothing stands after {county}"),
    N_("add village, road and number, or building"),
    "河北省石家庄市长安区",
)
_rule(
    "A115",
    Severity.WARN,
    N_("no number, village or building: a postman finds no door"),
    N_("add the number or the name of the building"),
    "河北省石家庄市长安区中山路",
)
_rule(
    "A116",
    Severity.WARN,
    N_("the postcode belongs to another province: {prefix} is {place}, the address lies in {province}"),
    N_("correct the postcode, or the address"),
    "100080 for 河北省石家庄市长安区中山路1号",
)
_rule(
    "A117",
    Severity.WARN,
    N_("the postcode is not six digits"),
    N_("correct the postcode; zeros at the front may have been lost"),
    "50000",
)
_rule(
    "A118",
    Severity.WARN,
    N_("the county column names another place than the address, which lies in {county}"),
    N_("find out which of the two is meant"),
    "桥西区 beside 石家庄市长安区中山路1号",
)
_rule(
    "A119",
    Severity.WARN,
    N_("text stands before the province or city, and was left out"),
    N_("look whether it is a name, and move it to its own column"),
    "张三收浙江省杭州市西湖区灵隐路1号",
)
_rule(
    "A120",
    Severity.WARN,
    N_("{county} is a name of the past; today it is {candidates}"),
    N_("find out which of them the address lies in, by its town or road"),
    "杭州市余杭市人民路1号",
)
_rule(
    "A121",
    Severity.WARN,
    N_("{county} is a zone; the county in {city} that it belongs to is not named"),
    N_("accept it if letters arrive there, or add the county"),
    "成都高新区天府大道12号",
)
_rule(
    "A122",
    Severity.WARN,
    N_("a wrong character: read as {name}"),
    N_("confirm the name, and correct it at the client's"),
    "四川省成都市武候区人民南路11号",
)
_rule(
    "A123",
    Severity.WARN,
    N_("{province} has a post of its own: this letter needs other postage"),
    N_("mail it apart, or give a mainland address"),
    "台湾省台北市信义区信义路五段7号",
)
_rule(
    "A124",
    Severity.WARN,
    N_("the postcode belongs to {place}, the address lies in {county}"),
    N_("correct the postcode, or the address"),
    "215300 for 江苏省南京市玄武区中山东路1号, with a table of postcodes",
)
_rule(
    "A125",
    Severity.WARN,
    N_("not everything is confirmed: score {score}, a good address has {limit}"),
    N_("add the town, or lower `good` in [address] of yibao.toml"),
    "河北省石家庄市长安区中山路1号, with `good = 0.95`",
)

# 131 to 139: what people, or the post, said of an address.
_rule(
    "A131",
    Severity.HOLD,
    N_("nothing is sent to this address since {day}: {suppressed}"),
    N_("`yibao address release` takes it back when mail can be delivered there again"),
    "a building that was pulled down",
)
_rule(
    "A132",
    Severity.HOLD,
    N_("mail to this address came back on {day}, reason {code}, and nobody has settled it"),
    N_("find out the right address; accept, correct or hold this one by `yibao address review`"),
    "原写地址不详 on a return slip",
)
_rule(
    "A133",
    Severity.HOLD,
    N_("a person holds this address"),
    N_("see why by `yibao address history`; decide again by `yibao address apply`"),
    "处理 = 暂扣 in the review workbook",
)

# 141 to 152: what a review workbook says, and what the post's own tables do not cover.
_rule(
    "A141",
    Severity.REJECT,
    N_("this entry was changed after the workbook was written"),
    N_("see by whom with `yibao address history {id}`, and decide in a new workbook"),
    "two people reviewing the same addresses",
)
_rule(
    "A142",
    Severity.REJECT,
    N_("the row is to be corrected, and no corrected address is given"),
    N_("fill in 更正后地址, or choose another 处理"),
    "处理 = 更正 with nothing behind it",
)
_rule(
    "A143",
    Severity.REJECT,
    N_("the corrected address cannot be used: {reasons}"),
    N_("complete it with county, road and number"),
    "更正后地址 = 中山路",
)
_rule(
    "A144",
    Severity.REJECT,
    N_("the correction names one door, and {count} members of the roster wrote this address"),
    N_("give each member an address of their own, in the sheet 逐人更正"),
    "中山东路12号3-2-501 for an address that seven members share",
)
_rule(
    "A145",
    Severity.REJECT,
    N_("the address book has no such entry, or its original text was changed in the workbook"),
    N_("write a new workbook by `yibao address review`"),
    "a row typed in by hand",
)
_rule(
    "A146",
    Severity.REJECT,
    N_("this address cannot be accepted as it stands: {reasons}"),
    N_("correct it, or hold it"),
    "处理 = 采用 beside 不详",
)
_rule(
    "A147",
    Severity.REJECT,
    N_("row {first} decides otherwise about the same entry; neither was applied"),
    N_("leave one of the two"),
    "one 编号 accepted and held",
)
_rule(
    "A148",
    Severity.WARN,
    N_("taken as the person gave it, though there is a doubt: {reasons}"),
    N_("look whether it was typed rightly"),
    "更正后地址 without a number",
)
_rule(
    "A149",
    Severity.REJECT,
    N_("the corrected address lies in another county, and no postcode is given with it"),
    N_("fill in 更正后邮编"),
    "长安区 corrected to 桥西区",
)
_rule(
    "A150",
    Severity.REJECT,
    N_("a corrected address is given, but the decision is another"),
    N_("choose 更正, or take the corrected address out"),
    "处理 = 采用 with 更正后地址 filled in",
)
_rule(
    "A151",
    Severity.WARN,
    N_("no walk of the post's table covers this address"),
    N_("tell the delivery office, or add the road to the table"),
    "a road built last year",
)
_rule(
    "A152",
    Severity.WARN,
    N_("several walks of the post's table cover this address: {walks}"),
    N_("have the delivery office say which, and correct the table"),
    "two rows for 中山东路 1 to 99",
)
_rule(
    "A153",
    Severity.WARN,
    N_("the post's table has the postcode {postcode} for another county: {counties}"),
    N_("correct the postcode or the address"),
    "050011 beside an address in 藁城区",
)

_rule(
    "A154",
    Severity.REJECT,
    N_("for one member alone there is only a correction"),
    N_("accept or hold the address in the first sheet, for all who wrote it"),
    "处理 = 采用 in the sheet 逐人更正",
)
_rule(
    "A155",
    Severity.REJECT,
    N_("no member of the roster with this number writes this address"),
    N_("look whether a newer roster was imported, and write a new workbook"),
    "a member who is no longer on the roster",
)

# ------------------------------------------------------------------------------ L: ledger

_rule(
    "L201",
    Severity.WARN,
    N_("this row of {table} belongs to nobody in the roster"),
    N_("ask the client whether the member is missing from the roster or the number is wrong"),
    "a balance whose 个人编号 no roster row has",
)
_rule(
    "L202",
    Severity.WARN,
    N_("this line of {table} belongs to nobody in the roster; it is on no statement"),
    N_("ask the client whether the member is missing from the roster or the number is wrong"),
    "a transaction whose 个人编号 no roster row has",
)
_rule(
    "L203",
    Severity.WARN,
    N_("the member has a second row in {table}, from another file; the first one counts"),
    N_("import only the file that is right, or ask the client which one counts"),
    "two balance files that overlap",
)

_rule(
    "L204",
    Severity.WARN,
    N_("this line of {table} stands in an earlier file too; it counts once"),
    N_("nothing, if the files overlap; else ask the client which one is right"),
    "one 流水号 in two transaction files",
)
_rule(
    "L205",
    Severity.WARN,
    N_("the employer is not among the employers imported"),
    N_("ask the client for the employer's row; compare the numbers for lost zeros"),
    "a 单位编号 that employers.xlsx does not have",
)
_rule(
    "L206",
    Severity.WARN,
    N_("{count} lines are dated outside {first} to {last}, this one first"),
    N_("check that this is the file of this period"),
    "a transaction of 2019 in a mailing of 2026Q3",
)

# 211 to 215: suppression lists 停寄名单.
_rule(
    "L211",
    Severity.NOTE,
    N_("{count} entries of this list match nobody in this mailing, this one first"),
    N_("nothing, if they are not insured here; else compare the numbers for lost zeros"),
    "a 停寄名单 of the whole city, a roster of one county",
)
_rule(
    "L212",
    Severity.WARN,
    N_("this entry of the list fits {count} members; it was applied to each of them"),
    N_("find out who is meant and give the member's number"),
    "姓名 and 出生日期 that two members share; a 个人编号 and a 身份证号 of different members",
)
_rule(
    "L213",
    Severity.NOTE,
    N_("{count} members have reported their card lost, this one first; this statement does not show it"),
    N_("nothing; their pieces print as all others do"),
    "挂失 for a kind without 卡状态",
)
_rule(
    "L214",
    Severity.NOTE,
    N_("{count} members take no third party's ads by this list, this one first; house panels print"),
    N_("nothing"),
    "拒收广告",
)
_rule(
    "L215",
    Severity.WARN,
    N_("the entry ends before it begins; it counts from {starts}, without an end"),
    N_("correct the dates with whoever keeps the list, and import it again"),
    "起始日期 2026-09-01, 截止日期 2026-01-31",
)

# ------------------------------------------------------------------------------ H: hold

_rule(
    "H100",
    Severity.HOLD,
    N_("the member is in the roster already, in an earlier file; this row is not mailed"),
    N_("nothing, if both rows are the same person; else correct the number and import again"),
    "two roster files that overlap",
)
_rule(
    "H101",
    Severity.HOLD,
    N_("the member has died; nothing is mailed"),
    N_("nothing; tell the client if the status is wrong"),
    "参保状态 = 死亡",
)
_rule(
    "H102",
    Severity.HOLD,
    N_("the member has left this region's insurance; nothing is mailed"),
    N_("nothing; tell the client if the status is wrong"),
    "参保状态 = 转出, 户口外迁",
)
_rule(
    "H103",
    Severity.HOLD,
    N_("the account is closed; nothing is mailed"),
    N_("nothing; tell the client if the status is wrong"),
    "状态 = 销户",
)
_rule(
    "H111",
    Severity.HOLD,
    N_("a suppression list says that the member has died ({entry}); nothing is mailed"),
    N_("nothing; correct the list and import it again if it is wrong"),
    "死亡 in 停寄名单",
)
_rule(
    "H112",
    Severity.HOLD,
    N_("a suppression list says that the member has left ({entry}); nothing is mailed"),
    N_("nothing; correct the list and import it again if it is wrong"),
    "转出, 户口外迁 in 停寄名单",
)
_rule(
    "H113",
    Severity.HOLD,
    N_("the member wants no statements on paper ({entry}); nothing is mailed"),
    N_("nothing; correct the list and import it again if it is wrong"),
    "拒收纸质 in 停寄名单",
)
_rule(
    "H114",
    Severity.HOLD,
    N_("the member is on a suppression list ({entry}); nothing is mailed"),
    N_("nothing; correct the list and import it again if it is wrong"),
    "其他停寄 in 停寄名单, or a reason that was left out",
)
# 121 to 127: letters that ask for money, and notices of a power cut.
_rule(
    "H121",
    Severity.HOLD,
    N_("a payment came in since the arrears were told; this letter would be wrong"),
    N_("nothing; the customer is in the next run if money is still owed"),
    "缴费金额 in the list of those who have paid 缴费名单",
)
_rule(
    "H122",
    Severity.HOLD,
    N_("no reminder went out long enough before this notice"),
    N_("remind the customer first, and give the day of it"),
    "催缴日期 blank in a list of power cuts",
)
_rule(
    "H123",
    Severity.HOLD,
    N_("the bill is not overdue long enough for a power cut on that day"),
    N_("wait, or give a later day of the power cut"),
    "欠费起始日 2026-09-20, 停电日期 2026-10-15",
)
_rule(
    "H124",
    Severity.HOLD,
    N_("the notice would come too late before the power cut"),
    N_("give a later day of the power cut; the days of notice are settings of the kind"),
    "停电日期 two days after the posting",
)
_rule(
    "H125",
    Severity.HOLD,
    N_("nobody has approved the power cut"),
    N_("have it approved, and give the day of the approval"),
    "审批日期 blank in a list of power cuts",
)
_rule(
    "H126",
    Severity.HOLD,
    N_("nothing is owed; this letter would be wrong"),
    N_("nothing; tell the client if the amount is wrong"),
    "应缴合计 = 0 in a list of arrears",
)
_rule(
    "H127",
    Severity.HOLD,
    N_("the time to pay would be over before the letter comes"),
    N_("post earlier, or ask the client for a later last day"),
    "缴费截止日期 two days after the posting",
)
_rule(
    "H201",
    Severity.HOLD,
    N_("the address cannot be delivered to ({reasons})"),
    N_("correct the address with the client and import the roster again"),
    "通讯地址 = 不详",
)
_rule(
    "H202",
    Severity.HOLD,
    N_("the address has no postcode"),
    N_("ask the client for the postcode and import the roster again"),
    "邮政编码 blank",
)
_rule(
    "H301",
    Severity.HOLD,
    N_("the member has no account data"),
    N_("ask the client for the member's balance and import it"),
    "a roster row whose 个人编号 has no balance",
)
_rule(
    "H302",
    Severity.HOLD,
    N_("the sums do not tie: {text}; off by {difference} yuan"),
    N_("ask the client for corrected figures; never edit them here"),
    "期末余额 that is 0.01 more than opening, credits and spending make",
)
_rule(
    "H303",
    Severity.HOLD,
    N_("{count} of the member's lines do not tie: {text}"),
    N_("ask the client for corrected lines; never edit them here"),
    "总价 that is not 统筹支付 + 个人账户支付 + 自费金额",
)
_rule(
    "H304",
    Severity.HOLD,
    N_("the account's data end on a day outside this mailing's period"),
    N_("import the balances of this period, or correct the period in yibao.toml"),
    "数据截止日期 = 2019-01-01 in a mailing of 2026Q3",
)
_rule(
    "H401",
    Severity.HOLD,
    N_("no font has the character {characters}"),
    N_("ask the client how it may be written in print, and import the roster again"),
    "a name with 𫝑 (U+2B751)",
)
_rule(
    "H402",
    Severity.HOLD,
    N_("the text does not fit its place even at the smallest size: {place}"),
    N_("shorten it with the client, or give it more room in kind.toml"),
    "an employer's name of 200 characters",
)

# ------------------------------------------------------------------------------ C: contract and ad

_rule(
    "C101",
    Severity.REJECT,
    N_("contract {contract} is not approved ({review}); its ad does not print"),
    N_("have the ad approved, then import the contracts again"),
    "审核状态 = 待审",
)
_rule(
    "C102",
    Severity.REJECT,
    N_("contract {contract} runs {starts} to {ends} and is not in force on {posting}; its ad does not print"),
    N_("agree on new dates with the advertiser, then import the contracts again"),
    "结束日期 before the day of posting",
)
_rule(
    "C103",
    Severity.REJECT,
    N_("contract {contract} stands in an earlier file too; this one does not count"),
    N_("import one file with all contracts, or give the contract a number of its own"),
    "one 合同号 in two contract files",
)
_rule(
    "C201",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} is missing; its ad does not print"),
    N_("put the file beside the contracts, or into the folder art there, and import again"),
    "素材文件 that is not there",
)
_rule(
    "C202",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} cannot be used"),
    N_("ask for it as PDF, PNG, JPEG or SVG"),
    "a damaged PNG, a .docx",
)
_rule(
    "C203",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} has not the size of the panel"),
    N_("ask for it at the panel's size (230 x 120 mm)"),
    "art of 210 x 297 mm",
)
_rule(
    "C204",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} has less than 100 dpi"),
    N_("ask for it at 300 dpi"),
    "a picture of 800 x 417 pixels for 230 x 120 mm",
)
_rule(
    "C205",
    Severity.WARN,
    N_("the artwork {artwork} of contract {contract} has less than 200 dpi and will look soft"),
    N_("ask for it at 300 dpi"),
    "a picture of 1,358 x 709 pixels for 230 x 120 mm",
)
_rule(
    "C206",
    Severity.REJECT,
    N_("a font of the artwork {artwork} of contract {contract} is not embedded"),
    N_("ask for the PDF with all fonts embedded, or with text as outlines"),
    "a PDF with text in Helvetica, and no font file in it",
)
_rule(
    "C207",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} has more than one page"),
    N_("ask for a PDF of the one page that is to print"),
    "a PDF of two pages",
)
_rule(
    "C208",
    Severity.REJECT,
    N_("contract {contract} has a quota or a price that cannot be"),
    N_("correct it, then import the contracts again"),
    "印数 = 0; 版位价 = -500.00",
)
_rule(
    "C209",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} holds {what}, which has no place in print"),
    N_("ask for it without scripts, actions, attachments and links, such as a PDF/X"),
    "an SVG with a script; a PDF that runs something when it is opened",
)
_rule(
    "C210",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} uses {what}, which would not print as it looks"),
    N_("ask for it with text and effects turned into outlines, or as a flattened PDF"),
    "an SVG with text or a blur; a PDF with a hidden layer or a stamp",
)
_rule(
    "C211",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} is too large"),
    N_("ask for it at 300 dpi, with less than 60 million pixels and 100 MB"),
    "a picture of 20,000 x 10,435 pixels",
)
_rule(
    "C212",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} is protected by a password"),
    N_("ask for it without a password and without restrictions"),
    "a PDF that may be read and not changed",
)

# ------------------------------------------------------------------------------ P: print

# ------------------------------------------------------------------------------ T: returns
_rule(
    "T101",
    Severity.REJECT,
    N_("this is no piece number: its form or its check character is wrong"),
    N_("read the number beside the code again, or scan the code"),
    "00012340, where 00012342 was printed",
)
_rule(
    "T102",
    Severity.REJECT,
    N_("the row names mailing {named}, and these are the returns of {mailing}"),
    N_("import it with the returns of mailing {named}"),
    "批次号 2026Q2 among the returns of 2026Q3",
)
_rule(
    "T103",
    Severity.REJECT,
    N_("mailing {mailing} has no piece with this number"),
    N_("see on the letter which mailing it belongs to"),
    "a well-formed piece number that was never merged",
)
_rule(
    "T104",
    Severity.REJECT,
    N_("this piece was never posted"),
    N_("find out how it came among the returns; it was held or not handed over"),
    "a piece that was held for its address",
)
_rule(
    "T105",
    Severity.REJECT,
    N_("returned on {day}, before the posting on {posted_on}"),
    N_("correct the date of return"),
    "退回日期 2026-09-01 for a mailing posted on 2026-10-08",
)
_rule(
    "T106",
    Severity.REJECT,
    N_("returned on {day}, which is in the future"),
    N_("correct the date of return"),
    "退回日期 2027-01-01, imported on 2026-11-10",
)
_rule(
    "T107",
    Severity.REJECT,
    N_("this piece stands in the file already, in row {first}"),
    N_("leave one of the two rows in the file"),
    "the same 账单编号 in rows 12 and 340",
)
_rule(
    "T108",
    Severity.REJECT,
    N_("the return of this piece is recorded already"),
    N_("nothing; the earlier record stands"),
    "the file of last week imported once more",
)
_rule(
    "T109",
    Severity.REJECT,
    N_("the date of return is missing or is no date"),
    N_("fill in the day on which the letter came back"),
    "退回日期 left empty",
)
