"""Second buildings, sub-numbers, basements, stalls: no door of an address is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.address import parse

FIELDS = ("road_no", "poi", "building", "unit", "floor", "room")


def doors_of(text):
    address = parse(text)
    return {f: getattr(address, f) for f in FIELDS if getattr(address, f)}


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("建国路甲5号院3号楼B座1201", {"road_no": "甲5号院", "building": "3号楼B座", "room": "1201"}),
        ("西溪路556号阿里中心C座南楼1103", {"road_no": "556号", "poi": "阿里中心", "building": "C座南楼", "room": "1103"}),
        ("张江路1238弄1号楼B座3层302室", {"road_no": "1238弄", "building": "1号楼B座", "floor": "3层", "room": "302室"}),
        ("东风东路208号之二自编3号", {"road_no": "208号之二自编3号"}),
        ("江南大道中180号自编2栋1803房", {"road_no": "180号", "building": "自编2栋", "room": "1803房"}),
        ("南坪西路29号附12号8-3", {"road_no": "29号附12号", "room": "8-3"}),
        ("长乐西路8号香格里拉大厦1201室-2", {"road_no": "8号", "poi": "香格里拉大厦", "room": "1201室-2"}),
        ("大学城南路22号富力城A座-1201", {"road_no": "22号", "poi": "富力城", "building": "A座", "room": "1201"}),
        ("建设西路88号院5#2-301", {"road_no": "88号院", "building": "5#", "unit": "2", "room": "301"}),
        ("天河路228号正佳广场负一层18号铺", {"road_no": "228号", "poi": "正佳广场", "floor": "负一层", "room": "18号铺"}),
        ("民族路188号环球金融中心B1层12号", {"road_no": "188号", "poi": "环球金融中心", "floor": "B1层", "room": "12号"}),
        ("南京西路268号B2楼", {"road_no": "268号", "floor": "B2楼"}),
        ("香港东路195号上实中心T3楼1902", {"road_no": "195号", "poi": "上实中心", "building": "T3楼", "room": "1902"}),
        ("中山路265号黄纬路小区甲楼2门303", {"road_no": "265号", "poi": "黄纬路小区", "building": "甲楼", "unit": "2门", "room": "303"}),
        ("岳阳道101号泰达园3号楼乙门601", {"road_no": "101号", "poi": "泰达园", "building": "3号楼", "unit": "乙门", "room": "601"}),
        ("经纬街73号4单元7楼1门", {"road_no": "73号", "unit": "4单元", "floor": "7楼", "room": "1门"}),
        ("汾江中路74号红棉大厦首层101至104号铺", {"road_no": "74号", "poi": "红棉大厦首层", "room": "101至104号铺"}),
        ("招商西路18号招商城服装一区1105号", {"road_no": "18号", "poi": "招商城服装一区", "room": "1105号"}),
    ],
)  # fmt: skip
def test_second_buildings_and_sub_numbers_keep_the_room(text, doors):
    assert doors_of("广州市越秀区" + text) == doors


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("辽宁省灯塔市佟二堡镇前烟台村1组1-25", {"road_no": "1-25"}),
        ("上海市徐汇区田林十二村32号602室", {"poi": "田林十二村", "building": "32号", "room": "602室"}),
        ("新疆喀什地区叶城县依提木孔镇7村2组35号", {"road_no": "35号"}),
    ],
)
def test_numbers_of_villages_and_of_estates_called_villages_are_told_apart(text, doors):
    assert doors_of(text) == doors


def test_a_road_in_a_zone_or_a_village_of_lanes_is_a_road():
    roads = ["工业区中路16号", "下围园新村一巷12号", "大学城南路22号"]

    assert [parse("福建省泉州市晋江市" + r).road for r in roads] == [
        "工业区中路",
        "下围园新村一巷",
        "大学城南路",
    ]


@given(
    st.integers(1, 999),
    st.integers(1, 60),
    st.sampled_from(["", "A座", "南楼"]),
    st.integers(1, 9),
    st.integers(101, 3304),
)
def test_no_door_is_lost(number, building, part, unit, room):
    text = f"浙江省杭州市余杭区文一西路{number}号阳光小区{building}号楼{part}{unit}单元{room}室"

    assert doors_of(text) == {
        "road_no": f"{number}号", "poi": "阳光小区", "building": f"{building}号楼{part}", "unit": f"{unit}单元",
        "room": f"{room}室",
    }  # fmt: skip
