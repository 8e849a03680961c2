"""Tracking numbers, handover to employers, receipts, reprints."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

declare(
    "M140",
    Severity.REJECT,
    N_("this is no tracking number of the form {form}"),
    N_("see with --form whether the numbers are s10, cn13 or num13; else ask the post for the list again"),
    "RR47312482GB, a digit short",
)
declare(
    "M141",
    Severity.REJECT,
    N_("the check digit of this tracking number is wrong"),
    N_(
        "ask the post for the number again; where such numbers have no check digit, "
        "set `check = false` under [tracking]"
    ),
    "RR473124828GB, where the digit must be 9",
)
declare(
    "M142",
    Severity.REJECT,
    N_("the first and the last number do not belong together, or the last comes before the first"),
    N_("correct the row; a block runs upward within the same letters"),
    "RR473124829GB to RA473124846GB",
)
declare(
    "M143",
    Severity.REJECT,
    N_("numbers of this row stand in the file already"),
    N_("leave one of the rows in the file; ask the post if two blocks were given out over each other"),
    "two blocks that share a number",
)
declare(
    "M144",
    Severity.REJECT,
    N_("numbers of this block came on {day} with {file}, and none may be used again within {months} months"),
    N_("ask the post for other numbers"),
    "the file of last week under another name",
)
declare(
    "M145",
    Severity.WARN,
    N_("{count} pieces are for an employer that is not in the table of employers"),
    N_("import the employer, or deliver to the members"),
    "E00999 in the roster, and no such row among the employers",
)
declare(
    "M146",
    Severity.WARN,
    N_("this employer has no postcode"),
    N_("import the employer with its postcode; until then it is the last of its route"),
    "邮编 left empty in the table of employers",
)
declare(
    "M147",
    Severity.WARN,
    N_("this employer has no address to deliver to"),
    N_("import the employer with its address; it is on no route"),
    "投递地址 left empty",
)
declare(
    "M148",
    Severity.WARN,
    N_("there is no telephone to tell this employer of the delivery"),
    N_("import the employer with 联系电话; it is on neither list of calls"),
    "联系电话 left empty",
)
declare(
    "M149",
    Severity.WARN,
    N_("the vehicles cannot take this employer in time: {reason}"),
    N_("add a vehicle or a day under [handover], or raise its limits"),
    "4,100 employers, 40 vehicles with 100 stops each",
)
declare(
    "M150",
    Severity.REJECT,
    N_("the mailing delivers nothing to this employer"),
    N_("correct the number, or leave the row out"),
    "an appointment with an employer of another mailing",
)
declare(
    "M151",
    Severity.REJECT,
    N_("the day or the time of the appointment cannot be read"),
    N_("write the day as 2026-10-09 and the time as 09:30"),
    "10月9日上午",
)
declare(
    "M152",
    Severity.REJECT,
    N_("this employer stands in the file already, in row {first}"),
    N_("leave one of the rows in the file"),
    "two appointments with one employer",
)
declare(
    "M153",
    Severity.WARN,
    N_("the appointment is after {deadline}, when everything is to be delivered"),
    N_("agree on an earlier time, or tell the client that this one is late"),
    "15:30, where the deadline is 12:00",
)
declare(
    "M154",
    Severity.REJECT,
    N_("this is no code of a sign-off sheet, no piece number and no number of an employer"),
    N_("scan the code on the torn-off receipt again"),
    "a number typed with a digit missing",
)
declare(
    "M155",
    Severity.REJECT,
    N_("the mailing has no such piece or handover"),
    N_("see on the paper which mailing it belongs to"),
    "the receipt of 2026Q2 among those of 2026Q3",
)
declare(
    "M156",
    Severity.REJECT,
    N_("signed on {day}, before the posting on {posted_on}"),
    N_("correct the date of signing"),
    "签收日期 2026-10-01 for a mailing posted on 2026-10-08",
)
declare(
    "M157",
    Severity.REJECT,
    N_("this receipt stands in the file already, in row {first}"),
    N_("leave one of the rows in the file"),
    "the receipt of one employer in rows 3 and 40",
)
declare(
    "M158",
    Severity.REJECT,
    N_("a receipt of this is recorded already, of {day}"),
    N_("nothing; the earlier record stands"),
    "the file of last week imported once more",
)
declare(
    "M159",
    Severity.REJECT,
    N_("the date of signing is missing or is no date"),
    N_("fill in the day on which it was signed for"),
    "签收日期 left empty",
)
declare(
    "M160",
    Severity.REJECT,
    N_("signed on {day}, which is in the future"),
    N_("correct the date of signing"),
    "签收日期 2027-01-01, imported on 2026-11-10",
)
declare(
    "M161",
    Severity.REJECT,
    N_("this is the receipt of a void copy: copy {copy} was printed in its place"),
    N_("find out how the void copy came to be delivered, and destroy it"),
    "the code of the first printing of a piece that was printed again",
)
declare(
    "M162",
    Severity.WARN,
    N_("delivered late: on {delivered}, promised for {promised} {deadline}"),
    N_("nothing can be mended; it stands on the list of late ones"),
    "签收时间 14:20, where the deadline is 12:00",
)
declare(
    "M163",
    Severity.REJECT,
    N_("nobody signed: the name is missing"),
    N_("fill in who signed"),
    "签收人 left empty",
)
declare(
    "M164",
    Severity.WARN,
    N_("no day is left on which this employer can be called before the delivery"),
    N_("raise `calls` under [handover], or deliver later"),
    "4,000 employers, 800 calls a day, and three days until the delivery",
)
declare(
    "M165",
    Severity.REJECT,
    N_("this is no piece number: its form or its check character is wrong"),
    N_("read the number beside the code again, or scan the code"),
    "00012340, where 00012342 was printed",
)
declare(
    "M166",
    Severity.REJECT,
    N_("mailing {mailing} has no piece with this number"),
    N_("see on the letter which mailing it belongs to"),
    "a well-formed piece number that was never merged",
)
declare(
    "M167",
    Severity.REJECT,
    N_("this piece waits in request {number} already"),
    N_("approve or refuse that request first"),
    "the same piece asked for by two people",
)
declare(
    "M168",
    Severity.REJECT,
    N_("this copy is void: copy {copy} was printed in its place"),
    N_("print nothing; look for the later copy"),
    "the code of a spoiled sheet whose copy is printed already",
)
