"""What `yibao doctor` says of one thing it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from yibao_cli.errors import ExitCode
from yibao_cli.i18n import N_

if TYPE_CHECKING:
    from yibao_cli.errors import YibaoError


class State(StrEnum):
    """How well a thing is: a warning lets the work go on, a fault does not."""

    OK = N_("ok")
    WARNING = N_("warning")
    FAULT = N_("fault")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name for programs and for people, how it is, and what to do.

    exit_code: what the command ends with on account of it; OK unless it is a fault.
    """

    name: str
    label: str
    state: State
    detail: str
    remedy: str = ""
    exit_code: ExitCode = ExitCode.OK


@dataclass(frozen=True, slots=True)
class About:
    """What a check is about; makes its outcome."""

    name: str
    label: str

    def well(self, detail: str) -> Check:
        """All is well."""
        return Check(self.name, self.label, State.OK, detail)

    def warned(self, detail: str, remedy: str) -> Check:
        """The work can go on, but somebody should look."""
        return Check(self.name, self.label, State.WARNING, detail, remedy)

    def failed(self, detail: str, remedy: str, code: ExitCode) -> Check:
        """The work cannot go on."""
        return Check(self.name, self.label, State.FAULT, detail, remedy, code)

    def refused(self, error: YibaoError) -> Check:
        """The work would end with this error."""
        place = f"{error.where}: " if error.where else ""
        return self.failed(f"{place}{error.message}", error.remedy, error.exit_code)
