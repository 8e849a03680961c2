"""The address book: what people and the post said of an address, and what a review workbook says."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

# 131 to 139: what people, or the post, said of an address.
declare(
    "A131",
    Severity.HOLD,
    N_("nothing is sent to this address since {day}: {suppressed}"),
    N_("`yibao address release` takes it back when mail can be delivered there again"),
    "a building that was pulled down",
)
declare(
    "A132",
    Severity.HOLD,
    N_("mail to this address came back on {day}, reason {code}, and nobody has settled it"),
    N_("find out the right address; accept, correct or hold this one by `yibao address review`"),
    "原写地址不详 on a return slip",
)
declare(
    "A133",
    Severity.HOLD,
    N_("a person holds this address"),
    N_("see why by `yibao address history`; decide again by `yibao address apply`"),
    "处理 = 暂扣 in the review workbook",
)

# 141 to 152: what a review workbook says, and what the post's own tables do not cover.
declare(
    "A141",
    Severity.REJECT,
    N_("this entry was changed after the workbook was written"),
    N_("see by whom with `yibao address history {id}`, and decide in a new workbook"),
    "two people reviewing the same addresses",
)
declare(
    "A142",
    Severity.REJECT,
    N_("the row is to be corrected, and no corrected address is given"),
    N_("fill in 更正后地址, or choose another 处理"),
    "处理 = 更正 with nothing behind it",
)
declare(
    "A143",
    Severity.REJECT,
    N_("the corrected address cannot be used: {reasons}"),
    N_("complete it with county, road and number"),
    "更正后地址 = 中山路",
)
declare(
    "A144",
    Severity.REJECT,
    N_("the correction names one door, and {count} members of the roster wrote this address"),
    N_("give each member an address of their own, in the sheet 逐人更正"),
    "中山东路12号3-2-501 for an address that seven members share",
)
declare(
    "A145",
    Severity.REJECT,
    N_("the address book has no such entry, or its original text was changed in the workbook"),
    N_("write a new workbook by `yibao address review`"),
    "a row typed in by hand",
)
declare(
    "A146",
    Severity.REJECT,
    N_("this address cannot be accepted as it stands: {reasons}"),
    N_("correct it, or hold it"),
    "处理 = 采用 beside 不详",
)
declare(
    "A147",
    Severity.REJECT,
    N_("row {first} decides otherwise about the same entry; neither was applied"),
    N_("leave one of the two"),
    "one 编号 accepted and held",
)
declare(
    "A148",
    Severity.WARN,
    N_("taken as the person gave it, though there is a doubt: {reasons}"),
    N_("look whether it was typed rightly"),
    "更正后地址 without a number",
)
declare(
    "A149",
    Severity.REJECT,
    N_("the corrected address lies in another county, and no postcode is given with it"),
    N_("fill in 更正后邮编"),
    "长安区 corrected to 桥西区",
)
declare(
    "A150",
    Severity.REJECT,
    N_("a corrected address is given, but the decision is another"),
    N_("choose 更正, or take the corrected address out"),
    "处理 = 采用 with 更正后地址 filled in",
)
declare(
    "A151",
    Severity.WARN,
    N_("no walk of the post's table covers this address"),
    N_("tell the delivery office, or add the road to the table"),
    "a road built last year",
)
declare(
    "A152",
    Severity.WARN,
    N_("several walks of the post's table cover this address: {walks}"),
    N_("have the delivery office say which, and correct the table"),
    "two rows for 中山东路 1 to 99",
)
declare(
    "A153",
    Severity.WARN,
    N_("the post's table has the postcode {postcode} for another county: {counties}"),
    N_("correct the postcode or the address"),
    "050011 beside an address in 藁城区",
)

declare(
    "A154",
    Severity.REJECT,
    N_("for one member alone there is only a correction"),
    N_("accept or hold the address in the first sheet, for all who wrote it"),
    "处理 = 采用 in the sheet 逐人更正",
)
declare(
    "A155",
    Severity.REJECT,
    N_("no member of the roster with this number writes this address"),
    N_("look whether a newer roster was imported, and write a new workbook"),
    "a member who is no longer on the roster",
)
