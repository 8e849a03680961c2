"""Opens one file in a process of its own and sends its cells up a pipe.

Parsers of workbooks can abort the process or raise a panic that is no Exception (python-calamine
0.9.1, its issues 111 and 139), and take memory by what a file says, not by what it holds. Here that kills
a child under limits, and the parent says one clean sentence. Nothing heavy is imported.

Messages are tuples, the first element names them:
  ("sheets", names)                  once, every sheet's name
  ("hidden", name)                   a sheet that the client hid, not opened
  ("opening", index)                 the sheet of this place comes next, as soon as it is read; .xlsx only
  ("facts", SheetFacts)              what is known of the sheet that comes next; of forms other than .xlsx
  ("sheet", name, merges, left)      then its rows, whose cells begin in column `left`, from 0; merges is None
                                     where they are what the parent finds in the XML
  ("rows", first_row, rows)          rows in order, the first numbered from 1 as in Excel
  ("end",)                           all is said
  ("failed", exception's class)      and never its text, which may quote the data
"""

from __future__ import annotations

import gc
import io
import os
import pickle
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from yibao_cli.ingest.pipe import Pipe
from yibao_cli.ingest.raw import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a sheet takes that is just not long enough for `longbook`, with room; the forms that can only be
# read whole get more by their size, up to the last of these.
_MEMORY_BYTES = 5 << 28
_WHOLE_FACTOR = 16
_MOST_MEMORY_BYTES = 4 << 30
_CPU_SECONDS = 900


class Task(NamedTuple):
    """What to read.

    sheet: the only one to read; "" for all. head_rows: send only so many rows of each sheet.
    encoding: of texts in forms that do not tell; "" to find out.
    """

    path: str
    form: Form
    sheet: str = ""
    head_rows: int | None = None
    encoding: str = ""


def main(task: Task) -> None:
    """Serve a task over the process's own standard output, which nothing else may write to."""
    pipe = Pipe(os.fdopen(os.dup(1), "wb"))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    serve(pipe, task)


def serve(pipe: Pipe, task: Task) -> None:
    """Send the sheets of a file."""
    _fence(_memory(task))
    with pipe:
        try:
            for message in _messages(task):
                pipe.send_bytes(_packed(message))
        except BrokenPipeError:
            return  # the parent has heard enough
        except BaseException as error:  # noqa: BLE001 - a panic of calamine is no Exception
            pipe.send_bytes(_packed(("failed", type(error).__name__)))


def _packed(message: tuple[Any, ...]) -> memoryview:
    """Pickle without a memo of what was said before: cells do not repeat, and it costs six times as much."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True
    pickler.dump(message)
    return buffer.getbuffer()


def _memory(task: Task) -> int:
    if task.form is Form.XLSX:
        return _MEMORY_BYTES
    more = _WHOLE_FACTOR * Path(task.path).stat().st_size
    return min(_MEMORY_BYTES + more, _MOST_MEMORY_BYTES)


def _fence(memory: int) -> None:
    # Ctrl-C reaches the whole process group; the parent ends this process in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Millions of cells and no cycles: the collector would walk them all for nothing.
    gc.disable()
    # A panic prints what it choked on, which is the client's data.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:  # pragma: no cover - Windows
        return
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, _CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(kind: int, value: int) -> None:
    import resource  # noqa: PLC0415 - not on every platform

    hard = resource.getrlimit(kind)[1]
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (wanted, hard))
    except (OSError, ValueError):  # pragma: no cover - macOS refuses RLIMIT_AS
        return


def _messages(task: Task) -> Iterator[tuple[Any, ...]]:
    # Each reader is loaded where it is needed: the process is short-lived.
    if task.form is Form.XLS:
        from yibao_cli.ingest.oldbook import old_messages  # noqa: PLC0415 - see above

        return old_messages(Path(task.path), task.sheet, task.head_rows, task.encoding)
    if task.form is Form.PARQUET:
        from yibao_cli.ingest.parquet import parquet_messages  # noqa: PLC0415 - see above

        return parquet_messages(Path(task.path), task.head_rows)
    if task.form is Form.XLSX:
        from yibao_cli.ingest.longbook import is_streamed, streamed_messages  # noqa: PLC0415 - see above

        if is_streamed(Path(task.path)):
            return streamed_messages(Path(task.path), task.sheet, task.head_rows)
    from yibao_cli.ingest.newbook import new_messages  # noqa: PLC0415 - see above

    return new_messages(Path(task.path), task.form, task.sheet, task.head_rows)
