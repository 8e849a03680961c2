"""Addresses: how they read, what people and the post said of them."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

declare(
    "A101",
    Severity.HOLD,
    N_("the address is empty, or a word that stands for nothing"),
    N_("ask the employer or the member for the address"),
    "不详",
)
declare(
    "A102",
    Severity.HOLD,
    N_("this is not an address: no Chinese character in it"),
    N_("look at the column; another field may have been put there"),
    "13800000000",
)
declare(
    "A103",
    Severity.HOLD,
    N_("no province, city or county in the address"),
    N_("complete the address, or give the county in its own column"),
    "人民南路97号",
)
declare(
    "A104",
    Severity.HOLD,
    N_("{name} does not lie in {parent}"),
    N_("find out which of the two is meant and correct the address"),
    "浙江省杭州市昆山市人民路3号",
)
declare(
    "A105",
    Severity.HOLD,
    N_("the text is damaged: characters were lost in a conversion"),
    N_("export the file again, in UTF-8 or as xlsx"),
    "石家庄市锟斤拷路",
)
declare(
    "A106",
    Severity.HOLD,
    N_("the address is longer than 300 characters"),
    N_("look at the cell; several addresses may stand in it"),
    "a cell with ten addresses",
)
declare(
    "A107",
    Severity.HOLD,
    N_("too little of an address is certain: score {score}, at least {limit} is asked"),
    N_("complete the address, or lower `bad` in [address] of yibao.toml"),
    "浙江省, with `bad = 0.3`",
)
declare(
    "A111",
    Severity.WARN,
    N_("the address names no county in {city}"),
    N_("add the county, or the town if the county is not known"),
    "石家庄市槐中路113号",
)
declare(
    "A112",
    Severity.WARN,
    N_("no such county in {city}: {county}"),
    N_("correct the county; it may have been renamed or merged"),
    "安徽省芜湖市三山区时代广场1号",
)
declare(
    "A113",
    Severity.WARN,
    N_("several counties are called {county}, and nothing tells which is meant"),
    N_("add the city, or the postcode"),
    "鼓楼区中山北路10号",
)
declare(
    "A114",
    Severity.WARN,
    N_("nothing stands after {county}"),
    N_("add village, road and number, or building"),
    "河北省石家庄市长安区",
)
declare(
    "A115",
    Severity.WARN,
    N_("no number, village or building: a postman finds no door"),
    N_("add the number or the name of the building"),
    "河北省石家庄市长安区中山路",
)
declare(
    "A116",
    Severity.WARN,
    N_("the postcode belongs to another province: {prefix} is {place}, the address lies in {province}"),
    N_("correct the postcode, or the address"),
    "100080 for 河北省石家庄市长安区中山路1号",
)
declare(
    "A117",
    Severity.WARN,
    N_("the postcode is not six digits"),
    N_("correct the postcode; zeros at the front may have been lost"),
    "50000",
)
declare(
    "A118",
    Severity.WARN,
    N_("the county column names another place than the address, which lies in {county}"),
    N_("find out which of the two is meant"),
    "桥西区 beside 石家庄市长安区中山路1号",
)
declare(
    "A119",
    Severity.WARN,
    N_("text stands before the province or city, and was left out"),
    N_("look whether it is a name, and move it to its own column"),
    "张三收浙江省杭州市西湖区灵隐路1号",
)
declare(
    "A120",
    Severity.WARN,
    N_("{county} is a name of the past; today it is {candidates}"),
    N_("find out which of them the address lies in, by its town or road"),
    "杭州市余杭市人民路1号",
)
declare(
    "A121",
    Severity.WARN,
    N_("{county} is a zone; the county in {city} that it belongs to is not named"),
    N_("accept it if letters arrive there, or add the county"),
    "成都高新区天府大道12号",
)
declare(
    "A122",
    Severity.WARN,
    N_("a wrong character: read as {name}"),
    N_("confirm the name, and correct it at the client's"),
    "四川省成都市武候区人民南路11号",
)
declare(
    "A123",
    Severity.WARN,
    N_("{province} has a post of its own: this letter needs other postage"),
    N_("mail it apart, or give a mainland address"),
    "台湾省台北市信义区信义路五段7号",
)
declare(
    "A124",
    Severity.WARN,
    N_("the postcode belongs to {place}, the address lies in {county}"),
    N_("correct the postcode, or the address"),
    "215300 for 江苏省南京市玄武区中山东路1号, with a table of postcodes",
)
declare(
    "A125",
    Severity.WARN,
    N_("not everything is confirmed: score {score}, a good address has {limit}"),
    N_("add the town, or lower `good` in [address] of yibao.toml"),
    "河北省石家庄市长安区中山路1号, with `good = 0.95`",
)

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
declare(
    "A156",
    Severity.WARN,
    N_("the county stands here by its short name alone: read as {county}"),
    N_("confirm it, and have the roster name province and city"),
    "汉川西正街41号",
)
declare(
    "A157",
    Severity.WARN,
    N_("no county is named; {town} is a township of {county} alone"),
    N_("confirm it, and have the roster name province and city"),
    "勐海镇象山路23号",
)
declare(
    "A158",
    Severity.NOTE,
    N_("no postcode was written; {postcode} is the only one the post's table has for {county}"),
    N_("nothing to do; import a finer table where the county has several"),
    "石家庄市藁城区市府路1号 without a postcode",
)
declare(
    "A159",
    Severity.WARN,
    N_("the text says that nobody is found there any more, or that the place is not known"),
    N_("ask for the new address"),
    "浙江省杭州市西湖区文三路1号 (已拆迁)",
)
declare(
    "A160",
    Severity.WARN,
    N_("a second address stands in the cell; read is the one in {county}"),
    N_("find out which of them is in force, and keep that one"),
    "浙江省杭州市西湖区文三路1号或江苏省南京市鼓楼区中山路2号",
)
declare(
    "A161",
    Severity.WARN,
    N_("no county is named; {village} is a village or community of {county} alone in its prefecture"),
    N_("confirm it, and have the roster name the county"),
    "岳阳市七里山社区12号",
)
