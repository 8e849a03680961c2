"""What an address leaves out and one division alone supplies; what a person must confirm."""

from __future__ import annotations

import pytest

from yibao_cli.address import examine, memory, normalise, parse, postcode_table
from yibao_cli.address.head import _read_at


@pytest.mark.parametrize(
    ("text", "county", "rule_id"),
    [
        ("勐海镇象山路23号", "勐海县", "A157"),
        ("芝麻墩街道办事处沂河路144号", "河东区", "A157"),
        ("汉川西正街41号", "汉川市", "A156"),
        ("奎屯北京路5号", "奎屯市", "A156"),
        ("黄陂罗汉龙兴街60号", "黄陂区", "A156"),
        ("吴起镇迎宾大街3号", "吴起县", "A156"),
        ("山市三水区乐平镇乐平大道25号", "三水区", "A119"),
        ("怀市鹤城区怀客巷132号", "鹤城区", "A119"),
        ("69236部队沙湾县东湾镇卡子湾村", "沙湾市", "A119"),
        ("甘肃是陇南市武都区黄坪乡赵坝村", "武都区", "A122"),
        ("玉树州结古镇民主路4号", "玉树市", "A157"),
        ("岳阳市七里山社区12号", "岳阳楼区", "A161"),
        ("内蒙古自治区呼伦贝市阿荣旗那吉镇振兴路3号", "阿荣旗", "A122"),
    ],
)
def test_a_county_that_one_name_alone_implies_is_read_and_a_person_confirms_it(text, county, rule_id):
    address, verdict = examine(text)

    assert (address.county, verdict.verdict, verdict.rule_ids) == (county, "doubtful", (rule_id,))


@pytest.mark.parametrize(
    "text",
    [
        "城关镇东大街1号",
        "南湖花园大道1号",
        "和平路1号",
        "凤凰北京路",
        "青山镇路1号",
        "镇",
        "街道",
        "朝阳新村路3号",
    ],
)
def test_a_name_that_many_places_bear_implies_nothing(text):
    assert parse(text).division_code == ""


def test_a_postcode_of_another_province_speaks_against_the_township():
    assert parse("勐海镇象山路23号", postcode="666200").county == "勐海县"
    assert parse("勐海镇象山路23号", postcode="050000").county == ""


@pytest.mark.parametrize(
    ("text", "county"),
    [
        ("四川省万县市白岩路112号", "万州区"),
        ("四川省涪陵市人民路1号", "涪陵区"),
        ("四川省重庆市渝中区八一路177号", "渝中区"),
    ],
)
def test_chongqing_is_found_where_it_lay_in_sichuan(text, county):
    address = parse(text)

    assert (address.province, address.county, address.flags[0]) == ("重庆市", county, "old-name")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("广西桂林秀峰区北辰路1号", "秀峰区"),
        ("陕西榆林佳县螅镇", "佳县"),
        ("黑龙江省黑河市爱辉大五家子", "爱辉区"),
        ("乌市米东区三道坝镇", "米东区"),
        ("新疆兵团第十师北屯市龙疆路12号", "北屯市"),
        ("甘肃庆阳环环城镇西川", "环县"),
        ("乐山市中区春华路南段235号", "市中区"),
        ("黑龙江绥化北林三井乡", "北林区"),
        ("重庆市万州梁平区柏家镇天官街21号", "梁平区"),
        ("长安区马王街办西街89号", "长安区"),
        ("四川省南充巿阆中市官菜园街2号", "阆中市"),
        ("新疆0伊宁曲鲁海0", "伊宁县"),
        ("(门卫转交)黑龙江省鸡西市鸡冠区园林31号", "鸡冠区"),
    ],
)
def test_short_names_are_read_below_their_province_and_prefecture(text, expected):
    assert parse(text).county == expected


@pytest.mark.parametrize("text", ["济南市长清大学", "九江市浔阳东路125号", "济南市长清路3号"])
def test_a_short_name_that_opens_a_place_or_a_road_is_no_county(text):
    assert parse(text).county == ""


def test_the_names_known_from_the_start_are_read_as_the_reader_reads_them():
    memory._memory.cache_clear()  # what other tests read is remembered as well
    known = memory._memory()[0]
    some = sorted(known)

    wrong = [
        t for t in some for more in ("", "和顺路1号", "人民医院") if _read_at(t + more, 0, ()) != known[t]
    ]

    assert len(some) > 10_000
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected", "flags"),
    [
        (
            "张三,13800000000,浙江省杭州市西湖区文三路1号",
            "浙江省杭州市西湖区文三路1号",
            {"addressee", "phone"},
        ),
        ("浙江省 13800000000 杭州市西湖区文三路1号", "浙江省杭州市西湖区文三路1号", {"phone"}),
        ("石家庄市长安区体育北大街99号第一医院工会收", "石家庄市长安区体育北大街99号第一医院", {"addressee"}),
        ("西乡塘区大学东路100号27栋一楼收发室", "西乡塘区大学东路100号27栋一楼收发室", set()),
        ("南京南街197号3-2-1，不要放快递柜，请送上门", "南京南街197号3-2-1(不要放快递柜请送上门)", set()),
        ("-中山东路1号-", "中山东路1号", {"separators"}),
    ],
)
def test_names_with_a_telephone_and_requests_are_kept_apart_from_the_place(text, expected, flags):
    folded = normalise(text)

    assert folded.text == expected
    assert flags <= set(folded.flags)
    assert "addressee" in flags or "addressee" not in folded.flags


def test_a_table_without_provinces_takes_the_county_that_the_postcode_can_lie_in():
    table = postcode_table(
        [("050011", "", "", "长安区"), ("710100", "", "", "长安区"), ("", "", "", "藁城区")]
    )

    assert table.sole == {"130102": "050011", "610116": "710100"}
    assert table.check("050011", "610116").answer == "other"


def test_a_county_with_two_postcodes_has_no_sole_one():
    table = postcode_table([("050011", "", "", "长安区"), ("050013", "", "", "长安区")])

    assert table.sole == {}


@pytest.mark.parametrize(
    "text", ["小金口九龙村", "东方明珠A区1号", "凤凰新城", "长兴岛经济区将军路", "龙门邮政支局"]
)
def test_a_short_name_inside_another_name_implies_nothing(text):
    assert parse(text).county == ""


@pytest.mark.parametrize(
    ("text", "county"),
    [
        ("山西太原古交阁上乡阁上村12号", "古交市"),
        ("济南市长清大学科技园", "长清区"),
        ("西藏自治区拉萨城关江苏东路32号", "城关区"),
        ("江西省吉安吉州广场东路2号", "吉州区"),
        ("内蒙古自治区呼伦贝尔市满洲里市扎赉诺尔区同心路2号", "扎赉诺尔区"),
        ("湖南吉首永顺抚志乡抚志村", "永顺县"),
        ("辽宁阜新阜蒙阜新镇本街", "阜新蒙古族自治县"),
        ("新疆维吾尔自阿克苏地区库车县友谊路79号", "库车市"),
        ("南城县路东村", "南城县"),
    ],
)
def test_the_short_name_of_a_county_behind_its_city_is_read_unless_a_road_bears_it(text, county):
    assert parse(text).county == county


@pytest.mark.parametrize(
    "text",
    [
        "廊坊市广阳道1号",
        "宜昌市夷陵大道441号",
        "阜阳市太和路3号",
        "湘潭市湘潭大学",
        "云南省保山市城区正阳北路250号",
    ],
)
def test_a_road_that_bears_the_name_of_a_district_names_no_district(text):
    address = parse(text)

    assert (address.county, address.level) == ("", "prefecture")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("莱芜市莱城区高庄街道办对仙门村12号", "莱芜市莱城区"),
        ("上海闸北区共和新路1700弄3号", "上海闸北区"),
        ("浙江省杭州市余杭区文一西路969号", None),
    ],
)
def test_divisions_of_the_past_stand_beside_those_of_today_as_written(text, written):
    found = [f.removeprefix("written:") for f in parse(text).flags if f.startswith("written:")]

    assert found == ([written] if written else [])
