"""The demo: one mailing from Excel to reconciliation, by the very commands an operator types."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from yibao_cli.errors import CheckFailed, ExitCode
from yibao_cli.i18n import _
from yibao_cli.jobs.setup.starting import make_room_for_demo

if TYPE_CHECKING:
    from yibao_cli.cli.session import Session

_MAILING = "2026Q3"
_TODAY = "2026-11-21"
_STEPS = (
    "import roster {inbox}/roster.xlsx",
    "import employers {inbox}/employers.xlsx",
    "import balances {inbox}/balances.xlsx",
    "import transactions {inbox}/transactions.xlsx",
    "import adjustments {inbox}/adjustments.xlsx",
    "import contracts {inbox}/contracts.xlsx",
    "address clean",
    "merge " + _MAILING,
    "proof " + _MAILING,
    "render " + _MAILING,
    "verify " + _MAILING,
    "manifest " + _MAILING,
    "labels " + _MAILING,
    "returns import {inbox}/returns.xlsx",
    "reconcile " + _MAILING,
    "report " + _MAILING,
    "status " + _MAILING,
)


def walk_through(run: Session, folder: Path) -> None:
    """Make the sample workspace anew and run the whole chain in it, saying each command before it runs.

    Raises UsageError when the folder holds anything but an earlier demo, CheckFailed when a step fails.
    """
    make_room_for_demo(folder)
    manner = [*(["-q"] if run.view.quiet else []), *(["--log-json"] if run.view.log_json else [])]
    _step(run, [*manner, "init", str(folder), "--sample"])
    place = [*manner, "-w", str(folder), "--now", _TODAY]
    for step in _STEPS:
        _step(run, [*place, *(word.format(inbox=folder / "inbox") for word in step.split())])
    mailing = folder / "mailings" / _MAILING
    run.view.say("")
    run.view.say(_("Made, in {folder}:").format(folder=mailing))
    for what, files in _made(mailing):
        for file in files:
            run.view.say(f"  {file.relative_to(mailing)}  {what}")
    run.view.say(_("Look first at {file}.").format(file=min((mailing / "proof").glob("proof-*.png"))))


def _step(run: Session, arguments: list[str]) -> None:
    """Run one command as it would be typed; findings are no failure."""
    command = f"yibao {shlex.join(arguments)}"
    run.view.say(f"\n$ {command}")
    code = run.command(arguments) if run.command else ExitCode.BUG
    if code in {ExitCode.INTERRUPTED, ExitCode.TERMINATED}:
        raise SystemExit(code)
    if code not in {ExitCode.OK, ExitCode.FINDINGS}:
        raise CheckFailed(
            _("the step «{command}» ended with exit code {code}").format(command=command, code=code),
            remedy=_("read its message above"),
        )


def _made(mailing: Path) -> list[tuple[str, list[Path]]]:
    """What the demo made, with words, in the order of the work."""
    kinds = (
        (_("what a person has to look at"), "findings/*"),
        (_("proofs"), "proof/proof-*"),
        (_("print files"), "print/*.pdf"),
        (_("papers for the post"), "manifest/*-*"),
        (_("labels"), "labels/*"),
        (_("the account"), "account/*"),
        (_("the report, for a browser"), "report/*.html"),
    )
    return [(what, sorted(mailing.glob(pattern))) for what, pattern in kinds]
