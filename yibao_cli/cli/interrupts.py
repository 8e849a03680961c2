"""Ctrl-C and SIGTERM end a command alike: what is half done is swept, and the exit code names the signal."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """While it is entered, both signals raise KeyboardInterrupt, and the last one is remembered.

    Remembered, because a library that catches everything may swallow the exception; the command then ends
    later, and its exit code still says that it was asked to stop.
    """

    def __init__(self) -> None:
        self.number = 0
        self._before: dict[int, object] = {}

    @property
    def exit_code(self) -> int:
        """128 and the signal's number, as shells have it; 0 when none came."""
        return 128 + self.number if self.number else 0

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._raise) for number in _SIGNALS}
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal gave, it takes

    def _raise(self, number: int, _frame: FrameType | None) -> None:
        self.number = number
        raise KeyboardInterrupt
