"""The section [nightly]: what cron runs when nobody is there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from yibao_cli.kinds.fields import Spec

# fmt: off - one line of words reads better than twelve
Step = Literal[
    "doctor",
    "import",
    "address clean",
    "merge",
    "proof",
    "render",
    "verify",
    "manifest",
    "labels",
    "handover",
    "reconcile",
    "report",
]
# fmt: on


class NightlySettings(Spec):
    """The steps of a night, in order; all can be done twice.

    inbox: folder with the client's files, relative to the workspace. files: table -> pattern of its files
    there; a table that is not named takes the files that begin with its name. fresh_hours: how old the newest
    of them may be, 0 for any age. budget_minutes: when the night ends, done or not, 0 for never. reports:
    folder for the summary of each night. recipients: folders that get a copy, such as a mail gateway's.
    """

    inbox: str = "inbox"
    files: dict[str, str] = Field(default={})
    fresh_hours: Annotated[int, Field(ge=0)] = 0
    steps: tuple[Step, ...] = ("doctor", "import", "address clean", "merge", "proof", "render", "verify")
    budget_minutes: Annotated[int, Field(ge=0)] = 0
    reports: str = "nightly"
    recipients: tuple[str, ...] = ()
