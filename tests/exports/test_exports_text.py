"""Text that no spreadsheet takes for a formula, and csv made of it."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.exports import open_private, safe_text, write_csv

TRIGGERS = "=+-@\t\r\n＝＋－＠"
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@pytest.mark.parametrize("sign", TRIGGERS)
def test_text_that_begins_like_a_formula_gets_an_apostrophe(sign):
    assert safe_text(f"{sign}SUM(A1)") == f"'{sign}SUM(A1)"


def test_spaces_do_not_hide_a_formula():
    assert safe_text("  =1+1") == "'  =1+1"


@pytest.mark.parametrize("text", ["", "张三", "050011", "3-2号楼", "a=b", "'=1"])
def test_other_text_stays_as_it_is(text):
    assert safe_text(text) == text


@given(CELLS)
def test_safe_text_never_begins_like_a_formula_and_is_safe_for_good(text):
    safe = safe_text(text)

    assert not safe.lstrip().startswith(tuple(TRIGGERS))
    assert safe_text(safe) == safe
    assert safe.removeprefix("'") == text.removeprefix("'")


@settings(deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=5))
def test_csv_gives_every_cell_back_but_for_the_apostrophe(cells):
    stream = io.StringIO(newline="")

    write_csv(stream, pd.DataFrame({"a": pd.Series(cells, dtype="object"), "b": 1}))

    rows = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))
    assert rows == [["a", "b"], *([safe_text(cell), "1"] for cell in cells)]


def test_csv_file_has_a_mark_for_excel_quotes_every_field_and_is_private(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o644)
    frame = pd.DataFrame({"邮编": ["050011", None], "=件数": pd.array([-3, None], dtype="Int64")})

    write_csv(path, frame)

    assert path.read_bytes() == '\ufeff"邮编","\'=件数"\r\n"050011","-3"\r\n"",""\r\n'.encode()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lone_surrogate_does_not_cost_the_file(tmp_path):
    path = tmp_path / "a.csv"

    write_csv(path, pd.DataFrame({"a": pd.Series(["x\ud800y"], dtype="object")}))

    assert path.read_text(encoding="utf-8-sig") == '"a"\n"x?y"\n'


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path):
    target = tmp_path / "target"
    target.write_text("mine", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(target)

    with pytest.raises(OSError, match="link"):
        open_private(link)
    assert target.read_text(encoding="utf-8") == "mine"
