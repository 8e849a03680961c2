"""A mailing for a press: the whole chain, once, and a file that somebody spoiled."""

from __future__ import annotations

import pikepdf
import pytest
from e2e_chain import TABLES, pdfs

from yibao_cli.render.press.checks import CHECKS, check_press


@pytest.fixture
def pressed(call, at):
    """A workspace whose print files are made for a press."""
    workspace = at("new")
    settings = workspace / "yibao.toml"
    words = settings.read_text(encoding="utf-8")
    settings.write_text(words.replace("[render]", '[render]\nprofile = "press"'), encoding="utf-8")
    for table in TABLES:
        assert call("-w", workspace, "import", table, workspace / "inbox" / f"{table}.xlsx").code in {0, 3}
    for step in (["address", "clean"], ["merge"], ["render", "--workers", "1"]):
        assert call("-w", workspace, *step).code in {0, 3}
    return workspace


def test_print_files_for_a_press_pass_the_named_checks_and_verify(call, pressed):
    verified = call("-w", pressed, "verify", "--workers", "1")

    assert verified.code == 0
    assert "0 differences" in verified.err
    assert f"passes {len(CHECKS)} named checks" in verified.err
    assert all(check_press(path) == [] for path in pdfs(pressed))

    spoiled = pdfs(pressed)[0]
    with pikepdf.open(spoiled, allow_overwriting_input=True) as pdf:
        del pdf.Root.OutputIntents
        pdf.save(spoiled)
    again = call("-w", pressed, "verify", "--workers", "1", "-f", "jsonl")
    assert again.code == 4
    assert '"what": "press"' in again.out
    assert "named checks" not in again.err
