"""The last event of the audit trail, written down outside of the database.

A chain of hashes shows every change but a cut tail: for that somebody must remember how long it was. The file
trails the database by what a killed command wrote last, and never runs ahead of it.
Source: docs/decisions.md.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yibao_cli.errors import CheckFailed
from yibao_cli.i18n import _
from yibao_cli.store.audit import Head
from yibao_cli.store.files import atomic_file

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "audit.head"


def read_anchor(workspace: Path) -> Head | None:
    """The head that was written down; None where there is no file.

    Raises CheckFailed when the file holds anything else.
    """
    path = workspace / FILE_NAME
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Head(int(data["seq"]), str(data["hash"]))
    except (ValueError, KeyError, TypeError) as error:
        raise CheckFailed(
            _("this is not the head of an audit trail that yibao wrote"),
            where=FILE_NAME,
            remedy=_("restore the file from a backup, and find out who changed it"),
        ) from error


def write_anchor(workspace: Path, head: Head) -> None:
    """Write a head down; an earlier one than the file has changes nothing."""
    known = read_anchor(workspace)
    if known is None or known.seq < head.seq:
        with atomic_file(workspace / FILE_NAME, "w") as stream:
            json.dump({"seq": head.seq, "hash": head.hash}, stream)
