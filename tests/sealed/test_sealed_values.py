"""Sealed values say what was put in, to the right key and in the right column, and nothing to anybody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.errors import CheckFailed
from yibao_cli.sealed.keys import Key, new_key
from yibao_cli.sealed.values import FINDABLE, RANDOM, ValueSealer

TEXTS = st.text(st.characters(codec=None), max_size=200)
SEALER = ValueSealer(Key(bytes(range(32))))


@given(value=TEXTS, findable=st.booleans())
def test_what_was_sealed_is_opened_again(value, findable):
    stored = SEALER.seal(value, "address", findable=findable)

    assert SEALER.open(stored, "address") == value
    assert stored.isascii()
    assert stored == "" if value == "" else stored.startswith(FINDABLE if findable else RANDOM)


def test_only_what_is_to_be_found_is_sealed_alike_twice():
    findable = {SEALER.seal("中山路188号", "address", findable=True) for _ in range(9)}
    others = {SEALER.seal("中山路188号", "address", findable=False) for _ in range(9)}

    assert (len(findable), len(others)) == (1, 9)


@pytest.mark.parametrize("findable", [True, False])
def test_another_column_another_key_and_another_mark_open_nothing(findable):
    stored = SEALER.seal("中山路188号", "address", findable=findable)
    turned = (RANDOM if findable else FINDABLE) + stored[len(FINDABLE) :]

    for sealer, domain, value in (
        (SEALER, "member", stored),
        (ValueSealer(new_key()), "address", stored),
        (SEALER, "address", turned),
        (SEALER, "address", "中山路188号"),
        (SEALER, "address", FINDABLE),
        (SEALER, "address", f"{RANDOM}AAAA"),
        (SEALER, "address", f"{RANDOM}no base64!"),
    ):
        with pytest.raises(CheckFailed) as told:
            sealer.open(value, domain)
        assert "中山路" not in str(told.value)


@pytest.mark.parametrize("findable", [True, False])
def test_one_character_changed_anywhere_is_told(findable):
    stored = SEALER.seal("中山路188号", "address", findable=findable)

    for at in range(len(stored) - 2):  # the last may stand for bits that say nothing
        changed = stored[:at] + ("A" if stored[at] != "A" else "B") + stored[at + 1 :]
        with pytest.raises(CheckFailed):
            SEALER.open(changed, "address")
