"""Entry: `yibao` and `python -m yibao_cli`.

The language is chosen before anything that speaks is imported, because help texts are made at import.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from yibao_cli.i18n import LANGUAGES, preferred_language, use_language

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _prepare_streams()
    use_language(_wanted_language(arguments))
    from yibao_cli.cli.main import main  # noqa: PLC0415 - after the language is known

    return main(arguments)


def _prepare_streams() -> None:
    """Make stdin, stdout and stderr usable whatever cron left of them, and stdout UTF-8 for programs."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # The lowest free number is the closed stream's own; else the database might get it, and a
            # stray message would be written into it.
            stand_in = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(stand_in, mode, encoding="utf-8"))
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal keeps its own encoding; names that it cannot show must not end the run.
        encoding = None if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="replace")


def _wanted_language(arguments: Sequence[str]) -> str:
    wanted = ""
    for i, argument in enumerate(arguments):
        value = argument.partition("=")[2] if argument.startswith("--lang=") else ""
        if argument == "--lang" and i + 1 < len(arguments):
            value = arguments[i + 1]
        # The last one counts, as Typer has it: an alias may have named another before.
        wanted = value if value in LANGUAGES else wanted
    return wanted or preferred_language()


if __name__ == "__main__":
    sys.exit(run())
