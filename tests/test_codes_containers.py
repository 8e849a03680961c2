"""Codes of bundles and bags: another program reads back what was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from label_codes import container_code
from yibao_cli.codes import ContainerCode, parse_sheet_code

MAILINGS = st.from_regex(r"[0-9A-Z][0-9A-Z-]{0,19}", fullmatch=True)


@given(MAILINGS, st.sampled_from("BD"), st.integers(1, 999_999_999))
def test_every_code_reads_back_and_is_no_sheet(mailing, kind, number):
    text = str(ContainerCode(mailing, kind, number))

    assert container_code(text) == (mailing, kind, number)
    assert mod_97_10.is_valid(text.replace("/", "").replace("-", ""))
    assert parse_sheet_code(text) is None


def test_one_wrong_digit_is_seen():
    text = str(ContainerCode("2026Q3", "B", 12))

    wrong = [text.replace("B12", f"B{n}") for n in (13, 21, 2, 112)] + [text.replace("/B", "/D")]

    assert [w for w in wrong if mod_97_10.is_valid(w.replace("/", ""))] == []
