"""Small text files that people hand to a command of ads: ads to check, scans, members who responded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import InputNotFound, InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.encoding import plain_lines

if TYPE_CHECKING:
    from pathlib import Path


def lines_of(path: Path) -> list[str]:
    """The lines of a text file.

    Raises InputNotFound where there is none, InputRefused where it is no plain text.
    """
    if not path.is_file():
        raise InputNotFound(_("there is no such file"), where=path.name, remedy=_("check the name"))
    try:
        lines = plain_lines(path)
    except InputRefused as error:
        raise _no_text(path) from error
    if any("\0" in line for line in lines):
        raise _no_text(path)
    return lines


def _no_text(path: Path) -> InputRefused:
    return InputRefused(_("this is no plain text"), where=path.name, remedy=_("save it as plain text"))
