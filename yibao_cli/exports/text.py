"""Cells that no spreadsheet takes for a formula, and csv made of them."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

# What makes Excel, WPS or LibreOffice read a csv field as a formula; the full-width forms because
# East Asian versions take them for the plain ones. Source: OWASP, CSV Injection.
_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_ROWS_AT_ONCE = 20_000


def safe_text(value: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula; other text stays as it is.

    White space before the sign does not hide it. Doing it twice changes nothing.

    >>> safe_text("=1+1")
    "'=1+1"
    """
    return f"'{value}" if value.startswith(_TRIGGERS) or value.lstrip().startswith(_TRIGGERS) else value


def open_private(path: Path, mode: str = "wb") -> IO[Any]:
    """Open a file for writing that only its owner can read (0600), even if it was there with wider rights.

    Raises OSError; the caller knows the name that the reader should see.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR | _NO_FOLLOW, 0o600)
    path.chmod(0o600)
    if "b" in mode:
        return os.fdopen(descriptor, mode)
    # A lone surrogate has no UTF-8; one bad character must not cost the file.
    return os.fdopen(descriptor, mode, encoding="utf-8", errors="replace", newline="")


def write_csv(target: Path | TextIO, frame: pd.DataFrame) -> None:
    """Write a frame as csv with every field quoted and text made safe; numbers stay numbers, NA is empty.

    target: a path gets UTF-8 with a byte order mark, which Excel needs to see Chinese, and mode 0600;
      a text stream is written as it is.
    """
    if isinstance(target, Path):
        with open_private(target, "w") as stream:
            stream.write("\ufeff")
            _write(stream, frame)
    else:
        _write(target, frame)


def write_csv_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows as they come, as `write_csv` writes a frame; returns how many there were."""
    count = 0
    with open_private(path, "w") as stream:
        stream.write("\ufeff")
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow([safe_text(name) for name in header])
        for row in rows:
            writer.writerow([safe_text(cell) if isinstance(cell, str) else cell for cell in row])
            count += 1
    return count


def frame_rows(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Yield a frame's rows as tuples of plain Python values, None for NA."""
    for start in range(0, len(frame), _ROWS_AT_ONCE):
        part = frame.iloc[start : start + _ROWS_AT_ONCE]
        columns = [_plain(part.iloc[:, i]) for i in range(part.shape[1])]
        yield from zip(*columns, strict=True)


def _write(stream: TextIO | IO[str], frame: pd.DataFrame) -> None:
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow([safe_text(str(name)) for name in frame.columns])
    for row in frame_rows(frame):
        writer.writerow([safe_text(cell) if isinstance(cell, str) else cell for cell in row])


def _plain(series: pd.Series[Any]) -> list[Any]:
    values = series.astype(object)
    return values.where(series.notna(), None).tolist()
