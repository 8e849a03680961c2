"""Codes of bundles and bags: read back what was written, refuse what was not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.codes import ContainerCode, SheetCode, parse_container_code, parse_sheet_code, piece_number

MAILINGS = st.from_regex(r"[0-9A-Z][0-9A-Z-]{0,19}", fullmatch=True)


@given(MAILINGS, st.sampled_from("BD"), st.integers(1, 999_999_999))
def test_every_code_reads_back_and_is_no_sheet(mailing, kind, number):
    text = str(ContainerCode(mailing, kind, number))

    assert parse_container_code(text) == (mailing, kind, number)
    assert parse_sheet_code(text) is None


def test_one_wrong_digit_is_seen():
    text = str(ContainerCode("2026Q3", "B", 12))

    wrong = [text.replace("B12", f"B{n}") for n in (13, 21, 2, 112)] + [text.replace("/B", "/D")]

    assert [parse_container_code(w) for w in wrong] == [None] * len(wrong)


@pytest.mark.parametrize("text", ["", "YB1/2026Q3/B0/00", "YB1/2026Q3/B01/00", "YB1/2026Q3/X1/00", "B1"])
def test_what_is_no_code_is_none(text):
    assert parse_container_code(text) is None
    assert parse_container_code(str(SheetCode("2026Q3", piece_number(1), 0, 1, 2))) is None
