"""Files of a workspace, sealed where it has a key: opened, read whole, written."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from yibao_cli.errors import CheckFailed
from yibao_cli.i18n import _
from yibao_cli.sealed.keys import key_of
from yibao_cli.sealed.stream import CHUNK, HEADER, Opener, Sealer, key_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.sealed.keys import Key

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def sealed_by(path: Path) -> bytes:
    """The id of the key that sealed a file; empty for a plain one."""
    with path.open("rb") as stream:
        return key_id(stream.read(HEADER))


def opened(path: Path) -> IO[bytes]:
    """A file that only this program writes, for reading at any place.

    Raises SettingsError when it is sealed and there is no key; CheckFailed when the workspace has a key, and
    the file has another or is plain: somebody else put it there.
    """
    key = key_of(path)
    if not sealed_by(path):
        if key is not None:
            raise CheckFailed(
                _("this file is not encrypted, and this workspace keeps none that is not"),
                where=str(path),
                remedy=_("find out who put it there; `yibao keys encrypt` takes it as it is"),
            )
        return path.open("rb")
    return io.BufferedReader(opener(path), CHUNK)


def opener(path: Path) -> Opener:
    """The reader of a sealed file."""
    return Opener(path.open("rb"), key_of(path), str(path))


def source(path: Path) -> Any:
    """What pyarrow reads a file from: the path of a plain one, else its opened content."""
    return opened(path) if key_of(path) is not None or sealed_by(path) else path


def read_bytes(path: Path) -> bytes:
    """The whole content, sealed or not."""
    with any_content(path) as stream:
        return stream.read()


def any_content(path: Path) -> IO[bytes]:
    """A file for reading that may be sealed or plain: what clients send and what the press gets is plain."""
    return content(path, key_of(path) if sealed_by(path) else None)


def content(path: Path, key: Key | None) -> IO[bytes]:
    """What a file says, under a key that is given; None for a plain one."""
    if not sealed_by(path):
        return path.open("rb")
    return io.BufferedReader(Opener(path.open("rb"), key, str(path)), CHUNK)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """Write a private file, sealed where its workspace has a key; nothing of it counts if the block fails."""
    with sealing(path, key_of(path)) as stream:
        yield stream


@contextmanager
def sealing(path: Path, key: Key | None) -> Iterator[IO[bytes]]:
    """Write a private file under a key; None for a plain one."""
    flags = os.O_CREAT | os.O_TRUNC | os.O_RDWR | _NO_FOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "wb") as stream, sealed_into(stream, key) as sealed:
        yield sealed


@contextmanager
def sealed_into(stream: IO[bytes], key: Key | None) -> Iterator[IO[bytes]]:
    """What is written goes into a stream under a key; None for plain. Not whole if the block fails."""
    if key is None:
        yield stream
        return
    sealer = Sealer(stream, key)
    yield cast("IO[bytes]", sealer)
    sealer.finish()


def require_whole(path: Path) -> None:
    """Read a sealed file through; raises as `opened` and its reader do."""
    with opened(path) as stream:
        while stream.read(CHUNK):
            pass
