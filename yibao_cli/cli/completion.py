"""What the shell completes when Tab is pressed: mailings, kinds and tables of the workspace that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def mailings(ctx: Any, incomplete: str) -> list[str]:
    """Mailings of the workspace."""
    from yibao_cli.jobs.program import completing

    return _begun(completing.mailings, ctx, incomplete)


def kinds(ctx: Any, incomplete: str) -> list[str]:
    """Statement kinds, shipped and of the workspace."""
    from yibao_cli.jobs.program import completing

    return _begun(completing.kinds, ctx, incomplete)


def tables(ctx: Any, incomplete: str) -> list[str]:
    """Tables that can be imported."""
    from yibao_cli.jobs.program import completing

    return _begun(completing.tables, ctx, incomplete)


def _begun(names: Callable[..., list[str]], ctx: Any, incomplete: str) -> list[str]:
    return [name for name in names(ctx.find_root().params.get("workspace")) if name.startswith(incomplete)]
