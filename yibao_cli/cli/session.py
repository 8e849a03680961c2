"""What a command gets from the global options."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from yibao_cli.cli.view import View
from yibao_cli.errors import ExitCode
from yibao_cli.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    import typer

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.model import Finding


@dataclass(frozen=True)
class Session:
    """The global options of this run."""

    folder: Path | None = None
    view: View = field(default_factory=View)
    now: datetime | None = None
    command: Callable[[list[str]], int] | None = None  # runs another command line, for the demo
    words: str = ""  # the command that runs, such as `address clean`
    _opened: list[Workspace] = field(default_factory=list)

    def workspace(self) -> Workspace:
        """Open the workspace that is meant, for somebody who may run this command."""
        from yibao_cli.jobs.workspace import open_workspace

        self._opened.append(open_workspace(self.folder, self.moment))
        if self._opened[-1].settings.roles.on:
            from yibao_cli.jobs.custody.roles import require_role

            require_role(self._opened[-1], self.words)
        return self._opened[-1]

    def close(self) -> None:
        """Write down how far the audit trail of each workspace has come that the command wrote to."""
        for workspace in self._opened:
            if workspace.has_database:
                from yibao_cli.jobs.custody.auditing import anchor_trail

                anchor_trail(workspace)

    @property
    def today(self) -> str:
        """The date in China, ISO, where no workspace is open yet."""
        from yibao_cli.jobs.workspace import today

        return today(self.moment)

    @property
    def moment(self) -> datetime | None:
        """The moment that a day given on the command line stands for."""
        if self.now is None:
            return None
        from yibao_cli.codes import CHINA

        # Noon in China is the same date in every zone that matters.
        return self.now.replace(hour=12, tzinfo=CHINA)


def session(context: typer.Context) -> Session:
    """The session of a command."""
    found = context.obj if isinstance(context.obj, Session) else Session()
    return replace(found, words=context.command_path.partition(" ")[2])


def exit_code(findings: Iterable[Finding]) -> ExitCode:
    """0 when nothing needs a person, 3 when something does; notes alone are the record of what was done."""
    return ExitCode.FINDINGS if any(f.severity is not Severity.NOTE for f in findings) else ExitCode.OK
