"""Builders for tests of kinds: the shipped templates copied, with a change that a test cares about.

folder = altered(tmp_path, 'law = "opening', 'law = "closing')
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from yibao_cli.config import shipped

if TYPE_CHECKING:
    from pathlib import Path


def altered(folder: Path, old: str, new: str, *, file: str = "kind.toml") -> Path:
    """Copy templates/common and templates/medical; replace `old`, which must be there, once in `file`."""
    for part in ("common", "medical"):
        shutil.copytree(shipped("templates") / part, folder / part)
    path = next(folder.rglob(file))
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder
