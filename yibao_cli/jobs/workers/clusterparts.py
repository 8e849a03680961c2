"""Parts of a package on a cluster: how its workers come by the files, and how what they made comes home.

Either they see the mailing's folder under its own path, or what they need is on shared storage. In both cases
a worker writes to a place of its own, and this machine, which holds the mailing's lock, puts what came into
its place after a look at its hash: a worker that was left behind by a killed run spoils nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import tempfile
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from yibao_cli.errors import CheckFailed, SettingsError, YibaoError
from yibao_cli.i18n import _
from yibao_cli.jobs.workers.cluster import Crew, run_crew
from yibao_cli.jobs.workers.clusterstorage import Storage, storage_at
from yibao_cli.jobs.workers.clusterwork import here, own_scratch
from yibao_cli.jobs.workspace import SCRATCH
from yibao_cli.sealed.keys import key_of
from yibao_cli.store.files import private_folder, sha256_of, sync_folder
from yibao_cli.store.packages import FOLDER, MANIFEST, Package, open_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class AboutPart(Protocol):
    """A task about a part of a package."""

    @property
    def folder(self) -> str:
        """The mailing's folder, as the worker has it."""

    @property
    def mailing(self) -> str:
        """The mailing."""

    @property
    def number(self) -> int:
        """The part."""

    @property
    def package_sha256(self) -> str:
        """Hash of the package."""

    def moved(self, folder: str, into: str) -> Self:
        """The same task, read from a folder, and written into another one."""


PartTask = TypeVar("PartTask", bound=AboutPart)
Receipt = TypeVar("Receipt")
Names = tuple[str, ...]
Files = tuple[tuple[str, str], ...]  # name inside the mailing's folder, SHA-256

_OPEN = "open"  # stands in a meeting place from its first moment to its last
_OF_PART = re.compile(r"(?:pieces|lines)-(\d+)\.parquet")


@dataclass(frozen=True)
class Trade(Generic[PartTask, Receipt]):
    """What is done with a part: the work, and which files of the mailing's folder it reads and makes."""

    work: Callable[[PartTask], Receipt]
    reads: Callable[[PartTask], Names] = lambda _task: ()
    makes: Callable[[PartTask], Names] = lambda _task: ()


@dataclass(frozen=True)
class Sent(Generic[Receipt]):
    """A receipt, and the files that a worker made; place: the folder's name, or "" for the storage."""

    receipt: Receipt
    place: str
    files: Files


def run_parts(
    trade: Trade[PartTask, Receipt], tasks: Sequence[PartTask], package: Package, crew: Crew
) -> Iterator[tuple[PartTask, Receipt]]:
    """Do the parts of a whole package by a crew; yields (task, receipt), when the files have come.

    Raises CheckFailed for a worker that sees other files than this machine.
    """
    if not (crew.address and tasks):
        yield from run_crew(trade.work, tasks, crew)
    elif crew.shared:
        yield from _over_storage(trade, tasks, package, crew)
    else:
        yield from _over_folder(trade, tasks, crew)


# ------------------------------------------------------------------ workers that see the mailing's folder


@dataclass(frozen=True)
class SeenFolder(Generic[PartTask, Receipt]):
    """Work on a worker that sees the mailing's folder under its path; meeting: a folder made for this run."""

    work: Callable[[PartTask], Receipt]
    makes: Callable[[PartTask], Names]
    meeting: str

    def __call__(self, task: PartTask) -> Sent[Receipt]:
        """Do a part into a folder of its own within the meeting place; nothing stays of a run that ended."""
        meeting = Path(self.meeting)
        _require_seen(task, meeting)
        into = meeting / uuid.uuid4().hex
        try:
            receipt = self.work(task.moved(task.folder, str(into)))
            files = tuple((name, sha256_of(into / name)) for name in self.makes(task))
        finally:
            _leave_if_over(meeting)
        return Sent(receipt, into.name, files)


def _leave_if_over(meeting: Path) -> None:
    """Remove a meeting place that the work made anew after the next run had swept it away."""
    if (meeting / _OPEN).exists():
        return
    shutil.rmtree(meeting, ignore_errors=True)
    with suppress(OSError):
        meeting.parent.rmdir()


def _over_folder(
    trade: Trade[PartTask, Receipt], tasks: Sequence[PartTask], crew: Crew
) -> Iterator[tuple[PartTask, Receipt]]:
    home = Path(tasks[0].folder)
    meeting = private_folder(home / SCRATCH / f"cluster-{secrets.token_hex(8)}")
    (meeting / _OPEN).touch(0o600)
    try:
        for task, sent in run_crew(SeenFolder(trade.work, trade.makes, str(meeting)), tasks, crew):
            for name, digest in sent.files:
                _bring_home(meeting / sent.place / name, home / name, digest)
            with suppress(OSError):
                shutil.rmtree(meeting / sent.place)
            yield task, sent.receipt
    finally:
        shutil.rmtree(meeting, ignore_errors=True)
        with suppress(OSError):
            (home / SCRATCH).rmdir()


def _bring_home(source: Path, target: Path, digest: str) -> None:
    if not source.is_file() or sha256_of(source) != digest:
        raise CheckFailed(
            _("{file}: what a worker made did not come back whole").format(file=target.name),
            where=str(source.parent),
            remedy=_("check the shared folder and run the command again"),
        )
    private_folder(target.parent)
    source.replace(target)
    sync_folder(target.parent)


def _require_seen(task: AboutPart, meeting: Path) -> None:
    """That this worker sees the same folder as the client, and package and part as they were frozen."""
    manifest = Path(task.folder) / FOLDER / MANIFEST
    remedy = _(
        "mount the same folder under the same path on every machine, or set `shared` in [cluster] of "
        "yibao.toml"
    )
    if not (meeting.is_dir() and manifest.is_file()):
        raise CheckFailed(
            _("worker {worker} does not see the mailing's folder").format(worker=here()),
            where=task.folder,
            remedy=remedy,
        )
    if sha256_of(manifest) != task.package_sha256 or _altered(task):
        raise CheckFailed(
            _("worker {worker} sees another package than this machine").format(worker=here()),
            where=task.folder,
            remedy=remedy,
        )


def _altered(task: AboutPart) -> bool:
    known = _known_files(task.folder, task.mailing, task.package_sha256)
    folder = Path(task.folder) / FOLDER
    wanted = [name for name in known if _part_of(name) == task.number]
    return any(not (folder / name).is_file() or sha256_of(folder / name) != known[name] for name in wanted)


@lru_cache(maxsize=4)
def _known_files(folder: str, mailing: str, _sha256: str) -> dict[str, str]:
    return open_package(Path(folder), mailing).manifest.files


def _part_of(name: str) -> int:
    """The part that a file of a package belongs to; 0 for those that all parts need."""
    found = _OF_PART.fullmatch(name)
    return int(found[1]) if found else 0


# ------------------------------------------------------------------ workers that see shared storage alone


@dataclass(frozen=True, slots=True)
class Errand(Generic[PartTask]):
    """A part for a worker that has nothing yet: what all parts need, and what this one does."""

    task: PartTask
    common: Files
    own: Files

    def __str__(self) -> str:
        return str(self.task)


@dataclass(frozen=True)
class Fetched(Generic[PartTask, Receipt]):
    """Work on a worker that fetches what it needs from the storage, and sends back what it made."""

    work: Callable[[PartTask], Receipt]
    makes: Callable[[PartTask], Names]
    url: str

    def __call__(self, errand: Errand[PartTask]) -> Sent[Receipt]:
        """Do a part in a private folder."""
        storage, task = Storage(self.url), errand.task
        folder = private_folder(own_scratch(self.url.rpartition("/")[2]))
        into = Path(tempfile.mkdtemp(dir=folder))
        try:
            for name, digest in (*errand.common, *errand.own):
                storage.get(digest, folder / name)
            receipt = self.work(task.moved(str(folder), str(into)))
            made = tuple((name, sha256_of(into / name)) for name in self.makes(task))
            for name, digest in made:
                storage.put(into / name, digest)
        finally:
            shutil.rmtree(into, ignore_errors=True)
            for name, _digest in errand.own:
                (folder / name).unlink(missing_ok=True)
        return Sent(receipt, "", made)


def _over_storage(
    trade: Trade[PartTask, Receipt], tasks: Sequence[PartTask], package: Package, crew: Crew
) -> Iterator[tuple[PartTask, Receipt]]:
    home = Path(tasks[0].folder)
    if key_of(home / FOLDER) is not None:
        raise SettingsError(
            _("an encrypted workspace does not go over shared storage: its workers would have no key"),
            remedy=_("let the workers see the workspace under its own path, without `shared` in [cluster]"),
        )
    # Two clients may have a mailing of the same name.
    family = f"{hashlib.sha256(str(home).encode()).hexdigest()[:8]}-{tasks[0].mailing}-"
    name = f"{family}{tasks[0].package_sha256[:16]}"
    with _kept_clean(storage_at(crew.shared, name, family)) as storage:
        errands = _errands(trade, tasks, package, storage)
        work = Fetched[Any, Any](trade.work, trade.makes, storage.url)
        for errand, sent in run_crew(work, errands, crew, leaving=name):
            for made, digest in sent.files:
                storage.get(digest, home / made)
                storage.drop(digest)
            yield errand.task, sent.receipt


@contextmanager
def _kept_clean(storage: Storage) -> Iterator[Storage]:
    """The storage, empty at the end; what an interrupted run sent is used by the next one."""
    try:
        yield storage
    except YibaoError:
        storage.drop()
        raise
    storage.drop()


def _errands(
    trade: Trade[PartTask, Receipt], tasks: Sequence[PartTask], package: Package, storage: Storage
) -> Iterator[Errand[PartTask]]:
    """The parts, each when it is asked for and what it needs is on the storage."""
    home, known = Path(tasks[0].folder), package.manifest.files
    # The first part's pieces tell the columns of all.
    everybody = {n: d for n, d in known.items() if _part_of(n) == 0 or n == "pieces-0001.parquet"}
    everybody[MANIFEST] = tasks[0].package_sha256
    common = tuple((f"{FOLDER}/{name}", digest) for name, digest in everybody.items())
    _send(storage, home, common)
    for task in tasks:
        mine = [n for n in known if _part_of(n) == task.number and n not in everybody]
        own = [(f"{FOLDER}/{name}", known[name]) for name in mine]
        own += [(n, sha256_of(home / n)) for n in trade.reads(task) if (home / n).is_file()]
        _send(storage, home, own)
        yield Errand(task, common, tuple(own))


def _send(storage: Storage, home: Path, files: Sequence[tuple[str, str]]) -> None:
    for name, digest in files:
        storage.put(home / name, digest)
