"""Why letters come back, as clerks write it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.errors import SettingsError
from yibao_cli.returns.reasons import OTHER, REASONS, Wording, load_wording

OURS = Wording()


def test_the_codes_are_r01_to_r12_and_r99():
    assert list(REASONS) == [*(f"R{n:02d}" for n in range(1, 13)), "R99"]


@pytest.mark.parametrize("code", REASONS)
def test_label_code_and_every_synonym_mean_the_reason(code):
    reason = REASONS[code]

    assert {OURS.code(text) for text in (code, reason.label, *reason.synonyms)} == {code}


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
    assert OURS.code(text) == code


@given(st.text(max_size=20))
def test_any_text_gets_a_code_of_the_table(text):
    assert OURS.code(text) in REASONS


@given(st.text(max_size=5), st.sampled_from(["拒收", "收件人死亡", "水湿"]), st.text(max_size=5))
def test_words_around_a_reason_never_make_it_other(before, word, after):
    assert OURS.code(before + word + after) != OTHER


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("拒收,已故", ("R06", "R08")),
        ("已故 拒收", ("R06", "R08")),
        ("门锁,家中无人", ("R09",)),
        ("拒收,逾期不领", ("R07",)),
        ("锁门 门锁", ("R09",)),
        ("电话空号", ()),
    ],
)
def test_words_of_one_length_for_two_reasons_decide_nothing(text, named):
    wording = Wording()

    assert wording.named(text) == named
    assert wording.known(text) == (named[0] if len(named) == 1 else None)
    assert wording.code(text) == (named[0] if len(named) == 1 else OTHER)


@pytest.mark.parametrize("own", ['R06 = ["拒收"]', 'R08 = ["拒收,已故"]\nR06 = ["拒收,"]'])
def test_the_clients_own_words_decide_between_words_of_one_length(tmp_path, own):
    wording = load_wording(own=write(tmp_path / "returns.toml", f"[words]\n{own}\n"))

    assert wording.known("拒收,已故") == own[:3]


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_the_words_of_files_win_in_their_order_over_ours(tmp_path):
    one = write(tmp_path / "a.toml", '[words]\nR02 = ["单位撤销", "甲词"]\n')
    other = write(tmp_path / "b.toml", '[words]\nR03 = ["甲词"]\n')

    wording = load_wording(one, other, tmp_path / "nothing.toml")

    assert [wording.known(w) for w in ("单位撤销", "甲词", "拒收", "乙词")] == ["R02", "R03", "R06", None]


@pytest.mark.parametrize(
    "text", ["[words", "words = 3", '[words]\nR77 = ["a"]', '[words]\nR01 = "a"', "[words]\nR01 = [1]"]
)
def test_a_file_of_words_that_is_not_one_is_told(tmp_path, text):
    path = write(tmp_path / "returns.toml", text)

    with pytest.raises(SettingsError) as caught:
        load_wording(path)

    assert (caught.value.where, "docs/returns.md" in caught.value.remedy) == ("returns.toml", True)


def test_the_shipped_words_lead_to_their_codes():
    shipped = Path(__file__).parents[2] / "templates" / "common" / "returns.toml"
    table = tomllib.loads(shipped.read_text(encoding="utf-8"))["words"]
    wording = load_wording(shipped)

    assert {wording.known(word) == code for code, words in table.items() for word in words} == {True}
