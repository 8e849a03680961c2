"""Approval 签样: a second person signs the proofs of a package, and of no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yibao_cli.errors import StateError
from yibao_cli.i18n import _
from yibao_cli.jobs.custody.roles import APPROVER, require_role_of
from yibao_cli.jobs.signers import same_person, who
from yibao_cli.jobs.workspace import require_state
from yibao_cli.store import audit
from yibao_cli.store.approvals import Approval, add_approval, approval_of, makers_of
from yibao_cli.store.files import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace

FOLDER, CONTROL = "proof", "proof.json"


def approve_mailing(workspace: Workspace, mailing: str, by: str = "") -> Approval:
    """Sign the proofs of a mailing's package. by: who signs; "" for whoever runs the program.

    Signed again by the same person, it stays as it was. Raises StateError before there are proofs of this
    very package, and for the person who merged it; PermissionsError for whoever is no approver.
    """
    mailing = workspace.mailing_id(mailing)
    checker = who(by)
    require_role_of(workspace, checker, APPROVER, "approve")
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("merged", "rendered", "verified"))
            makers = makers_of(connection, mailing, state.package_sha256)
            known = approval_of(connection, mailing, state.package_sha256)
        if any(same_person(maker, checker) for maker in makers):
            raise StateError(
                _("whoever merged a mailing cannot sign its proofs"),
                remedy=_("a second person approves, with --by NAME or their own account"),
            )
        proof = _proof_sha256(workspace, mailing, state.package_sha256)
        maker = makers[0] if makers else ""
        made = Approval(mailing, state.package_sha256, proof, maker, checker, workspace.stamp)
        if known and (known.proof_sha256, known.checker) == (proof, checker):
            return known
        with workspace.engine.begin() as connection:
            add_approval(connection, made)
            facts = {"package": state.package_sha256, "proof": proof, "maker": maker, "checker": checker}
            audit.record(connection, at=workspace.stamp, command="approve", mailing=mailing, facts=facts)
    return made


def require_approval(workspace: Workspace, mailing: str, package_sha256: str) -> None:
    """Refuse to go on with a package that nobody signed, where the settings want a signature."""
    if workspace.settings.approval.required and not is_approved(workspace, mailing, package_sha256):
        raise StateError(
            _("the proofs of mailing {mailing} are not signed").format(mailing=mailing),
            where=_proofs(workspace, mailing, package_sha256),
            remedy=_("look at them with `yibao proof {mailing}`; {who} signs: {step}").format(
                mailing=mailing,
                who=_signers(workspace, mailing, package_sha256),
                step=f"yibao approve {mailing}",
            ),
        )


def _proofs(workspace: Workspace, mailing: str, package_sha256: str) -> str:
    """Where the proofs lie that are to be signed; "" where there are none of this package."""
    path = workspace.mailing_folder(mailing) / FOLDER / f"proof-{mailing}.pdf"
    return str(path) if has_proofs(workspace, mailing, package_sha256) else ""


def _signers(workspace: Workspace, mailing: str, package_sha256: str) -> str:
    """Who may sign: those with the role who did not merge it; no names where there are no roles."""
    with workspace.reading() as connection:
        makers = makers_of(connection, mailing, package_sha256)
    named = workspace.settings.roles.approver
    return _(" or ").join(n for n in named if not any(same_person(n, m) for m in makers)) or _(
        "a second person"
    )


def has_proofs(workspace: Workspace, mailing: str, package_sha256: str) -> bool:
    """Whether there are proofs of this very package."""
    try:
        _proof_sha256(workspace, mailing, package_sha256)
    except StateError:
        return False
    return True


def is_approved(workspace: Workspace, mailing: str, package_sha256: str) -> bool:
    """Whether somebody signed this very package."""
    with workspace.reading() as connection:
        return approval_of(connection, mailing, package_sha256) is not None


def write_control(folder: Path, pdf: Path, package_sha256: str) -> None:
    """Say beside the proofs which package they show."""
    words = {"package_sha256": package_sha256, "sha256": sha256_of(pdf)}
    path = folder / CONTROL
    path.write_text(json.dumps(words), encoding="utf-8")
    path.chmod(0o600)


def _proof_sha256(workspace: Workspace, mailing: str, package_sha256: str) -> str:
    """The hash of the proofs that a person looks at now, when they show this package."""
    folder = workspace.mailing_folder(mailing) / FOLDER
    try:
        words = json.loads((folder / CONTROL).read_text(encoding="utf-8"))
        pdf = sha256_of(folder / f"proof-{mailing}.pdf")
        if words == {"package_sha256": package_sha256, "sha256": pdf}:
            return pdf
    except (OSError, ValueError):
        pass
    raise StateError(
        _("there are no proofs of this package of mailing {mailing}").format(mailing=mailing),
        remedy=_("make them with `yibao proof {mailing}`, and look at them").format(mailing=mailing),
    )
