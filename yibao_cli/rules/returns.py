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
