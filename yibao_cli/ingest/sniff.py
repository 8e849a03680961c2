"""What a file is: judged by its content, since names lie."""

from __future__ import annotations

import codecs
import mmap
from enum import Enum
from typing import TYPE_CHECKING

from yibao_cli.errors import InputNotFound, InputRefused, os_reason
from yibao_cli.i18n import _
from yibao_cli.ingest.archive import check_archive

if TYPE_CHECKING:
    from pathlib import Path

_HEAD_BYTES = 65_536
_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ett", ".ods"}
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta", b"%pdf", b"{\\rtf")


class Form(Enum):
    """The forms that can be read."""

    WORKBOOK = "workbook"
    TEXT = "text"


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
        check_archive(path)
        return Form.WORKBOOK
    if head.startswith(_OLE):
        raise _ole_refusal(path)
    _refuse_foreign(path, head)
    return Form.TEXT


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


def _ole_refusal(path: Path) -> InputRefused:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted = content.find(_ENCRYPTED) >= 0
    if encrypted:
        return InputRefused(
            _("the workbook is protected by a password"),
            where=path.name,
            remedy=_("open it in Excel or WPS, remove the password (File, Info, Protect) and save it"),
        )
    return InputRefused(
        _("this is a workbook of Excel 97 to 2003 (.xls), whatever its name says"),
        where=path.name,
        remedy=_("open it in Excel or WPS and save it as .xlsx"),
    )


def _refuse_foreign(path: Path, head: bytes) -> None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:16].lower()
    if start.startswith(_MARKUP):
        raise InputRefused(
            _("this is a web page, an XML, PDF or RTF document, not a table"),
            where=path.name,
            remedy=_("open it in Excel or WPS and save it as .xlsx"),
        )
    if b"\0" in head and not head.startswith(_UTF16):
        raise InputRefused(
            _("this is neither a workbook nor text"),
            where=path.name,
            remedy=_("ask the client for an .xlsx or .csv file"),
        )
    if path.suffix.lower() in _WORKBOOK_SUFFIXES:
        raise InputRefused(
            _("this is a text file with the name of a workbook"),
            where=path.name,
            remedy=_("rename it to .csv, or save it as .xlsx in Excel or WPS"),
        )
