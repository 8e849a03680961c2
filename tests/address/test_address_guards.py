"""What is asked before a pattern, to save its time, never hides what the pattern finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.address import cleaning, parse, tail
from yibao_cli.address.divisions import gazetteer, towns_at

DIVISIONS = st.lists(
    st.sampled_from(["市", "区", "县", "省", "北京", "北", "京", "长安", "石家庄", "沙市", "1", "路"]),
    max_size=10,
).map("".join)
PARKS = (
    "东湖工业园科技路1 宁海工业集中区海河道2 城南产业集聚区海河路3 高新科技园创新路4 空港物流园区机场路5 大学创业园黄河路6"
    " 国家示范园区长江路7 老片区和平街8 临海工业港渔业路9"
)


@given(DIVISIONS)
def test_what_stands_twice_in_a_row_is_seen_without_asking_the_patterns(text):
    written_twice = cleaning._TWICE_WHOLE.match(text) or cleaning._TWICE.search(text[:60])

    assert cleaning._repeats(text) == (written_twice is not None)


@pytest.mark.parametrize(
    ("pattern", "guard", "texts"),
    [
        (tail._TOWN, tail._HAS_TOWN, "虎门镇 三墩乡 关山街道 满都拉苏木 一四四团 兵团一四二团"),
        (tail._VILLAGE, tail._HAS_VILLAGE, "黄城村 大庄屯 棉一社区 清水河村委会 建设居委会 阿日嘎查 红旗大队"),
        (tail._VILLAGE, tail._RURAL, "黄城村 大庄屯 棉一社区 清水河村委会 建设居委会 阿日嘎查 红旗大队"),
        (tail._GROUP, tail._RURAL, "3组 五社 2队 12连 杨家屯 街上组 第二村民小组"),
        (tail._TEAM, tail._RURAL, "前进队 三里自然村"),
        (tail._PARK, tail._HAS_PARK, PARKS),
        (cleaning._PHONE, cleaning._LONG_NUMBER, "13800000000 138-0000-0000 0571-88888888 010-8888888"),
        (cleaning._ID_NUMBER, cleaning._LONG_NUMBER, "11010119900307123X"),
        (cleaning._POSTCODE, cleaning._LONG_NUMBER, "311121浙江 邮编311121 1号,311121"),
        (cleaning._SEPARATORS, cleaning._SOME_SEPARATOR, ",东 ;东 |东 /东 \\东 。东 :东 _东 、东 .东 -东 西-东"),
        (cleaning._NULL, re.compile("[nN]"), "null NULL NaN none n/a undefined"),
        (cleaning._ADDRESSEE, re.compile("收|转|姓名"), "12号李四收 1栋王五转 邮局收 收货人:李四, 姓名:王五,"),
    ],
    ids=["town", "village", "village-at-all", "group", "team", "park",
         "phone", "id-number", "postcode", "separators", "null", "addressee"],
)  # fmt: skip
def test_what_a_pattern_finds_is_looked_for(pattern, guard, texts):
    found = [pattern.search(text) for text in texts.split()]

    assert all(found)
    assert [m[0] for m in found if not guard.search(m[0])] == []


def test_every_township_is_found_under_its_county_by_its_listed_name():
    missing = [
        (county, town)
        for county, listed in gazetteer().towns.items()
        for town in listed.split(" ")
        if town[3:] not in {t.name for t in towns_at(county, town[3:], 0)}
    ]

    assert missing == []


@pytest.mark.parametrize("written", ["关山街道", "关山街道办事处", "关山街道办", "关山街办", "关山镇"])
def test_a_township_is_taken_as_it_is_written(written):
    address = parse(f"湖北省武汉市洪山区{written}珞喻路1号")

    assert (address.town, address.road) == (written, "珞喻路")
