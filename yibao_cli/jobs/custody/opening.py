"""A list that is kept encrypted in the workspace is taken out for whoever is to read it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from yibao_cli.errors import InputNotFound, UsageError
from yibao_cli.i18n import _
from yibao_cli.sealed.files import any_content
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_file, sha256_of
from yibao_cli.store.imports import EVERY_MAILING, owner_of
from yibao_cli.store.resealing import lists

if TYPE_CHECKING:
    from pathlib import Path, PurePath

    from yibao_cli.jobs.workspace import Workspace

_CHUNK = 1 << 20
_SHOWN = 10  # names, in a message


def open_list(workspace: Workspace, name: Path, out: Path) -> Path:
    """Write what a list of the workspace says into a private file outside of it; who did stands in the trail.

    name: its path, as the command that made it said it, or relative to the workspace. Only lists made
    for people are taken out: never imports, packages or the database.

    Raises InputNotFound when there is no such list, UsageError where the target lies in the workspace,
    CheckFailed when it is not as it was written.
    """
    source = _found(workspace, name)
    if out.resolve().is_relative_to(workspace.folder.resolve()):
        raise UsageError(
            _("this is inside the workspace, which keeps nothing of it in plain"),
            where=str(out),
            remedy=_("name a file elsewhere, and delete it when it is not needed any more"),
        )
    if out.exists():
        raise UsageError(
            _("there is a file of this name already"),
            where=str(out),
            remedy=_("name another: nothing is overwritten"),
        )
    with any_content(source) as stream, atomic_file(out) as target:
        shutil.copyfileobj(stream, target, _CHUNK)
    relative = source.relative_to(workspace.folder)
    with workspace.engine.begin() as connection:
        facts = {"file": relative.as_posix(), "sha256": sha256_of(source)}
        mailing = _mailing_of(relative)
        audit.record(connection, at=workspace.stamp, command="keys open", mailing=mailing, facts=facts)
    return out


def _mailing_of(relative: PurePath) -> str:
    """The mailing that a list is about, by where it lies; EVERY_MAILING where it is about no single one."""
    room, first, *inside = relative.parts
    if room == "imports":
        return owner_of(first, first)  # tables that count for every mailing lie beside the mailings
    if room == "monthend" and len(inside) > 1:
        return inside[0]
    return first if room == "mailings" else EVERY_MAILING


def _found(workspace: Workspace, name: Path) -> Path:
    """The list that is meant; by its whole path, since two mailings have lists of the same name."""
    known = {path.resolve(): path for path in lists(workspace.folder)}
    for place in (name, workspace.folder / name):
        if (found := known.get(place.resolve())) is not None:
            return found
    some = ", ".join(sorted(p.relative_to(workspace.folder).as_posix() for p in known.values())[:_SHOWN])
    raise InputNotFound(
        _("this is no list that the workspace keeps"),
        where=str(name),
        remedy=_("the lists are: {names}").format(names=some or _("none")),
    )
