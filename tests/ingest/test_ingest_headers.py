"""Header rows: found under titles, joined, mapped, refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest_builders import BALANCES, HEADER, read, rows_of, rules_of, text_file, workbook

from yibao_cli.errors import InputRefused, UsageError
from yibao_cli.ingest import ReadOptions
from yibao_cli.ingest.headers import find_layout
from yibao_cli.ingest.raw import Chunk
from yibao_cli.ingest.vocabulary import Vocabulary


def layout_of(*rows, header_map=None):
    chunk = Chunk(range(1, len(rows) + 1), rows)
    return find_layout(chunk, (), Vocabulary(BALANCES, header_map or {}), "a.xlsx")


def test_title_rows_above_the_header_are_passed_over():
    layout = layout_of(
        ["2026年三季度余额表", "", ""], ["", "", ""], ["个人编号", "姓名", "账户余额(元)"], ["1", "王", 2.0]
    )

    assert (layout.last_row, layout.columns) == (3, {"person_no": 0, "name": 1, "closing": 2})


def test_a_header_below_thirty_rows_is_not_found():
    titles = [["说明"]] * 30

    assert layout_of(*titles, ["个人编号", "期末余额"]) is None


def test_a_header_over_two_merged_rows_is_joined(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        ["个人编号", "姓名", "账户", None],
        [None, None, "期初", "余额"],
        ["1", "王", 5, 6],
        merges=["A1:A2", "B1:B2", "C1:D1"],
    )

    batches = read(path)

    assert [r["closing"] for r in rows_of(batches)] == [600]
    assert ("I109", 2) in rules_of(batches)


@given(st.permutations(range(4)))
def test_columns_may_stand_in_any_order(order):
    layout = layout_of([HEADER[i] for i in order])

    assert [HEADER[order[i]] for i in layout.columns.values()] == HEADER


def test_columns_that_are_no_field_are_noted(tmp_path):
    path = text_file(tmp_path / "a.csv", "序号,个人编号,期末余额,备注", "1,0012,3,x")

    (batch,) = read(path)

    assert [f.message() for f in batch.findings] == ["these columns are not used: 序号, 备注"]


def test_a_missing_required_column_is_refused_with_the_headers_seen():
    with pytest.raises(
        InputRefused, match="lacks the required column 期末余额; its headers are: 个人编号, 姓名, 余"
    ) as error:
        layout_of(["个人编号", "姓名", "余颌"])

    assert "--map 'its header=closing'" in error.value.remedy


def test_a_mapped_header_takes_the_place_of_the_missing_one():
    layout = layout_of(["个人编号", "余颌"], header_map={"余颌": "closing"})

    assert layout.headers == {"person_no": "个人编号", "closing": "余颌"}


def test_a_mapped_header_wins_over_a_known_one():
    layout = layout_of(["个人编号", "期末余额", "账户余额"], header_map={"账户余额": "closing"})

    assert layout.columns["closing"] == 2


def test_two_columns_for_one_field_are_refused():
    with pytest.raises(InputRefused, match="2 columns mean the same field closing: 期末余额, 账户余额"):
        layout_of(["个人编号", "期末余额", "账户余额"])


def test_a_mapped_header_that_is_not_there_is_refused():
    with pytest.raises(InputRefused, match="not in the sheet; its headers are: 个人编号, 期末余额"):
        layout_of(["个人编号", "期末余额"], header_map={"名字": "name"})


def test_a_map_to_no_field_is_a_wrong_command():
    with pytest.raises(UsageError, match="names no field of 账户余额: surname"):
        Vocabulary(BALANCES, {"姓": "surname"})


def test_one_header_mapped_to_two_fields_is_a_wrong_command():
    with pytest.raises(UsageError, match="two meanings"):
        Vocabulary(BALANCES, {"余 额": "closing", "余额": "name"})


def test_a_file_without_the_header_is_refused_with_what_it_must_have(tmp_path):
    path = text_file(tmp_path / "a.csv", "a,b", "1,2")

    with pytest.raises(
        InputRefused, match="no header row of 账户余额 in the first 30 rows; it must have: 个人编号, 期末"
    ):
        read(path)


def test_a_header_in_full_width_and_brackets_is_known(tmp_path):
    path = text_file(tmp_path / "a.tsv", "*个人编号\t期末 余额（元）", "0012\t1")

    rows = rows_of(read(path, options=ReadOptions()))

    assert [r["closing"] for r in rows] == [100]
