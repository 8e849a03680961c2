"""How many rows a file seems to have: a guess for the progress bar that never fails."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.ingest.sizing import rows_expected


def test_a_workbook_says_it_itself_for_all_its_sheets(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for rows in (40, 7):
            sheet = book.add_worksheet()
            for row in range(rows):
                sheet.write_row(row, 0, ["a", row])

    assert rows_expected(path) == 47


def test_a_text_is_measured_by_its_first_lines(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("个人编号,余额\n" * 50_000, encoding="utf-8")

    assert abs(rows_expected(path) - 50_000) < 50


@pytest.mark.parametrize("dimension", ["", '<dimension ref="A1"/>', '<dimension ref="nonsense"/>'])
def test_a_workbook_that_does_not_say_is_not_guessed_at(tmp_path, dimension):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{dimension}<sheetData/></worksheet>")

    assert rows_expected(path) == int('"A1"' in dimension)


def test_a_missing_file_is_no_matter_here(tmp_path):
    assert rows_expected(tmp_path / "none") == 0


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_are_a_mishap(tmp_path_factory, content, as_zip):
    path = tmp_path_factory.mktemp("any") / "a"
    path.write_bytes(b"PK\x03\x04" + content if as_zip else content)

    assert rows_expected(path) >= 0


def test_a_workbook_cut_short_is_not_guessed_at(tmp_path):
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    path.write_bytes(path.read_bytes()[:-100])

    assert rows_expected(path) == 0
