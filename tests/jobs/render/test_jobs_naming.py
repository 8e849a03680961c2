"""Pieces to be printed again, as a person names them."""

from __future__ import annotations

import pytest

from yibao_cli.codes import piece_number
from yibao_cli.errors import InputRefused
from yibao_cli.jobs.render.naming import named_pieces

ONE, OTHER = piece_number(1), piece_number(2)


@pytest.mark.parametrize("between", [",", ", ", "，", "、"])
def test_commas_of_an_input_method_part_numbers_too(between):
    assert [token for token, _line in named_pieces(f"{ONE}{between}{OTHER}").tokens] == [ONE, OTHER]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_list_may_have_any_encoding_of_an_office_program(tmp_path, encoding):
    path = tmp_path / "spoiled.txt"
    path.write_bytes(f"账单编号\r\n{ONE}\r\n{OTHER}\r\n".encode(encoding))

    assert named_pieces(str(path)).tokens == [(ONE, 2), (OTHER, 3)]


def test_a_workbook_is_no_list_of_numbers(tmp_path):
    path = tmp_path / "spoiled.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 8)

    with pytest.raises(InputRefused, match="no plain text"):
        named_pieces(str(path))
