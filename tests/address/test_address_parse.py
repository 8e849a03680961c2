from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.address import parse
from yibao_cli.address.divisions import CITY, COUNTY, gazetteer, towns_at
from yibao_cli.address.head import WINDOW, _read, read_head
from yibao_cli.address.parsing import names_of, standard_line

FIELDS = ("town", "village", "group", "road", "road_no", "poi", "building", "unit", "floor", "room")


def divisions_of(text, **columns):
    address = parse(text, **columns)
    return address.province, address.city, address.county


def fields_of(text):
    address = parse(text)
    return {name: getattr(address, name) for name in FIELDS if getattr(address, name)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("浙江省杭州市余杭区文一西路1号", ("浙江省", "杭州市", "余杭区")),
        ("杭州余杭区文一西路1号", ("浙江省", "杭州市", "余杭区")),
        ("广西柳州鱼峰区柳石路1号", ("广西壮族自治区", "柳州市", "鱼峰区")),
        ("川成都市武侯区人民南路1号", ("四川省", "成都市", "武侯区")),
        ("内蒙赤峰市松山区", ("内蒙古自治区", "赤峰市", "松山区")),
        ("四川省阿坝州汶川县威州镇", ("四川省", "阿坝藏族羌族自治州", "汶川县")),
        ("恩施州利川市", ("湖北省", "恩施土家族苗族自治州", "利川市")),
        ("克州阿图什市", ("新疆维吾尔自治区", "克孜勒苏柯尔克孜自治州", "阿图什市")),
        ("靖州县飞山路1号", ("湖南省", "怀化市", "靖州苗族侗族自治县")),
        ("汶川县威州镇", ("四川省", "阿坝藏族羌族自治州", "汶川县")),
        ("浙江省义乌市江滨路1号", ("浙江省", "金华市", "义乌市")),
        ("邵阳县塘渡口镇", ("湖南省", "邵阳市", "邵阳县")),
        ("吉林省吉林市昌邑区", ("吉林省", "吉林市", "昌邑区")),
        ("北京北京市朝阳区建国路1号", ("北京市", "北京市", "朝阳区")),
        ("重庆市县忠县忠州街道", ("重庆市", "重庆市", "忠县")),
        ("石家庄市市辖区长安区", ("河北省", "石家庄市", "长安区")),
        ("湖北省仙桃市沔州大道5号", ("湖北省", "", "仙桃市")),
        ("广东省东莞市虎门镇", ("广东省", "东莞市", "")),
        ("政和县镇前镇镇前村", ("福建省", "南平市", "政和县")),
        ("新疆生产建设兵团第3师图木舒克市", ("新疆维吾尔自治区", "", "图木舒克市")),
        ("张三收浙江省杭州市西湖区灵隐路1号", ("浙江省", "杭州市", "西湖区")),
        ("人民南路97号", ("", "", "")),
    ],
)
def test_divisions_are_read_in_every_form(text, expected):
    assert divisions_of(text) == expected


@pytest.mark.parametrize("text", ["北海市重庆路12号", "石家庄市长安路1号", "杭州市昆山市场12号"])
def test_a_name_before_a_road_or_market_is_no_division(text):
    address = parse(text)

    assert (address.county, address.level) == ("", "prefecture")


def test_an_ambiguous_county_stays_open():
    address = parse("鼓楼区中山北路10号")

    assert (address.province, address.city, address.county) == ("", "", "鼓楼区")
    assert "ambiguous-county" in address.flags


def test_a_postcode_or_a_county_column_decides_between_counties_of_one_name():
    by_postcode = divisions_of("鼓楼区中山北路10号", postcode="350001")
    by_column = divisions_of("鼓楼区中山北路10号", county_hint="南京市鼓楼区")

    assert by_postcode == ("福建省", "福州市", "鼓楼区")
    assert by_column == ("江苏省", "南京市", "鼓楼区")


@pytest.mark.parametrize("hint", ["130102", "石家庄市长安区", "河北省石家庄市长安区"])
def test_the_county_column_fills_what_the_text_leaves_out(hint):
    address = parse("中山东路12号", county_hint=hint)

    assert (address.city, address.county, address.road) == ("石家庄市", "长安区", "中山东路")
    assert "county-from-hint" in address.flags


def test_the_text_wins_over_the_county_column():
    address = parse("石家庄市长安区中山东路12号", county_hint="石家庄市桥西区")

    assert address.county == "长安区"
    assert "hint-differs" in address.flags


def test_a_township_of_one_county_completes_the_county():
    address = parse("石家庄市谈固街道谈固东街98号")

    assert (address.county, address.town, address.division_code) == ("长安区", "谈固街道", "130102011")


def test_a_county_that_became_a_district_is_read_and_flagged():
    address = parse("山东省烟台市蓬莱市大辛店镇崮寺店村")

    assert (address.county, address.flags) == ("蓬莱区", ("old-name", "written:山东省烟台市蓬莱市"))


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("文一西路969号B座", {"road": "文一西路", "road_no": "969号", "building": "B座"}),
        ("建国路93号院3号楼2单元1001室",
         {"road": "建国路", "road_no": "93号院", "building": "3号楼", "unit": "2单元", "room": "1001室"}),
        ("白沙村3组12号", {"village": "白沙村", "group": "3组", "road_no": "12号"}),
        ("中央路十二号楼三单元", {"road": "中央路", "building": "十二号楼", "unit": "三单元"}),
        ("解放西路12-3-1001", {"road": "解放西路", "building": "12", "unit": "3", "room": "1001"}),
        ("文一西路969号5#302", {"road": "文一西路", "road_no": "969号", "building": "5#", "room": "302"}),
        ("阳光小区5栋2-501", {"poi": "阳光小区", "building": "5栋", "unit": "2", "room": "501"}),
        ("新村路12号", {"road": "新村路", "road_no": "12号"}),
        ("中山路75", {"road": "中山路", "road_no": "75"}),
        ("万达广场三楼", {"poi": "万达广场", "floor": "三楼"}),
        ("人民路1号(农业银行旁)", {"road": "人民路", "road_no": "1号"}),
        ("人民南路四段11号", {"road": "人民南路四段", "road_no": "11号"}),
    ],
)  # fmt: skip
def test_the_tail_is_split(rest, expected):
    assert fields_of("浙江省杭州市余杭区" + rest) == expected


def test_the_standard_form_names_a_municipality_once_and_loses_no_remark():
    address = parse("北京北京市朝阳区 建国路１号（东门）")

    assert address.standard == "北京市朝阳区建国路1号(东门)"


def test_every_county_written_in_full_is_read_back_exactly():
    counties = [d for d in gazetteer().by_code.values() if d.level == COUNTY]

    misread = [d for d in counties if parse(standard_line(names_of(d), "", "人民路1号")).county != d.name]

    assert misread == []


def test_every_city_and_county_without_the_province_is_read_back_exactly():
    known = gazetteer().by_code
    counties = [d for d in known.values() if d.level == COUNTY and d.code[:CITY] in known]

    misread = [d for d in counties if divisions_of(f"{names_of(d).city}{d.name}1号") != tuple(names_of(d))]

    assert misread == []


def test_a_standard_form_is_its_own_standard_form():
    texts = [
        "广西柳州鱼峰区柳石路1号",
        "石家庄市高新区长江大道9号",
        "新疆生产建设兵团石河子市147团3连",
        "苏州工业园区星湖街328号",
    ]

    lines = [parse(text).standard for text in texts]

    assert [parse(line).standard for line in lines] == lines


NAMES = st.sampled_from(
    [
        "河北省",
        "石家庄市",
        "长安区",
        "桥西",
        "北京",
        "吉林",
        "朝阳",
        "鼓楼区",
        "县",
        "路",
        "1",
        "兵团第3师",
        "镇",
        "3",
        "街道",
        "恩施州",
    ]
)


@given(st.lists(NAMES, max_size=9).map("".join))
def test_reading_up_to_the_first_digit_changes_nothing(text):
    short = read_head(text)

    assert short == _read(text[:WINDOW], ())


@given(st.lists(NAMES, max_size=9).map("".join))
def test_nothing_is_invented(text):
    address = parse(text)

    known = gazetteer().by_code
    assert not address.division_code or address.province == known[address.division_code[:2]].name
    assert all(getattr(address, name) in address.standard for name in FIELDS)


@settings(max_examples=60)
@given(st.text(max_size=2000), st.text(max_size=12), st.text(max_size=8))
def test_any_text_gives_an_address(text, hint, postcode):
    address = parse(text, county_hint=hint, postcode=postcode)

    assert address.raw == text
    assert 0 <= address.score <= 1


def test_a_township_is_found_under_its_former_kind():
    found = towns_at("130102", "谈固镇谈固东街", 0)

    assert [(t.written, t.name) for t in found] == [("谈固镇", "谈固街道")]


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("石家庄市中山东路12号", "长安区", ("河北省", "石家庄市", "长安区")),
        ("石家庄市槐底区中山东路12号", "石家庄市长安区", ("河北省", "石家庄市", "槐底区")),
        ("石家庄市长安镇", "", ("河北省", "石家庄市", "")),
        ("中山东路12号", "没有这个地方", ("", "", "")),
    ],
)
def test_the_county_column_fills_only_what_is_open(text, hint, expected):
    assert divisions_of(text, county_hint=hint) == expected


@pytest.mark.parametrize(
    ("text", "county", "flags"),
    [
        ("博尔塔拉蒙古自治州双河市达勒特街1号", "双河市", ()),
        ("安徽省巢湖市无为市人民路1号", "无为市", ("old-name", "written:安徽省巢湖市无为市")),
    ],
)
def test_a_city_named_above_a_county_it_does_not_govern_gives_way(text, county, flags):
    address = parse(text)

    assert (address.county, address.flags) == (county, flags)


@given(st.lists(NAMES, max_size=9).map("".join))
def test_a_remembered_reading_is_the_reading(text):
    read_head(text.replace("路", "").replace("镇", "") + "中心1号")  # fills the memory with its divisions

    assert read_head(text) == _read(text[:WINDOW], ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("上海市闸北区共和新路912号", ("上海市", "上海市", "静安区")),
        ("湖北省襄樊市襄城区荆州街57号", ("湖北省", "襄阳市", "襄城区")),
        ("山东省莱芜市莱城区鲁中大街28号", ("山东省", "济南市", "莱芜区")),
        ("云南省德宏州潞西市勐戛镇", ("云南省", "德宏傣族景颇族自治州", "芒市")),
        ("安徽省六安市寿县寿春镇", ("安徽省", "淮南市", "寿县")),
        ("石家庄市桥东区中山东路1号", ("河北省", "石家庄市", "桥东区")),
        ("江苏省吴县市东环路12号", ("江苏省", "苏州市", "吴县市")),
    ],
)
def test_names_of_the_past_are_read_as_what_they_are_today(text, expected):
    assert divisions_of(text) == expected


def test_a_county_that_was_split_names_its_parts():
    address = parse("江苏省吴县市东环路12号")

    assert "candidates:吴中区、相城区" in address.flags


def test_a_township_decides_between_the_parts_of_a_split_county():
    assert divisions_of("江苏省吴县市木渎镇金枫路1号") == ("江苏省", "苏州市", "吴中区")


@pytest.mark.parametrize(
    ("text", "county", "flag"),
    [
        ("廣東省廣州市天河區天河路1號", "天河区", "traditional"),
        ("四川省成都市武候区人民南路11号", "武侯区", "corrected:武侯区"),
        ("文一西路969号 余杭区 杭州市", "余杭区", "reordered"),
        ("李四收 浙江省杭州市西湖区灵隐路1号", "西湖区", "leading-text"),
        ("浙江省杭州市西湖区灵隐路1号（王五收）", "西湖区", "addressee"),
        ("深圳市福田区福华路355号3O1室", "福田区", "look-alike"),
    ],
)
def test_dirt_is_removed_and_flagged(text, county, flag):
    address = parse(text)

    assert (address.county, flag in address.flags) == (county, True)


def test_a_village_of_one_township_confirms_it_and_invents_no_field():
    with_town = parse("石家庄市长安区建北街道棉一东社区3号")
    without = parse("石家庄市长安区棉一东社区3号")

    assert (with_town.level, with_town.division_code) == ("village", "130102001001")
    assert (without.level, without.division_code, without.town) == ("village", "130102001001", "")


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("四川北路1851弄3号602室", {"road": "四川北路", "road_no": "1851弄", "building": "3号", "room": "602室"}),
        ("羽山路1850弄23支弄6号301", {"road": "羽山路", "road_no": "1850弄", "building": "23支弄6号", "room": "301"}),
        ("六和路与东信大道交叉口", {"road": "六和路"}),
        ("人民路1号附近", {"road": "人民路", "road_no": "1号"}),
        ("建设路3号5栋16-3", {"road": "建设路", "road_no": "3号", "building": "5栋", "room": "16-3"}),
        ("香港街小区12号楼201", {"poi": "香港街小区", "building": "12号楼", "room": "201"}),
        ("新城花园10号楼2单元301室某某公司",
         {"poi": "新城花园", "building": "10号楼", "unit": "2单元", "room": "301室"}),
        ("恩宁路99号之一202房", {"road": "恩宁路", "road_no": "99号之一", "room": "202房"}),
    ],
)  # fmt: skip
def test_doors_of_every_region_are_read(rest, expected):
    assert fields_of("浙江省杭州市余杭区" + rest) == expected


def test_long_texts_of_one_character_end_soon():
    for text in ("路" * 5000, "市" * 5000, "1-" * 5000, "村" * 5000, "一" * 5000, "(" * 5000, "号栋" * 3000):
        assert len(parse(text).standard) <= 300
