"""Messages up a pipe, each behind its length: what multiprocessing has for it wants a socket on Windows."""

from __future__ import annotations

import pickle
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from typing import IO

_LENGTH = struct.Struct("!Q")


class Pipe:
    """One end of a pipe; a context manager that closes it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def send_bytes(self, packed: memoryview) -> None:
        """Send a pickled message; BrokenPipeError where nobody listens any more."""
        self._stream.write(_LENGTH.pack(len(packed)))
        self._stream.write(packed)
        self._stream.flush()

    def recv(self) -> Any:
        """The next message; EOFError where there is no more, or half of one."""
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size))
        return pickle.loads(self._read(length))  # noqa: S301 - from our own child alone

    def close(self) -> None:
        """Close this end, whether or not anybody waits for what is left."""
        with suppress(BrokenPipeError):
            self._stream.close()

    def _read(self, size: int) -> bytes:
        found = self._stream.read(size)
        if len(found) < size:
            raise EOFError
        return found
