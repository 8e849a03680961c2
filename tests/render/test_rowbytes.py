"""Texts of many rows at once, as matrices of bytes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.money import yuan
from yibao_cli.render.rowbytes import NEGATIVE, beside, characters, field, strings, yuan_field

FEN = st.integers(-(10**15) + 1, 10**15 - 1) | st.integers(-200, 200)
WORDS = st.lists(st.text("abc 0.", max_size=6), min_size=1, max_size=8)


@given(st.lists(FEN, min_size=1, max_size=20))
def test_amounts_are_written_as_everywhere_else(amounts):
    texts, kinds = yuan_field(np.array([amounts]).T)

    assert strings(texts) == list(map(yuan, amounts))
    assert kinds.ravel().tolist() == [
        max(len(str(abs(a))), 3) + (NEGATIVE if a < 0 else 0) for a in amounts
    ]  # what is of one kind is equally long
    assert set(characters(texts)) == set("".join(map(yuan, amounts)))


@given(WORDS, WORDS)
def test_what_stands_beside_another_is_joined_row_by_row(left, right):
    both = list(zip(left, right, strict=False))
    fields = [field([one for one, _other in both]), field([other for _one, other in both])]

    assert strings(beside((len(both),), fields)) == ["".join(pair) for pair in both]


def test_one_row_stands_in_all_and_no_rows_are_no_strings():
    assert strings(beside((2,), [field(["q "]), field(["1", "22"])])) == ["q 1", "q 22"]
    assert strings(beside((0,), [field(["q "]), np.zeros((0, 3), np.uint8)])) == []
    assert characters(np.zeros((2, 0), np.uint8)) == ""


def test_a_row_that_was_blanked_is_an_empty_string():
    rows = field(["one", "two"])
    rows = rows.copy()
    rows[0] = 0

    assert strings(rows) == ["", "two"]
