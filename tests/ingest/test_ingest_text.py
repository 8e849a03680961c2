"""Text: encodings told apart, separators found, quotes, and what is no text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_builders import BALANCES, HEADER, read, rows_of, rules_of, text_file

from yibao_cli.errors import InputRefused
from yibao_cli.ingest import ReadOptions, encoding

MAINLAND = ["0012,王芳,12.50,", "0013,李志强,3.00,", "0014,欧阳建国,4.00,", "0015,司马秀英,5.00,"]
TAIWAN = ["0012,陳怡君,12.50,", "0013,張志明,3.00,", "0014,歐陽建國,4.00,", "0015,劉淑芬,5.00,"]
ASCII_HEADER = "person_no,name,closing,cut_off"


def names(batches):
    return [r["name"] for r in rows_of(batches)]


@pytest.mark.parametrize("code", ["gb18030", "gbk"])
def test_mainland_text_is_gb_18030_and_says_so(tmp_path, code):
    path = text_file(tmp_path / "a.csv", ",".join(HEADER), *MAINLAND, encoding=code)

    batches = read(path)

    assert names(batches) == ["王芳", "李志强", "欧阳建国", "司马秀英"]
    (finding,) = [f for b in batches for f in b.findings]
    assert (finding.rule_id, finding.details["encoding"], finding.details["share"]) == (
        "I160",
        "GB 18030",
        100,
    )


def test_big5_is_told_from_gb_18030_though_it_decodes_as_that_too(tmp_path):
    path = text_file(tmp_path / "a.csv", ASCII_HEADER, *TAIWAN, encoding="big5")
    path.read_bytes().decode("gb18030")

    batches = read(path)

    assert names(batches) == ["陳怡君", "張志明", "歐陽建國", "劉淑芬"]
    assert rules_of(batches) == [("I160", None)]


def test_a_few_characters_decide_nothing_and_a_person_is_asked_to_look(tmp_path):
    path = text_file(tmp_path / "a.csv", ASCII_HEADER, "1,李,1,", encoding="gbk")

    batches = read(path)

    assert rules_of(batches) == [("I161", None)]
    assert names(batches) == ["李"]


def test_gb_18030_that_passes_for_utf8_is_not_taken_for_it(tmp_path):
    path = text_file(tmp_path / "a.csv", ASCII_HEADER, "1,一,1,", encoding="gbk")
    path.read_bytes().decode("utf-8")

    batches = read(path)

    assert names(batches) == ["一"]
    assert rules_of(batches) == [("I161", None)]


@pytest.mark.parametrize(
    ("named", "code"), [("Big5", "cp950"), ("GBK", "gb18030"), ("UTF-8", "utf-8-sig"), ("utf_16", "utf-16")]
)
def test_the_encoding_that_is_named_wins_without_a_word(tmp_path, named, code):
    path = text_file(tmp_path / "a.csv", ASCII_HEADER, "1,李,1,", encoding=code)

    batches = read(path, options=ReadOptions(encoding=named))

    assert (names(batches), rules_of(batches)) == (["李"], [])


def test_the_encoding_that_is_named_must_fit(tmp_path):
    path = text_file(tmp_path / "a.csv", ASCII_HEADER, "1,李,1,", encoding="gbk")

    with pytest.raises(InputRefused, match="not UTF-8 throughout"):
        read(path, options=ReadOptions(encoding="utf-8"))


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read_and_told(tmp_path, code):
    path = text_file(tmp_path / "a.txt", "\t".join(HEADER), "12\t王芳\t1\t", encoding=code)

    batches = read(path)

    assert (names(batches), rules_of(batches)) == (["王芳"], [("I160", None)])


def test_bytes_that_are_half_nul_are_no_utf16(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 2 + b"\0" * 400)

    with pytest.raises(InputRefused, match="neither a workbook nor text"):
        read(path)


def test_a_nul_deep_in_the_file_refuses_it_with_its_line(tmp_path):
    path = text_file(tmp_path / "a.csv", ",".join(HEADER), *["1,王,1,"] * 20_000, "2,\0,2,")

    with pytest.raises(InputRefused, match="line 20002 holds a NUL"):
        read(path)


@pytest.mark.parametrize("mark", [",", "\t", ";", "|", "，"])
def test_each_separator_is_found_though_commas_stand_in_the_values(tmp_path, mark):
    lines = [mark.join(cells) for cells in (HEADER, ["1", '"王,芳"', '"1,234.50"', ""], ["2", "李", "3", ""])]

    batches = read(text_file(tmp_path / "a.csv", *lines))

    assert [r["closing"] for r in rows_of(batches)] == [123450, 300]


def test_columns_aligned_by_blanks_are_refused(tmp_path):
    path = text_file(
        tmp_path / "a.txt",
        "个人编号    姓名      期末余额",
        "0012    王芳      1.00",
        "0013    李四      2.00",
    )

    with pytest.raises(InputRefused, match="aligned by blanks"):
        read(path)


def test_a_single_column_needs_no_separator(tmp_path):
    spec = BALANCES.model_copy(update={"fields": BALANCES.fields[:1]})

    assert len(rows_of(read(text_file(tmp_path / "a.csv", "个人编号", "0012", "0013"), spec))) == 2


def test_a_line_break_inside_a_quoted_value_is_part_of_it(tmp_path):
    batches = read(text_file(tmp_path / "a.csv", ",".join(HEADER), '1,"王\n芳",1,', "2,李,2,"))

    assert [(r["person_no"], r["src_row"]) for r in rows_of(batches)] == [("1", 2), ("2", 4)]


def test_a_stray_quote_that_swallows_a_line_rejects_what_it_swallowed(tmp_path):
    batches = read(text_file(tmp_path / "a.csv", ",".join(HEADER), '1,"王,1,', '2,李",2,', "3,赵,3,"))

    assert [r["person_no"] for r in rows_of(batches)] == ["3"]
    assert rules_of(batches) == [("I151", 2)]


def test_a_text_with_the_name_of_a_workbook_is_read_and_told(tmp_path):
    path = text_file(tmp_path / "a.xls", "\t".join(HEADER), "12\t王芳\t1\t")

    batches = read(path)

    assert (names(batches), rules_of(batches)) == (["王芳"], [("I167", None)])


def test_a_line_without_end_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * (3 << 20))

    with pytest.raises(InputRefused, match="more than a million characters"):
        read(path)


LEVEL_1 = [bytes([a, b]).decode("gbk") for a in range(0xB0, 0xD7) for b in range(0xA1, 0xFF)]


@given(st.lists(st.text(st.sampled_from(LEVEL_1), min_size=2, max_size=4), min_size=12, max_size=40))
@settings(max_examples=60)
def test_common_mainland_names_are_never_taken_for_big5_in_silence(people):
    reading = encoding.sample_reading("\n".join(people).encode("gbk"))

    assert reading.encoding == "gb18030" or reading.notes[0].rule_id == "I161"


def test_lines_of_utf_8_within_a_file_in_gbk_are_rejected_one_by_one(tmp_path):
    path = tmp_path / "a.csv"
    lines = [",".join(HEADER), *(f"{n:04d},王小芳,1.00,2026-09-30" for n in range(1, 40))]
    raw = [line.encode("gb18030") for line in lines]
    raw[7] = "0007,陈大文明,1.00,2026-09-30".encode()
    path.write_bytes(b"\n".join([*raw, b""]))

    batches = read(path)

    assert ("I198", 8) in rules_of(batches)
    assert sum(b.rows_rejected for b in batches) == 1
    assert {r["name"] for r in rows_of(batches)} == {"王小芳"}


def test_a_file_that_begins_in_utf_8_and_goes_on_in_gbk_is_refused_as_that(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(f"{','.join(HEADER)}\n".encode() + "0001,王小芳,1,\n".encode("gb18030"))

    with pytest.raises(InputRefused, match="not UTF-8 throughout"):
        read(path)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12))
def test_lines_of_common_chinese_are_never_taken_for_another_encoding(text):
    common = "".join(c for c in text if 0xB0 <= c.encode("gb18030")[0] <= 0xD7)

    assert not encoding.is_foreign(f"0001,{common},12.50\n", "gb18030")
