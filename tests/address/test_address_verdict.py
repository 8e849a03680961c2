from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.address import Judging, examine, postcode_table
from yibao_cli.rules import RULES

# Rule, address, postcode, county column: one reproducer for every rule of block A.
REPRODUCERS = [
    ("A101", "不详", "", ""),
    ("A101", "", "", ""),
    ("A102", "13800000000a", "", ""),
    ("A102", "Yuhang Qu, Hangzhou", "", ""),
    ("A103", "人民南路97号", "", ""),
    ("A104", "浙江省杭州市昆山市人民路3号", "", ""),
    ("A105", "石家庄市锟斤拷路", "", ""),
    ("A106", "石家庄市长安区中山路1号" * 40 + "以内", "", ""),
    ("A111", "石家庄市槐中路113号", "", ""),
    ("A112", "安徽省芜湖市三川区时代广场1号", "", ""),
    ("A113", "鼓楼区中山北路10号", "", ""),
    ("A114", "河北省石家庄市长安区", "", ""),
    ("A115", "河北省石家庄市长安区中山路", "", ""),
    ("A116", "河北省石家庄市长安区中山路1号", "100080", ""),
    ("A117", "河北省石家庄市长安区中山路1号", "50000", ""),
    ("A118", "石家庄市长安区中山路1号", "", "石家庄市桥西区"),
    ("A119", "张三收浙江省杭州市西湖区灵隐路1号", "", ""),
    ("A120", "杭州市余杭市人民路1号", "", ""),
    ("A121", "成都高新区天府大道12号", "", ""),
    ("A122", "四川省成都市武候区人民南路11号", "", ""),
    ("A123", "台湾省台北市信义区信义路五段7号", "", ""),
]
OTHERS = {"A107", "A124", "A125"}  # want settings or a table; below


@pytest.mark.parametrize(("rule_id", "text", "postcode", "county"), REPRODUCERS)
def test_each_rule_has_something_that_sets_it_off(rule_id, text, postcode, county):
    _address, verdict = examine(text, postcode, county)

    assert rule_id in verdict.rule_ids
    assert verdict.verdict == ("bad" if rule_id < "A111" else "doubtful")


def test_every_rule_of_the_block_is_reproduced_here():
    assert {r[0] for r in REPRODUCERS} | OTHERS == {r for r in RULES if "A101" <= r < "A130"}


@pytest.mark.parametrize(("rule_id", "text", "postcode", "county"), REPRODUCERS)
def test_every_message_is_filled(rule_id, text, postcode, county):
    _address, verdict = examine(text, postcode, county)

    assert not any("{" in r.message() + r.remedy() for r in verdict.reasons)


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("河北省石家庄市长安区中山东路12号", "050000"),
        ("四川省阿坝州汶川县威州镇桑坪村", ""),
        ("北京市朝阳区阳光小区5栋2-501", "100020"),
        ("广东省东莞市虎门镇虎门大道88号", "523900"),
        ("内蒙古阿拉善左旗巴彦浩特镇土尔扈特路1号", "750300"),
    ],
)
def test_a_full_address_is_good(text, postcode):
    _address, verdict = examine(text, postcode)

    assert (verdict.verdict, verdict.reasons) == ("good", ())


def test_a_county_column_makes_a_bare_road_deliverable():
    _address, verdict = examine("中山东路12号", "050000", "石家庄市长安区")

    assert verdict.verdict == "good"


@settings(max_examples=60)
@given(st.text(max_size=2000), st.text(max_size=8), st.text(max_size=8))
def test_any_text_gets_a_verdict(text, postcode, hint):
    _address, verdict = examine(text, postcode, hint)

    assert verdict.verdict in {"good", "doubtful", "bad"}
    assert (verdict.verdict == "good") == (not verdict.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\xff",
        "ÃÂ\x9f¥°ç\x9f³",
        "\u202e号1路山中",
        "😀😀",
        "\ud800\udfff",
        "路" * 2000,
        "(" * 500,
        "1-" * 1000,
        "一" * 2000,
    ],
)
def test_no_damaged_text_is_good(text):
    _address, verdict = examine(text)

    assert verdict.verdict == "bad"


NANJING = "江苏省南京市玄武区中山东路1号"
TABLE = postcode_table(
    [
        ("210000", "江苏省", "南京市", "玄武区"),
        ("215300", "江苏省", "苏州市", "昆山市"),
        ("433000", "湖北省", "湖北省", "仙桃市"),
        ("21530", "江苏省", "苏州市", "太仓市"),
        ("215400", "江苏省", "苏州市", "没有县"),
    ]
)


@pytest.mark.parametrize(
    ("postcode", "code", "answer"),
    [
        ("210000", "320102", "match"),
        ("210018", "320102", "prefix"),
        ("215318", "320102", "other"),
        ("215900", "320102", "other"),
        ("215900", "320585", "prefix"),
        ("433000", "429004", "match"),
        ("100000", "320102", "unknown"),
    ],
)
def test_a_postcode_is_judged_by_its_first_digits_where_it_is_not_listed(postcode, code, answer):
    assert TABLE.check(postcode, code).answer == answer


def test_a_postcode_of_another_county_is_named():
    _address, verdict = examine(NANJING, "215318", table=TABLE)

    assert verdict.rule_ids == ("A124",)
    assert "昆山市" in verdict.reasons[0].message()


def test_a_stricter_limit_wants_the_town():
    _address, verdict = examine(NANJING, judging=Judging(good=0.95))

    assert (verdict.verdict, verdict.rule_ids) == ("doubtful", ("A125",))


def test_what_scores_too_little_is_held():
    _address, verdict = examine("江苏省", judging=Judging(bad=0.3))

    assert (verdict.verdict, verdict.rule_ids[-1]) == ("bad", "A107")


def test_an_accepted_doubt_is_told_and_does_not_hold_a_good_address_back():
    _address, verdict = examine("成都高新区天府大道12号", judging=Judging(accepted=frozenset({"A121"})))

    assert (verdict.verdict, verdict.rule_ids) == ("good", ("A121",))
