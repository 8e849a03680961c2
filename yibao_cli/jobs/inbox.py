"""What the client sent, as it lies there: the files meant, standard input, the artwork beside contracts."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import zipfile
from collections import Counter
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from yibao_cli.artwork.facts import PICTURE_SUFFIXES
from yibao_cli.errors import InputNotFound, InputRefused, UsageError
from yibao_cli.i18n import _
from yibao_cli.ingest.bundle import is_bundle, unpack
from yibao_cli.ingest.locked import unlocked
from yibao_cli.ingest.sniff import readable_suffixes
from yibao_cli.jobs.typed import for_shell
from yibao_cli.model import Finding
from yibao_cli.store.files import sha256_of
from yibao_cli.store.passing import hide, passing_file, passing_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace

ART, STDIN = "art", "-"
_MOST_STDIN = 8 << 30
_COPY_BYTES = 1 << 20
_LONGEST_PASSWORD = 1024
_MOST_SHOWN = 3  # files, in a message
# What messages and pages write where a file is to be named, and somebody may type as it stands.
_PLACEHOLDERS = {"FILE", "FILE...", "文件"}


def files_meant(given: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for the files in it that may hold a table."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if _may_hold_table(p))
            if not inside:
                raise InputNotFound(
                    _("there is no file in this folder that may hold a table: {forms}").format(
                        forms=" ".join(readable_suffixes())
                    ),
                    where=str(path),
                    remedy=_("put the client's files there, or name the folder that holds them"),
                )
            found += inside
        else:
            found.append(path)
    _refuse_twins(found)
    return found


@contextmanager
def unpacked(
    paths: Iterable[Path], workspace: Workspace, password: str = ""
) -> Iterator[tuple[list[Path], list[Finding]]]:
    """The files: stdin (`-`) as one, those of a zip in its place; a finding for each zip that holds others.

    password: of those workbooks that have one.
    What is copied lies privately in the workspace until the end, without a name where that has a key. Raises
    InputRefused for a zip that cannot be unpacked, or when stdin gives more than 8 GB.
    """
    found: list[Path] = []
    findings: list[Finding] = []
    with ExitStack() as stack:

        def room() -> Path:
            return stack.enter_context(passing_folder(workspace.folder))

        for given in paths:
            path = _spooled(room(), stack) if str(given) == STDIN else given
            if not _is_zip_of_files(path):
                found.append(path)
                continue
            files, others = unpack(path, room())
            for file in files:
                hide(file, stack)
            found += files
            if others:
                findings.append(Finding("I168", path.name, details={"names": ", ".join(others)}))
        _refuse_twins(found)
        if password:
            opened = room()
            found = [unlocked(path, password, opened) for path in found]
            for path in opened.iterdir():
                hide(path, stack)
        yield found, findings


def _spooled(folder: Path, stack: ExitStack) -> Path:
    """Standard input as a private file: a workbook cannot be read without going back and forth in it."""
    target = folder / "stdin"
    left = _MOST_STDIN
    with passing_file(target, stack) as stream:
        while block := sys.stdin.buffer.read(_COPY_BYTES):
            left -= len(block)
            if left < 0:
                raise InputRefused(
                    _("more than {size} GB came through the pipe").format(size=_MOST_STDIN >> 30),
                    where=target.name,
                    remedy=_("put it into a file, and import that"),
                )
            stream.write(block)
    return target


def password_in(path: Path | None) -> str:
    """The first line of a file that holds a password; "" without one. Raises InputNotFound, InputRefused."""
    if path is None:
        return ""
    check_input(path)
    with path.open("rb") as stream:
        line = stream.readline(_LONGEST_PASSWORD).decode("utf-8-sig", "replace").rstrip("\r\n")
    if not line:
        raise InputRefused(
            _("the file holds no password"), where=path.name, remedy=_("write it into the first line")
        )
    return line


def _may_hold_table(path: Path) -> bool:
    # Excel leaves a file ~$name beside each workbook that somebody has open.
    return path.suffix.lower() in {*readable_suffixes(), ".zip"} and not path.name.startswith(("~$", "."))


def _is_zip_of_files(path: Path) -> bool:
    try:
        return path.is_file() and zipfile.is_zipfile(path) and is_bundle(path)
    except InputRefused:
        return False  # its own turn will say why


def inbox_of(workspace: Workspace) -> Path:
    """The folder where the client's files lie."""
    return workspace.folder / workspace.settings.nightly.inbox


def waiting(workspace: Workspace, table: str, label: str) -> list[Path]:
    """The files of the inbox that are a table's by their names: ours, the client's, or as [nightly] says."""
    pattern = workspace.settings.nightly.files.get(table, f"{table}*")
    found = [p for p in inbox_of(workspace).glob("*") if p.is_file() and _may_hold_table(p)]
    return sorted(p for p in found if fnmatchcase(p.name, pattern) or label in p.stem or p.stem in label)


def _refuse_twins(found: list[Path]) -> None:
    names = Counter(path.name for path in found)
    if twice := [name for name, count in names.items() if count > 1]:
        raise UsageError(
            _("two files are called {name}; one would take the place of the other").format(name=twice[0]),
            remedy=_("give each file a name of its own"),
        )


def check_input(path: Path) -> None:
    """Raise InputNotFound unless this is a file that can be read."""
    if path.is_dir():
        raise InputNotFound(_("this is a folder, not a file"), where=str(path), remedy=_("name a file in it"))
    if not path.is_file():
        raise InputNotFound(_("there is no such file"), where=str(path), remedy=_perhaps(path))
    if not os.access(path, os.R_OK):
        raise InputNotFound(
            _("the file cannot be opened: {reason}").format(reason=_("permission denied")),
            where=str(path),
            remedy=_("check its permissions, and whether another program holds it"),
        )


def _perhaps(missing: Path) -> str:
    """What to do when a file is not there: the names nearest to it, else what may hold a table close by."""
    folders = [f for f in (missing.parent, missing.parent / "inbox") if f.is_dir()]
    names = [str(p) for f in folders for p in sorted(f.iterdir()) if _may_hold_table(p) and p.is_file()]
    shown = get_close_matches(str(missing), names, _MOST_SHOWN)
    if missing.name in _PLACEHOLDERS:
        shown = names[:_MOST_SHOWN]
    if not shown:
        return _("check the name and the folder")
    more = " …" if len(names) > len(shown) else ""
    return _("check the name; these are there: {names}").format(names=" ".join(map(for_shell, shown)) + more)


def fingerprint(path: Path, *, with_art: bool) -> str:
    """SHA-256 of a file, and of the artwork beside it where that belongs to the import."""
    digest = sha256_of(path)
    if not with_art:
        return digest
    art = "".join(f"{p.relative_to(path.parent)} {sha256_of(p)}\n" for p in _art_beside(path.parent))
    return hashlib.sha256(f"{digest}\n{art}".encode()).hexdigest()


def keep_art(source: Path, folder: Path) -> None:
    """Keep the artwork that lies beside the contracts, so that the import stands by itself."""
    for path in _art_beside(source):
        target = folder / path.relative_to(source)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(0o600)


def _art_beside(folder: Path) -> list[Path]:
    return sorted(p for p in [*folder.glob("*"), *folder.glob(f"{ART}/*")] if _is_art(p))


def _is_art(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES and path.is_file() and not path.is_symlink()
