"""Is everything there that a mailing needs? Looks at machine, fonts and workspace, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from yibao_cli.errors import ExitCode
from yibao_cli.jobs.program.checkup import State
from yibao_cli.jobs.program.machine import machine_checks

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.jobs.program.checkup import Check
    from yibao_cli.jobs.program.typefaces import FontCoverage


@dataclass(frozen=True, slots=True)
class Checkup:
    """All checks, in order."""

    checks: tuple[Check, ...]

    def count(self, state: State) -> int:
        """How many checks came out so."""
        return sum(c.state is state for c in self.checks)

    @property
    def exit_code(self) -> ExitCode:
        """That of the first fault; 0 when there are only warnings."""
        return next((c.exit_code for c in self.checks if c.state is State.FAULT), ExitCode.OK)


def examine(given: Path | None, now: datetime | None = None) -> Checkup:
    """Look at the machine, the fonts and the workspace, where there is one.

    given: the workspace that is meant, or None to look for one from the current folder upward.
    now: the moment to take for now; default: the clock's.
    """
    checks = list(machine_checks())
    # Only packages can be missing here that fonts and workspace need before they can say anything.
    if any(c.state is State.FAULT and c.exit_code is ExitCode.UNAVAILABLE for c in checks):
        return Checkup(tuple(checks))
    from yibao_cli.jobs.program.premises import configured_fonts, workspace_checks  # noqa: PLC0415 - loads the packages
    from yibao_cli.jobs.program.typefaces import font_checks  # noqa: PLC0415

    checks += font_checks(configured_fonts(given))
    return Checkup((*checks, *workspace_checks(given, now or datetime.now(UTC))))


def coverage_of(given: Path | None) -> list[FontCoverage]:
    """What the fonts of the workspace draw of each character set; those that are shipped where there is none.

    Raises DependencyError when a shipped font is missing, SettingsError when a configured one cannot be used.
    """
    from yibao_cli.jobs.program.premises import configured_fonts  # noqa: PLC0415
    from yibao_cli.jobs.program.typefaces import font_coverage  # noqa: PLC0415

    return font_coverage(configured_fonts(given))
