"""Contracts and ads."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

declare(
    "C101",
    Severity.REJECT,
    N_("contract {contract} is not approved ({review}); its ad does not print"),
    N_("have the ad approved, then import the contracts again"),
    "审核状态 = 待审",
)
declare(
    "C102",
    Severity.REJECT,
    N_("contract {contract} runs {starts} to {ends} and is not in force on {posting}; its ad does not print"),
    N_("agree on new dates with the advertiser, then import the contracts again"),
    "结束日期 before the day of posting",
)
declare(
    "C103",
    Severity.REJECT,
    N_("contract {contract} stands in an earlier file too; this one does not count"),
    N_("import one file with all contracts, or give the contract a number of its own"),
    "one 合同号 in two contract files",
)
declare(
    "C201",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} is missing; its ad does not print"),
    N_("put the file beside the contracts, or into the folder art there, and import again"),
    "素材文件 that is not there",
)
declare(
    "C202",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} cannot be used"),
    N_("ask for it as PDF, PNG, JPEG or SVG"),
    "a damaged PNG, a .docx",
)
declare(
    "C203",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} has not the size of the panel"),
    N_("ask for it at the panel's size (230 x 120 mm)"),
    "art of 210 x 297 mm",
)
declare(
    "C204",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} has less than 100 dpi"),
    N_("ask for it at 300 dpi"),
    "a picture of 800 x 417 pixels for 230 x 120 mm",
)
declare(
    "C205",
    Severity.WARN,
    N_("the artwork {artwork} of contract {contract} has less than 200 dpi and will look soft"),
    N_("ask for it at 300 dpi"),
    "a picture of 1,358 x 709 pixels for 230 x 120 mm",
)
declare(
    "C206",
    Severity.REJECT,
    N_("a font of the artwork {artwork} of contract {contract} is not embedded"),
    N_("ask for the PDF with all fonts embedded, or with text as outlines"),
    "a PDF with text in Helvetica, and no font file in it",
)
declare(
    "C207",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} has more than one page"),
    N_("ask for a PDF of the one page that is to print"),
    "a PDF of two pages",
)
declare(
    "C208",
    Severity.REJECT,
    N_("contract {contract} has a quota or a price that cannot be"),
    N_("correct it, then import the contracts again"),
    "印数 = 0; 版位价 = -500.00",
)
declare(
    "C209",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} holds {what}, which has no place in print"),
    N_("ask for it without scripts, actions, attachments and links, such as a PDF/X"),
    "an SVG with a script; a PDF that runs something when it is opened",
)
declare(
    "C210",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} uses {what}, which would not print as it looks"),
    N_("ask for it with text and effects turned into outlines, or as a flattened PDF"),
    "an SVG with text or a blur; a PDF with a hidden layer or a stamp",
)
declare(
    "C211",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} is too large"),
    N_("ask for it at 300 dpi, with less than 60 million pixels and 100 MB"),
    "a picture of 20,000 x 10,435 pixels",
)
declare(
    "C212",
    Severity.REJECT,
    N_("the artwork {artwork} of contract {contract} is protected by a password"),
    N_("ask for it without a password and without restrictions"),
    "a PDF that may be read and not changed",
)
