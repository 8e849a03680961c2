"""Write the pages of docs/ that are made from the code: `python -m yibao_cli.cli.docs docs`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from yibao_cli.cli.exits import exits_of
from yibao_cli.cli.main import app
from yibao_cli.errors import ExitCode, YibaoError
from yibao_cli.i18n import _
from yibao_cli.jobs.program.docs import write_pages

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Write the pages into the folder given; returns the exit code."""
    if len(arguments) != 1:
        sys.stderr.write(_("usage: python -m yibao_cli.cli.docs FOLDER") + "\n")
        return ExitCode.USAGE
    try:
        written = write_pages(typer.main.get_command(app), Path(arguments[0]), exits_of)
    except YibaoError as error:
        sys.stderr.write(f"yibao: {error}\n")
        return int(error.exit_code)
    for path in written:
        sys.stderr.write(f"{path}\n")
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
