"""The posting list: one row a piece, totals that tie, nothing that the post need not know."""

from __future__ import annotations

import csv
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mailing_builders import TARIFF, TERMS, pieces_of

from yibao_cli.codes import piece_number
from yibao_cli.mailing.manifest import ManifestInfo, manifest_frame, totals_by, write_manifest

HEADERS = [
    "序号", "批次号", "账单编号", "收件人", "单位编号", "单位名称", "地址", "邮编", "县区", "打印分册", "本埠外埠", "资费(元)",
]  # fmt: skip
INFO = ManifestInfo("2026Q3", "石家庄市医疗保险中心", "6号三折邮简", "邮简", "2026-10-08")
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "county": st.sampled_from(["长安区", "桥西区", "辛集市", ""]),
            "part": st.sampled_from(["001", "002"]),
            "postcode": st.sampled_from(["050011", "052300", ""]),
        }
    ),
    max_size=12,
)


def manifest_of(*rows):
    return manifest_frame(pieces_of(*rows), "2026Q3", TARIFF, TERMS)


@pytest.fixture
def book(tmp_path):
    frame = manifest_of({}, {"county": "辛集市", "postcode": "052300", "part": "002"}, {"name": "=张三"})
    path, _csv = write_manifest(frame, tmp_path, INFO)
    return openpyxl.load_workbook(path)


def cells(sheet, first, last):
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first, max_row=last)]


def test_the_list_has_the_headers_of_the_post_and_no_others():
    assert list(manifest_of({}).columns) == HEADERS


def test_rows_stand_in_print_order_whatever_order_they_came_in():
    pieces = pieces_of({"name": "甲"}, {"name": "乙"}, {"name": "丙"}).iloc[[2, 0, 1]]

    frame = manifest_frame(pieces, "2026Q3", TARIFF, TERMS)

    assert frame[["序号", "收件人", "账单编号"]].to_numpy().tolist() == [
        [1, "甲", piece_number(1)],
        [2, "乙", piece_number(2)],
        [3, "丙", piece_number(3)],
    ]


def test_postage_is_yuan_with_two_places_and_says_whether_it_is_local():
    frame = manifest_of({"postcode": "050011"}, {"postcode": "052300"})

    assert frame["本埠外埠"].tolist() == ["本埠", "外埠"]
    assert frame["资费(元)"].tolist() == [Decimal("0.80"), Decimal("1.20")]


@pytest.mark.parametrize("header", ["县区", "打印分册"])
@settings(deadline=None)
@given(rows=ROWS)
def test_totals_by_any_column_add_up_to_the_list(header, rows):
    frame = manifest_of(*rows)

    totals = totals_by(frame, header)

    assert totals["件数"].sum() == len(frame)
    assert (totals["本埠"] + totals["外埠"]).tolist() == totals["件数"].tolist()
    assert sum(totals["资费(元)"]) == sum(frame["资费(元)"])
    assert totals[header].is_unique


def test_the_summary_counts_by_county_and_part_and_has_lines_to_sign(book):
    sheet = book["汇总"]

    words = [row[0] for row in cells(sheet, 1, sheet.max_row)]
    assert sheet["A1"].value == "石家庄市医疗保险中心 2026Q3 寄递清单汇总"
    assert cells(sheet, 4, 8) == [
        ["按县区", None, None, None, None],
        ["县区", "件数", "本埠", "外埠", "资费(元)"],
        ["长安区", 2, 2, 0, 1.6],
        ["辛集市", 1, 0, 1, 1.2],
        ["合计", 3, 2, 1, 2.8],
    ]
    assert words.count("合计") == 2
    assert [w.split(":")[0] for w in words[-5:] if w] == ["交寄人", "接收人", "日期"]


def test_the_list_sheet_is_text_where_it_must_be_and_ready_to_print(book):
    sheet = book["清单"]

    header, first, _second, third = cells(sheet, 2, 5)
    assert header == HEADERS
    assert first[7] == "050011"
    assert (third[3], sheet["D5"].data_type) == ("=张三", "s")
    assert (sheet.page_setup.orientation, sheet.print_title_rows, sheet.freeze_panes) == (
        "landscape", "$1:$2", "A3",
    )  # fmt: skip
    assert sheet.oddFooter.left.text == "石家庄市医疗保险中心  2026Q3"
    assert sheet["A1"].value == "石家庄市医疗保险中心 2026Q3 寄递清单"
    assert sheet.column_dimensions["G"].width >= 40


def test_csv_says_the_same_as_the_workbook_with_formulas_made_safe(tmp_path):
    _xlsx, path = write_manifest(manifest_of({"name": "=张三"}), tmp_path, INFO)

    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, row = csv.reader(stream)
    assert header == HEADERS
    assert [row[0], row[3], row[7], row[11]] == ["1", "'=张三", "050011", "0.80"]


def test_the_same_list_gives_the_same_bytes_in_private_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    first, second = (write_manifest(manifest_of({}, {}), tmp_path / name, INFO) for name in "ab")

    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    assert [p.name for p in first] == ["manifest-2026Q3.xlsx", "manifest-2026Q3.csv"]
    assert {p.stat().st_mode & 0o777 for p in first} == {0o600}


def test_a_mailing_without_pieces_gives_an_empty_list(tmp_path):
    path, _csv = write_manifest(manifest_of(), tmp_path, INFO)

    book = openpyxl.load_workbook(path)

    assert book["清单"].max_row == 2
    assert [c.value for c in book["汇总"][6]] == ["合计", 0, 0, 0, 0]
