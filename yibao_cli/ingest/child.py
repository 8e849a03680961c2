"""Opens one workbook in a process of its own and sends its cells up a pipe.

calamine can abort the process or raise a panic that is no Exception (research/reliability.md
section 0, finding 3), and takes memory by what a file says, not by what it holds. Here that kills
a child under limits, and the parent says one clean sentence. Nothing heavy is imported.

Messages are tuples, the first element names them:
  ("sheets", names)                  once, every sheet's name
  ("hidden", name)                   a sheet that the client hid, not opened
  ("sheet", name, merges)            then its rows
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
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from yibao_cli.ingest.errorcells import ERROR_MARK, error_cells, sheet_parts
from yibao_cli.ingest.raw import CHUNK_ROWS, Merge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from python_calamine import CalamineSheet

_MEMORY_BYTES = 4 << 30
_CPU_SECONDS = 900
_CHUNK_CELLS = 2_000_000


def serve(pipe: Connection, path: str, sheet: str, head_rows: int | None) -> None:
    """Send the sheets of the workbook at `path`; only `sheet` when it is not "".

    head_rows: send only so many rows of each sheet.
    """
    _fence()
    with pipe:
        try:
            for message in _messages(path, sheet, head_rows):
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


def _fence() -> None:
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
    _limit(resource.RLIMIT_AS, _MEMORY_BYTES)
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


def _messages(path: str, sheet: str, head_rows: int | None) -> Iterator[tuple[Any, ...]]:
    # from_path would trust the file's name.
    with Path(path).open("rb") as file, zipfile.ZipFile(path) as archive:
        book = CalamineWorkbook.from_filelike(file)
        yield ("sheets", book.sheet_names)
        parts = sheet_parts(archive)
        for index, meta in enumerate(book.sheets_metadata):
            if (sheet and meta.name != sheet) or meta.typ is not SheetTypeEnum.WorkSheet:
                continue
            if not sheet and meta.visible is not SheetVisibleEnum.Visible:
                yield ("hidden", meta.name)
                continue
            # Head rows are read for their headers only, which errors in cells do not touch.
            errors = {} if head_rows else error_cells(archive, parts[index])
            yield from _sheet(book.get_sheet_by_name(meta.name), errors, head_rows)
    yield ("end",)


def _sheet(
    sheet: CalamineSheet, errors: dict[int, list[int]], head_rows: int | None
) -> Iterator[tuple[Any, ...]]:
    # Rows come padded from row 1, but columns only from the first that is used.
    left = sheet.start[1] if sheet.start else 0
    yield ("sheet", sheet.name, _merges(sheet, left))
    size = head_rows or max(1, min(CHUNK_ROWS, _CHUNK_CELLS // max(sheet.width, 1)))
    rows: list[list[Any]] = []
    first = 1
    for row in sheet.iter_rows():
        rows.append(row)
        if len(rows) == size:
            yield ("rows", first, _marked(rows, first, errors, left))
            if head_rows:
                return
            first += size
            rows = []
    if rows:
        yield ("rows", first, _marked(rows, first, errors, left))


def _merges(sheet: CalamineSheet, left: int) -> list[Merge]:
    found = sheet.merged_cell_ranges or []
    return [Merge(top + 1, bottom + 1, c1 - left, c2 - left) for (top, c1), (bottom, c2) in found]


def _marked(rows: list[list[Any]], first: int, errors: dict[int, list[int]], left: int) -> list[list[Any]]:
    """Put the mark of an error where calamine gave a blank."""
    if errors:
        for number in range(first, first + len(rows)):
            for column in errors.get(number, ()):
                if 0 <= column - left < len(rows[number - first]):
                    rows[number - first][column - left] = ERROR_MARK
    return rows
