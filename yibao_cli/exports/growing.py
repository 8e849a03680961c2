"""Long tables of a workbook that take row after row."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from yibao_cli.exports.columns import Cell, Column
    from yibao_cli.exports.sheet import Sheet

HEAD_ROWS = 2  # title and header
_ROWS_AT_ONCE = 500


class NewSheet(Protocol):
    """Adds a sheet to a workbook, as `Book.sheet` does."""

    def __call__(self, name: str, *, repeat: int) -> AbstractContextManager[Sheet]:
        """Add a sheet whose first `repeat` rows stand still."""


class GrowingTable:
    """A long table that takes row after row, and a further sheet where one is full.

    names: of the sheet, and the title above the table. limit: rows of a sheet.
    """

    def __init__(
        self, new_sheet: NewSheet, names: tuple[str, str], columns: Sequence[Column], limit: int
    ) -> None:
        self._new_sheet, self._columns, self._limit = new_sheet, columns, limit
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
        self._sheet = self._stack.enter_context(self._new_sheet(name, repeat=HEAD_ROWS))
        self._sheet.line("title", title)
        self._sheet.header(self._columns)
        self._left = self._limit
