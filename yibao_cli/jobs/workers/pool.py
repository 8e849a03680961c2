"""Workers: one process a slot, a part in, a receipt out; a worker that dies costs one retry, not the job.

Why not the standard pools: one killed worker failed 34 of 40 futures of ProcessPoolExecutor and hung
multiprocessing.Pool (docs/decisions.md). What is to do and what is done stands on a `Desk`,
which the cluster (jobs/workers/cluster.py) works from as well.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from yibao_cli.errors import InternalError, YibaoError
from yibao_cli.i18n import _, language, use_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.process import BaseProcess

Task = TypeVar("Task")
Receipt = TypeVar("Receipt")

_TRIES = 3  # a part that kills three workers is poison
_AHEAD = 3  # receipts for each worker that may wait for an earlier one, where order counts


@dataclass(frozen=True)
class Failed:
    """A worker's exception, on its way back."""

    error: BaseException


@dataclass(frozen=True)
class Job(Generic[Task]):
    """A task as it is handed out: its place among all, and for how many times it is tried."""

    index: int
    task: Task
    tries: int = 1


class Desk(Generic[Task, Receipt]):
    """Tasks to do, taken from their source as they are wanted, and receipts to hand on.

    ahead: 0 hands receipts on as they come; else in the order of the tasks, and no task is handed out while
    this many receipts wait for an earlier one, so that memory does not grow with the job.
    """

    def __init__(self, tasks: Iterable[Task], ahead: int = 0) -> None:
        self._tasks = enumerate(tasks)
        self._again: deque[Job[Task]] = deque()
        self._done: dict[int, tuple[Task, Receipt]] = {}
        self._ahead = ahead
        self._next = 0

    def take(self) -> Job[Task] | None:
        """A task to do; None when there is none now."""
        if self._again:
            return self._again.popleft()
        if self._ahead and len(self._done) >= self._ahead:
            return None
        found = next(self._tasks, None)
        return Job(*found) if found else None

    def died(self, job: Job[Task]) -> None:
        """The worker of a job died: it is tried again; InternalError when it killed three."""
        if job.tries >= _TRIES:
            raise InternalError(
                _("{task} killed its worker {tries} times").format(task=job.task, tries=job.tries),
                remedy=_("check the memory of the machine; run again with --workers 1 to see why"),
            )
        self._again.append(Job(job.index, job.task, job.tries + 1))

    def done(self, job: Job[Task], receipt: Receipt) -> None:
        """A job is done."""
        self._done[job.index] = job.task, receipt

    def ready(self) -> Iterator[tuple[Task, Receipt]]:
        """The receipts that can be handed on now."""
        if not self._ahead:
            while self._done:
                yield self._done.pop(next(iter(self._done)))
        while self._next in self._done:
            self._next += 1
            yield self._done.pop(self._next - 1)


def run_tasks(
    work: Callable[[Task], Receipt], tasks: Iterable[Task], workers: int = 0, *, ordered: bool = False
) -> Iterator[tuple[Task, Receipt]]:
    """Do every task in worker processes; yields (task, receipt) as they are done.

    work: a function of a module, given one task; tasks and receipts are small and can be pickled.
    tasks: taken as they are wanted. workers: processes, 0 for one a processor; with one, everything happens
    here. ordered: yields in the order of the tasks.

    Raises what a task raised, or InternalError when a task killed its worker three times.
    """
    source = iter(tasks)
    first = list(islice(source, workers or os.cpu_count() or 1))
    count, all_tasks = len(first), chain(first, source)
    if count <= 1:
        for task in all_tasks:
            yield task, work(task)
        return
    supervisor = _Supervisor(work, Desk[Task, Receipt](all_tasks, count * _AHEAD if ordered else 0))
    try:
        for _slot in range(count):
            supervisor.start()
        yield from supervisor.results()
    finally:
        supervisor.stop()


class _Supervisor(Generic[Task, Receipt]):
    """Hands tasks to worker processes and takes their receipts."""

    def __init__(self, work: Callable[[Task], Receipt], desk: Desk[Task, Receipt]) -> None:
        self._work = work
        self._desk = desk
        self._crew: dict[Connection, tuple[BaseProcess, Job[Task] | None]] = {}
        self._context = multiprocessing.get_context("spawn")

    def start(self) -> None:
        """Start one worker and give it something to do."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._work, language()), daemon=True)
        process.start()
        theirs.close()
        self._crew[ours] = (process, None)
        self._give(ours)

    def results(self) -> Iterator[tuple[Task, Receipt]]:
        """Receipts as they come, until no task is left."""
        while busy := [c for c, (_process, job) in self._crew.items() if job]:
            for ready in wait(busy):
                if not isinstance(ready, int):  # a pipe, which has another class on Windows
                    self._receive(ready)  # type: ignore[arg-type]  # it came out of our own crew
            self._give_to_idle()
            for found in self._desk.ready():
                yield found
                self._give_to_idle()

    def stop(self) -> None:
        """End all workers; a task under way is given up."""
        for connection, (process, _job) in self._crew.items():
            connection.close()
            process.terminate()
            process.join()
        self._crew.clear()

    def _give_to_idle(self) -> None:
        for connection in [c for c, (_process, job) in self._crew.items() if job is None]:
            self._give(connection)

    def _give(self, connection: Connection) -> None:
        process, _done = self._crew[connection]
        job = self._desk.take()
        self._crew[connection] = (process, job)
        if job is not None:
            # Of a worker that died while it was idle, the pipe's end is received next.
            with suppress(OSError):
                connection.send(job.task)

    def _receive(self, connection: Connection) -> None:
        process, job = self._crew[connection]
        assert job is not None
        try:
            answer: Any = connection.recv()
        except (EOFError, OSError):
            self._replace(connection)
            return
        if isinstance(answer, Failed):
            raise answer.error
        self._desk.done(job, answer)
        self._crew[connection] = (process, None)

    def _replace(self, connection: Connection) -> None:
        """A worker died: try its task again in a new one."""
        process, job = self._crew.pop(connection)
        process.join()
        connection.close()
        assert job is not None
        self._desk.died(job)
        self.start()


def attempt(work: Callable[[Any], Any], task: Any) -> Any:
    """Do a task in a worker: its receipt, or what went wrong, fit to be carried back."""
    try:
        return work(task)
    except YibaoError as error:
        return Failed(error)
    except Exception as error:  # noqa: BLE001 - carried to the supervisor, which raises it
        failed = InternalError(f"{type(error).__name__} in a worker")
        failed.__cause__ = error
        return Failed(failed)


def _serve(connection: Connection, work: Callable[[Any], Any], speak: str) -> None:
    """A worker: tasks in, receipts out, until the pipe closes."""
    use_language(speak)
    try:
        while True:
            task = connection.recv()
            answer = attempt(work, task)
            if isinstance(answer, Failed) and isinstance(answer.error.__cause__, MemoryError):
                return  # as if it had been killed for its memory: a new process tries again with empty hands
            connection.send(answer)
    except (EOFError, OSError, KeyboardInterrupt):
        return
