"""The kernel's lock on a file: freed when the process ends, however it ends. Linux, macOS, Windows.

One byte far behind the content is what is locked: on Windows nobody else could read a byte that is.
"""

from __future__ import annotations

from typing import IO, Any

_BYTE = 1 << 30


def try_lock(stream: IO[Any]) -> bool:
    """Lock an open file for this process, at once; False where another has it."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return _try_byte(stream)
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _try_byte(stream: IO[Any]) -> bool:
    import msvcrt  # noqa: PLC0415 - on Windows alone

    before = stream.seek(0, 1)
    stream.seek(_BYTE)
    try:
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    finally:
        stream.seek(before)
    return True
