"""The same work on a Dask cluster: a part in, a receipt out; what a dead worker had is done by another.

Every task is pinned to a worker and counted at our own `Desk`, so that a part that kills three workers is
told here as it is by the local pool, whatever the scheduler is set to.
"""

from __future__ import annotations

import logging
import re
import signal
import tempfile
import time
import uuid
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any, Generic

from yibao_cli.errors import DependencyError, InternalError, UsageError
from yibao_cli.i18n import _, language
from yibao_cli.jobs.workers.clusterwork import forget, greet, release, serve
from yibao_cli.jobs.workers.pool import Desk, Failed, Job, Receipt, Task, run_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from distributed import Client, Future

    from yibao_cli.jobs.workspace import Workspace

OFF = "off"  # no cluster, whatever the settings say
_LOCAL = re.compile(r"local:([1-9]\d{0,2})")
_REMOTE = re.compile(r"(tcp|tls)://[^\s/@]+:\d{1,5}")
_ANSWER = 5  # seconds within which a scheduler has to answer
_NOBODY = 30  # seconds that a job waits for a worker before it gives up
_LOOK = 0.5  # seconds between two looks at who is there
_AHEAD = 3  # receipts a worker, as in the local pool
# Nobody looks at the profile of a cluster that ends with the command.
_LIGHT = {"distributed.worker.profile.enabled": False, "distributed.admin.system-monitor.interval": "5s"}
_LOGGERS = ("distributed", "distributed.client", "tornado", "asyncio")


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does the work: processes here, or a cluster; shared: storage where both see the same files."""

    workers: int = 0
    address: str = ""
    shared: str = ""


def chosen_crew(workspace: Workspace, workers: int = 0, cluster: str = "") -> Crew:
    """The crew that the command line and the settings ask for; UsageError for an address that cannot be."""
    settings = workspace.settings
    address = cluster or settings.cluster.address
    if address == OFF:
        address = ""
    elif address and not (_LOCAL.fullmatch(address) or _REMOTE.fullmatch(address)):
        raise UsageError(
            _("{address} is no address of a cluster").format(address=address),
            remedy=_("use tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, local:2, or off"),
        )
    shared = settings.cluster.shared if address else ""
    if shared and "://" not in shared:
        shared = str(workspace.folder / shared)
    return Crew(workers or settings.render.workers, address, shared)


def run_crew(
    work: Callable[[Task], Receipt],
    tasks: Iterable[Task],
    crew: Crew,
    *,
    ordered: bool = False,
    leaving: str = "",
) -> Iterator[tuple[Task, Receipt]]:
    """`run_tasks` by a crew: the same work, the same receipts.

    leaving: the scratch that workers remove when all is done.
    Raises DependencyError when the cluster does not answer, has no worker left, or runs another version.
    """
    if not crew.address:
        yield from run_tasks(work, tasks, crew.workers, ordered=ordered)
        return
    with joined(crew.address) as client:
        try:
            yield from _Foreman(client, work, tasks, ordered=ordered).results()
        finally:
            if leaving:
                with suppress(Exception):
                    client.run(forget, leaving, on_error="ignore")


@contextmanager
def joined(address: str) -> Iterator[Client]:
    """A client of a scheduler, or of a cluster of this machine's own that ends with the block."""
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and 1.3 s
    except ImportError as error:
        raise DependencyError(
            _("the library for clusters is not installed"),
            remedy=_("install it with `pip install 'yibao-cli[cluster]'`"),
        ) from error
    for name in _LOGGERS:  # what matters is told by us; theirs would quote tasks
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with ExitStack() as stack:
        local = _LOCAL.fullmatch(address)
        target = stack.enter_context(_own_cluster(int(local[1]))) if local else address
        try:
            client = stack.enter_context(Client(target, timeout=_ANSWER))
        except (OSError, ValueError, RuntimeError, TypeError) as error:
            raise DependencyError(
                _("no scheduler answers at {address}").format(address=address),
                remedy=_("start it with `dask scheduler`, or leave out --cluster; see docs/cluster.md"),
            ) from error
        _require_same_scheduler(client)
        yield client


@contextmanager
def _own_cluster(workers: int) -> Iterator[Any]:
    """A cluster on the loopback, encrypted: whoever reached its scheduler could run anything as this user."""
    from dask import config  # noqa: PLC0415 - an extra
    from distributed import LocalCluster  # noqa: PLC0415

    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="yibao-cluster-"))
        stack.enter_context(config.set(_LIGHT))
        with _interrupts_later():
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host="127.0.0.1",
                security=True,
                dashboard_address=None,
                local_directory=folder,
                silence_logs=logging.CRITICAL + 1,
            )
        yield stack.enter_context(cluster)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Ctrl-C waits, and what is started meanwhile, threads and processes, never gets it: they end with us."""
    resource_tracker.ensure_running()  # whoever starts it lets the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _require_same_scheduler(client: Client) -> None:
    # It opens what it passes on.
    try:
        wrong: str = client.run_on_scheduler(greet, release())
    except Exception as error:
        raise DependencyError(
            _("the scheduler cannot run yibao"),
            remedy=_("install the same yibao-cli[cluster] for the scheduler and all workers"),
        ) from error
    if wrong:
        raise DependencyError(
            _("the scheduler has other versions than this machine: {versions}").format(versions=wrong),
            remedy=_("install the same versions everywhere; print files must come out the same"),
        )


class _Foreman(Generic[Task, Receipt]):
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
            answer = future.result(timeout=_ANSWER)
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
        deadline = time.monotonic() + _ANSWER
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
