"""Global options that cannot be."""

from __future__ import annotations

from yibao_cli.__main__ import run


def test_a_language_there_is_not_is_a_wrong_command_line(capsys):
    code = run(["--lang", "xx", "status"])

    assert code == 2
    assert "zh" in capsys.readouterr().err
