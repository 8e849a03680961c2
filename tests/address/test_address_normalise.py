from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.address import normalise

PIECES = st.sampled_from(
    ["浙江省", "杭州市", "余杭区", "文一西路", "９６９号", "969", "null", "不详", "无", " ", "\u3000", "\u200b", "\u202e",
     "13800000000", "311121", "（", ")", "[", "—", ",", "/", "电话:", "地址:", "😀", "\ud800", "&nbsp;", "A", "#"]
)  # fmt: skip
LONG = "".join(chr(0x4E00 + i) for i in range(400))
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map("".join))


@given(TEXTS)
def test_normalising_twice_equals_once(text):
    once = normalise(text)

    twice = normalise(once.text)

    assert twice.text == once.text


@pytest.mark.parametrize(
    ("written", "folded", "flag"),
    [
        ("文一西路９６９号Ｂ座", "文一西路969号B座", "folded"),
        ("余杭区（东门）", "余杭区(东门)", "folded"),
        ("余杭区\u200b文一西路\u202e1号", "余杭区文一西路1号", "invisible"),
        ("余杭区文一西路1号\ud83d", "余杭区文一西路1号", "invisible"),
        ("杭州市&nbsp;余杭区", "杭州市余杭区", "invisible"),
        ("杭州市null余杭区", "杭州市余杭区", "placeholder"),
        ("不详", "", "placeholder"),
        ("无", "", "placeholder"),
        ("None", "", "placeholder"),
        ("家庭地址：余杭区", "余杭区", "label"),
        ("浙江省/杭州市/余杭区", "浙江省杭州市余杭区", "separators"),
        ("浙江省杭州市浙江省杭州市余杭区", "浙江省杭州市余杭区", "repeated"),
        ("杭州市杭州市余杭区", "杭州市余杭区", "repeated"),
        ("余杭区文一西路1号13800000000", "余杭区文一西路1号", "phone"),
        ("余杭区文一西路1号138-0000-0000", "余杭区文一西路1号", "phone"),
        ("余杭区文一西路1号 电话0571-88888888", "余杭区文一西路1号", "phone"),
        (LONG, LONG[:300], "too-long"),
    ],
)
def test_what_was_done_is_flagged(written, folded, flag):
    result = normalise(written)

    assert (result.text, flag in result.flags) == (folded, True)


def test_a_clean_address_passes_untouched_and_unflagged():
    text = "河北省石家庄市长安区中山东路12号3栋2单元501室"

    result = normalise(text)

    assert (result.text, result.flags, result.postcode) == (text, (), "")


def test_a_leading_postcode_is_taken_out_and_kept():
    result = normalise("311121浙江省杭州市余杭区文一西路1号")

    assert (result.text, result.postcode) == ("浙江省杭州市余杭区文一西路1号", "311121")


def test_a_blank_between_two_numbers_stays():
    result = normalise("人民路12 号 3 501")

    assert result.text == "人民路12号3 501"


def test_no_flag_carries_the_phone_that_was_taken_out():
    result = normalise("余杭区13800000000")

    assert "1380000" not in repr(result)


def test_a_house_number_that_repeats_itself_is_kept():
    result = normalise("123123号")

    assert result.text == "123123号"
