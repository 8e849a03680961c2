"""The package as it was frozen: its files whole, its fonts those of today, and nothing imported since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import CheckFailed, StateError
from yibao_cli.i18n import _
from yibao_cli.jobs.workspace import mailing_state
from yibao_cli.render.faces import font_digests
from yibao_cli.store.imports import active_imports

if TYPE_CHECKING:
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.packages import Package


def whole_package(workspace: Workspace, mailing: str, sha256: str) -> Package:
    """The package of a mailing, after every file's hash was checked; CheckFailed names what was altered."""
    package = workspace.package(mailing)
    if altered := package.altered_files(sha256):
        raise CheckFailed(
            _("the package was altered since it was frozen: {files}").format(files=", ".join(altered)),
            where=str(package.folder),
            remedy=_("print nothing from it; merge it again with `yibao merge MAILING`"),
        )
    _require_current(workspace, mailing, package)
    require_fonts(package)
    return package


def require_fonts(package: Package) -> None:
    """What is printed must look as what was looked at: the same font files."""
    plan, known = package.fonts
    now = font_digests(plan)
    if changed := sorted(name for name, digest in known.items() if now.get(name) != digest):
        raise CheckFailed(
            _("fonts are not those that the package was frozen with: {fonts}").format(
                fonts=", ".join(changed)
            ),
            remedy=_("put the old fonts back, or merge it again with `yibao merge MAILING`"),
        )


def _require_current(workspace: Workspace, mailing: str, package: Package) -> None:
    """What is printed must be what was imported last; what is posted stays as it was."""
    with workspace.reading() as connection:
        state = mailing_state(connection, mailing)
        if state is not None and state.is_closed:
            return
        now = [(r.table, r.sha256) for r in active_imports(connection, mailing)]
    if now != [(i["table"], i["sha256"]) for i in package.manifest.inputs]:
        raise StateError(
            _("files were imported into mailing {mailing} since it was merged").format(mailing=mailing),
            remedy=_("merge it again with `yibao merge {mailing}`").format(mailing=mailing),
        )
