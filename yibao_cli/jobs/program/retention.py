"""Whether what names persons is kept longer than the settings allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.i18n import _
from yibao_cli.jobs.program.checkup import About

if TYPE_CHECKING:
    from yibao_cli.config.safety import RetentionSettings
    from yibao_cli.jobs.program.checkup import Check
    from yibao_cli.store.health import DatabaseHealth


def retention_check(retention: RetentionSettings, health: DatabaseHealth, today: str) -> Check:
    """Look at the mailings that were posted and not purged; today: ISO."""
    about = About("retention", _("retention"))
    if not retention.days:
        return about.well(_("no term is set: mailings are kept until somebody purges them"))
    over = sorted(name for name in health.kept if retention.ends(health.posted[name]) < today)
    if not over:
        return about.well(_("{days} days from posting; nothing is due").format(days=retention.days))
    return about.warned(
        _("posted more than {days} days ago and not purged: {mailings}").format(
            days=retention.days, mailings=", ".join(over)
        ),
        _("look with `yibao purge {mailing} --dry-run`, then purge it").format(mailing=over[0]),
    )
