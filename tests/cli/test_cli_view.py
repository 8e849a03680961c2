"""How rows are shown to people, and to programs."""

from __future__ import annotations

import io
import json
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.cli.options import Format
from yibao_cli.cli.terminal import show_table, width_of
from yibao_cli.cli.view import View, moment, write_rows
from yibao_cli.errors import YibaoError

ROWS = [{"when": "2026-10-08T17:05:09+00:00", "what": "posted"}]


def test_a_table_shows_a_moment_as_the_clock_on_the_wall_in_china(capsys):
    write_rows(ROWS, "-", Format.TABLE)

    assert capsys.readouterr().out.splitlines()[1] == "2026-10-09 01:05  posted"


def test_programs_get_the_moment_as_it_is_stored(capsys):
    write_rows(ROWS, "-", Format.JSONL)
    write_rows(ROWS, "-", Format.CSV)

    line, _header, row = capsys.readouterr().out.splitlines()
    assert json.loads(line) == ROWS[0]
    assert ROWS[0]["when"] in row


@pytest.mark.parametrize(
    "text", ["", "2026-10-08", "at 2026-10-08T17:05:09+00:00", "9999-12-31T23:00:00+00:00"]
)
def test_what_is_no_moment_stays_as_it_is(text):
    assert moment(text) == text


def as_terminal(monkeypatch):
    """stdout that says it is a terminal of 80 columns; what was written on it."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("COLUMNS", "80")
    return stream


def test_a_table_on_a_terminal_fits_it_and_loses_nothing(monkeypatch):
    terminal = as_terminal(monkeypatch)
    shop = "石家庄望岳房地产开发有限公司" * 4
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    write_rows([{"number": 1, "station": "", "at": shop, "what": "a long remark " * 8}], "-", Format.TABLE)

    lines = terminal.getvalue().splitlines()
    assert max(map(width_of, lines)) <= 80
    assert "".join(c for line in lines for c in line if c in shop) == shop
    assert "station" not in terminal.getvalue()  # a column that says nothing


def test_columns_move_together_before_a_word_is_broken(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ten = [f"word{n:04}" for n in range(8)]
    close, apart = io.StringIO(), io.StringIO()

    show_table(ten, [ten], close)  # 64 columns and 7 gaps
    show_table(ten[:6], [ten[:6]], apart)

    assert close.getvalue().splitlines()[0].split() == ten
    assert "word0000 word0001" in close.getvalue()
    assert "word0000   word0001" in apart.getvalue()


def test_a_wide_terminal_is_used_and_a_narrow_one_keeps_numbers_whole(monkeypatch):
    counties = [
        ("沙河市", "24", "20", "4", "83.3%", "64-93"),
        ("桥西区", "355", "339", "16", "95.5%", "93-97"),
    ]
    header = ("县区", "已交寄", "妥投", "已退回", "比率", "95%")
    narrow, wide = io.StringIO(), io.StringIO()

    monkeypatch.setenv("COLUMNS", "40")
    show_table(header, counties, narrow, numbers=range(1, 6))
    monkeypatch.setenv("COLUMNS", "200")
    show_table(["a", "b"], [("long " * 20, "more " * 20)], wide)

    assert all(" ".join(row[-2:]) in narrow.getvalue() for row in counties)
    assert max(map(width_of, narrow.getvalue().splitlines())) <= 40
    assert 80 < max(map(width_of, wide.getvalue().splitlines())) <= 120


def test_a_table_of_many_rows_or_columns_is_plain(monkeypatch):
    terminal = as_terminal(monkeypatch)
    write_rows([{"a": n} for n in range(5000)], "-", Format.TABLE)
    write_rows([{f"c{n}": n * 10**6 for n in range(30)}], "-", Format.TABLE)

    assert "─" not in terminal.getvalue()
    assert "29000000" in terminal.getvalue()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**30), st.text(alphabet="甲乙ab ", max_size=60)), min_size=1))
def test_no_number_is_cut_whatever_stands_beside_it(rows):
    stream = io.StringIO()
    show_table(["n", "text", "again"], [(n, text, n) for n, text in rows], stream, numbers=[0, 2])

    shown = re.sub(r"\D", "", stream.getvalue())
    assert len(shown) == 2 * sum(len(str(n)) for n, _text in rows)
    assert max(map(width_of, stream.getvalue().splitlines())) <= 80


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("next: yibao merge 2026Q3", "next: yibao -w 'my city' merge 2026Q3"),
        ("下一步：yibao merge 2026Q3", "下一步：yibao -w 'my city' merge 2026Q3"),
        ("run `yibao address clean` first", "run `yibao -w 'my city' address clean` first"),
        ("see `yibao import --help`", "see `yibao import --help`"),
        ("make one with `yibao init DIR`", "make one with `yibao init DIR`"),
        ("next: yibao -w b status", "next: yibao -w b status"),
        ("this is a bug in yibao: KeyError", "this is a bug in yibao: KeyError"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="quotes of another shell")
def test_a_command_to_type_names_the_workspace_that_was_named(text, typed):
    assert View(folder="my city").typed(text) == typed
    assert View().typed(text) == text


def test_a_remedy_names_the_workspace_and_the_message_stays(capsys):
    view = View(folder="城市")
    view.failure(YibaoError("nobody may run `yibao merge`", remedy="see `yibao status`"))

    assert capsys.readouterr().err == "yibao: nobody may run `yibao merge`; see `yibao -w 城市 status`\n"
