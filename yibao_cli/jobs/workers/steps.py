"""One command as a process of its own: what it said, how it ended, within a time limit."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import ExitCode
from yibao_cli.i18n import language

if TYPE_CHECKING:
    from collections.abc import Sequence

_GRACE = 30.0  # seconds that a command has to sweep up after it was told to end
_MESSAGES = 200  # of one command; findings are in its own workbook


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: words, exit code, seconds, messages of `--log-json`, and if its time ran out."""

    command: str
    code: int
    seconds: float
    messages: tuple[dict[str, Any], ...] = ()
    late: bool = False


def run_step(words: Sequence[str], manner: Sequence[str], limit: float | None = None) -> Ended:
    """Run `yibao WORDS` in a process of its own, so that what it takes or breaks ends with it.

    manner: global options, such as the workspace. limit: seconds after which it is told to end; None for
    never. An interrupt here ends the command first.
    """
    started = time.monotonic()
    command = [sys.executable, "-m", "yibao_cli", "--lang", language(), "--log-json", *manner, *words]
    process = subprocess.Popen(  # noqa: S603 - our own program, with words from a closed list
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    late = False
    try:
        said = process.communicate(timeout=limit)[1]
    except subprocess.TimeoutExpired:
        late = True
        said = _end(process)
    except BaseException:
        _end(process)
        raise
    messages = tuple(_messages(said.decode("utf-8", "replace")))
    code = process.returncode
    return Ended(
        " ".join(words),
        code if code >= 0 else 128 - code,
        round(time.monotonic() - started, 1),
        messages[:_MESSAGES],
        late,
    )


def _end(process: subprocess.Popen[bytes]) -> bytes:
    """Tell a command to end, and make it end; returns what it said."""
    process.terminate()
    try:
        return process.communicate(timeout=_GRACE)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1]


def _messages(said: str) -> list[dict[str, Any]]:
    """The messages among what was said; of a line that is none of ours no word is kept: it may quote data."""
    found: list[dict[str, Any]] = []
    for line in said.splitlines():
        message: object = None
        with contextlib.suppress(ValueError):
            message = json.loads(line)
        if isinstance(message, dict) and "type" in message:
            found.append(message)
        elif line.strip():
            found.append({"type": "other", "exit": int(ExitCode.BUG)})
    return found
