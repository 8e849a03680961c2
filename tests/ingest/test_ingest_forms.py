"""The forms beside .xlsx and csv: .xls, .xlsb, .ods, dbf, JSON lines, Parquet."""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from form_builders import ERROR, Styled, bare_biff2, dbf, ods, ods_row, ole_file, xls, xlsb
from ingest_builders import HEADER, read, rows_of, rules_of, table_of, text_file, workbook

from yibao_cli.errors import InputRefused, UsageError
from yibao_cli.ingest import ReadOptions

ROW = ["0012", "王芳", 12.5, None]
BAD = ["0013", "李四", ERROR, None]
KEPT = {"person_no": "0012", "name": "王芳", "closing": 1250}
SHEETS = [("名册", [HEADER, ROW, BAD], False), ("旧", [HEADER, ["9", "", 1, None]], True)]
ODS_SHEETS = [
    ("名册", ods_row(*HEADER) + ods_row(*ROW) + ods_row(*BAD), False),
    ("旧", ods_row(*HEADER) + ods_row("9", "", 1, None), True),
]
FIELDS = [("个人编号", "C", 10), ("姓名", "C", 13), ("期末余额", "N", 10), ("截止日期", "D", 8)]


@pytest.mark.parametrize(
    ("write", "sheets"), [(xls, SHEETS), (xlsb, SHEETS), (ods, ODS_SHEETS)], ids=["xls", "xlsb", "ods"]
)
def test_a_workbook_of_any_form_is_read_with_its_errors_and_without_its_hidden_sheet(tmp_path, write, sheets):
    path = write(tmp_path / "roster.dat", sheets)

    batches = read(path)

    (row,) = rows_of(batches)
    assert {k: row[k] for k in KEPT} == KEPT
    assert rules_of(batches) == [("I111", 3), ("I102", None)]


def test_an_old_workbook_gives_dates_truths_and_numbers_as_they_are_shown(tmp_path):
    table = table_of(("postcode", "邮编", "postcode"), ("day", "日期", "date"), ("ads", "广告", "flag"))
    rows = [["邮编", "日期", "广告"], [Styled(50000, 2), Styled(46295, 1), True]]
    path = xls(tmp_path / "a.xls", [("名册", rows, False)])

    (row,) = rows_of(read(path, table))

    assert (row["postcode"], row["day"], row["ads"]) == ("050000", "2026-09-30", True)


def test_an_old_workbook_may_count_its_days_from_1904(tmp_path):
    table = table_of(("no", "编号", "id"), ("day", "日期", "date"))
    path = xls(
        tmp_path / "a.xls", [("名册", [["编号", "日期"], ["1", Styled(46295 - 1462, 1)]], False)], mode=1
    )

    assert rows_of(read(path, table))[0]["day"] == "2026-09-30"


def test_a_bare_stream_of_the_nineties_is_read_as_gb_18030(tmp_path):
    path = bare_biff2(tmp_path / "report.xls", [HEADER[:3], ["0012", "王芳", 12.5]])

    (row,) = rows_of(read(path))

    assert (row["name"], row["closing"]) == ("王芳", 1250)


def test_a_bare_stream_is_read_in_the_encoding_that_is_named(tmp_path):
    path = bare_biff2(tmp_path / "report.xls", [HEADER[:3], ["12", "王", 1]], "utf-8")

    assert len(rows_of(read(path, options=ReadOptions(encoding="utf-8")))) == 1


def test_an_old_workbook_with_a_password_is_refused_as_such(tmp_path):
    book = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0x0DBB, 1996, 0, 6) + struct.pack("<HHH", 0x2F, 2, 0)
    path = tmp_path / "locked.xls"
    path.write_bytes(ole_file("Workbook", book))

    with pytest.raises(InputRefused, match="protected by a password"):
        read(path)


def test_errors_of_an_ods_are_found_in_repeated_rows(tmp_path):
    rows = ods_row(*HEADER) + ods_row("1", "王", ERROR, None, repeat=2) + ods_row(*ROW)
    path = ods(tmp_path / "a.ods", [("名册", rows, False)])

    assert rules_of(read(path)) == [("I111", 2), ("I111", 3)]


def test_an_error_that_is_repeated_without_end_is_refused(tmp_path):
    path = ods(tmp_path / "a.ods", [("名册", ods_row(*HEADER) + ods_row(ERROR, repeat=99_999_999), False)])

    with pytest.raises(InputRefused):
        read(path)


def test_an_ods_with_a_password_is_refused_as_such(tmp_path):
    path = ods(tmp_path / "a.ods", ODS_SHEETS, manifest="<manifest:encryption-data/>")

    with pytest.raises(InputRefused, match="protected by a password"):
        read(path)


def test_a_dbf_is_read_and_its_deleted_records_are_told(tmp_path):
    records = [["0012", "王芳", "12.50", "20260930"], ["13", "李四", "3.00", ""]]
    path = dbf(tmp_path / "a.dbf", FIELDS, records, deleted={1})

    batches = read(path)

    (row,) = rows_of(batches)
    assert {k: row[k] for k in KEPT} == KEPT
    assert (row["cut_off"], row["src_row"]) == ("2026-09-30", 1)
    assert rules_of(batches) == [("I163", None)]


@pytest.mark.parametrize(
    ("language", "encoding", "name"),
    [
        (0x4D, "gb18030", "王𬭎䶮"),
        (0, "gb18030", "王䶮"),
        (0x78, "cp950", "陳怡君"),
        (0, "cp950", "陳怡君"),
        (0, "utf-8", "王芳"),
    ],
)
def test_a_dbf_is_read_in_its_encoding_whether_it_names_one_or_not(tmp_path, language, encoding, name):
    plain = [("NO", "C", 10), ("NAME", "C", 16), ("SUM", "N", 10)]
    path = dbf(tmp_path / "a.dbf", plain, [["12", name, "1.00"]], language=language, encoding=encoding)
    options = ReadOptions(header_map={"NO": "person_no", "NAME": "name", "SUM": "closing"})

    assert rows_of(read(path, options=options))[0]["name"] == name


def test_memo_columns_of_a_dbf_are_left_out_and_told(tmp_path):
    fields = [*FIELDS[:3], ("地址", "M", 10)]
    path = dbf(tmp_path / "a.dbf", fields, [["12", "王芳", "1.00", "1"]], version=0x83)

    batches = read(path)

    (finding,) = [f for b in batches for f in b.findings]
    assert finding.rule_id == "I164"
    assert "地址" in finding.message()


def test_binary_columns_of_visual_foxpro_keep_their_values(tmp_path):
    table = table_of(
        ("no", "NO", "integer"), ("sum", "SUM", "money"), ("day", "DAY", "date"), ("q", "Q", "decimal")
    )
    fields = [("NO", "I", 4), ("SUM", "Y", 8), ("DAY", "T", 8), ("Q", "B", 8)]
    moment = struct.pack("<ii", 2_461_314, 3_600_000)  # 2026-09-30
    record = [struct.pack("<i", -7), struct.pack("<q", 123_400), moment, struct.pack("<d", 2.5)]
    path = dbf(tmp_path / "a.dbf", fields, [record], version=0x30)

    (row,) = rows_of(read(path, table))

    assert (row["no"], row["sum"], row["day"], row["q"]) == (-7, 1234, "2026-09-30", "2.5")


def test_a_dbf_that_was_cut_short_is_refused(tmp_path):
    path = dbf(tmp_path / "a.dbf", FIELDS, [["12", "王芳", "1.00", ""]] * 3)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(InputRefused, match="shorter than its header says"):
        read(path)


def test_json_lines_keep_exact_numbers_and_a_broken_line_is_a_finding(tmp_path):
    path = text_file(
        tmp_path / "a.jsonl",
        '{"个人编号": 130102196001011232, "期末余额": 12.50, "姓名": null}',
        '{"个人编号": "2", "期末余额": 1',
        '{"个人编号": "3", "期末余额": {"元": 1}}',
        '{"个人编号": "4", "期末余额": 2, "期末余额": 3}',
        "[1]",
        '{"期末余额": 3, "个人编号": "5"}',
    )

    batches = read(path)

    assert [(r["person_no"], r["closing"], r["src_row"]) for r in rows_of(batches)] == [
        ("130102196001011232", 1250, 1),
        ("5", 300, 6),
    ]
    assert rules_of(batches) == [("I162", n) for n in (2, 3, 4, 5)]
    assert sum(b.rows_in for b in batches) == sum(b.rows_kept + b.rows_rejected for b in batches) == 6


def test_keys_that_come_late_are_columns_too(tmp_path):
    path = text_file(tmp_path / "a.jsonl", '{"个人编号": "1"}', '{"个人编号": "2", "期末余额": 3}')

    batches = read(path)

    assert [r["person_no"] for r in rows_of(batches)] == ["2"]
    assert rules_of(batches) == [("I110", 1)]


def test_braces_without_an_object_are_refused(tmp_path):
    with pytest.raises(InputRefused, match="no line of it is a JSON object"):
        read(text_file(tmp_path / "a.jsonl", "{oops", "{oops"))


def test_parquet_keeps_decimals_dates_and_long_numbers(tmp_path):
    columns = {
        "个人编号": [130102196001011232, 2],
        "姓名": pa.array(["王芳", None]).dictionary_encode(),
        "期末余额": pa.array([Decimal("12.50"), Decimal("-3.00")], pa.decimal128(12, 2)),
        "截止日期": [dt.date(2026, 9, 30), None],
    }
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(columns), path)

    rows = rows_of(read(path))

    assert [(r["person_no"], r["name"], r["closing"], r["cut_off"], r["src_row"]) for r in rows] == [
        ("130102196001011232", "王芳", 1250, "2026-09-30", 1),
        ("2", None, -300, None, 2),
    ]


@pytest.mark.parametrize("column", [[[1]], [{"a": 1}], [b"\xff"]])
def test_parquet_with_a_column_of_no_plain_values_is_refused(tmp_path, column):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"x": column}), path)

    with pytest.raises(InputRefused, match="instead of plain values"):
        read(path)


def test_parquet_that_was_cut_short_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"x": [1]}), path)
    path.write_bytes(path.read_bytes()[:-3])

    with pytest.raises(InputRefused, match="cannot be parsed"):
        read(path)


@pytest.mark.parametrize("name", ["a.dbf", "a.jsonl", "a.parquet"])
def test_a_sheet_asked_of_a_form_without_sheets_is_refused(tmp_path, name):
    path = tmp_path / name
    if name == "a.dbf":
        dbf(path, FIELDS, [])
    elif name == "a.jsonl":
        text_file(path, '{"a": 1}')
    else:
        pq.write_table(pa.table({"x": [1]}), path)

    with pytest.raises(InputRefused, match="has no sheets"):
        read(path, options=ReadOptions(sheet="名册"))


def test_an_encoding_that_there_is_not_is_a_wrong_command_line(tmp_path):
    path = text_file(tmp_path / "a.csv", ",".join(HEADER))

    with pytest.raises(UsageError, match="no encoding gbx"):
        read(path, options=ReadOptions(encoding="gbx"))


def test_macros_and_links_are_told_once(tmp_path):
    path = workbook(tmp_path / "a.xlsm", HEADER, ROW, more=[("二", [HEADER, ["2", "", 1, None]], "visible")])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<x/>")

    assert rules_of(read(path)) == [("I165", None), ("I166", None)]


def test_a_part_with_entities_refuses_the_workbook(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, ROW)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "customXml/item1.xml", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
        )

    with pytest.raises(InputRefused, match=r"declares entities of its own in customXml/item1\.xml"):
        read(path)
