"""The same work on a Dask cluster: a part in, a receipt out; what a dead worker had is done by another.

Every task is pinned to a worker and counted at our own `Desk`, so that a part that kills three workers is
told here as it is by the local pool, whatever the scheduler is set to.
"""

from __future__ import annotations

import logging
import re
import signal
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import DependencyError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.workers.clusterwork import forget, greet, release
from yibao_cli.jobs.workers.foreman import ANSWER, Foreman
from yibao_cli.jobs.workers.pool import run_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from distributed import Client

    from yibao_cli.jobs.workers.pool import Receipt, Task
    from yibao_cli.jobs.workspace import Workspace

OFF = "off"  # no cluster, whatever the settings say
_LOCAL = re.compile(r"local:([1-9]\d{0,2})")
_REMOTE = re.compile(r"(tcp|tls)://[^\s/@]+:\d{1,5}")
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
            yield from Foreman(client, work, tasks, ordered=ordered).results()
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
            client = stack.enter_context(Client(target, timeout=ANSWER))
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
