"""Names for a shell to complete: mailings, kinds, tables. A Tab key must be quick and never fail aloud."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from yibao_cli.config import FILE_NAME, find_workspace, shipped
from yibao_cli.errors import YibaoError

if TYPE_CHECKING:
    from pathlib import Path

_TEMPLATES = "templates"
_KIND = "kind.toml"


def mailings(given: Path | None) -> list[str]:
    """Mailings that yibao.toml names, in its order; none outside of a workspace."""
    return list(_table(_settings(_workspace(given)), "mailings"))


def kinds(given: Path | None) -> list[str]:
    """Statement kinds of the workspace and those that are shipped, sorted."""
    workspace = _workspace(given)
    folders = [shipped(_TEMPLATES), *([workspace / _TEMPLATES] if workspace else [])]
    return sorted({path.parent.name for folder in folders for path in folder.glob(f"*/{_KIND}")})


def tables(given: Path | None) -> list[str]:
    """Tables that the kinds of the workspace's mailings import, in the order of the kinds."""
    workspace = _workspace(given)
    named = _table(_settings(workspace), "mailings")
    used = {str(_table(named, name).get("kind")): None for name in named}
    found: dict[str, None] = {}
    for kind in used or {"medical": None}:
        for name in _inputs(workspace, kind):
            found[name] = None
    return list(found)


def _workspace(given: Path | None) -> Path | None:
    try:
        return find_workspace(given)
    except YibaoError:
        return None


def _settings(workspace: Path | None) -> dict[str, Any]:
    return _toml(workspace / FILE_NAME) if workspace else {}


def _inputs(workspace: Path | None, kind: str) -> list[str]:
    """Names of the tables of a kind, those of the kind that it extends first."""
    own = workspace / _TEMPLATES / kind / _KIND if workspace else None
    data = _toml(own if own and own.is_file() else shipped(_TEMPLATES) / kind / _KIND)
    base = _inputs(workspace, str(data["extends"])) if data.get("extends", kind) != kind else []
    return [*base, *_table(data, "inputs")]


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _toml(path: Path) -> dict[str, Any]:
    """What a file says; nothing when it cannot be read, which the command itself will tell."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
