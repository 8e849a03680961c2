"""Values of closed lists: people read their words, programs get what is typed."""

from __future__ import annotations

import json
import re

import pytest

from yibao_cli.cli.options import Format
from yibao_cli.cli.view import write_rows
from yibao_cli.i18n import Word, choices, people_read, speaking, use_language
from yibao_cli.jobs.address.bookwords import ASKERS, SUPPRESSIONS
from yibao_cli.jobs.reports.complaining import CHANNELS, CLASSES, KINDS, STAGES, State
from yibao_cli.mailing.tracking import FORM_WORDS, FORMS
from yibao_cli.returns.reasons import REASONS as RETURNS
from yibao_cli.returns.reasons import reason_word
from yibao_cli.store.reprints import REASONS, STATES, Reason

ROW = {Word("kind", "state"): Word("late", "posted"), "number": 1}


@pytest.fixture(autouse=True)
def chinese():
    use_language("zh")
    yield
    use_language("en")


def test_people_read_the_word_and_the_heading_in_their_language(capsys):
    write_rows([ROW], "-", Format.TABLE)

    assert capsys.readouterr().out == "状态    编号\n已交寄  1\n"


def test_programs_get_what_is_typed(capsys):
    write_rows([ROW], "-", Format.CSV)
    write_rows([ROW], "-", Format.JSONL)

    header, row, line = capsys.readouterr().out.splitlines()
    assert (header, row) == ('"kind","number"', '"late","1"')
    assert json.loads(line) == {"kind": "late", "number": 1}


def test_what_is_to_be_typed_stands_behind_the_word():
    assert people_read(Word("late", "posted", typed=True)) == "已交寄 (late)"
    assert choices({"late": "posted", "web": "postcode"}) == "已交寄 (late)、邮政编码 (web)"


def test_a_word_that_is_what_is_typed_is_said_once():
    with speaking("en"):
        assert choices({"posted": "posted", "late": "posted"}) == "posted, posted (late)"


def test_a_value_without_words_is_blank_and_any_other_is_itself():
    assert people_read(Word("", "")) == ""
    assert [people_read(v) for v in ("late", 7, State.OPEN)] == ["late", "7", "未结"]


def test_the_language_is_as_before_when_a_passage_in_another_ends():
    with speaking("en"):
        assert people_read(Word("x", "posted")) == "posted"

    assert people_read(Word("x", "posted")) == "已交寄"


@pytest.mark.parametrize(
    "words",
    [KINDS, CLASSES, CHANNELS, STAGES, ASKERS, SUPPRESSIONS, REASONS, STATES, FORM_WORDS],
)
def test_every_choice_has_chinese_words(words):
    english = [value for value, label in words.items() if re.search("[a-z]", people_read(Word(value, label)))]

    assert not english


def test_no_choice_is_without_words():
    assert list(REASONS) == [reason.value for reason in Reason]
    assert tuple(FORM_WORDS) == FORMS


def test_a_reason_of_the_post_is_its_code_to_programs():
    assert reason_word("R05") == "R05"
    assert people_read(reason_word("R05")) == f"R05 {RETURNS['R05'].label}"
    assert people_read(reason_word("R77")) == "R77"
