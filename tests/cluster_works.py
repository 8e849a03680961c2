"""A Dask cluster of the tests' own, and works that its workers can import."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from yibao_cli.errors import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
_QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


# ------------------------------------------------------------------ what workers are asked to do


def double(number):
    """A harmless work."""
    return 2 * number


def refuse(_number):
    """A work that says no."""
    raise CheckFailed("not like this", where="here", remedy="otherwise")


def stumble(number):
    """A bug, whose text quotes data."""
    raise ValueError(f"secret {number}")


def die_on_three(number):
    """Poison: the third kills whoever takes it."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return double(number)


def die_once(task):
    """Kills its worker, unless the file that it leaves is there already."""
    number, trace = task
    if number == 3 and not Path(trace).exists():
        Path(trace).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return double(number)


# ------------------------------------------------------------------ the cluster


@dataclass(frozen=True)
class Dask:
    """A running scheduler with workers under nannies, as an operator starts them."""

    address: str
    processes: list[subprocess.Popen]
    folder: Path  # of the workers' scratch


def worker_pids(pid: int) -> list[int]:
    """The worker processes under a process that has nannies, which start them anew."""
    children = psutil.Process(pid).children()
    return [child.pid for child in children if "spawn_main" in " ".join(child.cmdline())]


@contextmanager
def dask_cluster(folder: Path, workers: int = 2) -> Iterator[Dask]:
    """A scheduler and workers on the loopback, whose scratch is in a folder."""
    port = _free_port()
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    env = {**os.environ, "PYTHONPATH": path}
    scheduler = [*_dask("scheduler"), "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = [*_dask("worker"), f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-dashboard"]
    worker += ["--host", "127.0.0.1", "--local-directory", str(folder)]
    processes = []
    try:
        processes += [
            subprocess.Popen(command, env=env, cwd=folder, start_new_session=True, **_QUIET)
            for command in [scheduler, *[worker] * workers]
        ]
        yield Dask(f"tcp://127.0.0.1:{port}", processes, folder)
    finally:
        for process in processes:  # a nanny and its worker are one group
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _dask(what: str) -> list[str]:
    return [sys.executable, "-m", f"distributed.cli.dask_{what}"]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
