"""Workbooks of Excel 97 to 2003 and of the programs that still write their format (.xls, .et).

xlrd tells errors from blanks, dates from numbers and hidden sheets from open ones, where calamine gives
blanks for errors; and it reads the bare streams that report writers of the nineties produce.
Source: [MS-XLS] 2.4; tried with python-calamine 0.9.1 and xlrd 2.0.2.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import xlrd
from xlrd.xldate import XLDateError, xldate_as_datetime

from yibao_cli.ingest.facts import ERROR_MARK, SheetFacts, extend_range
from yibao_cli.ingest.raw import CHUNK_ROWS, Merge
from yibao_cli.ingest.shown import NumberFormat, ShownNumber, number_format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FIRST_UNICODE_BIFF = 80
_DEFAULT_ENCODING = "gb18030"


class LockedBookError(Exception):
    """The workbook is protected by a password."""


def old_messages(path: Path, sheet: str, head_rows: int | None, encoding: str) -> Iterator[tuple[Any, ...]]:
    """What `child` sends of such a workbook.

    encoding: of its texts, where the workbook itself is older than Unicode; "" for what it says, and
    GB 18030 where it says nothing. Raises LockedBookError, and what xlrd raises.
    """
    with path.open("rb") as file:
        content = file.read()
    with open(os.devnull, "w", encoding="utf-8") as log:  # noqa: PTH123 - a device, not a path
        book = _opened(content, encoding, log)
        names = book.sheet_names()
        yield ("sheets", names)
        for index, name in enumerate(names):
            if sheet and name != sheet:
                continue
            one = book.sheet_by_index(index)
            if one.visibility and not sheet:
                yield ("hidden", name)
            else:
                yield from _sheet(book, one, head_rows)
            book.unload_sheet(index)
    yield ("end",)


def _opened(content: bytes, encoding: str, log: Any) -> Any:
    how = {"file_contents": content, "logfile": log, "on_demand": True, "formatting_info": True}
    try:
        book = xlrd.open_workbook(**how, encoding_override=encoding or None)
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise LockedBookError from error
        raise
    if not encoding and book.biff_version < _FIRST_UNICODE_BIFF and not book.codepage:
        return xlrd.open_workbook(**how, encoding_override=_DEFAULT_ENCODING)
    return book


def _sheet(book: Any, sheet: Any, head_rows: int | None) -> Iterator[tuple[Any, ...]]:
    merges = [Merge(top + 1, bottom, left, right - 1) for top, bottom, left, right in sheet.merged_cells]
    yield ("facts", _facts(book, sheet))
    yield ("sheet", sheet.name, merges, 0)
    size = head_rows or CHUNK_ROWS
    formats = _shown_styles(book)
    last = min(sheet.nrows, head_rows or sheet.nrows)
    for first in range(0, last, size):
        rows = [_row(book, sheet, r, formats) for r in range(first, min(first + size, last))]
        yield ("rows", first + 1, rows)


def _facts(book: Any, sheet: Any) -> SheetFacts:
    found = SheetFacts(date1904=bool(book.datemode))
    found.hidden_columns += [(c, c) for c, column in sorted(sheet.colinfo_map.items()) if column.hidden]
    for number, row in sorted(sheet.rowinfo_map.items()):
        if row.hidden and number < sheet.nrows and any(v != "" for v in sheet.row_values(number)):
            extend_range(found.hidden_rows, number + 1)
    return found


def _shown_styles(book: Any) -> dict[int, NumberFormat]:
    """Cell style -> the format it shows numbers in, where that matters."""
    shapes = {key: number_format(form.format_str or "") for key, form in book.format_map.items()}
    shown = {n: shapes.get(style.format_key) for n, style in enumerate(book.xf_list)}
    return {style: shape for style, shape in shown.items() if shape is not None}


def _row(book: Any, sheet: Any, number: int, formats: dict[int, NumberFormat]) -> list[Any]:
    kinds, row = sheet.row_types(number), sheet.row_values(number)
    for column, kind in enumerate(kinds):
        if kind == xlrd.XL_CELL_DATE:
            row[column] = _moment(row[column], book.datemode)
        elif kind == xlrd.XL_CELL_ERROR:
            row[column] = ERROR_MARK
        elif kind == xlrd.XL_CELL_BOOLEAN:
            row[column] = bool(row[column])
        elif kind == xlrd.XL_CELL_NUMBER and formats:
            shape = formats.get(sheet.cell_xf_index(number, column))
            text = shape.show(row[column]) if shape is not None else None
            if text is not None:
                row[column] = ShownNumber(row[column], text)
    return list(row)


def _moment(serial: float, datemode: int) -> Any:
    """A date, or the number where it is none."""
    try:
        moment = xldate_as_datetime(serial, datemode)
    except (XLDateError, OverflowError, ValueError):
        return serial
    if serial < 1:
        return serial
    return moment.date() if serial % 1 == 0 else moment
