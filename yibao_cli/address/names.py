"""How people write the names of divisions: short forms, ethnic short forms, development zones.

Hand tables here, rules for the rest. Nothing in this module knows which divisions exist.
"""

from __future__ import annotations

import re
from typing import Final

# One character stands for a province in bank and number-plate usage: 川成都市武侯区.
ONE_CHARACTER: Final = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23",
    "沪": "31", "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37", "豫": "41",
    "鄂": "42", "湘": "43", "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51", "蜀": "51",
    "贵": "52", "黔": "52", "云": "53", "滇": "53", "藏": "54", "陕": "61", "秦": "61", "甘": "62",
    "陇": "62", "青": "63", "宁": "64", "新": "65", "台": "71", "港": "81", "澳": "82",
}  # fmt: skip

# Names no rule yields; they show their kind, so they need nothing before them.
BY_HAND: Final = {
    "内蒙古自治区": ("内蒙", "内蒙古自治"),
    "乌鲁木齐市": ("乌市",),
    "呼和浩特市": ("呼市",),
    "广西壮族自治区": ("广西省", "广西自治区", "广西区", "广西壮族", "广西壮族自治"),
    "宁夏回族自治区": ("宁夏省", "宁夏自治区", "宁夏回族", "宁夏回族自治"),
    "新疆维吾尔自治区": (
        "新疆省",
        "新疆维吾尔族自治区",
        "新疆自治区",
        "新疆维吾尔",
        "新疆维吾尔自",
        "新疆维吾尔自治",
    ),
    "西藏自治区": ("西藏区",),
    "香港特别行政区": ("香港特区",),
    "澳门特别行政区": ("澳门特区",),
    "保定市": ("雄安新区",),
    "光明区": ("光明新区",),
    "坪山区": ("坪山新区",),
    "龙华区": ("龙华新区",),
    "锡林郭勒盟": ("锡盟",),
    "阿拉善盟": ("阿盟",),
    "呼伦贝尔市": ("呼盟", "呼伦贝尔盟"),
    "通辽市": ("哲盟", "哲里木盟"),
    "鄂尔多斯市": ("伊盟", "伊克昭盟"),
    "乌兰察布市": ("乌盟", "乌兰察布盟"),
    "巴彦淖尔市": ("巴盟", "巴彦淖尔盟"),
    "博尔塔拉蒙古自治州": ("博州",),
    "巴音郭楞蒙古自治州": ("巴州",),
    "克孜勒苏柯尔克孜自治州": ("克州", "克孜勒苏州"),
    "土默特左旗": ("土左旗",),
    "土默特右旗": ("土右旗",),
    "达尔罕茂明安联合旗": ("达茂旗", "达茂联合旗"),
    "科尔沁左翼中旗": ("科左中旗",),
    "科尔沁左翼后旗": ("科左后旗",),
    "科尔沁右翼前旗": ("科右前旗",),
    "科尔沁右翼中旗": ("科右中旗",),
    "察哈尔右翼前旗": ("察右前旗",),
    "察哈尔右翼中旗": ("察右中旗",),
    "察哈尔右翼后旗": ("察右后旗",),
    "莫力达瓦达斡尔族自治旗": ("莫旗", "莫力达瓦旗"),
    "乌拉特前旗": ("乌前旗",),
    "乌拉特中旗": ("乌中旗",),
    "乌拉特后旗": ("乌后旗",),
    "东乌珠穆沁旗": ("东乌旗",),
    "西乌珠穆沁旗": ("西乌旗",),
    "阿拉善左旗": ("阿左旗",),
    "阿拉善右旗": ("阿右旗",),
    "喀喇沁左翼蒙古族自治县": ("喀左县",),
    "阜新蒙古族自治县": ("阜蒙县",),
    "前郭尔罗斯蒙古族自治县": ("前郭县",),
    "杜尔伯特蒙古族自治县": ("杜蒙县",),
    "塔什库尔干塔吉克自治县": ("塔县",),
    "察布查尔锡伯自治县": ("察县",),
    "积石山保安族东乡族撒拉族自治县": ("积石山县",),
    "双江拉祜族佤族布朗族傣族自治县": ("双江县",),
    "神农架林区": ("神农架",),
    "和林格尔县": ("和林县",),
    "五台县": ("五台山风景区",),
    "和布克赛尔蒙古自治县": ("和丰县",),
    "白云鄂博矿区": ("白云矿区",),
    "大柴旦行政委员会": ("大柴旦行委",),
    "曹妃甸区": ("曹妃甸新区",),
    "綦江区": ("万盛经济技术开发区", "万盛经开区"),
}

_PROVINCE_TAIL = re.compile(r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市)$")
PEOPLES = (
    "维吾尔|柯尔克孜|鄂伦春|鄂温克|达斡尔|乌孜别克|俄罗斯|哈萨克|塔吉克|塔塔尔|傈僳|仡佬|东乡|拉祜|纳西|仫佬|锡伯|"
    "景颇|毛南|撒拉|布朗|阿昌|普米|基诺|德昂|保安|裕固|门巴|独龙|赫哲|高山|珞巴|布依|土家|朝鲜|哈尼|蒙古|"
    "各|壮|回|满|苗|彝|藏|侗|瑶|白|黎|傣|畲|水|佤|羌|土|怒|京"
)
_AUTONOMOUS = re.compile(rf"^(?P<core>.{{2,}}?)(?:(?:{PEOPLES})族?)*(?:自治)(?P<kind>[州县旗])$")
_ETHNIC_DISTRICT = re.compile(rf"^(?P<core>.{{2,}}?)(?:{PEOPLES})族(?P<kind>区)$")
_PEOPLE_IS_NAME = re.compile(rf"^(?P<core>{PEOPLES})族自治(?P<kind>[州县旗])$")
_KIND = re.compile(r"(?<=..)(?:新区|特区|地区)$|[市县旗盟州]$|(?<!架林)区$")
_ZONE = re.compile(r"(?:开发区|示范区|管理区|.{3}园区|实验区|聚集区|食品区)$")

# Without its suffix such a name is an everyday word.
_NO_SHORT = frozenset({"市中", "城中"})
_SHORTEST = 2


def province_forms(name: str) -> tuple[str, ...]:
    """Names without suffix of a province: 广西壮族自治区 gives 广西."""
    return (_PROVINCE_TAIL.sub("", name),)


def full_forms(name: str) -> tuple[str, ...]:
    """Other names of a prefecture or county that still show their kind: 恩施州, 靖州县."""
    match = _PEOPLE_IS_NAME.match(name) or _ETHNIC_DISTRICT.match(name) or _AUTONOMOUS.match(name)
    if match is None:
        return ()
    plain = match["core"] + match["kind"]
    if match["kind"] == "区":
        return (plain,)
    # 巴音郭楞蒙古自治区: the prefecture under the kind of the region around it.
    region = (f"{name[:-1]}区",) if match["kind"] == "州" else ()
    return (plain, f"{match['core']}自治{match['kind']}", *region)


def former_prefecture(name: str) -> tuple[str, ...]:
    """The prefecture a city was before it became one: 毕节市 gives 毕节地区."""
    return (name[:-1] + "地区",) if name.endswith("市") else ()


def former_county(name: str) -> tuple[str, ...]:
    """What a county may have been called before it changed its kind: 章丘区 gives 章丘市 and 章丘县."""
    if _ZONE.search(name) or name[-1] not in "县市区" or len(name) <= _SHORTEST:
        return ()
    return tuple(name[:-1] + kind for kind in "县市区" if kind != name[-1])


def short_forms(name: str) -> tuple[str, ...]:
    """Names without suffix of a prefecture or county, two characters and more: 柳州, 浦东, 恩施.

    >>> short_forms("石家庄市")
    ('石家庄',)
    """
    match = _PEOPLE_IS_NAME.match(name) or _ETHNIC_DISTRICT.match(name) or _AUTONOMOUS.match(name)
    if _ZONE.search(name):
        return ()
    core = match["core"] if match else _KIND.sub("", name)
    return (core,) if len(core) >= _SHORTEST and core not in _NO_SHORT and core != name else ()


def shorter_forms(name: str) -> tuple[str, ...]:
    """Without its kind, what the table gives for a county or banner: 阜蒙, 前郭, 科左中."""
    return tuple(n[:-1] for n in BY_HAND.get(name, ()) if n[-1] in "县旗" and len(n) > _SHORTEST)


def zone_name(county: str, *above: str) -> str:
    """A development zone without the province and city its official name repeats; other names as they are."""
    if not _ZONE.search(county):
        return county
    for name in above:
        for form in (name, *province_forms(name), *short_forms(name)):
            county = county.removeprefix(form)
    return county


def zone_forms(name: str, parents: tuple[str, ...]) -> tuple[str, ...]:
    """Everyday names of a development zone, valid under its city only: 高新区, 经开区, 开发区.

    parents: names of the province and city, with and without suffix, that the official name may bear.
    """
    if not _ZONE.search(name):
        return ()
    core = name
    for parent in sorted(parents, key=len, reverse=True) * 2:
        core = core.removeprefix(parent)
    if re.fullmatch(r"高新技术(?:产业)?开发区|高技术产业开发区", core):
        return (core, "高新技术产业开发区", "高新技术开发区", "高新开发区", "高新区")
    if re.fullmatch(r"经济(?:技术)?开发区", core):
        return (core, "经济技术开发区", "经济开发区", "经开区", "开发区")
    return (core,) if core != name and len(core) > _SHORTEST else ()
