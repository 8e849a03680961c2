"""Whether the zip of a workbook may be opened: whole, not a bomb, and a workbook at all."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# A sheet of 1,048,576 rows x 15 columns unpacks to about 1 GB, and honest sheets pack 8 to 20
# times; a bomb packs 1,000 times. Small files may pack as they like: they cannot hurt.
_FREE_BYTES = 128 << 20
_MOST_BYTES = 8 << 30
_MOST_RATIO = 200
_MOST_MEMBERS = 10_000
_ENCRYPTED_FLAG = 0x1


def check_archive(path: Path) -> None:
    """Refuse a zip that is cut short, a bomb, encrypted, or no workbook of the xlsx family.

    Judges by the zip's own directory, which may lie; the process that parses it has hard limits.
    Raises InputRefused.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise InputRefused(
            _("the workbook is damaged or was cut short in transfer"),
            where=path.name,
            remedy=_("copy or download it again, and open it once in Excel or WPS to see that it is whole"),
        ) from error
    _refuse_bomb(path, members)
    _refuse_other_zip(path, members)


def _refuse_bomb(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(m.file_size for m in members)
    packed = max(sum(m.compress_size for m in members), 1)
    too_dense = unpacked > _FREE_BYTES and unpacked / packed > _MOST_RATIO
    if unpacked > _MOST_BYTES or too_dense or len(members) > _MOST_MEMBERS:
        raise InputRefused(
            _("the workbook would unpack to {size} MB, {ratio} times its size").format(
                size=unpacked >> 20, ratio=unpacked // packed
            ),
            where=path.name,
            remedy=_(
                "delete the empty formatted rows below the data, or split the workbook, and save it again"
            ),
        )


def _refuse_other_zip(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    names = {m.filename for m in members}
    if "xl/workbook.xml" not in names:
        raise InputRefused(
            _("this is a zip file, but no .xlsx workbook"),
            where=path.name,
            remedy=_("unpack it first, or save the table as .xlsx in Excel or WPS"),
        )
    if any(m.flag_bits & _ENCRYPTED_FLAG for m in members):
        raise InputRefused(
            _("the workbook is protected by a password"),
            where=path.name,
            remedy=_("open it in Excel or WPS, remove the password (File, Info, Protect) and save it"),
        )
