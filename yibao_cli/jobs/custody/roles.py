"""Roles 角色: who may run which command, where the settings give roles.

One table for all commands. An auditor sees counts, hashes and findings with masks, and never an address or a
statement; an approver sees everything and signs; an operator does the work. Who has two roles may do both,
and still never signs their own work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import PermissionsError
from yibao_cli.i18n import _
from yibao_cli.jobs.signers import who
from yibao_cli.store import audit

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from yibao_cli.config import Settings
    from yibao_cli.jobs.workspace import Workspace

OPERATOR, APPROVER, AUDITOR = "operator", "approver", "auditor"
ANYBODY = frozenset[str]()  # touches no workspace that is there
LOOK = frozenset({OPERATOR, APPROVER, AUDITOR})
SEE = frozenset({OPERATOR, APPROVER})
WORK = frozenset({OPERATOR})
SIGN = frozenset({APPROVER})

# fmt: off - a table
COMMANDS: dict[str, frozenset[str]] = {
    name: roles
    for roles, names in (
        (
            ANYBODY,
            (
                "address parse",
                "demo",
                "doctor",
                "init",
                "keys new",
                "kind check",
                "kind new",
                "kind preview",
                "licences",
                "restore",
                "sample",
            ),
        ),
        (
            LOOK,
            (
                "ads accounts",
                "ads avails",
                "ads check",
                "ads quote",
                "audit head",
                "audit list",
                "audit verify",
                "complaints list",
                "keys check",
                "numbers list",
                "receipts list",
                "report",
                "returns waiting",
                "status",
                "survey result",
            ),
        ),
        (
            SEE,
            (
                "address history",
                "address show",
                "keys open",
                "preview",
                "reprint",
                "serve",
                "track",
            ),
        ),
        (
            WORK,
            (
                "address apply",
                "address clean",
                "address enquiry",
                "address release",
                "address review",
                "address suppress",
                "address walks",
                "ads codes",
                "ads lift",
                "ads payment",
                "ads plan",
                "ads proof",
                "ads scans",
                "ads settle",
                "backup",
                "complaints add",
                "complaints close",
                "complaints compensate",
                "handover",
                "import",
                "labels",
                "manifest",
                "merge",
                "month-end",
                "nightly",
                "numbers add",
                "proof",
                "receipts decode",
                "receipts import",
                "receipts scan",
                "reconcile",
                "render",
                "returns corrections",
                "returns cures",
                "returns decode",
                "returns import",
                "returns remail",
                "returns scan",
                "returns settle",
                "survey draw",
                "survey import",
                "verify",
            ),
        ),
        (
            SIGN,
            (
                "ads approve",
                "approve",
                "complaints approve",
                "keys decrypt",
                "keys encrypt",
                "keys rotate",
                "purge",
            ),
        ),
    )
    for name in names
}
# fmt: on


def require_role(workspace: Workspace, command: str) -> None:
    """Refuse a command to whoever has no role that may run it; nothing where no roles are given.

    Raises PermissionsError; the refusal is in the audit trail.
    """
    if workspace.settings.roles.on and COMMANDS.get(command, WORK):
        _require(workspace, who(), COMMANDS.get(command, WORK), command)


def require_role_of(workspace: Workspace, person: str, role: str, command: str) -> None:
    """Refuse a signature of a person without the role, whoever runs the program."""
    if workspace.settings.roles.on:
        _require(workspace, person, frozenset({role}), command)


def _require(workspace: Workspace, person: str, needed: frozenset[str], command: str) -> None:
    try:
        require_any(workspace.settings, person, needed, command)
    except PermissionsError:
        record_refusal(workspace.engine, workspace.stamp, person, needed, command)
        raise


def record_refusal(engine: Engine, at: str, person: str, needed: frozenset[str], command: str) -> None:
    """Write into the audit trail that somebody was refused a command."""
    with engine.begin() as connection:
        facts = {"refused": command, "person": person, "needs": sorted(needed)}
        audit.record(connection, at=at, command="refused", mailing="", facts=facts)


def require_any(settings: Settings, person: str, needed: frozenset[str], command: str) -> None:
    """Refuse whoever has none of the roles, without a word in the trail; nothing where no roles are given."""
    if not settings.roles.on or settings.roles.of(person) & needed:
        return
    words = {OPERATOR: _("operator"), APPROVER: _("approver"), AUDITOR: _("auditor")}
    raise PermissionsError(
        _("{person} may not run `yibao {command}`: that is for the role {roles}").format(
            person=person, command=command, roles=" / ".join(words[r] for r in words if r in needed)
        ),
        where="roles",
        remedy=_("let somebody with that role do it, or have the role given in [roles] of yibao.toml"),
    )
