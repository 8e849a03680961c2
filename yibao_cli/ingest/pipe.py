"""Messages up a pipe, each behind its length: what multiprocessing has for it wants a socket on Windows."""

from __future__ import annotations

import pickle
import struct
from contextlib import suppress
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from typing import IO

_LENGTH = struct.Struct("!Q")
_MOST_AHEAD = 32  # messages; one of 10,000 rows has about a megabyte


class Pipe:
    """The end of a pipe that is written to; a context manager that closes it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        # What is left may be waited for by nobody.
        with suppress(BrokenPipeError):
            self._stream.close()

    def send_bytes(self, packed: memoryview) -> None:
        """Send a pickled message; BrokenPipeError where nobody listens any more."""
        self._stream.write(_LENGTH.pack(len(packed)))
        self._stream.write(packed)
        self._stream.flush()


class Incoming:
    """The end of a pipe that is read, by a thread of its own: whoever sends need not wait for who takes.

    Some messages at most lie here, packed, so that memory stays flat.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._packed: SimpleQueue[bytes | None] = SimpleQueue()  # None when there is no more
        self._room = Semaphore(_MOST_AHEAD)
        self._is_closed = False
        self._thread = Thread(target=self._read_all, name="incoming", daemon=True)
        self._thread.start()

    def recv(self) -> Any:
        """The next message; EOFError where there is no more, or half of one."""
        packed = self._packed.get()
        if packed is None:
            self._packed.put(None)  # whoever asks again hears it again
            raise EOFError
        self._room.release()
        return pickle.loads(packed)  # noqa: S301 - from our own child alone

    def close(self) -> None:
        """Take no more; the sender must have ended, or be about to."""
        self._is_closed = True
        self._room.release()
        self._thread.join()
        self._stream.close()

    def _read_all(self) -> None:
        try:
            while self._room.acquire() and (packed := self._read_one()) is not None:
                self._packed.put(packed)
        finally:
            self._packed.put(None)

    def _read_one(self) -> bytes | None:
        head = b"" if self._is_closed else self._stream.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack(head)
        packed = self._stream.read(length)
        return packed if len(packed) == length else None
