"""What `yibao doctor` asks of a workspace: settings, database, space, permissions, runs, clock."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from yibao_cli.codes import CHINA
from yibao_cli.config import FILE_NAME, Settings, find_workspace, load_settings, shipped
from yibao_cli.errors import ExitCode, InputNotFound, YibaoError, os_reason
from yibao_cli.i18n import _
from yibao_cli.jobs.program.checkup import About, State
from yibao_cli.jobs.program.retention import retention_check
from yibao_cli.jobs.program.space import wanted_bytes
from yibao_cli.jobs.unlocking import key_in_use
from yibao_cli.jobs.workspace import SCRATCH, TEMPLATES
from yibao_cli.kinds import load_kind
from yibao_cli.kinds.page import FontPlan
from yibao_cli.store.files import TEMPORARY
from yibao_cli.store.health import DatabaseHealth, database_health
from yibao_cli.store.locks import try_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.jobs.program.checkup import Check
    from yibao_cli.sealed.keys import Key

_GB = 10**9
_LITTLE_SPACE, _NO_SPACE = 2 * _GB, 10**8
_TIMES_THE_LAST = 3  # print files and proofs are made beside the old ones, and the package before them
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SANE_YEARS = range(2025, 2100)
_MAILINGS, _LOCKS = "mailings", ".locks"


def configured_fonts(given: Path | None) -> FontPlan:
    """The fonts that the workspace names; the shipped ones where there is none, or it cannot be read."""
    try:
        folder = find_workspace(given)
        return load_settings(folder).fonts.plan(folder)
    except (YibaoError, OSError):
        return FontPlan()


def workspace_checks(given: Path | None, now: datetime) -> Iterator[Check]:
    """Everything about the workspace, and the clock against what it has recorded.

    given: the workspace that is meant, or None to look for one from the current folder upward.
    """
    about = About("workspace", _("workspace"))
    newest = ""
    try:
        folder = find_workspace(given)
    except InputNotFound as error:
        if given or os.environ.get("YIBAO_WORKSPACE"):
            yield about.refused(error)
        else:
            yield about.well(_("none here; the machine alone was looked at"))
    else:
        yield _reachable(about, folder)
        settings, checks = _settings(folder)
        yield from checks
        keyed, encryption = _encryption(folder, settings)
        yield encryption
        health, database = _database(folder, settings, keyed)
        if encryption.state is State.FAULT:
            remedy = _("first see to the key")
            database = About("database", _("database")).warned(_("not looked at"), remedy)
        newest = health.newest_import if health else ""
        yield database
        if settings and health:
            yield retention_check(settings.retention, health, now.astimezone(CHINA).date().isoformat())
        yield _space(folder, wanted_bytes(folder, settings, health))
        yield _private(folder)
        yield _leftovers(folder)
    yield _clock(now, newest)


def _reachable(about: About, folder: Path) -> Check:
    if os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return about.well(str(folder))
    return about.failed(
        _("{folder}: no permission to write").format(folder=folder),
        _("make the folder yours, or choose another"),
        ExitCode.PERMISSIONS,
    )


# ---------------------------------------------------------------- settings and database


def _settings(folder: Path) -> tuple[Settings | None, list[Check]]:
    """The settings where they can be read, and the checks of them and of the kinds they name."""
    about = About("settings", _("settings"))
    try:
        settings = load_settings(folder)
        for kind in sorted({m.kind for m in settings.mailings.values()}):
            load_kind(shipped("templates"), kind, folder / TEMPLATES)
    except YibaoError as error:
        return None, [about.refused(error)]
    except OSError as error:
        refusal = about.failed(
            f"{FILE_NAME}: {os_reason(error)}", _("make the file yours"), ExitCode.PERMISSIONS
        )
        return None, [refusal]
    if settings.mailing and settings.mailing not in settings.mailings:
        detail = _("the current mailing {mailing} has no table").format(mailing=settings.mailing)
        remedy = _("add [mailings.{mailing}] to yibao.toml").format(mailing=settings.mailing)
        return settings, [about.warned(detail, remedy)]
    detail = _("{count} mailings, current: {mailing}")
    return settings, [
        about.well(detail.format(count=len(settings.mailings), mailing=settings.mailing or "-"))
    ]


def _encryption(folder: Path, settings: Settings | None) -> tuple[Key | None, Check]:
    """The key where it can be had, and the check of it."""
    about = About("encryption", _("encryption"))
    if settings is None:
        return None, about.warned(_("not looked at"), _("first see to the settings"))
    try:
        key = key_in_use(folder, settings)
    except YibaoError as error:
        return None, about.refused(error)
    if key is None:
        return None, about.well(_("off: files and database are kept plain"))
    detail = _("on, key {id}").format(id=key.id.hex())
    if settings.store.url:
        detail += _("; on the server, the columns that name persons")
    return key, about.well(detail)


def _database(
    folder: Path, settings: Settings | None, key: Key | None
) -> tuple[DatabaseHealth | None, Check]:
    """What a look at the database found, and the check of it; without settings the one in the workspace."""
    about = About("database", _("database"))
    try:
        health = database_health(folder, settings.store.url if settings else "", key)
    except YibaoError as error:
        return None, about.refused(error)
    except OSError as error:
        return None, about.failed(os_reason(error), _("make the file yours"), ExitCode.PERMISSIONS)
    on_server = settings is not None and bool(settings.store.url)
    if key and on_server and health and health.current and health.sealed_by != key.id.hex():
        return health, about.warned(
            _("the tables on the server are not encrypted by key {id}").format(id=key.id.hex()),
            _("encrypt them with `yibao keys encrypt`"),
        )
    return health, _judged(about, health)


def _judged(about: About, health: DatabaseHealth | None) -> Check:
    if health is None:
        return about.well(_("not there yet; the first command that needs it makes it"))
    if health.faults:
        return about.failed(
            _("damaged: {faults}").format(faults="; ".join(health.faults)),
            _("restore it from a backup"),
            ExitCode.IO,
        )
    if not health.revision:
        return about.failed(
            _("it holds no tables of yibao"), _("restore it from a backup, or name another"), ExitCode.IO
        )
    if health.newer:
        return about.failed(
            _("made by a newer yibao (schema {revision})").format(revision=health.revision),
            _("install the newer yibao: pip install --upgrade yibao-cli"),
            ExitCode.UNAVAILABLE,
        )
    if not health.current:
        return about.warned(
            _("an older schema ({revision})").format(revision=health.revision),
            _("back it up; the next command brings it up to date"),
        )
    return about.well(_("whole, schema {revision}").format(revision=health.revision))


# ---------------------------------------------------------------- space, permissions, leftovers


def _space(folder: Path, wanted: int) -> Check:
    """Whether there is room. wanted: bytes that the current mailing may take, 0 where that is not known."""
    about = About("space", _("disk space"))
    free = shutil.disk_usage(folder).free
    last = _last_mailing(folder)
    detail = _("{free:.1f} GB free; the last mailing took {last:.1f} GB")
    detail = detail.format(free=free / _GB, last=last / _GB)
    if wanted:
        told = _("; the current one may take {wanted:.1f} GB until it is posted")
        detail += told.format(wanted=wanted / _GB)
    if free < max(_NO_SPACE, wanted // 2):
        return about.failed(detail, _("make room"), ExitCode.IO)
    if free < max(_LITTLE_SPACE, _TIMES_THE_LAST * last, wanted):
        remedy = _("make room: 2 GB, three times the last mailing, and what the current one may take")
        return about.warned(detail, remedy)
    return about.well(detail)


def _last_mailing(folder: Path) -> int:
    """Bytes of the mailing that was worked on last."""
    mailings = [p for p in (folder / _MAILINGS).glob("*/") if p.is_dir()]
    if not mailings:
        return 0
    last = max(mailings, key=lambda p: p.stat().st_mtime)
    return sum(found.st_size for _path, found in _walk(last))


def _private(folder: Path) -> Check:
    """Whether others can read what is kept. Names of files are not shown: they may name a person."""
    about = About("permissions", _("permissions"))
    open_to_others = sum(bool(found.st_mode & _OTHERS) for _path, found in _walk(folder))
    user = getattr(os, "geteuid", lambda: 0)()  # Windows says 0 for every file's owner
    foreign = sum(found.st_uid != user for _path, found in _walk(folder))
    if foreign:
        return about.warned(
            _("{count} files and folders belong to somebody else").format(count=foreign),
            _("work as one user, or make them yours"),
        )
    if open_to_others:
        return about.warned(
            _("{count} files and folders can be opened by others").format(count=open_to_others),
            _("take that away: chmod -R go= {folder}").format(folder=folder),
        )
    return about.well(_("only the owner can open the files"))


def _leftovers(folder: Path) -> Check:
    """Locks that are held, else what killed runs left."""
    about = About("leftovers", _("runs"))
    running = [p.stem for p in sorted((folder / _LOCKS).glob("*.lock")) if _held(p)]
    if running:
        return about.well(_("under way: {names}").format(names=", ".join(running)))
    left = sum(
        path.name.endswith(TEMPORARY) or (path.name == SCRATCH and path.parent.parent.name == _MAILINGS)
        for path, _found in _walk(folder)
    )
    if left:
        return about.warned(
            _("{count} temporary files and folders of runs that were killed").format(count=left),
            _("run the command again: it finishes the work and clears up"),
        )
    return about.well(_("none under way, nothing left over"))


def _held(lock: Path) -> bool:
    """Whether a run holds a lock; the kernel frees a killed run's, whatever the file says."""
    try:
        # For a moment it is ours; to be changed, as Windows wants it for a lock.
        with lock.open("r+b") as stream:
            return not try_lock(stream)
    except OSError:
        return False


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The folder and everything in it, without following links or asking for what may not be read."""
    yield folder, folder.stat()
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for path in entries:
        try:
            found = path.lstat()
        except OSError:  # gone since it was listed
            continue
        if stat.S_ISDIR(found.st_mode):
            yield from _walk(path)
        elif not stat.S_ISLNK(found.st_mode):
            yield path, found


# ---------------------------------------------------------------- clock


def _clock(now: datetime, newest_import: str) -> Check:
    """Whether the clock can be right: dates go on paper, and days are counted from them."""
    about = About("clock", _("clock"))
    detail = _("{moment} in China").format(moment=now.astimezone(CHINA).strftime("%Y-%m-%d %H:%M"))
    if now.year not in _SANE_YEARS:
        return about.warned(detail, _("set the clock of the machine"))
    # A minute is what the clocks of two machines that share a workspace may differ by.
    if newest_import and datetime.fromisoformat(newest_import) > now + timedelta(minutes=1):
        return about.warned(
            _("{moment}, before the newest import of {day}").format(moment=detail, day=newest_import[:10]),
            _("set the clock of the machine"),
        )
    return about.well(detail)
