"""The labels of a mailing's bundles and bags."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibao_cli.config import shipped
from yibao_cli.i18n import _
from yibao_cli.jobs.mailing.listing import narrow_pieces
from yibao_cli.jobs.render.unaltered import whole_package
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.kinds.labels import load_label_sheet
from yibao_cli.kinds.sorting import Scheme
from yibao_cli.mailing.containers import sorted_containers
from yibao_cli.mailing.labels import bag_tags, bundle_labels
from yibao_cli.model import Finding
from yibao_cli.render.faces import font_set
from yibao_cli.render.labels import write_labels
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_folder

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "labels"


@dataclass(frozen=True, slots=True)
class LabelOutcome:
    """The two files, and how many labels and pages each has."""

    bundles_pdf: Path
    bags_pdf: Path
    bundles: int
    bags: int
    pages: int
    findings: list[Finding] = field(default_factory=list)


def label_mailing(
    workspace: Workspace, mailing: str, sheet: str = "", progress: Progress = no_progress
) -> LabelOutcome:
    """Write the labels of a mailing that is printed; sheet: a file of templates/labels, "" for the setting.

    Raises StateError when the mailing is not rendered, CheckFailed when its bundles do not tie.
    """
    mailing = workspace.mailing_id(mailing)
    geometry = load_label_sheet(shipped("templates"), sheet or workspace.settings.posting.labels)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("rendered", "verified", "posted"))
        package = whole_package(workspace, mailing, state.package_sha256)
        progress(_("labelling"), 0, 0)
        found = sorted_containers(narrow_pieces(package))
        scheme = Scheme.model_validate(package.manifest.sorting["rules"])
        about = (mailing, workspace.settings.client.name, workspace.today)
        fonts = font_set(workspace.settings.fonts.plan(workspace.folder))
        folder = workspace.mailing_folder(mailing) / FOLDER
        names = f"bundles-{mailing}.pdf", f"bags-{mailing}.pdf"
        with atomic_folder(folder) as target:
            made = [
                write_labels(target / name, labels, geometry, fonts, name.removesuffix(".pdf"))
                for name, labels in zip(
                    names, (bundle_labels(found, scheme, about), bag_tags(found, scheme, about)), strict=True
                )
            ]
        with workspace.engine.begin() as connection:
            facts = {"bundles": len(found.bundles), "bags": len(found.bags), "sheet": geometry.id}
            audit.record_done(connection, at=workspace.stamp, command="labels", mailing=mailing, facts=facts)
    missing = dict.fromkeys(c for file in made for c in file.missing)
    return LabelOutcome(
        folder / names[0],
        folder / names[1],
        len(found.bundles),
        len(found.bags),
        sum(file.pages for file in made),
        [Finding("M120", details={"characters": " ".join(missing)})] if missing else [],
    )
