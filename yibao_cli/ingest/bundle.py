"""The files in a zip, each to be read like a file of a folder."""

from __future__ import annotations

import errno
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.raw import Form
from yibao_cli.ingest.sniff import form_of, readable_suffixes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_UTF8_FLAG = 0x800
# EINVAL beside these: a directory with nonsense in it makes zipfile seek to where no file can be.
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError)
_MOST_FILES = 1000
_MOST_BYTES = 8 << 30
_COPY_BYTES = 1 << 20
# What packers of other systems add beside the files.
_LITTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


class Unpacked(NamedTuple):
    """The files of a zip that may hold a table, in order of their names, and the names of the others."""

    files: tuple[Path, ...]
    others: tuple[str, ...]


def is_bundle(path: Path) -> bool:
    """Tell whether a file is a zip of files, and no workbook. Raises as `form_of`."""
    return form_of(path) is Form.BUNDLE


def unpack(path: Path, folder: Path) -> Unpacked:
    """Copy the readable files of a zip into an empty and private folder; whoever asks deletes it.

    Names lose their paths; two files of one name keep the folder before theirs. A zip inside is no workbook
    is refused, since nothing says how deep that would go. Raises InputRefused when the zip is damaged, holds
    nothing that can be read, or more than it says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = [(name_of(m), m) for m in archive.infolist() if not m.is_dir()]
            found = [(n, m) for n, m in found if not any(part in _LITTER for part in PurePosixPath(n).parts)]
            wanted = [(n, m) for n, m in found if PurePosixPath(n).suffix.lower() in readable_suffixes()]
            others = tuple(sorted(PurePosixPath(n).name for n, m in found if (n, m) not in wanted))
            _refuse_shape(path, [n for n, _m in found], len(wanted))
            names = _plain_names([n for n, _m in wanted])
            files = [
                _copied(archive, member, folder / name)
                for name, (_n, member) in zip(names, wanted, strict=True)
            ]
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise  # no room, or the like
        raise InputRefused(
            _("the zip file is damaged or was cut short in transfer"),
            where=path.name,
            remedy=_("copy or download it again, and unpack it once to see that it is whole"),
        ) from error
    return Unpacked(tuple(sorted(files)), others)


def name_of(member: zipfile.ZipInfo) -> str:
    """The name of a member; packers in Chinese Windows write GBK and do not say so."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _refuse_shape(path: Path, names: Sequence[str], readable: int) -> None:
    if any(n.lower().endswith(".zip") for n in names):
        raise InputRefused(
            _("there is a zip file inside this zip file"),
            where=path.name,
            remedy=_("unpack it, and import what is inside"),
        )
    if not readable or readable > _MOST_FILES:
        raise InputRefused(
            _("the zip holds {count} files that can be read").format(count=readable),
            where=path.name,
            remedy=_("pack the client's tables, at most {most}, in one of these forms: {forms}").format(
                most=_MOST_FILES, forms=" ".join(readable_suffixes())
            ),
        )


def _plain_names(names: Sequence[str]) -> list[str]:
    """File names without paths; of twins with the folders before them, of which a hyphen makes one name."""
    short = [PurePosixPath(n.replace("\\", "/")).name for n in names]
    parts = [PurePosixPath(n.replace("\\", "/")).parts for n in names]
    long = ["-".join(p for p in whole if p not in {"/", "..", "."}) for whole in parts]
    chosen = [s if short.count(s) == 1 else whole for s, whole in zip(short, long, strict=True)]
    return [f"{i}-{n}" if chosen.index(n) != i else n for i, n in enumerate(chosen)]


def _copied(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> Path:
    left = min(member.file_size, _MOST_BYTES)
    with archive.open(member) as source, target.open("xb") as file:
        target.chmod(0o600)
        while block := source.read(_COPY_BYTES):
            left -= len(block)
            if left < 0:
                raise zipfile.BadZipFile
            file.write(block)
    return target
