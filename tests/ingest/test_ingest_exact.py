"""Cells as the client sees them: formats, units, days as numbers; what is hidden; titles and feet; people twice."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from ingest_builders import BALANCES, HEADER, read, rows_of, rules_of, table_of, text_file, workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from yibao_cli.errors import SettingsError
from yibao_cli.ingest import ReadOptions
from yibao_cli.ingest.shown import number_format
from yibao_cli.kinds.fields import FieldSpec, TableSpec

CODES = table_of(("no", "编号", "id"), ("code", "邮编", "postcode"), ("amount", "金额", "money"))
DATES = table_of(("no", "编号", "id"), ("born", "出生日期", "date"))


def formatted(path, spec_rows, formats, epoch=None):
    """A workbook with number formats by column letter, from row 2 on."""
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    sheet = book.active
    for row in spec_rows:
        sheet.append(row)
    for letter, code in formats.items():
        for cell in sheet[letter][1:]:
            cell.number_format = code
    book.save(path)
    return path


# ------------------------------------------------------------------ formats


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ("000000", 50000, "050000"),
        ("000000", 123456789, "123456789"),
        ("000000;-0;@", 5, "000005"),
        ('"E"0000', 12, "E0012"),
        (r"\A000", 7, "A007"),
        ("000-0000-0000", 13800138000, "138-0013-8000"),
        ("[$-804]000000_ ", 5, "000005"),
        ("##00", 5, "05"),
        ("000000", 50000.5, None),
        ("000000", -5, None),
        ("0000000000000000", 10**15, None),
    ],
)
def test_a_format_shows_what_the_number_lacks(code, number, shown):
    assert number_format(code).show(number) == shown


@pytest.mark.parametrize(
    "code", ["General", "0", "0.00", "#,##0", "yyyy-mm-dd", "0%", "@", "", "0E+00", '"x"']
)
def test_a_format_that_adds_nothing_is_none(code):
    assert number_format(code) is None


def test_numbers_come_out_as_their_formats_show_them(tmp_path):
    rows = [["编号", "邮编", "金额"], [12, 50000, 12], ["0013", 50001, 13.5], [None, None, 14]]
    path = formatted(tmp_path / "a.xlsx", rows, {"A": '"E"0000', "B": "000000", "C": '0000"元整"'})

    batches = read(path, CODES)

    assert [(r["no"], r["code"], r["amount"]) for r in rows_of(batches)] == [
        ("E0012", "050000", 1200),
        ("0013", "050001", 1350),
        (None, None, 1400),
    ]
    assert rules_of(batches) == []


def test_formats_count_from_the_sheets_first_column_though_the_table_begins_later(tmp_path):
    rows = [[None, None, "编号", "邮编", "金额"], [None, None, 1, 50000, 2]]
    path = formatted(tmp_path / "a.xlsx", rows, {"D": "000000"})

    assert [r["code"] for r in rows_of(read(path, CODES))] == ["050000"]


def test_a_number_that_excel_has_cut_is_rejected_whatever_its_format(tmp_path):
    rows = [["编号", "邮编", "金额"], [130102196001011232, 50000, 1]]
    path = formatted(tmp_path / "a.xlsx", rows, {"A": "0" * 18})

    assert rules_of(read(path, CODES)) == [("I112", 2), ("I118", 2)]


# ------------------------------------------------------------------ hidden rows and columns


def test_hidden_rows_and_columns_are_read_and_told(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, *([str(i), "王", i, ""] for i in range(1, 8)))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for number in (1, 3, 4, 6, 900):
        sheet.row_dimensions[number].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions["F"].hidden = True
    book.save(path)

    batches = read(path)

    assert len(rows_of(batches)) == 7
    assert [(f.rule_id, f.row, f.column, f.details.get("rows")) for b in batches for f in b.findings] == [
        ("I170", 3, "", "3-4, 6"),
        ("I171", 1, "期末余额", None),
    ]


# ------------------------------------------------------------------ dates


def test_numbers_in_a_column_of_dates_are_days_when_most_cells_are(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        ["编号", "出生日期"],
        ["1", 46027],
        ["2", 5115],
        ["3", None],
        ["4", "2026/1/6"],
        ["5", 46027.5],
        ["6", 20260105],
        ["7", 1985],
        ["8", "46028"],
        ["9", dt.date(2026, 1, 8)],
        ["10", 46030],
        ["11", 46031],
        ["12", 46032],
        ["13", 46033],
    )

    batches = read(path, DATES)

    assert [r["born"] for r in rows_of(batches)] == [
        "2026-01-05", "1914-01-01", None, "2026-01-06", "2026-01-05", "2026-01-05",
        None, "2026-01-06", "2026-01-08", "2026-01-08", "2026-01-09",
        "2026-01-10", "2026-01-11",
    ]  # fmt: skip
    assert rules_of(batches) == [("I174", 2), ("I122", 8)]


def test_a_number_among_dates_is_not_guessed(tmp_path):
    path = text_file(tmp_path / "a.csv", "编号,出生日期", "1,2026-01-05", "2,46027", "3,2026-01-07")

    assert rules_of(read(path, DATES)) == [("I122", 3)]


def test_days_of_the_1904_system_are_counted_from_there(tmp_path):
    rows = [["编号", "出生日期"], ["1", 44565], ["2", 44566]]
    bare = formatted(tmp_path / "bare.xlsx", rows, {}, CALENDAR_MAC_1904)
    dated = formatted(tmp_path / "dated.xlsx", rows, {"B": "yyyy-mm-dd"}, CALENDAR_MAC_1904)

    assert [r["born"] for r in rows_of(read(bare, DATES))] == ["2026-01-05", "2026-01-06"]
    assert [r["born"] for r in rows_of(read(dated, DATES))] == ["2026-01-05", "2026-01-06"]
    assert [f.message() for b in read(bare, DATES) for f in b.findings] == [
        "most cells of this column are bare numbers; they were read as days counted from 1904"
    ]


def test_a_date_to_come_is_doubted_where_the_field_says_so(tmp_path):
    table = table_of(("no", "编号", "id"), FieldSpec(name="d", label="交易日期", type="date", past=True))
    path = text_file(tmp_path / "a.csv", "编号,交易日期", "1,2026-01-05", "2,2062-01-05")

    assert rules_of(read(path, table, ReadOptions(today="2026-11-22"))) == [("I177", 3)]
    assert rules_of(read(path, table)) == []


# ------------------------------------------------------------------ amounts


@pytest.mark.parametrize(
    ("header", "cells", "fen"),
    [
        (
            "期末余额（万元）",
            [1.2345, "0.000001", "1.1", "(2)", "￥3"],
            [1234500, 1, 1100000, -2000000, 3000000],
        ),
        ("期末余额(千元)", [1.1 + 2.2, "-0.00001"], [330000, -1]),
        ("期末余额[单位：分]", [12345, "7", "1,234"], [12345, 7, 1234]),
        ("期末余额【元】", [1.5], [150]),
        ("期末余额(人民币元)", [1.5], [150]),
    ],
)
def test_the_unit_in_a_header_scales_exactly(tmp_path, header, cells, fen):
    path = workbook(
        tmp_path / "a.xlsx", ["个人编号", header], *([str(i), c] for i, c in enumerate(cells, start=1))
    )

    batches = read(path)

    assert [r["closing"] for r in rows_of(batches)] == fen
    assert rules_of(batches) == ([] if "元】" in header or "民币元" in header else [("I172", 1)])


def test_a_fraction_of_a_fen_is_refused_in_any_unit(tmp_path):
    path = text_file(tmp_path / "a.csv", "个人编号,期末余额(万元)", "1,0.0000001", "2,1.5万", "3,#N/A", "4,1")

    assert rules_of(read(path)) == [("I172", 1), ("I120", 2), ("I120", 3), ("I111", 4)]


def test_the_unit_above_the_header_holds_for_amounts_without_their_own(tmp_path):
    table = table_of(
        ("no", "编号", "id"), ("a", "甲", "money"), ("b", "乙", "money"), ("n", "人数", "integer")
    )
    path = text_file(tmp_path / "a.csv", "余额表,,,单位：万元", "编号,甲,乙(元),人数", "1,1.5,1.5,3")

    (row,) = rows_of(read(path, table))

    assert (row["a"], row["b"], row["n"]) == (1500000, 150, 3)


def test_a_unit_nobody_knows_is_told(tmp_path):
    path = text_file(tmp_path / "a.csv", "个人编号,期末余额(美元)", "1,5")

    assert [f.message() for b in read(path) for f in b.findings] == [
        "the header names the unit 美元, which is unknown; the amounts were read as yuan"
    ]


def test_an_amount_above_ten_million_yuan_is_doubted(tmp_path):
    path = text_file(tmp_path / "a.csv", "个人编号,期末余额", "1,10000000", "2,10000000.01", "3,-20000000")

    assert rules_of(read(path)) == [("I178", 3), ("I178", 4)]


# ------------------------------------------------------------------ titles, headers over rows, feet


def test_a_header_over_three_rows_is_joined(tmp_path):
    table = table_of(
        ("no", "编号", "id"),
        FieldSpec(name="a", label="个人账户划入", type="money", required=True),
        FieldSpec(name="b", label="个人账户支出", type="money", required=True),
    )
    path = workbook(
        tmp_path / "a.xlsx",
        ["编号", "基本医疗保险", None],
        [None, "个人账户", None],
        [None, "划入", "支出"],
        ["1", 2, 3],
        merges=["A1:A3", "B1:C1", "B2:C2"],
    )

    batches = read(path, table)

    assert [(r["no"], r["a"], r["b"]) for r in rows_of(batches)] == [("1", 200, 300)]
    assert rules_of(batches) == [("I109", 3)]


def test_what_stands_above_the_header_may_come_again(tmp_path):
    path = text_file(
        tmp_path / "a.csv",
        "2026年三季度余额表,,",
        "个人编号,账户,",
        ",期初,余额",
        "1,0,5",
        "2026年三季度余额表,,",
        "个人编号,账户,",
        ",期初,余额",
        "2,0,6",
    )
    table = table_of(
        FieldSpec(name="person_no", label="个人编号", type="id", required=True),
        FieldSpec(name="closing", label="余额", type="money", required=True),
    )

    batches = read(path, table)

    assert [r["closing"] for r in rows_of(batches)] == [500, 600]
    assert [r for r in rules_of(batches) if r[0] != "I104"] == [
        ("I109", 3),
        ("I182", 5),
        ("I182", 6),
        ("I107", 7),
    ]


def test_totals_and_signatures_at_the_foot_are_passed_over(tmp_path):
    path = text_file(
        tmp_path / "a.csv",
        ",".join(HEADER),
        "1,王,5,",
        "合计：1人,,5,",
        "制表人：张三,审核人：,,",
        "备注：以上,,,",
    )

    batches = read(path)

    assert len(rows_of(batches)) == 1
    assert rules_of(batches) == [("I106", 3), ("I183", 4), ("I183", 5)]


def test_a_person_whose_row_begins_like_a_foot_is_kept(tmp_path):
    table = TableSpec(
        label="名册",
        fields=(
            FieldSpec(name="name", label="姓名", type="name", required=True),
            FieldSpec(name="no", label="编号", type="id", required=True),
        ),
    )
    path = text_file(tmp_path / "a.csv", "姓名,编号", "总计华,1", "备注:王,2", "小计,3")

    batches = read(path, table)

    assert [r["no"] for r in rows_of(batches)] == ["1", "2"]
    assert rules_of(batches) == [("I106", 4)]


# ------------------------------------------------------------------ people

PEOPLE = TableSpec(
    label="名册",
    per="member",
    key=("person_no",),
    fields=(
        FieldSpec(name="person_no", label="个人编号", type="id", required=True),
        FieldSpec(name="name", label="姓名", type="name", sensitive=True),
        FieldSpec(name="id_number", label="身份证号", type="id-number", sensitive=True),
        FieldSpec(name="birth_date", label="出生日期", type="date", in_id="birth"),
        FieldSpec(name="gender", label="性别", type="choice", choices={"男": (), "女": ()}, in_id="gender"),
        FieldSpec(name="scheme", label="险种", type="choice", choices={"职工": ("城镇职工",), "居民": ()}),
    ),
)
HEAD = "个人编号,姓名,身份证号,出生日期,性别,险种"
MAN = "37010119010203997" + "3"  # by GB 11643: 262, and 262 mod 11 is 9
WOMAN = "11010519491231002X"


def test_an_id_number_is_held_against_birth_date_and_sex(tmp_path):
    path = text_file(
        tmp_path / "a.csv",
        HEAD,
        f"1,甲,{MAN},1901-02-03,男,",
        f"2,乙,{WOMAN},1949-12-30,男,",
        f"3,丙,{MAN[:17]}0,1950-01-01,女,",
        "4,丁,,1950-01-01,女,",
    )

    batches = read(path, PEOPLE)

    assert rules_of(batches) == [("I175", 3), ("I176", 3), ("I115", 4)]
    assert all(WOMAN not in f"{f.value}{f.message()}" for b in batches for f in b.findings)


def test_one_id_number_under_two_keys_is_told_and_both_stay(tmp_path):
    path = text_file(
        tmp_path / "a.csv", HEAD, f"1,甲,{MAN},,,", f"2,甲,{MAN},,,", f"3,乙,{MAN},,,", f"3,乙,{MAN},,,"
    )

    batches = read(path, PEOPLE)

    assert len(rows_of(batches)) == 3
    assert [(f.rule_id, f.row, f.details["first"]) for b in batches for f in b.findings] == [
        ("I179", 3, "2"),
        ("I181", 4, "2"),
        ("I152", 5, "4"),
    ]


def test_the_clients_words_for_a_choice_are_taken(tmp_path):
    path = text_file(
        tmp_path / "a.csv", HEAD, "1,甲,,,,城镇职工(灵活就业)", "2,乙,,,,城镇职工", "3,丙,,,,居民"
    )
    words = {"城镇职工（灵活就业）": "职工", "居民": "职工"}

    rows = rows_of(read(path, PEOPLE, ReadOptions(spellings={"scheme": words})))

    assert [r["scheme"] for r in rows] == ["职工", "职工", "职工"]


def test_a_word_that_stands_for_none_of_the_kinds_is_an_error_of_the_settings(tmp_path):
    path = text_file(tmp_path / "a.csv", HEAD, "1,甲,,,,居民")

    with pytest.raises(SettingsError, match="农民 stands for 农合"):
        read(path, PEOPLE, ReadOptions(spellings={"scheme": {"农民": "农合"}}))


def test_balances_have_no_people_to_compare(tmp_path):
    path = text_file(tmp_path / "a.csv", ",".join(HEADER), "1,王,5,", "2,王,5,")

    assert rules_of(read(path, BALANCES)) == []


def test_values_under_no_header_are_told_once(tmp_path):
    rows = [[str(n), "王芳", n, "2026-09-30"] for n in range(1, 40)]
    rows[5] += ["口头说已迁走"]
    rows[9] += ["又一句", None, 3]
    path = workbook(tmp_path / "a.xlsx", HEADER, *rows)

    found = [f for b in read(path) for f in b.findings]

    assert [(f.rule_id, f.row, f.details["columns"]) for f in found] == [("I196", 7, "E, G")]


def test_an_amount_merged_over_two_people_is_a_warning(tmp_path):
    rows = [["1", "王芳", 7, None], ["2", "李四", None, None], ["3", "张三", 1, None]]
    path = workbook(tmp_path / "a.xlsx", HEADER, *rows, merges=["C2:C3"])

    batches = read(path)

    assert [r["closing"] for r in rows_of(batches)] == [700, 700, 100]
    assert rules_of(batches) == [("I197", 2)]
