"""The keys of a workspace 密钥: made, checked, changed."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from yibao_cli.config import FILE_NAME, find_workspace, load_settings
from yibao_cli.errors import PermissionsError, SettingsError, YibaoError
from yibao_cli.i18n import _
from yibao_cli.jobs.custody.auditing import anchor_trail
from yibao_cli.jobs.custody.roles import COMMANDS, record_refusal, require_any
from yibao_cli.jobs.signers import who
from yibao_cli.jobs.unlocking import configured_key, unlock, write_mark
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress
from yibao_cli.sealed.files import require_whole
from yibao_cli.sealed.keys import new_key
from yibao_cli.store import audit
from yibao_cli.store.database import open_database, open_unkeyed
from yibao_cli.store.files import lock
from yibao_cli.store.resealing import require_whole_database, reseal_database, reseal_file, sealable
from yibao_cli.store.sealing import check_tables, reseal_tables
from yibao_cli.store.unlocking import MARK, Mark, key_in_file, read_mark, write_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.sealed.keys import Key

_LOCKS = ".locks"


@dataclass(frozen=True, slots=True)
class Keyed:
    """What a look at, or a change of, the key came to: its id, "" for none; files; of them changed now.

    rows: of a server's tables that have sealed columns, those that were read, or changed now.
    """

    key: str
    files: int
    changed: int = 0
    rows: int = 0


def make_key(path: Path) -> str:
    """Write a new key into a new private file; gives its id. SettingsError when the file is there."""
    key = new_key()
    write_key(path, key)
    return key.id.hex()


def check_key(workspace: Workspace, progress: Progress = no_progress) -> Keyed:
    """Read everything that is sealed through: files, and the database or the tables on a server.

    Raises SettingsError or CheckFailed at the first thing that the key does not open.
    """
    key = configured_key(workspace.folder, workspace.settings)
    if key is None:
        return Keyed("", 0)
    files = list(sealable(workspace.folder))
    for done, path in enumerate(files, 1):
        require_whole(path)
        progress(_("reading"), done, len(files))
    rows = 0
    with workspace.reading() as connection:
        if workspace.settings.store.url:
            rows = check_tables(connection)
        else:
            require_whole_database(connection)
    return Keyed(key.id.hex(), len(files), rows=rows)


def change_key(
    given: Path | None,
    old_file: Path | None,
    now: datetime | None = None,
    progress: Progress = no_progress,
    *,
    command: str = "keys rotate",
) -> Keyed:
    """Bring all data of a workspace under the key that its settings name, or into plain where they name none.

    given: the workspace that is meant. old_file: the key that the data has; None for plain data. Killed at
    any moment, the same command goes on.

    Raises SettingsError when a key is missing or wrong, LockHeld while anything works on the workspace.
    """
    folder = find_workspace(given)
    settings = load_settings(folder)
    workspace = Workspace(folder, settings, now or datetime.now(UTC))
    _require_role(workspace, old_file, command)
    new = configured_key(folder, settings)
    old = key_in_file(old_file.expanduser()) if old_file else None
    _require_sense(folder, old, new, command)
    with ExitStack() as locks:
        _lock_all(workspace, locks)
        write_mark(folder, Mark(new.id.hex() if new else "", changing=True))
        files = list(sealable(folder))
        changed = 0
        for done, path in enumerate(files, 1):
            changed += reseal_file(path, old, new)
            progress(_("encrypting") if new else _("decrypting"), done, len(files))
        rows = _reseal_store(workspace, old, new, progress)
        write_mark(folder, Mark(new.id.hex()) if new else None)
        unlock(folder, settings)
        with workspace.engine.begin() as connection:
            facts = {
                "key": new.id.hex() if new else "",
                "files": len(files),
                "changed": changed,
                "rows": rows,
            }
            audit.record(connection, at=workspace.stamp, command=command, mailing="", facts=facts)
        anchor_trail(workspace)
        workspace.engine.dispose()
    return Keyed(new.id.hex() if new else "", len(files), changed, rows)


def _reseal_store(workspace: Workspace, old: Key | None, new: Key | None, progress: Progress) -> int:
    """Bring the database under another key; gives how many rows of a server's tables were changed."""
    url = workspace.settings.store.url
    if not url:
        reseal_database(workspace.folder, old, new)
        return 0
    engine = open_unkeyed(workspace.folder, url)
    try:
        return reseal_tables(engine, old, new, partial(progress, _("rows on the server")))
    finally:
        engine.dispose()


def _require_role(workspace: Workspace, old_file: Path | None, command: str) -> None:
    """Refuse whoever may not change the key; the trail says so, where a key that is there opens it."""
    try:
        require_any(workspace.settings, who(), COMMANDS[command], command)
    except PermissionsError:
        for key in _keys_at_hand(workspace, old_file):
            with suppress(YibaoError):
                trail = open_database(workspace.folder, workspace.settings.store.url, key)
                record_refusal(trail, workspace.stamp, who(), COMMANDS[command], command)
                trail.dispose()
                break
        raise


def _keys_at_hand(workspace: Workspace, old_file: Path | None) -> Iterator[Key | None]:
    """The keys that the data may have: that of the settings, the old one, none."""
    with suppress(YibaoError):
        yield configured_key(workspace.folder, workspace.settings)
    if old_file is not None:
        with suppress(YibaoError):
            yield key_in_file(old_file.expanduser())
    yield None


def _require_sense(folder: Path, old: Key | None, new: Key | None, command: str) -> None:
    """What is asked for must be what the settings and the mark say, so that no key is taken for another."""
    if (new is None) != (command == "keys decrypt"):
        raise SettingsError(
            _("take [encryption] out of yibao.toml first, and name the key it had with --old")
            if new
            else _("no key is configured"),
            where=FILE_NAME,
            remedy=_("see docs/privacy.md"),
        )
    mark = read_mark(folder)
    if mark is None or mark.changing:
        return
    known = {key.id.hex() for key in (old, new) if key is not None}
    if mark.key not in known:
        raise SettingsError(
            _("this workspace is encrypted by key {id}, neither the old nor the new one").format(
                id=mark.key or _("none")
            ),
            where=MARK,
            remedy=_("give the key it has with --old"),
        )


def _lock_all(workspace: Workspace, locks: ExitStack) -> None:
    """Every lock there is, so that nothing of the workspace is written or read meanwhile."""
    folder = workspace.folder
    locks.enter_context(workspace.locked("backup"))
    mailings = {p.name for place in ("mailings", "imports") for p in (folder / place).glob("*/")}
    for mailing in sorted(mailings):
        locks.enter_context(workspace.locked_mailing(mailing))
    held = {"backup", *(f"mailing-{m}" for m in mailings)}
    for name in sorted({p.stem for p in (folder / _LOCKS).glob("*.lock")} - held):
        locks.enter_context(lock(folder / _LOCKS, name))
