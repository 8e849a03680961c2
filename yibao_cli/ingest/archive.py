"""What a zip is, and whether it may be opened: whole, not a bomb, without a password."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.raw import Form, Note

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
_HEAD_BYTES = 4096
_FORMS = {"xl/workbook.xml": Form.XLSX, "xl/workbook.bin": Form.XLSB}
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = "META-INF/manifest.xml"
_OTHER_DOCUMENTS = {"word/document.xml", "ppt/presentation.xml", "content.xml", "META-INF/MANIFEST.MF"}


def form_of_archive(path: Path) -> Form:
    """Tell which workbook a zip is, or that it is a bundle of files.

    Refuses one that is cut short, a bomb, encrypted, a document of another program, or holds a part with
    a document type. Judges by the zip's own directory, which may lie; the process that parses it has hard
    limits. Raises InputRefused.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_bomb(path, members)
            form = _form(path, members)
            if form is not Form.BUNDLE:
                _refuse_entities(path, archive, members)
    # A directory with nonsense in it makes zipfile seek to where no file can be: an OSError.
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, zlib.error, OSError) as error:
        raise InputRefused(
            _("the workbook is damaged or was cut short in transfer"),
            where=path.name,
            remedy=_("copy or download it again, and open it once in Excel or WPS to see that it is whole"),
        ) from error
    return form


def archive_notes(path: Path) -> tuple[Note, ...]:
    """What else a workbook holds that is not read: macros, links to other files."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    macros = any(n.endswith("vbaProject.bin") or n.startswith(("xl/macrosheets/", "Basic/")) for n in names)
    links = any(n.startswith("xl/externalLinks/") for n in names)
    return tuple(Note(rule_id, {}) for rule_id, there in (("I165", macros), ("I166", links)) if there)


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


def _locked(path: Path) -> InputRefused:
    return InputRefused(
        _("the file is protected by a password"),
        where=path.name,
        remedy=_("open it in the program that made it, remove the password, and save it"),
    )


def _refuse_locked_table(path: Path, archive: zipfile.ZipFile, names: set[str]) -> None:
    if _MANIFEST in names and b"encryption-data" in archive.read(_MANIFEST):
        raise _locked(path)


def _form(path: Path, members: Sequence[zipfile.ZipInfo]) -> Form:
    names = {m.filename for m in members}
    if any(m.flag_bits & _ENCRYPTED_FLAG for m in members):
        raise _locked(path)
    for part, form in _FORMS.items():
        if part in names:
            return form
    if "content.xml" in names and "mimetype" in names:
        with zipfile.ZipFile(path) as archive, archive.open("mimetype") as kind:
            if kind.read(len(_ODS)) == _ODS:
                _refuse_locked_table(path, archive, names)
                return Form.ODS
    if names & _OTHER_DOCUMENTS:
        raise InputRefused(
            _("this is a document of another program, no workbook"),
            where=path.name,
            remedy=_("copy the table into a workbook and save it as .xlsx"),
        )
    return Form.BUNDLE


def _refuse_entities(path: Path, archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> None:
    """No honest part declares a document type; one that does can make a parser fetch files, or never end."""
    for member in members:
        if member.filename.endswith((".xml", ".rels", ".vml")):
            with archive.open(member) as part:
                head = part.read(_HEAD_BYTES).replace(b"\0", b"").upper()
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise InputRefused(
                    _("the workbook declares entities of its own in {part}, which no program writes").format(
                        part=member.filename
                    ),
                    where=path.name,
                    remedy=_("open it in Excel or WPS, and save it as a new .xlsx"),
                )
