"""A client's files of any size, invented, beside a ready yibao.toml."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from yibao_cli.config import FILE_NAME, shipped
from yibao_cli.errors import StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.store.files import atomic_file, private_folder

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.sample import SampleSummary


def make_sample(
    folder: Path, kind: str, members: int, seed: int, lines_per_member: int | None = None
) -> SampleSummary:
    """Write `folder/inbox/` and `folder/yibao.toml`, which makes the folder a workspace.

    Raises StateError when the folder is a workspace already, UsageError for a file in its place, or a kind,
    size or number of lines there is not.
    """
    from yibao_cli.sample import write_sample  # noqa: PLC0415 - `init` wants what is below, at once

    require_folder(folder)
    if (folder / FILE_NAME).exists():
        raise StateError(
            _("{folder} is a workspace already").format(folder=folder), remedy=_("choose another folder")
        )
    private_folder(folder)
    summary = write_sample(folder, sampled(kind), members, seed, lines_per_member)
    with atomic_file(folder / FILE_NAME, "w") as stream:
        stream.write(sample_settings(kind))
    return summary


def require_folder(folder: Path) -> None:
    """Raise UsageError where a file stands in the place of a folder that is to be made."""
    if folder.is_file():
        raise UsageError(_("this is a file, not a folder"), where=str(folder), remedy=_("name a new folder"))


def sampled(kind: str) -> str:
    """The kind whose sample data a shipped kind takes: its own, else that of the kind that it extends."""
    samples, path = shipped("sample_data"), shipped("templates") / kind / "kind.toml"
    if (samples / kind).is_dir() or not path.is_file():
        return kind
    other = str(tomllib.loads(path.read_text(encoding="utf-8")).get("extends", ""))
    return other if other and (samples / other).is_dir() else kind


def sample_settings(kind: str) -> str:
    """yibao.toml of a kind's sample; its mailings are of that kind."""
    own = sampled(kind)
    text = (shipped("sample_data") / own / FILE_NAME).read_text(encoding="utf-8")
    return text.replace(f'kind = "{own}"', f'kind = "{kind}"')
