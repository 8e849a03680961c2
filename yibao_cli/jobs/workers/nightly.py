"""The night: the steps of yibao.toml one after another, each a process of its own, and one account of it."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import CheckFailed, ExitCode, InputNotFound, YibaoError
from yibao_cli.i18n import _
from yibao_cli.jobs.inbox import files_meant
from yibao_cli.jobs.workers.steps import Ended, run_step
from yibao_cli.jobs.workspace import Workspace, mailing_state
from yibao_cli.store.files import atomic_file, sweep_dead

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from yibao_cli.config import NightlySettings

_GO_ON = (ExitCode.OK, ExitCode.FINDINGS)
_SKEW = timedelta(minutes=10)  # by which the clocks of two machines may differ
_WITHOUT_MAILING = ("doctor", "address clean")


@dataclass
class Night:
    """What came of a night: each step as it ended, and the exit code for cron."""

    mailing: str
    started: str
    steps: list[Ended] = field(default_factory=list)
    out_of_time: bool = False
    posted: bool = False
    report: Path | None = None
    untold: list[str] = field(default_factory=list)  # recipients that could not be given the account

    @property
    def exit_code(self) -> int:
        """That of the step that stopped the night; 74 when a recipient got no account; else 3 or 0."""
        if self.out_of_time:
            return int(ExitCode.TERMINATED)
        stopped = [s.code for s in self.steps if s.code not in _GO_ON]
        if stopped or self.untold:
            return stopped[0] if stopped else int(ExitCode.IO)
        return max((s.code for s in self.steps), default=int(ExitCode.OK))


def run_night(workspace: Workspace, mailing: str, manner: Sequence[str] = ()) -> Night:
    """Run the steps of `[nightly]` for a mailing; the first that fails ends the night.

    manner: global options that each step gets, such as `--now`. A mailing that is posted needs no night.

    Raises LockHeld when another night is at work, InputNotFound when the inbox is missing or stale.
    """
    settings = workspace.settings.nightly
    mailing = workspace.mailing_id(mailing)
    workspace.mailing(mailing)
    with workspace.locked("nightly"):
        sweep_dead(workspace.folder / settings.reports)
        night = Night(mailing, workspace.stamp)
        with workspace.reading() as connection:
            state = mailing_state(connection, mailing)
        night.posted = state is not None and state.is_closed
        if not night.posted:
            _run(night, list(_commands(workspace, settings, mailing)), workspace, manner)
            night.report = _report(workspace, settings, night)
    return night


def require_night(workspace: Workspace, mailing: str, hours: int) -> None:
    """Ask, for a monitor, whether a night of a mailing ended well not long ago; a posted one needs none.

    hours: how long ago the last one that ended with 0 or 3 may have begun.

    Raises CheckFailed when it began earlier, never, or, by the clock, in times to come.
    """
    mailing = workspace.mailing_id(mailing)
    workspace.mailing(mailing)
    with workspace.reading() as connection:
        state = mailing_state(connection, mailing)
    if state is not None and state.is_closed:
        return
    folder = workspace.folder / workspace.settings.nightly.reports
    last = max(_good_nights(folder, mailing), default=None)
    if last is None:
        raise CheckFailed(
            _("no nightly run of {mailing} has ended well").format(mailing=mailing),
            where=str(folder),
            remedy=_("look whether cron runs `yibao nightly`, and at its output"),
        )
    age = workspace.now - last
    if not -_SKEW <= age <= timedelta(hours=hours):
        raise CheckFailed(
            _("the last nightly run that ended well began on {moment}").format(
                moment=last.isoformat(timespec="minutes")
            ),
            where=str(folder),
            remedy=_("look whether cron runs `yibao nightly`, at its output, and at the clock"),
        )


def _good_nights(folder: Path, mailing: str) -> Iterator[datetime]:
    """When the nights began that are accounted for and ended with 0 or 3."""
    for path in folder.glob(f"nightly-{mailing}-*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            account = json.loads(path.read_text(encoding="utf-8"))
            if account["mailing"] == mailing and account["exit"] in _GO_ON:
                yield datetime.fromisoformat(account["started"]).astimezone(UTC)


def _run(night: Night, commands: list[list[str]], workspace: Workspace, manner: Sequence[str]) -> None:
    minutes = workspace.settings.nightly.budget_minutes
    ends = time.monotonic() + 60 * minutes if minutes else None
    place = ["-q", "-w", str(workspace.folder), *manner]
    for words in commands:
        left = None if ends is None else ends - time.monotonic()
        if left is not None and left <= 0:
            night.out_of_time = True
            return
        night.steps.append(run_step(words, place, left))
        if night.steps[-1].late:
            night.out_of_time = True
            return
        if night.steps[-1].code not in _GO_ON:
            return


def _commands(workspace: Workspace, settings: NightlySettings, mailing: str) -> Iterator[list[str]]:
    for step in settings.steps:
        if step == "import":
            yield from _imports(workspace, settings, mailing)
        else:
            yield step.split() if step in _WITHOUT_MAILING else [*step.split(), mailing]


def _imports(workspace: Workspace, settings: NightlySettings, mailing: str) -> Iterator[list[str]]:
    """One import for each table that has files, in the order in which the kind names its tables."""
    inbox = workspace.folder / settings.inbox
    if not inbox.is_dir():
        raise InputNotFound(
            _("the inbox is not there"),
            where=str(inbox),
            remedy=_("make the folder, or name another in [nightly]"),
        )
    found: dict[str, list[Path]] = {}
    files = files_meant([inbox])
    for table in workspace.kind(mailing).inputs:
        pattern = settings.files.get(table, f"{table}*")
        if table != "returns" and (named := [f for f in files if fnmatchcase(f.name, pattern)]):
            found[table] = named
    _require_fresh(workspace, settings, [f for named in found.values() for f in named], inbox)
    for table, named in found.items():
        yield ["import", table, "--mailing", mailing, "--", *map(str, named)]


def _require_fresh(workspace: Workspace, settings: NightlySettings, files: list[Path], inbox: Path) -> None:
    if not settings.fresh_hours:
        return
    newest = max((f.stat().st_mtime for f in files), default=0.0)
    hours = (workspace.now - datetime.fromtimestamp(newest, UTC)).total_seconds() / 3600
    if hours > settings.fresh_hours:
        raise InputNotFound(
            _("no file of the inbox is younger than {hours} hours").format(hours=settings.fresh_hours),
            where=str(inbox),
            remedy=_("ask the client whether today's files were sent"),
        )


def _report(workspace: Workspace, settings: NightlySettings, night: Night) -> Path:
    """Write the account of the night, which names no person, and give a copy to each recipient."""
    name = f"nightly-{night.mailing}-{night.started[:19].replace(':', '').replace('-', '')}.json"
    text = json.dumps(_account(night), ensure_ascii=False, indent=2) + "\n"
    for folder in settings.recipients:
        try:
            _write(workspace.folder / folder / name, text)
        except (YibaoError, OSError):
            night.untold.append(folder)
    own = workspace.folder / settings.reports / name
    _write(own, json.dumps(_account(night), ensure_ascii=False, indent=2) + "\n" if night.untold else text)
    return own


def _write(path: Path, text: str) -> None:
    with atomic_file(path, "w") as stream:
        stream.write(text)


def _account(night: Night) -> dict[str, Any]:
    return {
        "mailing": night.mailing,
        "started": night.started,
        "exit": night.exit_code,
        "out_of_time": night.out_of_time,
        "untold": night.untold,
        "steps": [
            {"command": s.command, "exit": s.code, "seconds": s.seconds, "messages": list(s.messages)}
            for s in night.steps
        ],
    }
