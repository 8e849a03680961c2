"""Sheets to send back: the client's own, or its faulty rows, with what is wrong in colour and in words."""

from __future__ import annotations

import stat

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from yibao_cli.exports.marked import Mark, MarkedSheet, copy_with_marks, is_copyable, write_marked_rows
from yibao_cli.rules import Severity

RED, YELLOW = "F4B6AE", "FFF2A8"


@pytest.fixture
def book(tmp_path):
    """A workbook whose table begins in column C of row 3, with a merged cell and a formula of harm."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "名册"
    for row in [("编号", "姓名", "余额"), ("001", "甲", 1.5), ("002", "乙", "=1+1"), ("003", "丙", 3)]:
        sheet.append([None, None, *row])
    sheet.insert_rows(1, 2)
    sheet.merge_cells("D4:D5")
    sheet.column_dimensions["C"].width = 33
    made.create_sheet("说明")["A1"] = "不要改"
    path = tmp_path / "a.xlsx"
    made.save(path)
    return path


def sheet_with(*marks):
    return MarkedSheet("名册", ("编号", "姓名", "余额"), 3, marks)


def test_the_copy_keeps_sheets_widths_and_values(book, tmp_path):
    target = tmp_path / "b.xlsx"

    copy_with_marks(book, target, [sheet_with(Mark(6, 0, Severity.REJECT, "wrong"))])

    copy = openpyxl.load_workbook(target)
    assert copy.sheetnames == ["名册", "说明"]
    assert copy["说明"]["A1"].value == "不要改"
    assert copy["名册"].column_dimensions["C"].width == 33
    assert copy["名册"]["C6"].value == "003"
    assert (copy["名册"]["C6"].comment.text, copy["名册"]["C6"].fill.fgColor.rgb[2:]) == ("wrong", RED)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_the_gravest_fault_gives_the_colour_and_all_are_said(book, tmp_path):
    marks = [Mark(4, 2, Severity.WARN, "look"), Mark(4, 2, Severity.REJECT, "wrong")]

    copy_with_marks(book, tmp_path / "b.xlsx", [sheet_with(*marks)])

    cell = openpyxl.load_workbook(tmp_path / "b.xlsx")["名册"]["E4"]
    assert (cell.comment.text, cell.fill.fgColor.rgb[2:]) == ("look\nwrong", RED)


def test_a_mark_inside_a_merged_cell_stands_on_the_cell_that_can_be_seen(book, tmp_path):
    copy_with_marks(book, tmp_path / "b.xlsx", [sheet_with(Mark(5, 1, Severity.WARN, "look"))])

    assert openpyxl.load_workbook(tmp_path / "b.xlsx")["名册"]["D4"].comment.text == "look"


def test_a_mark_of_a_row_colours_all_of_it(book, tmp_path):
    copy_with_marks(book, tmp_path / "b.xlsx", [sheet_with(Mark(6, None, Severity.WARN, "look"))])

    row = openpyxl.load_workbook(tmp_path / "b.xlsx")["名册"][6]
    assert [cell.fill.fgColor.rgb[2:] for cell in row[2:5]] == [YELLOW] * 3
    assert [bool(cell.comment) for cell in row] == [False, False, True, False, False]


def test_no_formula_goes_back(book, tmp_path):
    copy_with_marks(book, tmp_path / "b.xlsx", [sheet_with(Mark(6, 0, Severity.WARN, "look"))])

    cells = [c for row in openpyxl.load_workbook(tmp_path / "b.xlsx")["名册"] for c in row]
    assert all(c.data_type != "f" for c in cells)


def test_what_is_no_workbook_or_too_large_is_not_copied(book, tmp_path, monkeypatch):
    text = tmp_path / "a.csv"
    text.write_text("a,b\n", encoding="utf-8")

    assert is_copyable(book)
    assert not is_copyable(text)
    monkeypatch.setattr("yibao_cli.exports.marked._MOST_XML", 10)
    assert not is_copyable(book)


def rows_of(path):
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in openpyxl.load_workbook(path)}


def test_faulty_rows_stand_under_their_header_with_their_numbers_and_in_words(tmp_path):
    target = tmp_path / "b.xlsx"
    marks = [Mark(7, 1, Severity.REJECT, "wrong"), Mark(9, None, Severity.WARN, "look")]
    rows = [(7, ("001", "=HYPERLINK(1)")), (8, ("002", "x")), (9, (130102196001011232, "", True))]

    written = write_marked_rows(target, [MarkedSheet("", ("编号", "值"), 1, marks, rows)])

    assert written == 2
    assert rows_of(target)["1"] == [
        ["Row", "What is wrong", "编号", "值", None],
        [7, "wrong", "001", "=HYPERLINK(1)", None],
        [9, "look", "130102196001011232", None, True],
    ]
    sheet = openpyxl.load_workbook(target)["1"]
    assert (sheet["D2"].data_type, sheet["D2"].comment.text, sheet["A3"].comment.text) == (
        "s",
        "wrong",
        "look",
    )
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_sheets_whose_names_excel_would_refuse_come_back_all_the_same(tmp_path):
    marks = [Mark(2, 0, Severity.WARN, "look")]
    names = ["a" * 40, "a" * 35, "b/c:d", "'"]
    sheets = [MarkedSheet(n, ("编号",), 1, marks, [(2, ("1",))]) for n in names]

    write_marked_rows(tmp_path / "b.xlsx", sheets)

    assert list(rows_of(tmp_path / "b.xlsx")) == ["a" * 31, "a" * 29 + " 2", "b_c_d", "1"]


def test_beyond_the_comments_that_excel_bears_the_words_still_stand_in_the_row(tmp_path, monkeypatch):
    monkeypatch.setattr("yibao_cli.exports.marked._MOST_COMMENTS", 1)
    marks = [Mark(2, 0, Severity.WARN, "look"), Mark(3, 0, Severity.WARN, "there")]

    write_marked_rows(tmp_path / "b.xlsx", [MarkedSheet("a", ("n",), 1, marks, [(2, ("1",)), (3, ("2",))])])

    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["a"]
    assert [bool(sheet[c].comment) for c in ("C2", "C3")] == [True, False]
    assert [sheet[c].value for c in ("B2", "B3")] == ["look", "there"]


def test_a_table_of_excel_survives_the_copy(book, tmp_path):
    made = openpyxl.load_workbook(book)
    made["说明"].append(["x"])
    made["说明"].add_table(Table(displayName="T1", ref="A1:A2"))
    made.save(book)

    copy_with_marks(book, tmp_path / "b.xlsx", [sheet_with(Mark(6, 0, Severity.WARN, "look"))])

    assert "T1" in openpyxl.load_workbook(tmp_path / "b.xlsx")["说明"].tables
