"""Workers: one process a slot, a part in, a receipt out; a worker that dies costs one retry, not the job.

Why not the standard pools: one killed worker failed 34 of 40 futures of ProcessPoolExecutor and hung
multiprocessing.Pool (research/ecosystem.md section 5).
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from yibao_cli.errors import InternalError, YibaoError
from yibao_cli.i18n import _, language, use_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.process import BaseProcess

Task = TypeVar("Task")
Receipt = TypeVar("Receipt")

_TRIES = 3  # a part that kills three workers is poison


@dataclass(frozen=True)
class _Failed:
    """A worker's exception, on its way back."""

    error: BaseException


def run_tasks(
    work: Callable[[Task], Receipt], tasks: Sequence[Task], workers: int = 0
) -> Iterator[tuple[Task, Receipt]]:
    """Do every task in worker processes; yields (task, receipt) as they are done.

    work: a function of a module, given one task; tasks and receipts are small and can be pickled.
    workers: processes, 0 for one a processor; with one, everything happens here.

    Raises what a task raised, or InternalError when a task killed its worker three times.
    """
    count = min(workers or os.cpu_count() or 1, len(tasks))
    if count <= 1:
        for task in tasks:
            yield task, work(task)
        return
    supervisor = _Supervisor(work, tasks)
    try:
        for _slot in range(count):
            supervisor.start()
        yield from supervisor.results()
    finally:
        supervisor.stop()


class _Supervisor(Generic[Task, Receipt]):
    """Hands tasks to worker processes and takes their receipts."""

    def __init__(self, work: Callable[[Task], Receipt], tasks: Sequence[Task]) -> None:
        self._work = work
        self._waiting = deque((task, 1) for task in tasks)
        self._busy: dict[Connection, tuple[BaseProcess, tuple[Task, int] | None]] = {}
        self._context = multiprocessing.get_context("spawn")

    def start(self) -> None:
        """Start one worker and give it something to do."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._work, language()), daemon=True)
        process.start()
        theirs.close()
        self._busy[ours] = (process, None)
        self._give(ours)

    def results(self) -> Iterator[tuple[Task, Receipt]]:
        """Receipts as they come, until no task is left."""
        while any(job for _process, job in self._busy.values()):
            for ready in wait([c for c, (_p, job) in self._busy.items() if job]):
                connection = ready if isinstance(ready, Connection) else None
                if connection is None:
                    continue
                _process, job = self._busy[connection]
                if job is None:
                    continue
                receipt = self._receive(connection, job)
                if receipt is not None:
                    self._give(connection)
                    yield job[0], receipt

    def stop(self) -> None:
        """End all workers; a task under way is given up."""
        for connection, (process, _job) in self._busy.items():
            connection.close()
            process.terminate()
            process.join()
        self._busy.clear()

    def _give(self, connection: Connection) -> None:
        process, _done = self._busy[connection]
        job = self._waiting.popleft() if self._waiting else None
        self._busy[connection] = (process, job)
        if job is not None:
            connection.send(job[0])

    def _receive(self, connection: Connection, job: tuple[Task, int]) -> Receipt | None:
        try:
            answer: Any = connection.recv()
        except (EOFError, OSError):
            self._replace(connection, job)
            return None
        if isinstance(answer, _Failed):
            raise answer.error
        receipt: Receipt = answer
        return receipt

    def _replace(self, connection: Connection, job: tuple[Task, int]) -> None:
        """A worker died: try its task again in a new one."""
        process, _job = self._busy.pop(connection)
        process.join()
        connection.close()
        task, tries = job
        if tries >= _TRIES:
            raise InternalError(
                _("{task} killed its worker {tries} times").format(task=task, tries=tries),
                remedy=_("check the memory of the machine; run again with --workers 1 to see why"),
            )
        self._waiting.appendleft((task, tries + 1))
        self.start()


def _serve(connection: Connection, work: Callable[[Any], Any], speak: str) -> None:
    """A worker: tasks in, receipts out, until the pipe closes."""
    use_language(speak)
    try:
        while True:
            task = connection.recv()
            try:
                answer = work(task)
            except YibaoError as error:
                answer = _Failed(error)
            except Exception as error:  # noqa: BLE001 - carried to the supervisor, which raises it
                answer = _Failed(InternalError(f"{type(error).__name__} in a worker"))
            connection.send(answer)
    except (EOFError, OSError, KeyboardInterrupt):
        return
