"""Write the pages of docs/ that are made from the code, and what help shows of the sessions in them.

`python -m yibao_cli.cli.docs docs yibao_cli/cli/examples.json`
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from yibao_cli.cli.exits import exits_of
from yibao_cli.cli.main import app
from yibao_cli.errors import ExitCode, YibaoError
from yibao_cli.i18n import _
from yibao_cli.jobs.program.docs import write_examples, write_pages

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Write the pages into the folder given, and the examples into the file; returns the exit code."""
    if len(arguments) != 2:  # noqa: PLR2004 - FOLDER and FILE
        sys.stderr.write(_("usage: python -m yibao_cli.cli.docs FOLDER FILE") + "\n")
        return ExitCode.USAGE
    folder, examples = map(Path, arguments)
    tree = typer.main.get_command(app)
    try:
        written = [*write_pages(tree, folder, exits_of), examples]
        write_examples(tree, folder, examples)
    except YibaoError as error:
        sys.stderr.write(f"yibao: {error}\n")
        return int(error.exit_code)
    for path in written:
        sys.stderr.write(f"{path}\n")
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
