"""Small text files that people hand to a command of ads: ads to check, scans, members who responded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import InputNotFound, InputRefused
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from pathlib import Path


def lines_of(path: Path) -> list[str]:
    """The lines of a UTF-8 file, with or without BOM.

    Raises InputNotFound where there is none, InputRefused where it is no such text.
    """
    if not path.is_file():
        raise InputNotFound(_("there is no such file"), where=path.name, remedy=_("check the name"))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(path) from error
    if "\0" in text:
        raise _no_text(path)
    return text.splitlines()


def _no_text(path: Path) -> InputRefused:
    return InputRefused(_("it is no UTF-8 text"), where=path.name, remedy=_("save it as UTF-8"))
