"""The scanner's loop: a line in, a mark for the eye and the ear out; from a pipe, data in and out."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, TextIO

from yibao_cli.cli.view import visible
from yibao_cli.i18n import _
from yibao_cli.jobs.scanning import ACCEPTED, REASON, SAID, UNDONE, Scan, outcome_word, reason_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yibao_cli.jobs.scanning import Station

_QUIT = {"q", "quit", "退出"}
# One beep: counted. Two: put it aside. The scanner's own beep says only that it has read something.
_BEEPS = {ACCEPTED: "\a", REASON: "", UNDONE: "\a", SAID: ""}
_REFUSED = "\a\a"
_STYLES = {ACCEPTED: "bold green", REASON: "green", UNDONE: "yellow", SAID: "", "duplicate": "bold yellow"}
_WRONG = "bold white on red"
_MARKS = {ACCEPTED: "✓", REASON: "·", UNDONE: "↶", SAID: " "}


def run_station(station: Station, lines: Iterable[str], *, shown: bool, out: TextIO) -> int:
    """Take every line; gives how many letters were refused.

    shown: to a person at a terminal, in colour and with beeps on stderr; otherwise a JSON object a line on
    `out`, flushed before the next line is read, so that a program can wait for each.
    """
    refused = 0
    if shown:
        _greet(station)
    for text in lines:
        if text.strip().lower() in _QUIT:
            break
        scan = station.take(text)
        refused += scan.is_refused
        if shown:
            _show(station, scan)
        elif text.strip():
            told = {k: v for k, v in asdict(scan).items() if k != "details"}
            out.write(json.dumps(told, ensure_ascii=False) + "\n")
            out.flush()
    return refused


def _greet(station: Station) -> None:
    sys.stderr.write(
        _("station {name}, mailing {mailing}, returned on {day}").format(
            name=visible(station.name), mailing=station.mailing, day=station.day
        )
        + "\n"
    )
    sys.stderr.write(reason_keys() + "\n")
    sys.stderr.write(_("scan a code, then key its reason; u takes back, c counts, q ends") + "\n")


def _show(station: Station, scan: Scan) -> None:
    from rich.console import Console
    from rich.text import Text

    sys.stderr.write(_BEEPS.get(scan.outcome, _REFUSED))
    mark = _MARKS.get(scan.outcome, "✗")
    number = station.counts[ACCEPTED]
    what = "" if scan.outcome == SAID else f"{outcome_word(scan.outcome)} {scan.piece} "
    line = f"{mark} {number:>5}  {what}{scan.text}" if scan.outcome != SAID else scan.text
    if line.strip():
        Console(stderr=True, highlight=False).print(Text(visible(line), _STYLES.get(scan.outcome, _WRONG)))
