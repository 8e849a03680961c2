"""One door, one key, in whatever words; two doors, two keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.address import parse
from yibao_cli.address.points import canonical, names_another_door, point_key, precision

ESTATE = "河北省石家庄市长安区中山东路12号阳光小区"
SHORT = "石家庄长安区中山东路12号阳光小区"


def key(text, **more):
    return point_key(parse(text, **more))


@pytest.mark.parametrize(
    "written",
    [
        f"{SHORT}3-2-501",
        f"{SHORT}三号楼二单元501室",
        f"{SHORT}3栋2单元5楼501",
        f"{SHORT}3幢2单元501户",
        f"{SHORT}3#2单元501",
        f"{SHORT}第3号楼2单元501",
        f"{ESTATE}３号楼２单元５０１室",
        "石家庄市长安区建北街道中山东路12号阳光小区3-2-501",
    ],
)
def test_writings_of_one_door_have_one_key(written):
    assert key(written) == key(f"{ESTATE}3号楼2单元501室")


@pytest.mark.parametrize(
    "written",
    [
        f"{SHORT}3-501",
        f"{SHORT}3-2-502",
        f"{SHORT}13-2-501",
        f"{SHORT}3-2-5-01",
        f"{SHORT}3号楼2单元6楼501",
        "石家庄市长安区中山东路12号3-2-501",
        "石家庄市长安区中山东路甲12号阳光小区3-2-501",
        "石家庄市长安区中山东路21号阳光小区3-2-501",
        "石家庄市桥西区中山东路12号阳光小区3-2-501",
        "石家庄市长安区中山西路12号阳光小区3-2-501",
        "石家庄市长安区中山东路12号阳光小区",
    ],
)
def test_two_doors_have_two_keys(written):
    assert key(written) != key(f"{ESTATE}3号楼2单元501室")


def test_roads_of_one_name_in_two_country_towns_are_two():
    assert key("石家庄市藁城区岗上镇人民路3号") != key("石家庄市藁城区兴安镇人民路3号")


def test_what_names_no_county_is_a_point_of_its_own_by_text_and_postcode():
    one = key("鼓楼区中山北路10号", postcode="210000")

    assert one.startswith("?")
    assert key("鼓楼区中山北路10号", postcode="350000") != one


def test_whoever_gives_no_address_gives_the_same_none():
    assert key("不详") == key("无") != key("石家庄市")


def test_letters_count_and_their_case_does_not():
    assert key(f"{ESTATE}a座1502") == key(f"{ESTATE}A座1502") != key(f"{ESTATE}B座1502")


def test_a_key_is_stable_under_what_the_envelope_shows():
    for text in (f"{SHORT}三号楼二单元501室", "石家庄市藁城区岗上镇杜村三组12号", f"{SHORT}3-501"):
        assert key(parse(text).standard) == key(text)


@pytest.mark.parametrize(
    ("text", "how_near"),
    [
        (f"{ESTATE}3-2-501", "room"),
        (f"{ESTATE}3号楼", "building"),
        ("石家庄市长安区中山东路12号", "house"),
        ("石家庄市藁城区岗上镇杜村三组", "house"),
        ("石家庄市长安区中山东路", "area"),
        ("不详", "area"),
    ],
)
def test_how_near_an_address_comes_to_a_door(text, how_near):
    assert precision(parse(text)) == how_near


@pytest.mark.parametrize(
    ("before", "after", "another"),
    [
        ("石家庄市桥东区中山东路12号3-2-501", "石家庄市长安区中山东路12号3号楼2单元501室", False),
        ("石家庄市长安区中山路12号", "石家庄市长安区中山东路12号", False),
        ("石家庄市长安区中山东路", "石家庄市长安区中山东路12号", True),
        ("石家庄市长安区中山东路12号", "石家庄市长安区中山东路12号3-2-501", True),
        ("石家庄市长安区中山东路12号3-2-501", "石家庄市长安区中山东路12号3-2-502", True),
        ("石家庄市长安区", "石家庄市长安区阳光小区", True),
        ("不详", "石家庄市长安区中山东路", True),
    ],
)
def test_a_correction_of_the_spelling_names_no_other_door(before, after, another):
    assert names_another_door(parse(before), parse(after)) is another


PIECES = st.sampled_from(
    [
        "河北省",
        "石家庄市",
        "长安区",
        "中山东路",
        "12号",
        "阳光小区",
        "三",
        "3",
        "号楼",
        "-",
        "单元",
        "501",
        "室",
        "A座",
        " ",
        "x",
        "(",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)))
def test_every_text_has_a_key_and_the_canonical_form_is_final(text):
    address = parse(text)

    assert point_key(address)
    assert canonical(canonical(address)) == canonical(address)
