"""The night: the steps of yibao.toml one after another, each a process of its own, and one account of it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from yibao_cli.errors import ExitCode, InputNotFound
from yibao_cli.i18n import _
from yibao_cli.jobs.inbox import files_meant
from yibao_cli.jobs.steps import Ended, run_step
from yibao_cli.jobs.workspace import Workspace, mailing_state
from yibao_cli.store.files import atomic_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from yibao_cli.config import NightlySettings

_GO_ON = (ExitCode.OK, ExitCode.FINDINGS)
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

    @property
    def exit_code(self) -> int:
        """That of the step that stopped the night; else 3 when any step needs a person, else 0."""
        if self.out_of_time:
            return int(ExitCode.TERMINATED)
        stopped = [s.code for s in self.steps if s.code not in _GO_ON]
        return stopped[0] if stopped else max((s.code for s in self.steps), default=int(ExitCode.OK))


def run_night(workspace: Workspace, mailing: str, manner: Sequence[str] = ()) -> Night:
    """Run the steps of `[nightly]` for a mailing; the first that fails ends the night.

    manner: global options that each step gets, such as `--now`. A mailing that is posted needs no night.

    Raises LockHeld when another night is at work, InputNotFound when the inbox is missing or stale.
    """
    settings = workspace.settings.nightly
    mailing = workspace.mailing_id(mailing)
    workspace.mailing(mailing)
    with workspace.locked("nightly"):
        night = Night(mailing, workspace.stamp)
        with workspace.reading() as connection:
            state = mailing_state(connection, mailing)
        night.posted = state is not None and state.is_closed
        if not night.posted:
            _run(night, list(_commands(workspace, settings, mailing)), workspace, manner)
            night.report = _report(workspace, settings, night)
    return night


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
    for folder in (settings.reports, *settings.recipients):
        with atomic_file(workspace.folder / folder / name, "w") as stream:
            stream.write(text)
    return workspace.folder / settings.reports / name


def _account(night: Night) -> dict[str, Any]:
    return {
        "mailing": night.mailing,
        "started": night.started,
        "exit": night.exit_code,
        "out_of_time": night.out_of_time,
        "steps": [
            {"command": s.command, "exit": s.code, "seconds": s.seconds, "messages": list(s.messages)}
            for s in night.steps
        ],
    }
