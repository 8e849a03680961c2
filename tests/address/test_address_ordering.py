from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.address import parse, sort_key
from yibao_cli.address.ordering import padded

ROAD = "河北省石家庄市长安区中山东路"


def test_doors_of_one_road_follow_their_numbers():
    doors = ["100号", "12号3单元", "9号", "十号", "12号2单元"]

    ordered = sorted(doors, key=lambda door: sort_key(parse(ROAD + door)))

    assert ordered == ["9号", "十号", "12号2单元", "12号3单元", "100号"]


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_key_order_is_number_order(one, other):
    keys = [sort_key(parse(f"{ROAD}{number}号")) for number in (one, other)]

    assert (keys[0] < keys[1]) == (one < other)


def test_two_roads_do_not_mix():
    roads = ["中山东路1号", "中山东路99号", "中山东路支路5号", "中山西路2号"]

    ordered = sorted(roads, key=lambda road: sort_key(parse("河北省石家庄市长安区" + road)))

    assert [door[:4] for door in ordered] == ["中山东路", "中山东路", "中山东路", "中山西路"]
    assert ordered[2] == "中山东路支路5号"


def test_chinese_numerals_count_like_digits():
    assert [padded(n) for n in ("十二号", "二〇五", "一百零三", "二十")] == [
        "000012号",
        "000205",
        "000103",
        "000020",
    ]
