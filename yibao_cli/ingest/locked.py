"""Workbooks behind a password, opened with the one that the client gave."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.sniff import is_container

if TYPE_CHECKING:
    from pathlib import Path


def unlocked(path: Path, password: str, folder: Path) -> Path:
    """The workbook without its password, as a private file of its name in a folder; itself if it has none.

    Raises InputRefused when the password does not open it, or it is locked in a way that cannot be opened.
    """
    if not is_container(path):
        return path
    import msoffcrypto  # noqa: PLC0415 - with it comes cryptography, for the few files that need it
    from msoffcrypto.exceptions import InvalidKeyError  # noqa: PLC0415 - as above

    target = folder / path.name
    try:
        with path.open("rb") as source:
            book = msoffcrypto.OfficeFile(source)
            if not book.is_encrypted():
                return path
            book.load_key(password=password, verify_password=True)
            with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
                book.decrypt(stream)
    except InvalidKeyError as error:
        raise InputRefused(
            _("the password does not open the workbook"),
            where=path.name,
            remedy=_("ask the client for it again; blanks and capitals count"),
        ) from error
    except Exception as error:  # it meets a damaged file with whatever comes, an OSError of its own too
        if isinstance(error, OSError) and error.errno:
            raise
        raise InputRefused(
            _("the workbook cannot be parsed ({reason})").format(reason=type(error).__name__),
            where=path.name,
            remedy=_("open it in Excel or WPS, remove the password (File, Info, Protect) and save it"),
        ) from error
    return target
