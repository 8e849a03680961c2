"""One command as a child process: how long it took, and how much memory it and its workers had at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.25  # seconds at least between two looks at the tree
SHARE = 0.02  # of the time goes into looking at the most: the kernel counts page by page
_MB = 1 << 20


@dataclass(frozen=True)
class Spent:
    """Seconds, and MB at the peak: of the largest process, and of all processes at one moment.

    tree is 0 where the system has no /proc.
    """

    code: int
    wall: float
    cpu: float
    largest: float
    tree: float


def watched(command, log, **options):
    """Run a command to its end; what it says goes into the file `log`."""
    started = time.perf_counter()
    with Path(log).open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, **options)
        tree = _Tree(process.pid)
        tree.start()
        # Of the process and of its children that it waited for; the largest of them is exact.
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        tree.end()
    unit = _MB if sys.platform == "darwin" else 1024
    return Spent(
        process.returncode,
        time.perf_counter() - started,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / unit,
        tree.peak / _MB,
    )


class _Tree(threading.Thread):
    """Looks at a process and all below it, again and again; `peak` is the most they had at once, in bytes."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self._root, self._over, self.peak = root, threading.Event(), 0

    def run(self):
        pause = PAUSE
        while not self._over.wait(pause):
            started = time.thread_time()
            self.peak = max(self.peak, sum(map(_bytes, _family(self._root))))
            pause = max(PAUSE, (time.thread_time() - started) / SHARE)

    def end(self):
        self._over.set()
        self.join()


def _family(root):
    """A process and all below it."""
    found, rest = [], [root]
    while rest:
        one = rest.pop()
        found.append(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            rest += map(int, _text(children).split())
    return found


def _bytes(process):
    """What a process has for itself, with its share of what several have together."""
    for line in _text(f"/proc/{process}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _text(path):
    try:
        return Path(path).read_text(encoding="ascii")
    except OSError:  # it ended meanwhile
        return ""
