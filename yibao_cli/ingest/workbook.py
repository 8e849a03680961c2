"""The parent's end of the pipe: sheets of a workbook, parsed by a child process under limits."""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest import child
from yibao_cli.ingest.archive import archive_notes
from yibao_cli.ingest.audit import Audit, AuditError
from yibao_cli.ingest.facts import SheetFacts
from yibao_cli.ingest.pipe import Incoming
from yibao_cli.ingest.raw import Chunk, Form, Merge, RawSheet

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    Receive = Callable[[], tuple[Any, ...]]

# The child learns where our code lies before it imports it.
_START = (
    "import pickle, sys; given = sys.stdin.buffer; sys.path[:] = pickle.load(given); "
    "from yibao_cli.ingest.child import main; main(pickle.load(given))"
)


_ZIPPED = {Form.XLSX, Form.XLSB, Form.ODS}


def workbook_sheets(
    path: Path,
    sheet: str = "",
    head_rows: int | None = None,
    form: Form = Form.XLSX,
    encoding: str = "",
) -> Generator[RawSheet, None, None]:
    """Read the worksheets of a workbook one after the other; a Parquet file has one without a name.

    sheet: the only one to read, hidden or not; "" for all, of which hidden ones come unopened.
    head_rows: stop after so many rows of each sheet.
    encoding: of the texts of an .xls older than Unicode, as Python names it; "" for what it says itself.
    Raises InputRefused when there is no such sheet, or the workbook cannot be parsed.
    """
    notes = archive_notes(path) if form in _ZIPPED else ()
    task = child.Task(str(path), form, sheet, head_rows, encoding)
    with _conversation(path, task) as receive:
        # While the child begins: pyarrow's first array loads pandas, which takes as long as 10,000 rows.
        pa.array([None], pa.string())
        names: list[str] = receive()[1]
        if sheet and sheet not in names:
            raise InputRefused(
                _("there is no sheet named {sheet}; the workbook has: {names}").format(
                    sheet=sheet, names=", ".join(names)
                ),
                where=path.name,
                remedy=_("give one of these names with --sheet"),
            )
        message = receive()
        while message[0] != "end":
            if message[0] == "hidden":
                yield RawSheet(message[1], (), hidden=True, notes=notes)
                message = receive()
            else:
                facts = SheetFacts()
                if message[0] == "opening":
                    # While the child is deep in calamine, and before its first row comes.
                    facts = _audited(path, message[1])
                    message = receive()
                elif message[0] == "facts":
                    facts = message[1]
                    message = receive()
                _kind, name, merges, left = message
                rows = _Rows(receive, facts, left)
                merged = tuple(Merge(*m) for m in facts.merges) if merges is None else tuple(merges)
                yield RawSheet(name, rows, merged, left=left, facts=facts, notes=notes)
                message = rows.drain()
            notes = ()  # they are of the workbook, and told once


class _Rows:
    """The chunks of one sheet, and the first message that is no longer one of them."""

    def __init__(self, receive: Receive, facts: SheetFacts, left: int) -> None:
        self._receive = receive
        self._facts = facts
        self._left = left
        self._after: tuple[Any, ...] | None = None

    def __iter__(self) -> Iterator[Chunk]:
        while self._after is None:
            message = self._receive()
            if message[0] == "rows":
                self._facts.mark(message[2], message[1], self._left)
                yield Chunk(range(message[1], message[1] + len(message[2])), message[2])
            else:
                self._after = message

    def drain(self) -> tuple[Any, ...]:
        """Pass over what nobody asked for; give the message after it."""
        while self._after is None:
            message = self._receive()
            self._after = None if message[0] == "rows" else message
        return self._after


def _audited(path: Path, index: int) -> SheetFacts:
    try:
        with Audit(path) as audit:
            return audit.sheet(index)
    except AuditError as error:
        raise _unreadable(path, str(error) or type(error).__name__) from error


@contextmanager
def _conversation(path: Path, task: child.Task) -> Iterator[Receive]:
    # A forked child would inherit locks, threads and half-written buffers; one that multiprocessing spawns
    # runs the main script of whoever calls us once more.
    with subprocess.Popen(  # noqa: S603 - our own interpreter with a fixed text
        [sys.executable, "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        reader = Incoming(process.stdout)
        try:
            with suppress(BrokenPipeError), process.stdin as stdin:
                pickle.dump(sys.path, stdin)
                pickle.dump(task, stdin)
            yield lambda: _receive(path, reader)
        except BaseException:
            process.terminate()  # it may be deep in a sheet that nobody waits for any more
            raise
        finally:
            reader.close()


def _receive(path: Path, reader: Incoming) -> tuple[Any, ...]:
    try:
        message: tuple[Any, ...] = reader.recv()
    except EOFError as error:
        raise _exhausted(path) from error
    if message[0] == "failed":
        raise _failure(path, message[1])
    return message


def _failure(path: Path, reason: str) -> InputRefused:
    """What a fault in the child means, by the class of its exception."""
    if reason == "MemoryError":
        return _exhausted(path)
    if reason == "LockedBookError":
        return InputRefused(
            _("the workbook is protected by a password"),
            where=path.name,
            remedy=_("open it in Excel or WPS, remove the password (File, Info, Protect) and save it"),
        )
    if reason == "NestedColumnError":
        return InputRefused(
            _("a column holds lists, records or bytes instead of plain values"),
            where=path.name,
            remedy=_("ask for a table of plain columns"),
        )
    if reason == "TooManyRowsError":
        return InputRefused(
            _("it says that it holds more rows than any client has"),
            where=path.name,
            remedy=_("check that this is the right file"),
        )
    return _unreadable(path, reason)


def _unreadable(path: Path, reason: str) -> InputRefused:
    return InputRefused(
        _("the workbook cannot be parsed ({reason})").format(reason=reason),
        where=path.name,
        remedy=_("open it in Excel or WPS, let it repair the file, and save it as a new .xlsx"),
    )


def _exhausted(path: Path) -> InputRefused:
    return InputRefused(
        _("the workbook asks for more memory or time than it may have, or stops the parser"),
        where=path.name,
        remedy=_("open it in Excel or WPS, copy the table into a new workbook and save that"),
    )
