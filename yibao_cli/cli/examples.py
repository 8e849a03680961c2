"""What the example of a command says, for its help: a few lines of what a session of docs/ had.

`examples.json` holds them by language and by the line that is typed. `make docs-data` makes it from the
sessions, which the tests type again, so that help shows nothing that the program does not say.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from yibao_cli.i18n import language

FILE_NAME = "examples.json"
_HOME = "en"


def said(line: str) -> list[str]:
    """What the line of an example says, in the reader's language; [] where no session has it."""
    told = _told()
    return told.get(language(), {}).get(line) or told.get(_HOME, {}).get(line, [])


@cache
def _told() -> dict[str, dict[str, list[str]]]:
    # Help must not fail for want of an illustration.
    try:
        found: dict[str, dict[str, list[str]]] = json.loads(
            Path(__file__).with_name(FILE_NAME).read_text(encoding="utf-8")
        )
    except (OSError, ValueError):
        return {}
    return found
