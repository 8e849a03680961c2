"""Long tables of a workbook that take row after row."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.exports.book import Book, Cell, Column

HEAD_ROWS = 2  # title and header
_ROWS_AT_ONCE = 500


class GrowingTable:
    """A long table that takes row after row, and a further sheet where one is full."""

    def __init__(self, book: Book, names: tuple[str, str], columns: Sequence[Column], limit: int) -> None:
        self._book, self._columns, self._limit = book, columns, limit
        self._name, self._title = names
        self._number = 0
        self._waiting: list[Sequence[Cell]] = []
        self._stack = contextlib.ExitStack()
        self._begin()

    def add(self, row: Sequence[Cell]) -> None:
        """Write the next row."""
        if not self._left:
            self.close()
            self._begin()
        self._waiting.append(row)
        self._left -= 1
        if len(self._waiting) == _ROWS_AT_ONCE:
            self._write()

    def close(self) -> None:
        """End the sheet."""
        self._write()
        self._sheet.filter(self._columns)
        self._sheet.offer(self._columns)
        self._stack.close()

    def _write(self) -> None:
        self._sheet.rows(self._columns, self._waiting)
        self._waiting = []

    def _begin(self) -> None:
        self._number += 1
        name, title = self._name, self._title
        if self._number > 1:
            name, title = f"{name} {self._number}", f"{title} ({self._number})"
        self._sheet = self._stack.enter_context(self._book.sheet(name, repeat=HEAD_ROWS))
        self._sheet.line("title", title)
        self._sheet.header(self._columns)
        self._left = self._limit
