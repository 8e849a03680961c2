"""The fixed texts of a mailing: what `client.`, `mailing.`, `kind.` and `settings.` mean in its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.config import shipped
from yibao_cli.kinds.binding import settings_on
from yibao_cli.kinds.greetings import load_greetings

if TYPE_CHECKING:
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.kind import Kind


def constants_of(workspace: Workspace, mailing: str, kind: Kind) -> dict[str, dict[str, str]]:
    """Groups of fixed texts; they are frozen into the package."""
    settings = workspace.mailing(mailing)
    return {
        "client": {k: str(v) for k, v in workspace.settings.client.model_dump().items()},
        "mailing": {
            "id": mailing,
            "period": settings.period,
            "starts": settings.starts,
            "ends": settings.ends,
            "posting": settings.posting,
            "greeting": load_greetings(shipped("templates"), workspace.own_templates).on(settings.posting),
        },
        "kind": {"id": kind.id, "name": kind.name},
        "settings": {k: str(v) for k, v in settings_on(kind, settings.posting).items()},
    }
