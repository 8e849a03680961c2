"""Why letters come back, as clerks write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.returns.reasons import OTHER, REASONS, reason_code


def test_the_codes_are_r01_to_r12_and_r99():
    assert list(REASONS) == [*(f"R{n:02d}" for n in range(1, 13)), "R99"]


@pytest.mark.parametrize("code", REASONS)
def test_label_code_and_every_synonym_mean_the_reason(code):
    reason = REASONS[code]

    assert {reason_code(text) for text in (code, reason.label, *reason.synonyms)} == {code}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("人已搬走", "R05"),
        ("房屋已拆迁", "R05"),
        ("收件人已故", "R08"),
        ("单位已撤销", "R04"),
        ("查 无 此 人。", "R03"),
        ("ｒ０６", "R06"),
        ("已搬迁,查无此人", "R03"),
        ("保管期满仍未领取", "R07"),
        ("家中无人", "R09"),
        ("电话空号 无法联系", "R99"),
        ("", "R99"),
    ],
)
def test_what_clerks_write_is_understood(text, code):
    assert reason_code(text) == code


@given(st.text(max_size=20))
def test_any_text_gets_a_code_of_the_table(text):
    assert reason_code(text) in REASONS


@given(st.text(max_size=5), st.sampled_from(["拒收", "收件人死亡", "水湿"]), st.text(max_size=5))
def test_words_around_a_reason_never_make_it_other(before, word, after):
    assert reason_code(before + word + after) != OTHER
