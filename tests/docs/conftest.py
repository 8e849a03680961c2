"""What the tests of the pages share."""

from __future__ import annotations

import pytest
import typer.main

from yibao_cli.cli.main import app


@pytest.fixture(scope="session")
def command_tree():
    return typer.main.get_command(app)
