"""What must never be called good: gone, left open, or two addresses in one cell."""

from __future__ import annotations

import pytest

from yibao_cli.address import examine, parse

_STREET = "浙江省杭州市西湖区文三路"


@pytest.mark.parametrize(
    "text",
    [
        f"{_STREET}1号(已拆迁)",
        f"{_STREET}1号已搬走",
        "浙江省杭州市西湖区拆迁",
        "浙江省杭州市西湖区地址不详",
        "浙江省杭州市西湖区测试地址",
        f"{_STREET}1号查无此人",
    ],
)
def test_a_place_that_is_gone_or_unknown_is_doubtful(text):
    verdict = examine(text)[1]

    assert (verdict.verdict, verdict.rule_ids[-1:]) == ("doubtful", ("A159",))


@pytest.mark.parametrize("text", ["浙江省杭州市西湖区拆迁安置小区3幢501室", f"{_STREET}1号快乐搬家公司"])
def test_an_estate_or_a_firm_with_such_a_word_is_good(text):
    assert examine(text)[1].verdict == "good"


@pytest.mark.parametrize(
    "text",
    [
        f"{_STREET}1号或江苏省南京市鼓楼区中山路2号",
        f"{_STREET}1号/杭州市余杭区文一西路969号",
        "上海市浦东新区世纪大道100号；北京市西城区金融街5号",
    ],
)
def test_two_addresses_in_one_cell_are_doubtful(text):
    assert examine(text)[1].rule_ids == ("A160",)


@pytest.mark.parametrize(
    "text",
    [
        f"{_STREET}1号江苏省南京市商会",
        f"{_STREET}1号浙江省杭州市西湖区文三路1号",
        "江苏省南京市鼓楼区中山路2号湖南省第一建筑公司3楼",
    ],
)
def test_a_firm_of_another_place_is_no_second_address(text):
    assert "second-address" not in parse(text).flags


@pytest.mark.parametrize(
    ("text", "rule_id"),
    [
        (f"{_STREET}XX号", "A115"),
        (f"{_STREET}***号", "A115"),
        (f"{_STREET}0号", "A115"),
        ("浙江省杭州市西湖区某某路某号", "A115"),
        ("浙江省杭州市西湖区同上", "A114"),
        ("浙江省杭州市西湖区aaaaa", "A114"),
        ("浙江省杭州市西湖区菜鸟驿站", "A114"),
        ("浙江省舟山市普陀区沈家门渔港浙普渔68115号船", "A114"),
    ],
)
def test_what_is_left_open_is_no_door(text, rule_id):
    assert rule_id in examine(text)[1].rule_ids


def test_a_range_of_rooms_is_one_room_field():
    address = parse("江西省南昌市红谷滩区绿茵路129号联发广场写字楼2201-2206")

    assert (address.poi, address.building, address.room) == ("联发广场写字楼", "", "2201-2206")


def test_a_crossing_in_the_name_of_a_road_stays_in_it():
    address = parse("北京市西城区新街口北大街74号院")

    assert (address.road, address.road_no) == ("新街口北大街", "74号院")
