"""The guards of these tests can fail: each is shown something that it must object to."""

from __future__ import annotations

import pytest
from e2e_chain import Result, goods, leftovers, made, pieces, said_cleanly


@pytest.mark.parametrize("field", ["name", "person_no", "id_number", "phone", "address"])
def test_personal_data_in_a_message_is_noticed(states, canaries, field):
    piece = next(p for p in pieces(states.at("merged")) if p["address"] in canaries.texts and p[field])
    result = Result(4, "", f"yibao: {piece[field]} is wrong\n")

    with pytest.raises(AssertionError):
        said_cleanly(result, canaries)


@pytest.mark.parametrize("trace", ["Traceback (most recent call last):\n", "ValueError: x\n", "\x1b[31m"])
def test_a_traceback_or_a_terminal_escape_in_a_message_is_noticed(canaries, trace):
    with pytest.raises(AssertionError):
        said_cleanly(Result(1, "", trace), canaries)


def test_one_changed_byte_and_one_temporary_file_are_noticed(at, states):
    workspace = at("rendered")
    control = made(workspace) / "print" / "part-0001.json"
    control.write_bytes(control.read_bytes() + b" ")
    (made(workspace) / "print" / "part-0001.pdf.12.tmp").touch()

    assert goods(workspace) != goods(states.at("rendered"))
    assert [p.name for p in leftovers(workspace)] == ["part-0001.pdf.12.tmp"]
