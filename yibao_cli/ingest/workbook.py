"""The parent's end of the pipe: sheets of a workbook, parsed by a child process under limits."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest import child
from yibao_cli.ingest.raw import Chunk, RawSheet

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    Receive = Callable[[], tuple[Any, ...]]

_JOIN_SECONDS = 10


def workbook_sheets(
    path: Path, sheet: str = "", head_rows: int | None = None
) -> Generator[RawSheet, None, None]:
    """Read the worksheets of an .xlsx or .xlsm file one after the other.

    sheet: the only one to read, hidden or not; "" for all, of which hidden ones come unopened.
    head_rows: stop after so many rows of each sheet.
    Raises InputRefused when there is no such sheet, or the workbook cannot be parsed.
    """
    with _conversation(path, sheet, head_rows) as receive:
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
                yield RawSheet(message[1], (), hidden=True)
                message = receive()
            else:
                rows = _Rows(receive)
                yield RawSheet(message[1], rows, tuple(message[2]))
                message = rows.drain()


class _Rows:
    """The chunks of one sheet, and the first message that is no longer one of them."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._after: tuple[Any, ...] | None = None

    def __iter__(self) -> Iterator[Chunk]:
        while self._after is None:
            message = self._receive()
            if message[0] == "rows":
                yield Chunk(range(message[1], message[1] + len(message[2])), message[2])
            else:
                self._after = message

    def drain(self) -> tuple[Any, ...]:
        """Pass over what nobody asked for; give the message after it."""
        while self._after is None:
            message = self._receive()
            self._after = None if message[0] == "rows" else message
        return self._after


@contextmanager
def _conversation(path: Path, sheet: str, head_rows: int | None) -> Iterator[Receive]:
    # spawn: a forked child would inherit locks, threads and half-written buffers.
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=child.serve, args=(writer, str(path), sheet, head_rows), daemon=True)
    try:
        process.start()
        writer.close()
        yield lambda: _receive(path, reader)
    except BaseException:
        process.terminate()  # it may be deep in a sheet that nobody waits for any more
        raise
    finally:
        reader.close()
        process.join(_JOIN_SECONDS)
        process.close()


def _receive(path: Path, reader: Connection) -> tuple[Any, ...]:
    try:
        message: tuple[Any, ...] = reader.recv()
    except EOFError as error:
        raise InputRefused(
            _("the workbook asks for more memory or time than it may have, or stops the parser"),
            where=path.name,
            remedy=_("open it in Excel or WPS, copy the table into a new workbook and save that"),
        ) from error
    if message[0] == "failed":
        raise InputRefused(
            _("the workbook cannot be parsed ({reason})").format(reason=message[1]),
            where=path.name,
            remedy=_("open it in Excel or WPS, let it repair the file, and save it as a new .xlsx"),
        )
    return message
