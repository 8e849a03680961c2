"""Every command says which codes it can end with."""

from __future__ import annotations

import pytest
from typer.main import get_command

from yibao_cli.cli.exits import ALWAYS, MEANINGS, commands, exits_of
from yibao_cli.cli.main import app
from yibao_cli.errors import ExitCode
from yibao_cli.jobs.program.docs import command_helps


def test_every_command_is_declared_and_no_other():
    tree = {c.name.partition(" ")[2] for c in list(command_helps(get_command(app)))[1:]}

    assert commands() == tree


def test_every_code_has_words():
    assert set(MEANINGS) == set(ExitCode)


@pytest.mark.parametrize("command", sorted(commands()))
def test_a_command_repeats_no_code_of_every_command(command):
    own = exits_of(command)

    assert own == tuple(sorted(set(own)))
    assert not set(own) & set(ALWAYS)
