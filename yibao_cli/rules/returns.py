"""Returned mail."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

declare(
    "T101",
    Severity.REJECT,
    N_("this is no piece number: its form or its check character is wrong"),
    N_("read the number beside the code again, or scan the code"),
    "00012340, where 00012342 was printed",
)
declare(
    "T102",
    Severity.REJECT,
    N_("the row names mailing {named}, and these are the returns of {mailing}"),
    N_("import it with the returns of mailing {named}"),
    "批次号 2026Q2 among the returns of 2026Q3",
)
declare(
    "T103",
    Severity.REJECT,
    N_("mailing {mailing} has no piece with this number"),
    N_("see on the letter which mailing it belongs to"),
    "a well-formed piece number that was never merged",
)
declare(
    "T104",
    Severity.REJECT,
    N_("this piece was never posted"),
    N_("find out how it came among the returns; it was held or not handed over"),
    "a piece that was held for its address",
)
declare(
    "T105",
    Severity.REJECT,
    N_("returned on {day}, before the posting on {posted_on}"),
    N_("correct the date of return"),
    "退回日期 2026-09-01 for a mailing posted on 2026-10-08",
)
declare(
    "T106",
    Severity.REJECT,
    N_("returned on {day}, which is in the future"),
    N_("correct the date of return"),
    "退回日期 2027-01-01, imported on 2026-11-10",
)
declare(
    "T107",
    Severity.REJECT,
    N_("this piece stands in the file already, in row {first}"),
    N_("leave one of the two rows in the file"),
    "the same 账单编号 in rows 12 and 340",
)
declare(
    "T108",
    Severity.REJECT,
    N_("the return of this piece is recorded already"),
    N_("nothing; the earlier record stands"),
    "the file of last week imported once more",
)
declare(
    "T109",
    Severity.REJECT,
    N_("the date of return is missing or is no date"),
    N_("fill in the day on which the letter came back"),
    "退回日期 left empty",
)
declare(
    "T110",
    Severity.REJECT,
    N_("this code is damaged: its check does not fit"),
    N_("type the number that is printed beside it, or put the letter aside"),
    "a code with one digit misread",
)
declare(
    "T111",
    Severity.REJECT,
    N_("this is no code of this client's mailings"),
    N_("put the letter aside; it belongs to another client, or to nobody"),
    "the code of a parcel, or of another client",
)
declare(
    "T112",
    Severity.REJECT,
    N_("this is copy {copy}, which is void since copy {newer} was made"),
    N_("find out how a void copy came to be mailed; count nothing"),
    "a spoiled sheet that was replaced and mailed all the same",
)
declare(
    "T113",
    Severity.REJECT,
    N_("copy {copy} of this piece was never made"),
    N_("see whether the letter belongs to another workspace"),
    "a code that names copy 3 of a piece with two copies",
)
declare(
    "T114",
    Severity.REJECT,
    N_("no code can be read in this picture"),
    N_("look at its thumbnail and type the number with `yibao returns scan`"),
    "a photo out of focus",
)
declare(
    "T115",
    Severity.REJECT,
    N_("{count} different codes stand in this picture"),
    N_("photograph each letter alone"),
    "two letters in one photo",
)
declare(
    "T116",
    Severity.WARN,
    N_("this reason is not known and counts as R99 (other)"),
    N_("add the words to templates/returns.toml of the workspace, or correct the reason in the list"),
    "退回原因 “电话空号”",
)
declare(
    "T117",
    Severity.WARN,
    N_("this piece was signed for on {day}, and now it came back; the return counts"),
    N_("ask the carrier who signed"),
    "a receipt of 10-12 and a return of 10-20",
)
declare(
    "T118",
    Severity.REJECT,
    N_("this file is no picture that can be read"),
    N_("send it as JPEG, PNG, TIFF or PDF"),
    "a text file called photo.jpg",
)
declare(
    "T119",
    Severity.REJECT,
    N_("this picture is larger than {limit} million pixels"),
    N_("make it smaller; 300 dots per inch are enough"),
    "a scan of 40,000 x 40,000 pixels",
)
declare(
    "T120",
    Severity.REJECT,
    N_("the survey has no call with this number"),
    N_("take the number from the call list"),
    "回访编号 9999 in a sample of 400",
)
declare(
    "T121",
    Severity.REJECT,
    N_("{word} is no result of a call"),
    N_("choose one of the list's own words"),
    "结果 “好像收到”",
)
declare(
    "T122",
    Severity.REJECT,
    N_("called on {day}, which is before the posting or in the future"),
    N_("correct the date of the call"),
    "实访日期 2027-01-01",
)
declare(
    "T123",
    Severity.REJECT,
    N_("a call that reached nobody says whether the statement was received"),
    N_("leave the answer empty, or correct the result"),
    "结果 未通, 是否收到 是",
)
declare(
    "T124",
    Severity.REJECT,
    N_("the call says not whether the statement was received"),
    N_("fill in 是 or 否"),
    "结果 接通, 是否收到 left empty",
)
declare(
    "T125",
    Severity.REJECT,
    N_("satisfaction must be a number from 0 to 100"),
    N_("correct it, or leave it empty"),
    "满意度 120",
)
declare(
    "T126",
    Severity.REJECT,
    N_("the result of this call stands in the list already"),
    N_("leave one of the two rows in the list"),
    "回访编号 17 in two rows",
)
declare(
    "T127",
    Severity.REJECT,
    N_("the call of this number is about another piece: the list is of an earlier survey"),
    N_("fill in the list of the newest survey; what an earlier one found stays on record"),
    "the list of the first survey, filled in after a second one was drawn",
)
declare(
    "T128",
    Severity.WARN,
    N_("this reason says {reasons} alike and counts as R99 (other)"),
    N_("look at the slip; what the post means by such words goes into templates/returns.toml"),
    "退回原因 “拒收，已故”",
)
declare(
    "T129",
    Severity.REJECT,
    N_("this is no piece number; with the zeros that spreadsheets cut off it would be {piece}"),
    N_('compare it with the letter; a column of =TEXT(A2,"00000000") has the zeros again'),
    "209, where 00000209 was printed",
)
