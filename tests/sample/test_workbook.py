from __future__ import annotations

import zipfile
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from yibao_cli.sample import dirt
from yibao_cli.sample.people import Cast
from yibao_cli.sample.workbook import Book, Broken, Layout

LAYOUT = Layout(sheet="表", headers=("甲", "乙"), title="标题", note="说明")


def sheets(path):
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_rows_beyond_the_limit_go_to_a_new_sheet_and_then_to_a_new_file(tmp_path):
    with Book(tmp_path, "t", LAYOUT, sheet_rows=3) as book:
        for number in range(8):
            book.row([f"{number}", number])

    first, second = sheets(tmp_path / "t.xlsx"), sheets(tmp_path / "t-2.xlsx")
    assert book.files == {"t.xlsx": 6, "t-2.xlsx": 2}
    assert [row[0] for row in first["表2"]] == ["标题", "说明", "甲", "3", "4", "5"]
    assert [row[0] for row in second["表"]] == ["标题", "说明", "甲", "6", "7"]


def test_a_loose_row_is_no_data_row(tmp_path):
    with Book(tmp_path, "t", LAYOUT) as book:
        book.row(["a", 1])
        book.loose_row()
        book.loose_row(["合计", 1])

    assert book.files == {"t.xlsx": 1}
    assert len(sheets(tmp_path / "t.xlsx")["表"]) == 6


def test_text_numbers_dates_and_errors_keep_their_kind(tmp_path):
    with Book(tmp_path, "t", Layout("表", ("甲", "乙", "丙", "丁"))) as book:
        book.row(["=1+1", 2.5, date(2026, 9, 30), Broken.NOT_AVAILABLE])

    # The reader shows an error as a blank, so the error is looked up in the sheet itself.
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book_file:
        xml = book_file.read("xl/worksheets/sheet1.xml").decode()
    assert sheets(tmp_path / "t.xlsx")["表"][1] == ["=1+1", 2.5, date(2026, 9, 30), ""]
    assert 't="e"><f>NA()</f><v>#N/A</v>' in xml


def test_a_merge_covers_the_rows_just_written(tmp_path):
    with Book(tmp_path, "t", Layout("表", ("甲", "乙"))) as book:
        for cells in (["单位", 1], [None, 2], [None, 3]):
            book.row(cells)
        book.merge_up(0, 3)

    sheet = CalamineWorkbook.from_path(str(tmp_path / "t.xlsx")).get_sheet_by_index(0)
    assert sheet.merged_cell_ranges == [((1, 0), (3, 0))]


@given(st.integers(200, 50_000), st.integers(0, 1000))
def test_a_copy_repeats_a_row_that_is_clean_and_stands_before_it(members, seed):
    plants = dirt.plan(Cast(members, seed))

    copies = {row: plant for row, plant in plants.items() if plant.kind in dirt.COPIES}

    assert copies
    assert all(plant.source < row and plant.source not in plants for row, plant in copies.items())


@given(st.integers(200, 20_000), st.integers(0, 1000))
def test_no_plant_is_lost_at_any_size(members, seed):
    plants = dirt.plan(Cast(members, seed))

    assert {plant.kind for plant in plants.values()} == set(dirt.PLANTS)
    assert all(1 <= row <= members for row in plants)
