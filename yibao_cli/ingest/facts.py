"""What is known of a sheet beyond its cells, and how it is put into its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibao_cli.ingest.shown import NumberFormat, ShownNumber

if TYPE_CHECKING:
    from collections.abc import Sequence

ERROR_MARK = "#N/A"
MOST_RANGES = 10_000

Range = tuple[int, int]


@dataclass(slots=True)
class SheetFacts:
    """What is known of a sheet. Rows count from 1, columns from 0; ranges are first and last.

    errors: row -> columns of error cells and of formulas without a value.
    hidden_rows: with something in them; hidden_columns: ranges of columns.
    formats: (column, format) -> ranges of rows whose cells bear it; only formats that show what the number
      lacks.
    date1904: serial numbers of days count from 1904-01-01.
    merges: first row, last row, first column, last column of merged cells.
    shown: row -> (column, text) of numbers that are shown as this text.
    """

    errors: dict[int, list[int]] = field(default_factory=dict)
    formats: dict[tuple[int, NumberFormat], list[Range]] = field(default_factory=dict)
    hidden_rows: list[Range] = field(default_factory=list)
    hidden_columns: list[Range] = field(default_factory=list)
    date1904: bool = False
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    shown: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def mark(self, rows: Sequence[list[object]], first: int, left: int) -> None:
        """Put error marks and shown numbers into the rows, the first of which has this number.

        left: column of the rows' first cells.
        """
        if self.errors or self.shown:
            for number, row in enumerate(rows, first):
                self._mark_row(row, number, left)
        for (column, shape), ranges in self.formats.items():
            for top, bottom in ranges:
                for number in range(max(top, first), min(bottom, first + len(rows) - 1) + 1):
                    _show(rows[number - first], column - left, shape)

    def _mark_row(self, row: list[object], number: int, left: int) -> None:
        for column in self.errors.get(number, ()):
            if 0 <= column - left < len(row):
                row[column - left] = ERROR_MARK
        for column, text in self.shown.get(number, ()):
            if 0 <= column - left < len(row) and isinstance(cell := row[column - left], int | float):
                row[column - left] = ShownNumber(cell, text)


def extend_range(ranges: list[Range], row: int) -> None:
    """Add a row to ranges that grow downwards."""
    if ranges and ranges[-1][1] == row - 1:
        ranges[-1] = (ranges[-1][0], row)
    else:
        ranges.append((row, row))


def _show(row: list[object], column: int, shape: NumberFormat) -> None:
    if 0 <= column < len(row):
        cell = row[column]
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            text = shape.show(cell)
            if text is not None:
                row[column] = ShownNumber(cell, text)
