"""Storage that the machines of a cluster share, by fsspec path; a file there is named by its SHA-256.

So what stands is not sent again, two senders of one file do no harm, and what comes back altered is seen.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from yibao_cli.errors import CheckFailed, DependencyError, OutputError, SettingsError, os_reason
from yibao_cli.i18n import _
from yibao_cli.store.files import atomic_file, private_folder, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Storage:
    """A folder of shared storage. url: fsspec URL or path, without any secret in it."""

    url: str

    def prepare(self, family: str) -> None:
        """Make the folder, and remove those beside it whose names begin with `family`."""
        with self._told():
            if self._is_local:
                private_folder(Path(self._folder))
            else:
                self._files.makedirs(self._folder, exist_ok=True)
            for other in self._files.ls(self._files._parent(self._folder), detail=False):  # noqa: SLF001 - fsspec has no other
                name = str(other).rstrip("/").rpartition("/")[2]
                if name.startswith(family) and name != self._folder.rpartition("/")[2]:
                    self._files.rm(other, recursive=True)

    def put(self, source: Path, digest: str) -> None:
        """Send a file, unless it stands there already; whole or not at all."""
        target, size = self._path(digest), source.stat().st_size
        with self._told(), source.open("rb") as stream:
            if self._size(target) == size:
                return
            # A name of its own: two machines may send the same file at the same time.
            passing = f"{target}.{uuid.uuid4().hex}.tmp"
            with self._writer(passing) as out:
                shutil.copyfileobj(stream, out, _CHUNK)
            self._files.mv(passing, target)

    def get(self, digest: str, target: Path) -> None:
        """Fetch a file to its place; CheckFailed when it is not there, or not what it was."""
        if target.is_file() and sha256_of(target) == digest:
            return
        with self._told(), self._opened(digest) as stream, atomic_file(target) as out:
            found = hashlib.sha256()
            while chunk := stream.read(_CHUNK):
                found.update(chunk)
                out.write(chunk)
            if found.hexdigest() != digest:
                raise CheckFailed(
                    _("a file on the shared storage is not what was sent"),
                    where=self.url,
                    remedy=_("remove that folder and run the command again"),
                )

    def drop(self, digest: str = "") -> None:
        """Remove a file, or the whole folder; what is not there is removed already."""
        with suppress(OSError):
            self._files.rm(self._path(digest) if digest else self._folder, recursive=not digest)

    @cached_property
    def _located(self) -> tuple[Any, str]:
        try:
            import fsspec  # noqa: PLC0415 - an extra

            files, path = fsspec.url_to_fs(self.url)
        except ImportError as error:
            raise DependencyError(
                _("the library for this storage is not installed"),
                where=self.url,
                remedy=_("install what fsspec wants for it, here and on the workers"),
            ) from error
        except ValueError as error:
            raise SettingsError(
                _("no storage is known by this URL"),
                where=self.url,
                remedy=_("set `shared` in [cluster] of yibao.toml to a path or a URL that fsspec knows"),
            ) from error
        return files, str(path)

    @property
    def _files(self) -> Any:
        return self._located[0]

    @property
    def _folder(self) -> str:
        return self._located[1]

    @property
    def _is_local(self) -> bool:
        return "file" in self._files.protocol

    def _path(self, digest: str) -> str:
        return f"{self._folder}/{digest}"

    def _size(self, path: str) -> int:
        try:
            return int(self._files.info(path)["size"])
        except FileNotFoundError:
            return -1

    @contextmanager
    def _writer(self, path: str) -> Iterator[IO[bytes]]:
        if self._is_local:
            with atomic_file(Path(path)) as stream:
                yield stream
            return
        with self._files.open(path, "wb") as stream:
            yield stream

    @contextmanager
    def _opened(self, digest: str) -> Iterator[IO[bytes]]:
        try:
            stream = self._files.open(self._path(digest), "rb")
        except FileNotFoundError as error:
            raise CheckFailed(
                _("worker {worker} does not see the shared storage").format(worker=platform.node()),
                where=self.url,
                remedy=_("make it the same storage on every machine; see docs/cluster.md"),
            ) from error
        with stream:
            yield stream

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                _("the shared storage cannot be used: {reason}").format(reason=os_reason(error)),
                where=self.url,
                remedy=_("check its address, rights and room, and run the command again"),
            ) from error


def storage_at(root: str, name: str, family: str) -> Storage:
    """A folder of the storage that the settings name.

    family: what the names of folders of the same mailing begin with; those that runs of another package of it
    left are removed. Raises SettingsError for a URL that bears a password.
    """
    if "://" in root and urlsplit(root).password:
        raise SettingsError(
            _("the URL of the shared storage bears a password"),
            remedy=_("keep it in fsspec's own settings on each machine; see docs/cluster.md"),
        )
    found = Storage(f"{root.rstrip('/')}/{name}")
    found.prepare(family)
    return found
