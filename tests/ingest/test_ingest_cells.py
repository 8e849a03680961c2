"""One cell of each type: what is taken, what is restored, what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli import money
from yibao_cli.codes import id_check_char
from yibao_cli.ingest.cells import read_decimal, read_flag, read_integer, read_money, reader_for
from yibao_cli.ingest.dates import read_date
from yibao_cli.ingest.words import (
    Doubt,
    read_id,
    read_id_number,
    read_mobile,
    read_name,
    read_postcode,
    read_text,
    read_uscc,
)
from yibao_cli.kinds.fields import FieldSpec

ID = "130102196001011237"[:17] + id_check_char("13010219600101123")
CHOICE = reader_for(
    FieldSpec(name="g", label="性别", type="choice", choices={"男": ("1", "男性"), "女": ("2", "Female")})
)
ALL = [
    read_text, read_name, read_id, read_id_number, read_uscc, read_mobile, read_postcode,
    read_money, read_integer, read_decimal, read_date, read_flag, CHOICE,
]  # fmt: skip


def judged(result):
    """Value and rule ids."""
    return (result.value, *result.rules) if isinstance(result, Doubt) else (result,)


@pytest.mark.parametrize("read", ALL)
@pytest.mark.parametrize("cell", ["", " ", "\u3000", None])
def test_a_blank_cell_is_nothing(read, cell):
    assert read(cell) is None


@pytest.mark.parametrize("read", ALL)
@pytest.mark.parametrize("cell", ["#N/A", "#REF!", " #DIV/0! ", "####"])
def test_an_error_is_an_error_in_every_column(read, cell):
    assert judged(read(cell)) == (None, "I111")


@pytest.mark.parametrize(
    ("read", "cell", "expected"),
    [
        (read_text, " 中山路1号 ", ("中山路1号",)),
        (read_text, 12.0, ("12",)),
        (read_text, 12.5, ("12.5",)),
        (read_text, True, ("TRUE",)),
        (read_text, dt.date(2026, 1, 5), ("2026-01-05",)),
        (read_text, "中山路\n1号", ("中山路 1号", "I129")),
        (read_text, "中山路\u200b1号\x1b[31m", ("中山路1号[31m", "I128")),
        (read_name, "王芳", ("王芳",)),
        (read_name, " 王　芳 ", ("王芳", "I127")),
        (read_name, "Ａｌｉ", ("Ali",)),
        (read_name, "欧阳 芳", ("欧阳 芳",)),
        (read_name, "买买提·艾力", ("买买提·艾力",)),
        (read_name, "王\u202e芳", ("王芳", "I128")),
        (read_name, "王 \u200b芳", ("王芳", "I128", "I127")),
        (read_name, "\u2f65凉", ("\u2f65凉",)),
        (read_id, "0012", ("0012",)),
        (read_id, "００１２", ("0012",)),
        (read_id, "'0012", ("0012",)),
        (read_id, '="0012"', ("0012",)),
        (read_id, "\t0012", ("0012",)),
        (read_id, "A-1", ("A-1",)),
        (read_id, "12\u200b3", ("123", "I128")),
        (read_id, 12.0, ("12",)),
        (read_id, 999999999999999.0, ("999999999999999",)),
        (read_id, 1.3010219600101123e17, (None, "I112")),
        (read_id, "1.30102E+17", (None, "I112")),
        (read_id, 12.5, (None, "I113")),
        (read_id, -3.0, (None, "I113")),
        (read_id, True, (None, "I113")),
        (read_id, float("nan"), (None, "I113")),
        (read_id, dt.date(2026, 1, 5), (None, "I113")),
        (read_id, "12\n13", (None, "I113")),
        (read_id_number, ID, (ID,)),
        (read_id_number, "11010519491231002x", ("11010519491231002X",)),
        (read_id_number, f"{ID[:6]} {ID[6:]}", (ID,)),
        (read_id_number, "130102600101123", ("130102600101123", "I115")),
        (read_id_number, "130102196001011000", ("130102196001011000", "I184")),
        (read_id_number, 1.3010219600101123e17, (None, "I112")),
        (read_uscc, "91350100m000100y43", ("91350100M000100Y43",)),
        (read_uscc, "91350100M000100Y44", ("91350100M000100Y44", "I116")),
        (read_mobile, "138 0013 8000", ("13800138000",)),
        (read_mobile, "+86-13800138000", ("13800138000",)),
        (read_mobile, 13800138000.0, ("13800138000",)),
        (read_mobile, "１３８００１３８０００", ("13800138000",)),
        (read_mobile, "14000138000", ("14000138000", "I180")),
        (read_mobile, "19200138000", ("19200138000",)),
        (read_mobile, "12000138000", ("12000138000", "I117")),
        (read_mobile, "0311-87654321", ("0311-87654321", "I117")),
        (read_postcode, "050000", ("050000",)),
        (read_postcode, "０５００００", ("050000",)),
        (read_postcode, 50000.0, ("050000", "I118")),
        (read_postcode, "50000", ("050000", "I118")),
        (read_postcode, "5000", (None, "I119")),
        (read_postcode, "无", (None, "I119")),
        (read_postcode, True, (None, "I119")),
        (read_money, "1,234.50", (123450,)),
        (read_money, "￥５元", (500,)),
        (read_money, "（12.00）", (-1200,)),
        (read_money, 0.1 + 0.2, (30,)),
        (read_money, 5, (500,)),
        (read_money, 1.005, (None, "I120")),
        (read_money, "12.50-", (-1250,)),
        (read_money, "-¥12.50", (-1250,)),
        (read_money, "\u221212.50", (-1250,)),
        (read_money, "(12.00)-", (None, "I120")),
        (read_money, "-12-", (None, "I120")),
        (read_money, "12.00贷", (None, "I120")),
        (read_money, "1e3", (None, "I120")),
        (read_money, "-", (None, "I120")),
        (read_money, True, (None, "I120")),
        (read_money, 1e18, (None, "I120")),
        (read_money, 1e26, (None, "I120")),
        (read_money, "9" * 40, (None, "I120")),
        (read_money, float("inf"), (None, "I120")),
        (read_integer, "1,234", (1234,)),
        (read_integer, 3.0, (3,)),
        (read_integer, 3.5, (None, "I121")),
        (read_integer, "三", (None, "I121")),
        (read_decimal, "1,234.50", ("1234.50",)),
        (read_decimal, 12.0, ("12",)),
        (read_decimal, -0.0, ("0",)),
        (read_decimal, 1e-7, ("0.0000001",)),
        (read_decimal, "x", (None, "I121")),
        (read_date, dt.datetime(2026, 1, 5, 10, 2), ("2026-01-05",)),  # noqa: DTZ001
        (read_date, "2026-1-5", ("2026-01-05",)),
        (read_date, "2026/1/5", ("2026-01-05",)),
        (read_date, "2026年1月5日", ("2026-01-05",)),
        (read_date, "2026.1.5", ("2026-01-05",)),
        (read_date, "2026 年 1 月 5 日", ("2026-01-05",)),
        (read_date, "26-1-5", (None, "I122")),
        (read_date, "20260105", ("2026-01-05",)),
        (read_date, 20260105.0, ("2026-01-05",)),
        (read_date, "2026-01-05 10:20:30", ("2026-01-05",)),
        (read_date, 46027.0, (None, "I122")),
        (read_date, "46027", (None, "I122")),
        (read_date, "2026-02-30", (None, "I122")),
        (read_date, "2026-1/5", (None, "I122")),
        (read_date, "0026-01-05", (None, "I122")),
        (read_date, dt.date(1899, 12, 31), (None, "I122")),
        (read_date, dt.time(0, 0), (None, "I122")),
        (read_flag, "是", (True,)),
        (read_flag, "Ｎ", (False,)),
        (read_flag, 1.0, (True,)),
        (read_flag, False, (False,)),
        (read_flag, "true", (True,)),
        (read_flag, "随便", (None, "I124")),
        (CHOICE, "男", ("男",)),
        (CHOICE, 2.0, ("女",)),
        (CHOICE, " 男 性 ", ("男",)),
        (CHOICE, "female", ("女",)),
        (CHOICE, "其他", (None, "I125")),
        (CHOICE, dt.date(2026, 1, 5), (None, "I125")),
    ],
)
def test_a_cell_is_read_by_the_type_of_its_field(read, cell, expected):
    result = judged(read(cell))

    assert result == expected
    assert type(result[0]) is type(expected[0])


@given(
    st.one_of(
        st.floats(-1e14, 1e14),
        st.integers(-(10**14), 10**14),
        st.decimals(places=2, min_value=-(10**9), max_value=10**9).map(float),
    )
)
def test_an_amount_is_what_money_says_it_is(number):
    try:
        expected = money.fen(number)
    except ValueError:
        expected = None
    if expected is not None and abs(expected) >= 10**15:  # more than anybody's account
        expected = None

    assert judged(read_money(number))[0] == expected


@given(st.integers(0, 10**15 - 1))
def test_a_whole_number_keeps_every_digit_as_an_id(number):
    assert read_id(float(number)) == str(number)


CELLS = st.one_of(
    st.text(),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.sampled_from(ALL), CELLS)
def test_no_cell_makes_a_reader_fail_and_no_text_keeps_what_cannot_be_seen(read, cell):
    value = judged(read(cell))[0]

    assert value is None or isinstance(value, str | int)
    assert not isinstance(value, str) or not any(c in value for c in "\x00\x1b\n\t\u200b\u202e\ufeff")


@given(
    st.sampled_from([read_text, read_name, read_id, read_mobile, read_postcode, read_date, read_decimal]),
    st.text(),
)
def test_reading_what_was_read_changes_nothing(read, cell):
    once = judged(read(cell))[0]

    assert judged(read(once))[0] == once
