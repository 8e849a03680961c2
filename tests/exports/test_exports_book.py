"""Workbooks: text stays text, sheets are ready for paper, the same data gives the same bytes."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yibao_cli.exports import Book, Column

COLUMNS = (Column("名称", "wrap"), Column("邮编"), Column("件数", "count"), Column("金额", "money"))
ROWS = [("=1+1", "050011", 3, Decimal("0.80")), ("http://x.cn", "010000", 1200, Decimal("-1.20"))]


def written(path, rows=ROWS, columns=COLUMNS, **options):
    with Book.to(path, "第 &P 页 共 &N 页", "医保 A&B") as book:
        book.long_table("清单", "清单一", columns, rows, **options)
    return path


def values(sheet, first=3):
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=first)]


def test_formulas_links_and_numbers_in_text_stay_text(tmp_path):
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx"))

    cells = {cell.value: cell for row in book["清单"].iter_rows(min_row=3) for cell in row}
    assert {v: cells[v].data_type for v in ("=1+1", "050011", "http://x.cn")} == {
        "=1+1": "s", "050011": "s", "http://x.cn": "s",
    }  # fmt: skip
    assert (cells[3].data_type, cells[0.8].number_format) == ("n", "#,##0.00")
    assert cells["050011"].number_format == "@"
    assert cells["http://x.cn"].hyperlink is None


def test_a_reader_that_trusts_the_extent_of_the_sheet_sees_every_row(tmp_path):
    columns = [Column(c.header, c.kind) for c in COLUMNS]
    path = written(tmp_path / "a.xlsx", ROWS * 700, columns)

    with contextlib.closing(openpyxl.load_workbook(path, read_only=True)) as book:
        found = list(book["清单"].iter_rows())

    assert len(found) == 2 + 1400


def test_a_long_table_is_set_up_for_a4_with_title_and_header_on_every_page(tmp_path):
    sheet = openpyxl.load_workbook(written(tmp_path / "a.xlsx"))["清单"]

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    # An absent width means one page, by the file format.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert (sheet.print_title_rows, sheet.freeze_panes, sheet.auto_filter.ref) == ("$1:$2", "A3", "A2:D4")
    assert "共 &N 页" in sheet.oddFooter.right.text
    assert sheet["A1"].value == "清单一"


def test_an_ampersand_in_the_footer_is_itself(tmp_path):
    sheet = openpyxl.load_workbook(written(tmp_path / "a.xlsx"))["清单"]

    assert sheet.oddFooter.left.text == "医保 A&&B"


def test_columns_grow_to_their_text_and_only_wrapped_ones_stop(tmp_path):
    rows = [("石" * 60, "0" * 60, 1, Decimal(1))]

    sheet = openpyxl.load_workbook(written(tmp_path / "a.xlsx", rows))["清单"]

    widths = {letter: sheet.column_dimensions[letter].width for letter in "ABC"}
    assert widths["A"] == pytest.approx(45.5, abs=1)
    assert widths["B"] == pytest.approx(61.5, abs=1)
    assert widths["C"] == pytest.approx(7.5, abs=1)
    assert sheet["A3"].alignment.wrap_text


@pytest.mark.parametrize(("count", "sheets"), [(0, [0]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_more_rows_than_a_sheet_holds_go_on_to_the_next(tmp_path, count, sheets):
    rows = [(str(i), "050011", i, Decimal(i)) for i in range(count)]

    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", rows, rows_per_sheet=3))

    found = [values(sheet) for sheet in book.worksheets]
    assert [len(part) for part in found] == sheets
    assert [row[0] for part in found for row in part] == [str(i) for i in range(count)]
    assert book.sheetnames == ["清单", "清单 2", "清单 3"][: len(sheets)]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    first, second = written(tmp_path / "a.xlsx"), written(tmp_path / "b.xlsx")

    assert first.read_bytes() == second.read_bytes()


def test_the_clock_is_not_in_the_file(tmp_path):
    said = openpyxl.load_workbook(written(tmp_path / "a.xlsx")).properties

    assert (said.created.isoformat(), said.modified.isoformat()) == ("1980-01-01T00:00:00",) * 2


def test_the_file_is_private_and_nothing_else_is_left(tmp_path):
    path = written(tmp_path / "a.xlsx")

    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_in_the_middle_leaves_no_scratch_files(tmp_path):
    rows = (Decimal(1) / (3 - i) and ("", "", i, Decimal(i)) for i in range(9))

    with pytest.raises(ArithmeticError):
        written(tmp_path / "a.xlsx", rows, rows_per_sheet=2)
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_tinted_cell_takes_the_colour_of_its_word(tmp_path):
    columns = (Column("程度", tints={"拒收": "#F8D0CC"}),)

    sheet = openpyxl.load_workbook(written(tmp_path / "a.xlsx", [("拒收",), ("其他",)], columns))["清单"]

    assert sheet["A3"].fill.fgColor.rgb == "FFF8D0CC"
    assert sheet["A4"].fill.fill_type is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_whatever_text_goes_in_comes_out(tmp_path, texts):
    path = written(tmp_path / "a.xlsx", [(text,) for text in texts], (Column("文字"),))

    sheet = openpyxl.load_workbook(path)["清单"]

    assert [cell.value for (cell,) in sheet.iter_rows(min_row=3)] == texts
