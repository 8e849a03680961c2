"""Who gives the workers of a cluster their tasks, looks who is still there, and counts what came of each."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic

from yibao_cli.errors import DependencyError, InternalError
from yibao_cli.i18n import _, language
from yibao_cli.jobs.workers.clusterwork import greet, release, serve
from yibao_cli.jobs.workers.pool import Desk, Failed, Job, Receipt, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from distributed import Client, Future

ANSWER = 5  # seconds within which a scheduler has to answer
_NOBODY = 30  # seconds that a job waits for a worker before it gives up
_LOOK = 0.5  # seconds between two looks at who is there
_AHEAD = 3  # receipts a worker, as in the local pool


class Foreman(Generic[Task, Receipt]):
    """Gives each worker of a cluster one task at a time, and looks who is still there."""

    def __init__(
        self, client: Client, work: Callable[[Task], Receipt], tasks: Iterable[Task], *, ordered: bool
    ) -> None:
        self._client = client
        self._work = work
        self._crew: dict[str, tuple[Future[Any], Job[Task]] | None] = {}
        self._run = uuid.uuid4().hex[:8]
        self._looked = 0.0
        self._desk = Desk[Task, Receipt](())
        self._look()
        self._desk = Desk[Task, Receipt](tasks, len(self._crew) * _AHEAD if ordered else 0)

    def results(self) -> Iterator[tuple[Task, Receipt]]:
        """Receipts as they come, until no task is left."""
        try:
            self._give()
            while busy := self._busy():
                self._wait(busy)
                self._give()
                for found in self._desk.ready():
                    yield found
                    self._give()
        finally:
            # A part that a worker has begun is ended there, and its receipt is not wanted.
            with suppress(Exception):
                self._client.cancel(self._busy())

    def _busy(self) -> list[Future[Any]]:
        return [found[0] for found in self._crew.values() if found]

    def _wait(self, busy: list[Future[Any]]) -> None:
        """Until something is done, but not long: a worker that died says nothing."""
        from distributed import wait  # noqa: PLC0415 - an extra
        from distributed.client import FuturesCancelledError  # noqa: PLC0415

        with suppress(TimeoutError, FuturesCancelledError):
            wait(busy, timeout=_LOOK, return_when="FIRST_COMPLETED")
        for address, found in list(self._crew.items()):
            if found and found[0].done():
                self._collect(address, *found)
        if time.monotonic() - self._looked > _LOOK:
            self._look()

    def _collect(self, address: str, future: Future[Any], job: Job[Task]) -> None:
        from distributed import CancelledError, KilledWorker  # noqa: PLC0415 - an extra

        self._crew[address] = None
        try:
            answer = future.result(timeout=ANSWER)
        except KilledWorker:
            self._desk.died(job)
            return
        except (CancelledError, TimeoutError, OSError) as error:
            self._require_scheduler(error)
            self._desk.died(job)
            return
        except Exception as error:
            raise InternalError(type(error).__name__) from error
        if isinstance(answer, Failed):
            raise answer.error
        self._desk.done(job, answer)

    def _give(self) -> None:
        for address in [address for address, found in self._crew.items() if not found]:
            job = self._desk.take()
            if job is None:
                return
            key = f"yibao-{self._run}-{job.index}-{job.tries}"
            future = self._client.submit(
                serve, self._work, job.task, language(), key=key, pure=False, workers=[address]
            )
            self._crew[address] = future, job

    def _look(self) -> None:
        """Greet who is new, and give what the dead had to others; wait a while when nobody is there."""
        deadline = time.monotonic() + _NOBODY
        while True:
            there = self._there()
            for address in self._crew.keys() - there:
                found = self._crew.pop(address)
                if found:
                    found[0].cancel()
                    self._desk.died(found[1])
            self._greet(there - self._crew.keys())
            self._looked = time.monotonic()
            if self._crew:
                return
            if self._looked > deadline:
                raise DependencyError(
                    _("the cluster has no worker"),
                    remedy=_("start some with `dask worker`; see docs/cluster.md"),
                )
            time.sleep(_LOOK)

    def _there(self) -> set[str]:
        """Addresses of the workers."""
        try:
            if self._client.status == "running":
                return set(self._client.nthreads())
        except (OSError, ValueError) as error:
            self._require_scheduler(error)
        self._require_scheduler(None)
        return set(self._crew)

    def _require_scheduler(self, error: Exception | None) -> None:
        deadline = time.monotonic() + ANSWER
        while self._client.status != "running":
            if self._client.status == "closed" or time.monotonic() > deadline:
                raise DependencyError(
                    _("the scheduler does not answer any more"),
                    remedy=_("start it again and run the same command: what is done is kept"),
                ) from error
            time.sleep(_LOOK)

    def _greet(self, addresses: set[str]) -> None:
        """Take on workers; DependencyError for one that runs other versions."""
        if not addresses:
            return
        try:
            answers = self._client.run(greet, release(), workers=sorted(addresses), on_error="return")
        except (OSError, ValueError) as error:
            self._require_scheduler(error)
            return  # gone again before it said a word: the next look will tell
        for address, answer in answers.items():
            if isinstance(answer, OSError):
                continue
            if answer != "":
                raise DependencyError(
                    _("worker {worker} cannot do this job: {reason}").format(
                        worker=address,
                        reason=_("other versions: {versions}").format(versions=answer)
                        if isinstance(answer, str)
                        else _("yibao is not installed there"),
                    ),
                    remedy=_("install the same versions everywhere; print files must come out the same"),
                )
            self._crew[address] = None
