"""A client's files of any size, invented, beside a ready yibao.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.config import FILE_NAME, shipped
from yibao_cli.errors import StateError
from yibao_cli.i18n import _
from yibao_cli.sample import SampleSummary, write_sample
from yibao_cli.store.files import atomic_file, private_folder

if TYPE_CHECKING:
    from pathlib import Path


def make_sample(folder: Path, kind: str, members: int, seed: int) -> SampleSummary:
    """Write `folder/inbox/` and `folder/yibao.toml`, which makes the folder a workspace.

    Raises StateError when the folder is a workspace already, UsageError for a kind or size there is not.
    """
    if (folder / FILE_NAME).exists():
        raise StateError(
            _("{folder} is a workspace already").format(folder=folder), remedy=_("choose another folder")
        )
    private_folder(folder)
    summary = write_sample(folder, kind, members, seed)
    settings = shipped("sample_data") / kind / FILE_NAME
    with atomic_file(folder / FILE_NAME, "w") as stream:
        stream.write(settings.read_text(encoding="utf-8"))
    return summary
