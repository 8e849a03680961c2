from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.kinds.geometry import TextItem
from yibao_cli.render.fonts import font
from yibao_cli.render.setting import MM, break_lines, fit_text, set_text

CLOSING, OPENING = "、。，）》”", "（《“"
HANZI = "河北省石家庄市长安区中山东路号楼单元"
PHRASE = st.tuples(
    st.sampled_from(["", *OPENING]),
    st.text(HANZI + "aB12 ", min_size=1, max_size=6),
    st.sampled_from(["", *CLOSING]),
).map("".join)
TEXT = st.lists(PHRASE, max_size=12).map("".join)
MEASURE = st.integers(500, 20_000)  # 1/1000 of the type size


def bare(text):
    return "".join(text.split())


@given(text=TEXT, measure=MEASURE)
def test_breaking_loses_nothing_but_white_space(text, measure):
    lines = list(break_lines(text, measure, font()))

    assert bare("".join(lines)) == bare(text)


@given(text=TEXT, measure=MEASURE)
def test_no_line_is_wider_than_the_measure_unless_it_is_one_character(text, measure):
    lines = list(break_lines(text, measure, font()))

    assert all(len(line) == 1 or font().width(line, 1000) <= measure + 1e-6 for line in lines)


SHORT = st.tuples(
    st.sampled_from(["", *OPENING]), st.text(HANZI, min_size=1, max_size=6), st.sampled_from(["", *CLOSING])
).map("".join)


@given(text=st.lists(SHORT, max_size=12).map("".join), measure=st.integers(4_000, 20_000))
def test_no_line_starts_with_a_closing_mark_or_ends_with_an_opening_one(text, measure):
    lines = list(break_lines(text, measure, font()))

    assert not any(line[0] in CLOSING for line in lines[1:])
    assert not any(line[-1] in OPENING for line in lines[:-1])


def test_a_number_or_word_is_not_broken_where_it_fits_a_line():
    lines = list(break_lines("电话0311-12393医保中心", 6_000, font()))

    assert "0311-12393" in lines[1] or "0311-12393" in lines[0]


def test_paragraphs_start_lines_of_their_own():
    assert list(break_lines("一\n二\n", 9_000, font())) == ["一", "二", ""]


SIZES = (12, 6)


@given(text=TEXT.filter(str.strip), width=st.integers(20, 300), max_lines=st.integers(1, 3))
def test_a_fitted_text_stays_within_width_lines_and_sizes(text, width, max_lines):
    setting = fit_text(text, width, max_lines, SIZES, font())

    assert len(setting.lines) <= max_lines
    assert SIZES[1] <= setting.size <= SIZES[0]
    assert all(len(s) <= 1 or font().width(s, setting.size) <= width + 1e-6 for s in setting.lines)


@given(text=TEXT.filter(str.strip), width=st.integers(20, 300), max_lines=st.integers(1, 3))
def test_a_text_is_whole_or_ends_in_the_mark_of_a_cut(text, width, max_lines):
    setting = fit_text(text, width, max_lines, SIZES, font())

    shown = bare("".join(setting.lines))
    if setting.whole:
        assert shown == bare(text)
    else:
        assert bare(text).startswith(shown.removesuffix("…"))
        assert shown.endswith("…")


def test_a_text_with_room_keeps_its_size():
    assert fit_text("石家庄市", 100, 1, (12, 6), font()).size == 12


def test_a_lonely_last_character_is_drawn_in():
    text = "河北省石家庄市长安区中山东路阳光小区三号楼一单元五室"
    width = (len(text) - 1) * 12

    setting = fit_text(text, width, 2, (12, 6), font())

    assert (setting.lines, setting.size) == ((text,), 11.5)


def test_without_a_width_lines_are_what_the_text_says():
    item = TextItem(text="", x=0, y=0, lines=2)

    assert set_text("一\n二", item, font()).lines == ("一", "二")


def test_without_a_width_lines_too_many_are_told_as_cut():
    item = TextItem(text="", x=0, y=0, lines=2)

    setting = set_text("一\n二\n三", item, font())

    assert not setting.whole


def test_millimetres_are_points():
    assert pytest.approx(72) == 25.4 * MM
