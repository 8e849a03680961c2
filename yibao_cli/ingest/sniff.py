"""What a file is: judged by its content, since names lie."""

from __future__ import annotations

import codecs
import mmap
from typing import TYPE_CHECKING

from yibao_cli.errors import InputNotFound, InputRefused, os_reason
from yibao_cli.i18n import _
from yibao_cli.ingest.archive import form_of_archive
from yibao_cli.ingest.dbf import is_dbf
from yibao_cli.ingest.raw import Form

if TYPE_CHECKING:
    from pathlib import Path

_HEAD_BYTES = 65_536
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
# The first record of a workbook that was written as a bare stream, by edition of the format.
_BARE_BIFF = tuple(
    bytes.fromhex(first) for first in ("09000400", "09020600", "09040600", "09080800", "09081000")
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOOKS = tuple("\0".join(name).encode("latin-1") + b"\0\0\0" for name in ("Workbook", "Book"))
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ett", ".ods"}
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta", b"%pdf", b"{\\rtf")
_PACKED = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_SUFFIXES = (
    ".xlsx .xlsm .xltx .xltm .xlsb .xls .xlt .et .ett .ods"
    " .csv .tsv .tab .txt .dbf .jsonl .ndjson .parquet .pq"
)


def readable_suffixes() -> tuple[str, ...]:
    """Suffixes of the files that a folder or a zip is searched for; what a file is, its content says."""
    return tuple(_SUFFIXES.split())


def form_of(path: Path) -> Form:
    """Tell by its first bytes what the file is.

    Raises InputNotFound when it is not there or cannot be opened, InputRefused with what to do
    when it is nothing that can be read.
    """
    head = _head(path)
    if not head:
        raise InputRefused(
            _("the file is empty"), where=path.name, remedy=_("ask for the file again; nothing was sent")
        )
    if head.startswith(_ZIP):
        return form_of_archive(path)
    if head.startswith(_OLE):
        return _ole_form(path)
    if head.startswith(_BARE_BIFF):
        return Form.XLS
    if head.startswith(_PARQUET):
        return Form.PARQUET
    if is_dbf(head):
        return Form.DBF
    _refuse_foreign(path, head)
    return Form.JSON_LINES if _is_json(path, head) else Form.TEXT


def is_container(path: Path) -> bool:
    """Tell whether a file is a container such as Office wrote before 2007, and locks workbooks in."""
    return path.is_file() and _head(path).startswith(_OLE)


def is_misnamed(path: Path, form: Form) -> bool:
    """Tell whether a text bears the name of a workbook, as exports of old systems do."""
    return form is Form.TEXT and path.suffix.lower() in _WORKBOOK_SUFFIXES


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except IsADirectoryError as error:
        raise InputRefused(
            _("this is a folder, not a file"), where=path.name, remedy=_("name the files inside it")
        ) from error
    except FileNotFoundError as error:
        raise InputNotFound(
            _("there is no such file"), where=path.name, remedy=_("check the name and the folder")
        ) from error
    except OSError as error:
        raise InputNotFound(
            _("the file cannot be opened: {reason}").format(reason=os_reason(error)),
            where=path.name,
            remedy=_("check its permissions, and whether another program holds it"),
        ) from error


def _ole_form(path: Path) -> Form:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted = content.find(_ENCRYPTED) >= 0
        is_book = any(content.find(name) >= 0 for name in _BOOKS)
    if encrypted:
        raise InputRefused(
            _("the workbook is protected by a password"),
            where=path.name,
            remedy=_(
                "open it in Excel or WPS, remove the password (File, Info, Protect) and save it; "
                "or name a file that holds the password with --password-file"
            ),
        )
    if not is_book:
        raise InputRefused(
            _("this is a document of another program, no workbook"),
            where=path.name,
            remedy=_("copy the table into a workbook and save it as .xlsx"),
        )
    return Form.XLS


def _refuse_foreign(path: Path, head: bytes) -> None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:16].lower()
    if start.startswith(_MARKUP):
        raise InputRefused(
            _("this is a web page, an XML, PDF or RTF document, not a table"),
            where=path.name,
            remedy=_("open it in Excel or WPS and save it as .xlsx"),
        )
    if head.startswith(_PACKED):
        raise InputRefused(
            _("this is a packed file; only zip is unpacked here"),
            where=path.name,
            remedy=_("unpack it, and import what is inside"),
        )
    # Text in UTF-16 is full of NUL bytes, every other one; whether it is text, its reader finds out.
    if b"\0" in head and not head.startswith(_UTF16) and head.count(b"\0") < len(head) // 16:
        raise InputRefused(
            _("this is neither a workbook nor text"),
            where=path.name,
            remedy=_("ask the client for an .xlsx or .csv file"),
        )


def _is_json(path: Path, head: bytes) -> bool:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"[") and path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        raise InputRefused(
            _("this is one JSON value; only JSON lines can be read, one object a line"),
            where=path.name,
            remedy=_("ask for JSON lines, or for a .csv or .xlsx file"),
        )
    return start.startswith(b"{")
