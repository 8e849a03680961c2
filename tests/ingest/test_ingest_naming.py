"""Rows and files that name nobody."""

from __future__ import annotations

import pytest

from yibao_cli.config import shipped
from yibao_cli.errors import InputRefused
from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.kinds import load_kind

SPEC = load_kind(shipped("templates"), "medical").inputs["suppressions"]


def read(tmp_path, header, *rows):
    path = tmp_path / "停寄名单.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return list(read_batches(path, SPEC, ReadOptions()))


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("P1,,,,", True),
        (",110105194912310021,,,", True),
        (",,张三,1949-12-31,", True),
        (",,,,石家庄市长安区中山东路1号", True),
        (",,张三,,", False),
        (",,,1949-12-31,", False),
        (",,张三,去年,", False),
        ("P1,,张三,去年,", True),
    ],
)
def test_a_row_must_name_somebody(tmp_path, row, kept):
    (batch,) = read(tmp_path, "个人编号,身份证号,姓名,出生日期,地址", row)

    assert (batch.rows_in, batch.rows_kept, batch.rows_rejected) == (1, int(kept), int(not kept))
    assert batch.table.num_rows == batch.rows_kept
    assert [f.row for f in batch.findings if f.rule_id == "I195"] == ([] if kept else [2])


def test_the_finding_says_what_would_name_somebody_and_shows_no_value(tmp_path):
    (batch,) = read(tmp_path, "个人编号,姓名", ",张三", "P2,李四")

    (finding,) = (f for f in batch.findings if f.rule_id == "I195")
    assert "个人编号 / 身份证号 / 医保卡号 / 姓名 + 出生日期 / 通讯地址" in finding.message()
    assert "张三" not in finding.message() + finding.value


def test_a_file_without_any_column_that_names_somebody_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="姓名 \\+ 出生日期"):
        read(tmp_path, "姓名,停寄原因,备注", "张三,死亡,")


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("去世", "死亡"),
        ("户口外迁", "转出"),
        ("改电子账单", "拒收纸质"),
        ("退订广告", "拒收广告"),
        ("丢卡", "挂失"),
    ],
)
def test_reasons_are_understood_as_clients_write_them(tmp_path, word, reason):
    (batch,) = read(tmp_path, "户号,原因", f"A1,{word}")

    assert batch.table.column("reason").to_pylist() == [reason]
