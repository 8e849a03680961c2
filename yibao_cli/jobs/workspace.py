"""An open workspace: settings, database, folders, and the one clock."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select

from yibao_cli.ads.seasons import in_season, load_calendar
from yibao_cli.codes import CHINA, is_mailing_id
from yibao_cli.config import MailingSettings, Settings, find_workspace, load_settings, shipped
from yibao_cli.errors import InputNotFound, PermissionsError, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.unlocking import unlock
from yibao_cli.kinds import Kind, load_kind, load_product
from yibao_cli.kinds.binding import bound_kind
from yibao_cli.sealed.keys import key_of
from yibao_cli.store.database import FILE_NAME as DATABASE
from yibao_cli.store.database import open_database, reading
from yibao_cli.store.files import TEMPORARY, lock, recover_folder, sweep_dead
from yibao_cli.store.packages import Package, open_package
from yibao_cli.store.passing import sweep_passing
from yibao_cli.store.schema import mailings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection, Engine

PRINT, SCRATCH = "print", "scratch"  # folders of a mailing that several jobs know
TEMPLATES = "templates"  # a workspace's own kinds
SEASONS = "seasons.toml"

# What a long job calls as it goes: (what is being done, done so far, of how many or 0 when not known).
Progress = Callable[[str, int, int], None]


def no_progress(_what: str, _done: int, _of: int) -> None:
    """For whoever does not look."""


def today(now: datetime | None = None) -> str:
    """Business date in China, ISO, at a moment, or now."""
    return (now or datetime.now(UTC)).astimezone(CHINA).date().isoformat()


@dataclass(frozen=True)
class Workspace:
    """One client's workspace; `now` is the only clock of the program, given or read once."""

    folder: Path
    settings: Settings
    now: datetime

    @cached_property
    def engine(self) -> Engine:
        """The database, opened when it is first needed."""
        # Even a look needs the files that SQLite keeps beside its own.
        if not os.access(self.folder, os.W_OK):
            raise PermissionsError(
                _("no permission to write"),
                where=str(self.folder),
                remedy=_("make the folder yours, or choose another"),
            )
        return open_database(self.folder, self.settings.store.url, key_of(self.folder / DATABASE))

    @property
    def has_database(self) -> bool:
        """Whether the database was opened."""
        return "engine" in self.__dict__  # where cached_property keeps it

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to the database that only reads."""
        return reading(self.engine)

    @property
    def today(self) -> str:
        """Business date in China, ISO."""
        return today(self.now)

    @property
    def stamp(self) -> str:
        """The moment, ISO, UTC."""
        return self.now.astimezone(UTC).isoformat(timespec="seconds")

    def mailing_id(self, given: str) -> str:
        """The mailing meant: the given one, or the workspace's current one.

        Raises UsageError for what cannot name one, InputNotFound for one that yibao.toml does not name and of
        which nothing lies in the workspace either.
        """
        mailing = self.mailing_meant(given)
        if not (self.mailing_folder(mailing).is_dir() or (self.folder / "imports" / mailing).is_dir()):
            self.mailing(mailing)
        return mailing

    def mailing_meant(self, given: str) -> str:
        """The name of the mailing meant, whether there is one of that name or not."""
        named = given or self.settings.mailing
        if not named:
            raise UsageError(_("which mailing?"), remedy=_("name it, or set `mailing` in yibao.toml"))
        # An input method leaves letters wide, and a person small; no two names differ by that alone.
        mailing = unicodedata.normalize("NFKC", named).upper()
        if not is_mailing_id(mailing):
            raise UsageError(
                _("{mailing} cannot name a mailing").format(mailing=named),
                remedy=_("use 1 to 20 of A-Z, 0-9 and -, such as 2026Q3"),
            )
        return mailing

    def mailing(self, mailing: str) -> MailingSettings:
        """Settings of a mailing."""
        return self.settings.mailing_settings(mailing)

    def kind(self, mailing: str) -> Kind:
        """The statement kind of a mailing, as it stands in templates/ now, with the mailing's days in it."""
        settings = self.mailing(mailing)
        days = {"starts": settings.starts, "ends": settings.ends, "posting": settings.posting}
        kind = bound_kind(load_kind(shipped("templates"), settings.kind, self.own_templates), days)
        return self._in_season(kind, settings.posting)

    def _in_season(self, kind: Kind, day: str) -> Kind:
        """The kind with the house panels of a day, where the settings want them and it has room for them."""
        if kind.ads == "never" or not self.settings.ads.seasons:
            return kind
        own, common = self.folder / SEASONS, shipped("templates") / "common" / SEASONS
        calendar = load_calendar(own if own.is_file() else common)
        return in_season(kind, load_product(shipped("templates"), kind.product), calendar, day)

    @property
    def own_templates(self) -> Path:
        """Where the workspace's own kinds, texts and settings of kinds lie."""
        return self.folder / TEMPLATES

    def mailing_folder(self, mailing: str) -> Path:
        """Where everything made for a mailing lies."""
        return self.folder / "mailings" / mailing

    def package(self, mailing: str) -> Package:
        """The frozen package of a mailing."""
        return open_package(self.mailing_folder(mailing), mailing)

    def locked(self, name: str) -> AbstractContextManager[None]:
        """Hold a lock of this workspace, such as a mailing's."""
        return lock(self.folder / ".locks", name)

    @contextmanager
    def locked_mailing(self, mailing: str) -> Iterator[None]:
        """Hold a mailing's lock; what a killed run left half done is undone first."""
        with self.locked(f"mailing-{mailing}"):
            made = self.mailing_folder(mailing)
            shutil.rmtree(made / SCRATCH, ignore_errors=True)
            for folder in (made, made / PRINT, *(self.folder / "imports" / mailing).glob("*/")):
                _clear_leftovers(folder)
            for folder in made.glob("*/"):
                sweep_dead(folder)
            yield

    @contextmanager
    def locked_standing(self, table: str) -> Iterator[None]:
        """Hold the lock of a table that counts for every mailing; what a killed run left is undone first."""
        with self.locked(f"standing-{table}"):
            _clear_leftovers(self.folder / "imports" / table)
            yield

    @contextmanager
    def locked_folder(self, folder: Path) -> Iterator[None]:
        """Hold the lock of a folder of the workspace; what a killed run left in it is undone first."""
        with self.locked(folder.name):
            _clear_leftovers(folder)
            yield


def open_workspace(given: Path | None, now: datetime | None = None) -> Workspace:
    """Open the workspace given, or found from the current folder upward."""
    folder = find_workspace(given)
    settings = load_settings(folder)
    unlock(folder, settings)
    for place in (folder, folder / "certificates"):
        sweep_dead(place)
    sweep_passing(folder)
    return Workspace(folder, settings, now or datetime.now(UTC))


def _clear_leftovers(folder: Path) -> None:
    """Finish or remove the temporary files of killed runs; safe only under the lock."""
    interrupted = f".old{TEMPORARY}"
    for old in folder.glob(f"*{interrupted}"):
        recover_folder(old.with_name(old.name.removesuffix(interrupted)))
    for left in folder.glob(f"*{TEMPORARY}"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class MailingState:
    """How far a mailing is: merged, rendered, verified, posted, purged; hash of its package; posting day."""

    state: str
    package_sha256: str
    posted_on: str

    @property
    def is_purged(self) -> bool:
        """Whether its persons' data is gone, and only counts and hashes are left."""
        return self.state == "purged"

    @property
    def is_closed(self) -> bool:
        """Whether nothing may change in it any more."""
        return self.state in {"posted", "purged"}


def mailing_state(connection: Connection, mailing: str) -> MailingState | None:
    """State of a mailing; None before it is merged."""
    row = connection.execute(select(mailings).where(mailings.c.id == mailing)).first()
    return MailingState(row.state, row.package_sha256, row.posted_on) if row else None


def require_state(connection: Connection, mailing: str, allowed: tuple[str, ...]) -> MailingState:
    """State of a mailing, when it is one of the allowed; else what to do first."""
    state = mailing_state(connection, mailing)
    if state is None:
        raise InputNotFound(
            _("mailing {mailing} has no package").format(mailing=mailing),
            remedy=_("make it with `yibao merge {mailing}`").format(mailing=mailing),
        )
    if state.state not in allowed:
        raise StateError(
            _("mailing {mailing} is {state}; this wants it {allowed}").format(
                mailing=mailing, state=state_word(state.state), allowed=" / ".join(map(state_word, allowed))
            ),
            remedy=_("the next step is: {step}").format(step=next_step(mailing, state.state)),
        )
    return state


def state_word(state: str) -> str:
    """A state in the reader's language."""
    words = {
        "merged": _("merged"),
        "rendered": _("rendered"),
        "verified": _("verified"),
        "posted": _("posted"),
        "purged": _("purged"),
    }
    return words[state]


def next_step(mailing: str, state: str) -> str:
    """The command that comes after a state."""
    command = {
        "": "merge",
        "merged": "render",
        "rendered": "verify",
        "verified": "manifest",
        "posted": "reconcile",
        "purged": "audit list -m",
    }[state]
    return f"yibao {command} {mailing}"
