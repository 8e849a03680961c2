"""Addresses: how they read. What people and the post said of them is in `addressbook`."""

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
