"""The posting list: one row a piece, totals that tie, nothing that the post need not know."""

from __future__ import annotations

import csv
from decimal import Decimal

import openpyxl
import pytest
from mailing_builders import TARIFF, TERMS
from posting_builders import INFO, mail, sorted_pieces

from yibao_cli.codes import piece_number
from yibao_cli.exports.paper import Facts, Table
from yibao_cli.mailing.containers import sorted_containers
from yibao_cli.mailing.manifest import (
    COLUMNS,
    Totals,
    blank_columns,
    list_paper,
    manifest_rows,
    write_list_book,
    write_list_csv,
)
from yibao_cli.mailing.statement import county_totals

HEADERS = [
    "序号", "批次号", "邮件号", "账单编号", "收件人", "单位编号", "单位名称", "地址", "邮编", "县区", "投递局", "投递段",
    "袋", "把", "打印分册", "重量(克)", "本埠外埠", "资费(元)",
]  # fmt: skip


def rows_of(pieces):
    return list(manifest_rows(pieces, "2026Q3", TARIFF, TERMS))


def totals_of(pieces):
    parts = pieces.groupby("part").agg(pieces=("price", "size"), amount=("price", "sum")).reset_index()
    return Totals(county_totals(pieces), sorted_containers(pieces).bags, parts)


def written(folder, pieces, **options):
    return write_list_book(
        folder / "manifest-2026Q3.xlsx", rows_of(pieces), totals_of(pieces), INFO, **options
    )


def cells(sheet, first, last):
    last = min(last, sheet.max_row)
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first, max_row=last)]


def column(rows, header):
    return [row[HEADERS.index(header)] for row in rows]


def test_the_list_has_the_headers_of_the_post_and_no_others():
    assert [c.header for c in COLUMNS] == HEADERS


def test_rows_keep_print_order_and_name_bag_bundle_part_and_piece():
    rows = rows_of(mail())

    assert column(rows, "序号") == list(range(1, 9))
    assert column(rows, "账单编号") == [piece_number(n) for n in range(1, 9)]
    assert list(zip(column(rows, "袋"), column(rows, "把"), column(rows, "打印分册"), strict=True)) == [
        *[(1, 1, "001")] * 4, *[(1, 2, "001")] * 2, *[(2, 3, "002")] * 2,
    ]  # fmt: skip


def test_postage_and_weight_have_two_places_and_the_place_is_said():
    rows = rows_of(sorted_pieces({"postcode": "050011"}, {"postcode": "052300", "weight_mg": 20001}))

    assert column(rows, "本埠外埠") == ["本埠", "外埠"]
    assert column(rows, "资费(元)") == [Decimal("0.80"), Decimal("1.20")]
    assert column(rows, "重量(克)") == [Decimal("8.28"), Decimal("20.00")]


def test_a_field_that_the_pieces_lack_is_blank():
    rows = rows_of(mail().drop(columns=["tracking", "employer_no"]))

    assert set(column(rows, "邮件号") + column(rows, "单位编号")) == {""}
    assert blank_columns(["name", "address"]) >= {"邮件号", "县区"}


def test_the_summary_counts_by_county_part_and_bag_and_has_lines_to_sign(tmp_path):
    (path,) = written(tmp_path, mail())

    sheet = openpyxl.load_workbook(path)["汇总"]
    shown = cells(sheet, 1, sheet.max_row)
    words = [row[0] for row in shown]
    assert words[0] == "石家庄市医疗保险中心 2026Q3 寄递清单汇总"
    assert [row[:5] for row in shown[3:8]] == [
        ["按县区", None, None, None, None],
        ["县区", "件数", "本埠", "外埠", "资费(元)"],
        ["长安区", 4, 4, 0, 3.2],
        ["辛集市", 4, 0, 4, 4.8],
        ["合计", 8, 4, 4, 8],
    ]
    assert [row[:3] for row in shown if row[0] in {"1", "001", "合计"}][1:3] == [
        ["001", 6, 5.6],
        ["合计", 8, 8],
    ]
    assert [row[:5] for row in shown if row[0] == "2"] == [["2", "长安区", 1, 2, 0.017]]
    assert [part.split(":")[0] for part in words[-1].split()[::2]] == ["交寄人", "接收人", "日期"]


def test_the_list_sheet_is_text_where_it_must_be_and_ready_to_print(tmp_path):
    (path,) = written(tmp_path, sorted_pieces({}, {}, {"name": "=张三&<b>"}))

    sheet = openpyxl.load_workbook(path)["清单"]
    header, first, _second, third = cells(sheet, 2, 5)
    assert header == HEADERS
    assert first[8] == "050011"
    assert (third[4], sheet["E5"].data_type) == ("=张三&<b>", "s")
    assert (sheet.page_setup.orientation, sheet.print_title_rows, sheet.freeze_panes) == (
        "landscape", "$1:$2", "A3",
    )  # fmt: skip
    assert sheet.oddFooter.left.text == "石家庄市医疗保险中心  2026Q3"
    assert sheet.column_dimensions["H"].width >= 40


def test_a_list_over_the_limit_is_divided_by_county_with_an_index(tmp_path):
    paths = written(tmp_path, mail(), limit=5)

    assert [p.name for p in paths] == [f"manifest-2026Q3{n}.xlsx" for n in ("", "-01", "-02")]
    index, *books = [openpyxl.load_workbook(p) for p in paths]
    assert index.sheetnames == ["汇总", "索引"]
    assert cells(index["索引"], 4, 7) == [
        ["文件", "县区", "件数", "资费(元)"],
        ["manifest-2026Q3-01.xlsx", "长安区", 4, 3.2],
        ["manifest-2026Q3-02.xlsx", "辛集市", 4, 4.8],
        ["合计", None, 8, 8],
    ]
    listed = [[row[0] for row in cells(book["清单"], 3, 99)] for book in books]
    assert listed == [[1, 2, 3, 4], [5, 6, 7, 8]]


def test_a_county_over_the_limit_goes_on_on_a_further_sheet(tmp_path):
    paths = written(tmp_path, mail(), limit=3)

    book = openpyxl.load_workbook(paths[1])
    assert book.sheetnames == ["清单", "清单 2"]
    assert [row[0] for name in book.sheetnames for row in cells(book[name], 3, 9)] == [1, 2, 3, 4]


def test_counties_without_a_name_and_beyond_the_number_of_books_have_one_too(tmp_path, monkeypatch):
    monkeypatch.setattr("yibao_cli.mailing.manifest._MOST_BOOKS", 2)
    pieces = sorted_pieces({"county": "甲县"}, {"county": "甲县"}, {"county": ""}, {"county": "乙县"})

    paths = written(tmp_path, pieces, limit=3)

    index = cells(openpyxl.load_workbook(paths[0])["索引"], 5, 7)
    assert [row[:3] for row in index] == [
        ["manifest-2026Q3-01.xlsx", "甲县", 2],
        ["manifest-2026Q3-02.xlsx", "(未注明)", 1],
        ["manifest-2026Q3-02.xlsx", "乙县", 1],
    ]
    assert len(cells(openpyxl.load_workbook(paths[2])["清单"], 3, 9)) == 2


def test_csv_says_the_same_with_formulas_made_safe(tmp_path):
    path = tmp_path / "manifest-2026Q3.csv"
    write_list_csv(path, rows_of(sorted_pieces({"name": "=张三"})))

    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, row = csv.reader(stream)
    assert header == HEADERS
    assert [row[0], row[4], row[8], row[17]] == ["1", "'=张三", "050011", "0.80"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_list_gives_the_same_bytes_in_private_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    first, second = (written(tmp_path / name, mail()) for name in "ab")

    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    assert {p.stat().st_mode & 0o777 for p in first} == {0o600}


def test_the_paper_leaves_out_what_its_title_says_and_what_is_blank():
    paper = list_paper(rows_of(mail()), totals_of(mail()), INFO, {"邮件号", "投递段"})

    facts, table, _signatures = list(paper.blocks)
    assert isinstance(facts, Facts)
    assert isinstance(table, Table)
    headers = [c.header for c in table.columns]
    assert headers == [
        "序号",
        "账单编号",
        "收件人",
        "单位名称",
        "地址",
        "邮编",
        "县区",
        "袋",
        "把",
        "重量(克)",
        "本埠外埠",
        "资费(元)",
    ]
    assert [len(row) for row in table.rows] == [len(headers)] * 8
    assert table.totals[0][-1] == Decimal("8.00")


def test_a_mailing_without_pieces_gives_an_empty_list(tmp_path):
    (path,) = written(tmp_path, sorted_pieces())

    assert openpyxl.load_workbook(path)["清单"].max_row == 2


@pytest.mark.parametrize("name", ["person_no", "id_number", "mobile", "closing"])
def test_no_number_of_a_person_and_no_amount_of_an_account_is_listed(name):
    secret = "130102196001011234"

    rows = rows_of(sorted_pieces({}).assign(**{name: secret}))

    assert secret not in {str(cell) for row in rows for cell in row}
