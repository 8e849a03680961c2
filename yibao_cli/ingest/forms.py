"""The reader of each form, chosen by the file's content."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.dbf import dbf_sheets
from yibao_cli.ingest.encoding import python_encoding
from yibao_cli.ingest.jsonlines import json_sheets
from yibao_cli.ingest.raw import Form, Note
from yibao_cli.ingest.sniff import form_of, is_misnamed
from yibao_cli.ingest.text import text_sheets
from yibao_cli.ingest.workbook import workbook_sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from yibao_cli.ingest.batch import ReadOptions
    from yibao_cli.ingest.raw import RawSheet

    Sheets = Generator[RawSheet, None, None]

_FLAT: dict[Form, Callable[[Path, str, int | None], Sheets]] = {
    Form.TEXT: text_sheets,
    Form.DBF: dbf_sheets,
    Form.JSON_LINES: json_sheets,
}


def open_sheets(path: Path, options: ReadOptions, head_rows: int | None = None) -> Sheets:
    """Read the sheets of a file of any form one after the other.

    head_rows: stop after so many rows of each sheet, or soon after.
    Raises InputNotFound or InputRefused when the file cannot be read, has no sheet of the name that is asked
    for, or is a zip of files; UsageError for an encoding that there is not.
    """
    form = form_of(path)
    if form is Form.BUNDLE:
        raise InputRefused(
            _("this is a zip of files, which cannot be read as one"),
            where=path.name,
            remedy=_("unpack it, and name the files inside"),
        )
    if options.sheet and (form in _FLAT or form is Form.PARQUET):
        raise InputRefused(
            _("a text file has no sheets") if form is Form.TEXT else _("a file of this form has no sheets"),
            where=path.name,
            remedy=_("leave out --sheet for this file"),
        )
    if form in _FLAT:
        sheets = _FLAT[form](path, options.encoding, head_rows)
        return _told(sheets) if is_misnamed(path, form) else sheets
    encoding = python_encoding(options.encoding) if options.encoding else ""
    return workbook_sheets(path, options.sheet, head_rows, form, encoding)


def _told(sheets: Iterator[RawSheet]) -> Sheets:
    """Say of a text that it bears the name of a workbook."""
    for sheet in sheets:
        yield replace(sheet, notes=(Note("I167", {}), *sheet.notes))
