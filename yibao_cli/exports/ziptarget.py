"""A stream that a zip archive is written into, and that hears nothing of it afterwards."""

from __future__ import annotations

from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Target:
    """What ZipFile asks of a stream to write into; after `let_go` all of it does nothing."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream: IO[bytes] | None = stream

    def let_go(self) -> None:
        self._stream = None

    def write(self, data: Any) -> int:
        return len(data) if self._stream is None else self._stream.write(data)

    def tell(self) -> int:
        return 0 if self._stream is None else self._stream.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0 if self._stream is None else self._stream.seek(offset, whence)

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()

    def seekable(self) -> bool:
        return True


@contextmanager
def zip_target(stream: IO[bytes]) -> Iterator[Any]:
    """A stream for a ZipFile that somebody else makes and may give up, as on a full disk.

    A ZipFile that was given up writes its end when it is swept up; the stream is closed by then, nobody can
    catch the error, and Python prints it. Source: CPython, zipfile.ZipFile.__del__.
    """
    target = _Target(stream)
    try:
        yield target
    finally:
        target.let_go()
