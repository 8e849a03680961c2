"""Import: what was found in rows, files, and lists beside each other."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

# 150 to 159: rows.
declare(
    "I150",
    Severity.REJECT,
    N_("the row has {cells} cells and the header {width}"),
    N_("look for a separator inside a value, or a line that was cut"),
    "a comma typed inside an address of a csv file",
)
declare(
    "I151",
    Severity.REJECT,
    N_("the record runs on to line {last}"),
    N_("look for a stray quote, or a line break inside a value"),
    'a " in an address of a csv file',
)
declare(
    "I152",
    Severity.REJECT,
    N_("the row repeats row {first}, every value equal"),
    N_("nothing, if one of them is enough"),
    "a person listed twice",
)
declare(
    "I153",
    Severity.REJECT,
    N_("the row has the key of row {first} and other values"),
    N_("ask the client which of the two is right"),
    "one 个人编号 with two balances",
)

# 160 to 169: the file as a whole, and lines that are no rows.
declare(
    "I160",
    Severity.NOTE,
    N_("the text was read as {encoding}; {share} percent of its characters are common ones there"),
    N_("nothing; --encoding says otherwise"),
    "a csv file saved by Excel in Chinese Windows",
)
declare(
    "I161",
    Severity.WARN,
    N_(
        "the text was read as {encoding}, which is not certain: {share} percent of its characters are"
        " common ones there, and {other_share} percent in {other}"
    ),
    N_("look at names with --dry-run; if they are wrong, name the encoding with --encoding"),
    "a short csv file from Taiwan or Hong Kong",
)
declare(
    "I162",
    Severity.REJECT,
    N_("the line is no JSON object of plain values, each under a key of its own"),
    N_("ask the client for one object a line"),
    "a line that was cut, or an object inside an object",
)
declare(
    "I163",
    Severity.NOTE,
    N_("{count} records are marked as deleted in the table and were passed over"),
    N_("nothing, unless the client deleted them by mistake"),
    "a dbf that was never packed",
)
declare(
    "I164",
    Severity.WARN,
    N_("these columns hold memos, which stand in another file, and were not read: {columns}"),
    N_("if one of them is needed, ask for the column as text"),
    "an address kept as a memo of FoxPro",
)
declare(
    "I165",
    Severity.NOTE,
    N_("the workbook holds macros; none was run"),
    N_("nothing; what the cells held when it was saved was read"),
    "an .xlsm with a button",
)
declare(
    "I166",
    Severity.NOTE,
    N_("the workbook links to other files; none was opened"),
    N_("nothing, if its values were up to date when it was saved"),
    "a VLOOKUP into another workbook",
)
declare(
    "I167",
    Severity.NOTE,
    N_("this is text with the name of a workbook, and was read as text"),
    N_("nothing"),
    "roster.xls written by an old system, with tabs between the columns",
)
declare(
    "I168",
    Severity.NOTE,
    N_("these files of the zip are of no form that holds a table and were not read: {names}"),
    N_("nothing, unless one of them holds data: then ask for it as .xlsx or .csv"),
    "说明.docx beside the roster",
)

# 170 to 184: what the sheet hides, how amounts and days were read, what is well formed and unlikely.
declare(
    "I170",
    Severity.WARN,
    N_("rows are hidden in the client's sheet ({rows}); they were read"),
    N_("ask the client whether they belong to the list; else delete them and import again"),
    "a filter left on when the file was saved",
)
declare(
    "I171",
    Severity.WARN,
    N_("the column is hidden in the client's sheet; it was read"),
    N_("ask the client whether it is still kept up to date"),
    "an old 通讯地址 hidden beside a new one",
)
declare(
    "I172",
    Severity.NOTE,
    N_("the amounts of this column are in {unit}; they were turned into yuan exactly"),
    N_("compare one amount with the client's figure"),
    "期末余额（万元）; 单位：万元 above the header",
)
declare(
    "I173",
    Severity.WARN,
    N_("the header names the unit {unit}, which is unknown; the amounts were read as yuan"),
    N_("ask the client for yuan, and import again"),
    "金额（美元）",
)
declare(
    "I174",
    Severity.NOTE,
    N_("most cells of this column are bare numbers; they were read as days counted from {first}"),
    N_("compare one date with the client's, or format the column as a date"),
    "46027 for 2026-01-05",
)
declare(
    "I175",
    Severity.WARN,
    N_("the date of birth differs from the one in the ID number"),
    N_("ask the client which is right; the statement does not depend on it"),
    "1980-01-02 beside an ID number of 1980-01-01",
)
declare(
    "I176",
    Severity.WARN,
    N_("the sex differs from the one in the ID number"),
    N_("ask the client which is right; the statement does not depend on it"),
    "女 beside an ID number whose last digit but one is odd",
)
declare(
    "I177", Severity.WARN, N_("the date lies in the future"), N_("correct it"), "2062-01-05 for 2026-01-05"
)
declare(
    "I178",
    Severity.WARN,
    N_("the amount is above ten million yuan"),
    N_("check it: the column may have moved, or the amounts may be in fen"),
    "a card number under 期末余额",
)
declare(
    "I179",
    Severity.WARN,
    N_("the ID number stands in row {first} too, under another number of the member"),
    N_("ask the client whether one person has two accounts; both get a statement"),
    "one person with two 个人编号",
)
declare(
    "I180",
    Severity.WARN,
    N_("this mobile number is of a range for machines; no person reads messages there"),
    N_("ask the member for a number"),
    "14000138000",
)
declare(
    "I181",
    Severity.WARN,
    N_("the ID number stands in row {first} too, with another name"),
    N_("ask the client which of the two it belongs to"),
    "two names with one 身份证号",
)
declare(
    "I182",
    Severity.NOTE,
    N_("a row from above the header is repeated here and was passed over"),
    N_("nothing"),
    "the title again at the top of each printed page",
)
declare(
    "I183",
    Severity.NOTE,
    N_("a line for signatures or remarks was passed over"),
    N_("nothing"),
    "制表人： 审核人： at the foot of the sheet",
)
declare(
    "I184",
    Severity.WARN,
    N_("the ID number is wrong and ends in 000, as Excel leaves one that was a number once: {fault}"),
    N_("get the column as text from the client's system; the digits cannot be restored here"),
    "130102196001011000",
)

# 195: lists of people, whatever names them.
declare(
    "I195",
    Severity.REJECT,
    N_("the row names nobody; it must have one of: {columns}"),
    N_("fill in a number, or name and date of birth, or the address, and import the list again"),
    "停寄名单 with a name alone",
)

# 196 to 199: what stands on a sheet and belongs to no field.
declare(
    "I196",
    Severity.NOTE,
    N_("columns without a header have values and were not read, first in this row: {columns}"),
    N_("nothing, unless they are meant: then give each a header"),
    "a remark typed beside the table; a header merged over two columns",
)

declare(
    "I197",
    Severity.WARN,
    N_("an amount is merged down to row {last}; each of these rows was given the whole amount"),
    N_("ask the client: if it is one amount of all of them together, the file has to say whose it is"),
    "期末余额 merged over two people",
)
declare(
    "I198",
    Severity.REJECT,
    N_("the line is UTF-8 and the file is {encoding}: its characters would be others"),
    N_("ask for the file in one encoding; it was pasted together from several"),
    "rows of another system appended to a csv file",
)

# 185 to 189: a file beside the mailing and its other files.
declare(
    "I185",
    Severity.WARN,
    N_("the data of {count} rows end on a day outside {first} to {last}, this one first"),
    N_("check that this is the file of this period: these statements are held at merge"),
    "数据截止日期 = 2026-06-30 in a mailing of 2026Q3",
)
declare(
    "I186",
    Severity.WARN,
    N_("{count} rows have a key that stands in {other} too, this one first; the earlier file counts"),
    N_("if this file corrects that one, import it again with --replaces"),
    "roster-new.xlsx imported beside roster.xlsx",
)
