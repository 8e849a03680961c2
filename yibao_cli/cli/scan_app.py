"""The scanner's loop: a line in, a mark for the eye and the ear out; from a pipe, data in and out."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, TextIO

from yibao_cli.cli.terminal import visible
from yibao_cli.jobs.returns.stations import ACCEPTED, REASON, SAID, SIGNER, UNDONE, outcome_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yibao_cli.jobs.returns.stations import Scanned, ScanSession

_QUIT = {"q", "quit", "退出"}
# One beep: counted. Two: put it aside. The scanner's own beep says only that it has read something.
_BEEPS = {ACCEPTED: "\a", REASON: "", SIGNER: "", UNDONE: "\a", SAID: ""}
_REFUSED = "\a\a"
_STYLES = {
    ACCEPTED: "bold green",
    REASON: "green",
    SIGNER: "green",
    UNDONE: "yellow",
    SAID: "",
    "duplicate": "bold yellow",
}
_WRONG = "bold white on red"
_MARKS = {ACCEPTED: "✓", REASON: "·", SIGNER: "·", UNDONE: "↶", SAID: " "}


def run_station(station: ScanSession, lines: Iterable[str], *, shown: bool, out: TextIO) -> int:
    """Take every line; gives how many of them were refused.

    shown: to a person at a terminal, in colour and with beeps on stderr; otherwise a JSON object a line on
    `out`, flushed before the next line is read, so that a program can wait for each.
    """
    refused = 0
    if shown:
        sys.stderr.writelines(visible(line) + "\n" for line in station.greeting())
    for text in lines:
        if text.strip().lower() in _QUIT:
            break
        scan = station.take(text)
        refused += scan.is_refused
        if shown:
            _show(station, scan)
        elif text.strip():
            out.write(json.dumps(scan.plain(), ensure_ascii=False) + "\n")
            out.flush()
    return refused


def _show(station: ScanSession, scan: Scanned) -> None:
    from rich.console import Console
    from rich.text import Text

    sys.stderr.write(_BEEPS.get(scan.outcome, _REFUSED))
    mark = _MARKS.get(scan.outcome, "✗")
    number = station.counts[ACCEPTED]
    what = "" if scan.outcome == SAID else f"{outcome_word(scan.outcome)} {scan.what} "
    line = f"{mark} {number:>5}  {what}{scan.text}" if scan.outcome != SAID else scan.text
    if line.strip():
        Console(stderr=True, highlight=False).print(Text(visible(line), _STYLES.get(scan.outcome, _WRONG)))
