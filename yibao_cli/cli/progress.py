"""How far a long job is: a bar with rate and time left on a terminal, now and then a plain line elsewhere."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yibao_cli.jobs.workspace import Progress

_FIRST, _MOST = 2.0, 30.0  # seconds to the first line, and from line to line at most
_MINUTE = 60


@contextlib.contextmanager
def bar() -> Iterator[Progress]:
    """A bar for each thing that is done, with how many a second and the time left; gone when the job ends."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Unbroken(Console):
        """What is said beside the bar is left to the terminal to break: Chinese sentences have no blanks."""

        def print(self, *objects: Any, **settings: Any) -> None:
            if objects and all(isinstance(one, Text) for one in objects):
                settings["soft_wrap"] = True
            super().print(*objects, **settings)

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(rate_words(task.finished_speed or task.speed or 0))

    named = TextColumn("{task.description}", markup=False)
    counted = (MofNCompleteColumn(), Rate(), TimeElapsedColumn(), TimeRemainingColumn())
    columns = (SpinnerColumn(), named, BarColumn(16), *counted)
    with Progress(*columns, console=Unbroken(stderr=True), transient=True) as shown:
        tasks: dict[str, object] = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=of or None)
            shown.update(tasks[what], completed=min(done, of) if of else done)  # type: ignore[arg-type]

        yield show


class Lines:
    """A line after two seconds, and then ever more rarely: for logs, pipes and those who come back later."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._state = ("", 0, 0)
        self._begun: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def show(self, what: str, done: int, of: int) -> None:
        """What a job says as it goes."""
        with self._lock:
            self._begun.setdefault(what, (self._clock(), done))
            self._state = (what, done, of)

    def line(self) -> str:
        """What is to be said now; "" before the job has said anything."""
        with self._lock:
            what, done, of = self._state
            if not what:
                return ""
            since, before = self._begun[what]
        seconds = self._clock() - since
        rate = (done - before) / seconds if seconds > 0 else 0.0
        parts = [_("{done:,} of {of:,}").format(done=done, of=of) if of else f"{done:,}" if done else ""]
        parts.append(rate_words(rate))
        if rate and of > done:
            parts.append(_("{time} left").format(time=time_words((of - done) / rate)))
        told = _(", ").join(filter(None, parts))
        return f"{what}: {told}" if told else f"{what} ..."

    @contextlib.contextmanager
    def running(self) -> Iterator[Progress]:
        """Say lines until the block ends; of a job that says nothing meanwhile, too."""
        teller = threading.Thread(target=self._tell, daemon=True)
        teller.start()
        try:
            yield self.show
        finally:
            self._ended.set()
            teller.join()

    def _tell(self) -> None:
        pause = _FIRST
        while not self._ended.wait(pause):
            if line := self.line():
                self._say(line)
            pause = min(pause * 2, _MOST)


def rate_words(rate: float) -> str:
    """So many a second; "" for none."""
    if rate <= 0:
        return ""
    shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"  # noqa: PLR2004 - digits that say something
    return _("{rate} a second").format(rate=shown)


def time_words(seconds: float) -> str:
    """A time that is left, as roughly as one knows it."""
    if seconds < _MINUTE:
        return _("{count} s").format(count=round(seconds))
    minutes = round(seconds / _MINUTE)
    if minutes < _MINUTE:
        return _("{count} min").format(count=minutes)
    return _("{hours} h {minutes} min").format(hours=minutes // _MINUTE, minutes=minutes % _MINUTE)
