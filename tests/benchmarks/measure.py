"""Processor time, wall time and memory of a benchmark."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass, field


def _cpu():
    spent = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(s.ru_utime + s.ru_stime for s in spent)


@dataclass
class Clock:
    """Processor and wall time since it was made, of this process and its finished children."""

    _cpu: float = field(default_factory=_cpu)
    _wall: float = field(default_factory=time.perf_counter)

    @property
    def cpu(self):
        return _cpu() - self._cpu

    @property
    def wall(self):
        return time.perf_counter() - self._wall


def peak_memory(*, alone=False):
    """Largest resident size of this process, or of any child too, so far, in MB."""
    who = (resource.RUSAGE_SELF,) if alone else (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    largest = max(resource.getrusage(w).ru_maxrss for w in who)
    return largest / (1024 if sys.platform != "darwin" else 1024 * 1024)
