"""What the tests of the pages share."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def command_tree():
    # Imported when it is wanted: help texts are made at import, in the language of that moment, and other
    # rooms' tests may want another. Names and options, which are what is looked at here, have no language.
    from typer.main import get_command  # noqa: PLC0415

    from yibao_cli.cli.main import app  # noqa: PLC0415

    return get_command(app)
