"""Workbooks that calamine reads: .xlsx, .xlsb, .ods; with what it does not tell of the last two."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from yibao_cli.ingest.binaryfacts import BinaryBook
from yibao_cli.ingest.raw import CHUNK_ROWS, Form, Merge
from yibao_cli.ingest.tablefacts import table_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet

    from yibao_cli.ingest.facts import SheetFacts

_CHUNK_CELLS = 2_000_000


def new_messages(path: Path, form: Form, sheet: str, head_rows: int | None) -> Iterator[tuple[Any, ...]]:
    """What `child` sends of such a workbook; raises what its parsers raise."""
    # from_path would trust the file's name.
    with path.open("rb") as file, zipfile.ZipFile(path) as archive:
        book = CalamineWorkbook.from_filelike(file)
        yield ("sheets", book.sheet_names)
        # Head rows are read for their headers only, which errors in cells do not touch.
        facts_of = _untold if head_rows else _auditor(archive, form)
        for index, meta in enumerate(book.sheets_metadata):
            if (sheet and meta.name != sheet) or meta.typ is not SheetTypeEnum.WorkSheet:
                continue
            if not sheet and meta.visible is not SheetVisibleEnum.Visible:
                yield ("hidden", meta.name)
                continue
            if form is Form.XLSX and not head_rows:
                yield ("opening", index)  # the parent audits its XML meanwhile
            if facts := facts_of(index, meta.name):
                yield ("facts", facts)
            yield from _sheet(book.get_sheet_by_name(meta.name), head_rows)
    yield ("end",)


def _auditor(archive: zipfile.ZipFile, form: Form) -> Callable[[int, str], SheetFacts | None]:
    """Tells what calamine does not of a sheet, by its place in the workbook and its name."""
    if form is Form.ODS:
        by_name = table_facts(archive)
        return lambda _index, name: by_name.get(name)
    if form is Form.XLSB:
        book = BinaryBook(archive)
        return lambda index, _name: book.facts(index)
    return _untold


def _untold(_index: int, _name: str) -> None:
    """Whoever reads this audits the sheet, or needs its header only."""


def _sheet(sheet: CalamineSheet, head_rows: int | None) -> Iterator[tuple[Any, ...]]:
    # Rows come padded from row 1, but columns only from the first that is used.
    left = sheet.start[1] if sheet.start else 0
    yield ("sheet", sheet.name, _merges(sheet, left), left)
    size = head_rows or max(1, min(CHUNK_ROWS, _CHUNK_CELLS // max(sheet.width, 1)))
    rows: list[list[Any]] = []
    first = 1
    for row in sheet.iter_rows():
        rows.append(row)
        if len(rows) == size:
            yield ("rows", first, rows)
            if head_rows:
                return
            first += size
            rows = []
    if rows:
        yield ("rows", first, rows)


def _merges(sheet: CalamineSheet, left: int) -> list[Merge]:
    found = sheet.merged_cell_ranges or []
    return [Merge(top + 1, bottom + 1, c1 - left, c2 - left) for (top, c1), (bottom, c2) in found]
