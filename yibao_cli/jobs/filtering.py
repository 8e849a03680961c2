"""Addresses as a filter: one a line in, one JSON object a line out."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from yibao_cli.address import examine
from yibao_cli.errors import InputNotFound
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable


def parse_lines(source: str) -> None:
    """Parse every line of a file, or of stdin (`-`), to stdout, in order."""
    if source == "-":
        _write(_lines(sys.stdin.buffer))
        return
    try:
        with Path(source).open("rb") as stream:
            _write(_lines(stream))
    except OSError as error:
        raise InputNotFound(
            _("there is no such file"), where=source, remedy=_("check the name and the folder")
        ) from error


def _lines(stream: Iterable[bytes]) -> Iterable[str]:
    # Bytes that are no UTF-8 become a visible replacement, and the address its verdict.
    return (line.decode("utf-8-sig", "replace").rstrip("\r\n") for line in stream)


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        address, verdict = examine(line)
        record = {**asdict(address), "verdict": verdict.verdict, "reasons": verdict.rule_ids}
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
