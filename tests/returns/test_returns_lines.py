"""What a hand scanner types: codes, reason keys, words of the operator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.codes import SheetCode, piece_number
from yibao_cli.returns.lines import read_code, read_line, reason_key
from yibao_cli.returns.reasons import REASONS, Wording

WORDING = Wording()
CODE = str(SheetCode("2026Q3", piece_number(17), 2, 1, 2))


def said(text):
    line = read_line(text, WORDING)
    return line.word, line.mailing, line.piece, line.copy, line.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CODE, ("code", "2026Q3", piece_number(17), 2, "")),
        (f"  {CODE.lower()}\r\n", ("code", "2026Q3", piece_number(17), 2, "")),
        (
            CODE.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)}),
            ("code", "2026Q3", piece_number(17), 2, ""),
        ),
        (piece_number(17), ("code", "", piece_number(17), None, "")),
        (f"{piece_number(17)}-1", ("code", "", piece_number(17), 1, "")),
        (CODE.replace("/", "、"), ("code", "2026Q3", piece_number(17), 2, "")),
        (f"]d1{CODE}", ("code", "2026Q3", piece_number(17), 2, "")),
        (f"\x02\ufeff\u200b{CODE}\x03", ("code", "2026Q3", piece_number(17), 2, "")),
        (f"{CODE} {piece_number(18)}", ("damaged", "", "", None, "")),
        (f"{CODE}\t5", ("code", "2026Q3", piece_number(17), 2, "R05")),
        (f"{CODE} 迁移新址不明", ("code", "2026Q3", piece_number(17), 2, "R05")),
        (f"{CODE};说不清", ("code", "2026Q3", piece_number(17), 2, "R99")),
        ("5", ("reason", "", "", None, "R05")),
        ("收件人已故", ("reason", "", "", None, "R08")),
        ("0", ("reason", "", "", None, "R99")),
        ("u", ("undo", "", "", None, "")),
        ("撤销", ("undo", "", "", None, "")),
        ("", ("nothing", "", "", None, "")),
        (CODE[:-1] + "x", ("damaged", "", "", None, "")),
        (piece_number(17)[:-1] + "!", ("foreign", "", "", None, "")),
        ("00000010", ("damaged", "", "", None, "")),
        ("6901234567892", ("foreign", "", "", None, "")),
        ("77", ("foreign", "", "", None, "")),
    ],
)
def test_a_line_means(text, expected):
    assert said(text) == expected


def test_what_is_not_ours_is_shown_masked():
    assert read_code("13010219600101123X").shown == "*" * 14 + "123X"


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_its_key(code):
    assert reason_key(code) == code
    assert reason_key(str(int(code[1:]))) == code


@given(st.text(max_size=300))
def test_no_line_is_a_failure(text):
    line = read_line(text, WORDING)

    assert line.word != "code" or line.piece
